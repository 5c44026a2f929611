// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pattern_cross.c - the names that two patterns share, as patterns. Part of pattern.h.
 *
 * Both patterns are walked side by side. Each step consumes some text: a byte of one pattern, which the other has as
 * well or has a star for, or any text, if both are in a star. What the steps consumed is one common pattern. A shared
 * name is consumed by some walk, so the patterns of all walks match exactly the shared names.
 */
#include <string.h>

#include "pattern.h"

#define SIDE_MAX ((size_t)PATTERN_MAX + 1)
#define WALKS_MAX 256 /* patterns of one pair that are told */

/* A place in a pattern. */
struct place {
    size_t at;
    bool used; /* the star at this place has consumed something */
};

struct walk {
    const char *text[2];
    size_t len[2];
    bool (*fn)(void *arg, const char *text, size_t len);
    void *arg;
    unsigned told;
    bool stopped;
    char out[PATTERN_MAX + 1];
    unsigned char *dead; /* a bit for each state that leads nowhere, `states` for each pair of places */
};

static bool
is_star(const struct walk *walk, int side, size_t at)
{
    return at < walk->len[side] && walk->text[side][at] == '*';
}

/* Whether the pattern may go on behind the star at this place. */
static bool
may_leave(const struct walk *walk, int side, struct place place, size_t at)
{
    return is_star(walk, side, at) && (at == 0 || (at == place.at && place.used));
}

/* Where a walk is: its place in each pattern, and how much it consumed. */
struct step {
    struct place place[2];
    bool together; /* both stars consumed any text in the last step */
    size_t out;
};

static bool walk_on(struct walk *walk, const struct step *from);

/* The place after a byte or a part of a star. */
static struct place
after(const struct walk *walk, int side, size_t at)
{
    bool star = is_star(walk, side, at);
    return (struct place){star ? at : at + 1, star};
}

/* Consumes with the item at `i` of one pattern and at `k` of the other. */
static bool
consume(struct walk *walk, const struct step *from, size_t i, size_t k)
{
    bool star_a = is_star(walk, 0, i), star_b = is_star(walk, 1, k);
    bool end_a = i == walk->len[0], end_b = k == walk->len[1];
    if (end_a && end_b) {
        walk->stopped = walk->told++ == WALKS_MAX || !walk->fn(walk->arg, walk->out, from->out);
        return true;
    }
    bool again = from->together && star_a && star_b && i == from->place[0].at && k == from->place[1].at;
    if (end_a || end_b || from->out == PATTERN_MAX || again)
        return false;
    char byte = star_a ? walk->text[1][k] : walk->text[0][i];
    if (!star_a && !star_b && byte != walk->text[1][k])
        return false;
    if (byte == '.' && ((star_a && i > 0) || (star_b && k > 0) || from->out == 0))
        return false; /* and no host name starts with a dot */
    walk->out[from->out] = byte;
    const struct step to = {{after(walk, 0, i), after(walk, 1, k)}, star_a && star_b, from->out + 1};
    return walk_on(walk, &to);
}

/* Whether a walk came to the end. */
static bool
walk_on(struct walk *walk, const struct step *from)
{
    const struct place a = from->place[0], b = from->place[1];
    unsigned char *dead = &walk->dead[a.at * (walk->len[1] + 1) + b.at];
    unsigned char state = (unsigned char)(1u << (a.used + 2 * b.used + 4 * from->together));
    bool found = false;
    if ((*dead & state) != 0)
        return false;
    for (size_t i = a.at; !walk->stopped; i++) {
        for (size_t k = b.at; !walk->stopped; k++) {
            found = consume(walk, from, i, k) || found;
            if (!may_leave(walk, 1, b, k))
                break;
        }
        if (!may_leave(walk, 0, a, i))
            break;
    }
    if (!found)
        *dead |= state;
    return found;
}

bool
pattern_cross(const char *a, size_t a_len, const char *b, size_t b_len,
              bool (*fn)(void *arg, const char *text, size_t len), void *arg)
{
    unsigned char dead[SIDE_MAX * SIDE_MAX];
    struct walk walk = {.text = {a, b}, .len = {a_len, b_len}, .fn = fn, .arg = arg, .dead = dead};
    if (a_len > PATTERN_MAX || b_len > PATTERN_MAX)
        return true;
    memset(dead, 0, (a_len + 1) * (b_len + 1));
    const struct step start = {.out = 0};
    walk_on(&walk, &start);
    return !walk.stopped;
}
