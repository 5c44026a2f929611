// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pattern_meets.c - whether some name matches two patterns. Part of pattern.h; compile uses it to find the endpoint
 * sets whose names a local policy touches.
 *
 * Each pattern becomes a sequence of atoms: a byte, any one byte except a dot, or a loop over such bytes. A pair of
 * positions is reachable if some text leads both patterns there. Positions only move forward, so one pass over the
 * square is enough.
 */
#include <string.h>

#include "pattern.h"

enum { ANY_LOOP = 256, LABEL_LOOP = 257, LABEL_ONE = 258 };

#define ATOMS_MAX (2 * PATTERN_MAX + 2)

struct atoms {
    uint16_t atom[ATOMS_MAX];
    size_t count;
};

static void
to_atoms(struct atoms *ret, const char *text, size_t len)
{
    ret->count = 0;
    if (len > PATTERN_MAX)
        len = PATTERN_MAX;
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '*') {
            ret->atom[ret->count++] = (unsigned char)text[i];
        } else if (i == 0) {
            ret->atom[ret->count++] = ANY_LOOP;
        } else {
            ret->atom[ret->count++] = LABEL_ONE;
            ret->atom[ret->count++] = LABEL_LOOP;
        }
    }
}

static bool
is_loop(uint16_t atom)
{
    return atom == ANY_LOOP || atom == LABEL_LOOP;
}

/* True if some byte matches both atoms. */
static bool
share_byte(uint16_t a, uint16_t b)
{
    if (a > b) {
        uint16_t swap = a;
        a = b;
        b = swap;
    }
    if (a >= ANY_LOOP || b == ANY_LOOP)
        return true;
    return b < ANY_LOOP ? a == b : a != '.';
}

static bool
atoms_meet(const struct atoms *a, const struct atoms *b)
{
    bool row[ATOMS_MAX + 1] = {true};
    bool next[ATOMS_MAX + 1];
    for (size_t i = 0; i <= a->count; i++) {
        memset(next, 0, sizeof next);
        for (size_t j = 0; j <= b->count; j++) {
            if (!row[j])
                continue;
            bool in_a = i < a->count, in_b = j < b->count;
            if (!in_a && !in_b)
                return true;
            if (in_b && is_loop(b->atom[j]))
                row[j + 1] = true;
            if (in_a && is_loop(a->atom[i]))
                next[j] = true;
            if (!in_a || !in_b || !share_byte(a->atom[i], b->atom[j]))
                continue;
            bool stay_a = is_loop(a->atom[i]), stay_b = is_loop(b->atom[j]);
            if (stay_a && !stay_b)
                row[j + 1] = true;
            else if (!stay_a)
                next[stay_b ? j : j + 1] = true;
        }
        memcpy(row, next, sizeof row);
    }
    return false;
}

bool
pattern_meets(const char *a, size_t a_len, const char *b, size_t b_len)
{
    char wild[PATTERN_MAX + 2];
    if (pattern_kind(a, a_len) == PATTERN_DOT) {
        wild[0] = '*';
        memcpy(wild + 1, a, a_len);
        return pattern_meets(a + 1, a_len - 1, b, b_len) || pattern_meets(wild, a_len + 1, b, b_len);
    }
    if (pattern_kind(b, b_len) == PATTERN_DOT)
        return pattern_meets(b, b_len, a, a_len);
    struct atoms in_a, in_b;
    to_atoms(&in_a, a, a_len);
    to_atoms(&in_b, b, b_len);
    return atoms_meet(&in_a, &in_b);
}
