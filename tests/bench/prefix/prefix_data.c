// SPDX-License-Identifier: GPL-2.0-or-later
/* prefix_data.c - see prefix_data.h. */
#include "prefix_data.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "name/pattern.h"
#include "table/table.h"

uint64_t
data_random(uint64_t *seed)
{
    uint64_t x = *seed += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* How many of 10,000 prefixes have each length, shorter ones first. */
struct share {
    uint8_t len;
    uint16_t share;
};

static const struct share shares4[] = {
    {8, 1},   {9, 1},    {10, 2},   {11, 3},   {12, 6},   {13, 10},   {14, 15},   {15, 22},   {16, 140},
    {17, 90}, {18, 150}, {19, 260}, {20, 500}, {21, 500}, {22, 1150}, {23, 1050}, {24, 6100},
};

static const struct share shares6[] = {
    {20, 2},    {24, 5},   {28, 13},  {29, 400}, {30, 60},   {31, 30},   {32, 1300}, {33, 120}, {34, 100},
    {35, 60},   {36, 600}, {37, 20},  {38, 110}, {39, 20},   {40, 1000}, {41, 20},   {42, 160}, {43, 30},
    {44, 1000}, {45, 50},  {46, 180}, {47, 120}, {48, 4500}, {52, 10},   {56, 45},   {64, 45},
};

static void
set_bits(struct addr *addr, unsigned from, unsigned to, uint64_t value)
{
    for (unsigned bit = to; bit > from; bit--, value >>= 1) {
        uint8_t mask = (uint8_t)(0x80u >> (bit - 1) % 8);
        addr->bytes[(bit - 1) / 8] &= (uint8_t)~mask;
        if ((value & 1) != 0)
            addr->bytes[(bit - 1) / 8] |= mask;
    }
}

/* The next prefix of the same length; carries like an addition. */
static void
step(struct prefix *prefix)
{
    for (unsigned bit = prefix->len; bit > 0; bit--) {
        uint8_t mask = (uint8_t)(0x80u >> (bit - 1) % 8);
        prefix->addr.bytes[(bit - 1) / 8] ^= mask;
        if ((prefix->addr.bytes[(bit - 1) / 8] & mask) != 0)
            return;
    }
}

/* A new place: three quarters of the /16s of the unicast space are in use at all; for IPv6, what the registries
 * allocate. */
static void
anywhere(struct prefix *ret, uint64_t *seed)
{
    static const uint16_t blocks[] = {
        0x2001, 0x2001, 0x2400, 0x2401, 0x2402, 0x2403, 0x2404, 0x2405, 0x2406, 0x2407, 0x2408, 0x2409, 0x240a,
        0x240e, 0x2600, 0x2601, 0x2602, 0x2603, 0x2604, 0x2605, 0x2606, 0x2607, 0x2610, 0x2620, 0x2620, 0x2800,
        0x2801, 0x2803, 0x2804, 0x2804, 0x2806, 0x2a00, 0x2a01, 0x2a02, 0x2a03, 0x2a04, 0x2a05, 0x2a06, 0x2a07,
        0x2a09, 0x2a0a, 0x2a0b, 0x2a0c, 0x2a0d, 0x2a0e, 0x2a0f, 0x2a10, 0x2a11, 0x2a12, 0x2a13, 0x2c0f, 0x2c0f};
    if (ret->addr.v6) {
        set_bits(&ret->addr, 0, 16, blocks[data_random(seed) % (sizeof blocks / sizeof blocks[0])]);
        if (ret->len > 16)
            set_bits(&ret->addr, 16, ret->len, data_random(seed));
        return;
    }
    uint64_t block;
    do
        block = data_random(seed) % (223u << 8) + (1u << 8);
    while ((block * 0x9e3779b97f4a7c15u >> 62) == 3 || block >> 8 == 10 || block >> 8 == 127);
    set_bits(&ret->addr, 0, 16, block);
    set_bits(&ret->addr, 16, 32, data_random(seed));
}

static void
invent(struct prefix *ret, const struct prefix *list, size_t shorter, size_t count, uint64_t *seed)
{
    unsigned kind = (unsigned)(data_random(seed) % 100), len = ret->len;
    bool v6 = ret->addr.v6;
    if (kind < 45 && count > shorter) { /* next to the last one: owners announce their blocks piece by piece */
        *ret = list[count - 1];
        step(ret);
    } else if (kind < 75 && shorter > 0) { /* inside another one */
        const struct prefix *around = &list[data_random(seed) % shorter];
        ret->addr = around->addr;
        unsigned rest = len - around->len; /* the first parts of an IPv6 block are used first */
        unsigned unused = v6 && rest > 5 ? (unsigned)(data_random(seed) % rest) : 0;
        set_bits(&ret->addr, around->len + unused, len, data_random(seed));
    } else {
        anywhere(ret, seed);
    }
    const struct addr addr = ret->addr;
    prefix_around(ret, &addr, (uint8_t)len);
}

static int
compare(const void *a, const void *b)
{
    return prefix_compare(a, b);
}

static size_t
unique(struct prefix *list, size_t count)
{
    size_t kept = 0;
    qsort(list, count, sizeof *list, compare);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || prefix_compare(&list[kept - 1], &list[i]) != 0)
            list[kept++] = list[i];
    }
    return kept;
}

struct prefix *
data_routes(bool v6, size_t count)
{
    const struct share *shares = v6 ? shares6 : shares4;
    size_t rows = v6 ? sizeof shares6 / sizeof *shares6 : sizeof shares4 / sizeof *shares4;
    struct prefix *list = calloc(count + 1, sizeof *list);
    uint64_t seed = v6 ? 6 : 4;
    size_t have = 0;
    for (size_t row = 0; list != NULL && row < rows; row++) {
        size_t shorter = have, want = row + 1 == rows ? count : have + count * shares[row].share / 10000;
        for (unsigned tries = 0; have < want && tries < 50; tries++) {
            for (; have < want; have++) {
                list[have] = (struct prefix){.addr.v6 = v6, .len = shares[row].len};
                invent(&list[have], list, shorter, have, &seed);
            }
            have = shorter + unique(list + shorter, have - shorter);
        }
    }
    if (list != NULL)
        qsort(list, have, sizeof *list, compare);
    return list;
}

struct prefix *
data_table(const char *path, bool v6, size_t *ret_count)
{
    struct err err = {0};
    struct table *table = table_new();
    struct prefix *list = NULL;
    size_t count = 0;
    if (table == NULL || table_read(table, path, &err) != 0)
        fprintf(stderr, "prefix_bench: %s\n", table == NULL ? "no memory" : err.text);
    else
        list = calloc(table->rule_count + 1, sizeof *list);
    for (size_t i = 0; list != NULL && i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        if (rule->kind == PATTERN_PREFIX && rule->prefix->addr.v6 == v6)
            list[count++] = *rule->prefix;
    }
    *ret_count = list == NULL ? 0 : unique(list, count);
    table_free(table);
    return list;
}

const char *
data_word(enum questions kind)
{
    static const char *const words[ASK_KINDS] = {"inside", "space", "skewed"};
    return words[kind];
}

struct addr *
data_questions(enum questions kind, const struct prefix *routes, size_t route_count, size_t count)
{
    struct addr *list = calloc(count, sizeof *list);
    uint64_t seed = 100 + kind;
    bool v6 = routes[0].addr.v6;
    for (size_t i = 0; list != NULL && i < count; i++) {
        struct addr *addr = &list[i];
        unsigned width = v6 ? 128 : 32, from = v6 ? 3 : 0;
        size_t chosen = (size_t)(data_random(&seed) % route_count);
        *addr = (struct addr){.v6 = v6, .bytes = {v6 ? 0x20 : 0}};
        if (kind == ASK_SKEWED && data_random(&seed) % 10 != 0)
            chosen = (size_t)((chosen % 1000) * 0x9e3779b97f4a7c15u % route_count);
        if (kind != ASK_SPACE) {
            *addr = routes[chosen].addr;
            from = routes[chosen].len;
        }
        if (width - from > 64)
            set_bits(addr, width - 64, width, data_random(&seed));
        set_bits(addr, from, width - from > 64 ? width - 64 : width, data_random(&seed));
    }
    return list;
}
