/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * held.h - patterns and prefixes that are held: the table in use keeps them as they were, although the newest sources
 * say something else, until a person approves.
 *
 *     new table, held rows --> table in use
 *
 * Where it sits: room table, above table_copy.h. Which rows must be held is found by room review (safe.h). A generation
 * keeps them next to its documents (document.h), so that its table can be built again.
 */
#ifndef COMMON_HELD_H
#define COMMON_HELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/day.h"

struct addr;
struct arena;
struct buf;
struct err;
struct policy;
struct prefix;
struct rule;
struct table;

#define HELD_TEXT_MAX ((size_t)128 << 20) /* bytes of the text of all held rows */

/* All rows of one source with one pattern or prefix. */
struct held_key {
    const char *source;
    const char *pattern;      /* as the table writes it */
    char since[DAY_TEXT_MAX]; /* the day on which it was held first, YYYY-MM-DD */
    bool rejected;            /* a person said no: it is not proposed again */
};

struct held {
    struct arena *arena;
    struct held_key *keys; /* by source, then pattern */
    size_t count, room;
    struct table *was; /* the rows of these keys that are in use; a key may have none */
    struct table *is;  /* the rows that the newest sources have; a key may have none */
};

/* Starts without any. `was` and `is` have the labels and sources of two tables. -1 with ERR_MEM, and there is nothing
 * to clear. */
int held_init(struct held *ret, const struct table *was, const struct table *is, struct err *err);
void held_clear(struct held *held);

/* Adds a key. The texts are copied. -1 with ERR_MEM. */
int held_add(struct held *held, const struct held_key *key, struct err *err);

/* To be called when all keys and rows are added: sorts them. */
void held_finish(struct held *held);

/* The key of a rule of any table; NULL if it is not held. Cost: a binary search. */
const struct held_key *held_find(const struct held *held, const struct table *table, const struct rule *rule);

/* The same by source and pattern. */
const struct held_key *held_find_text(const struct held *held, const char *source, const char *pattern);

/* True if a held pattern, with `<tenant>` as a star, matches a canonical name, or if a held prefix holds an address. A
 * regex that reaches its limit counts as a match. Cost: a match; for a regex it is compiled. */
bool held_concerns_name(const struct held_key *key, const char *name, size_t len);
bool held_concerns_addr(const struct held_key *key, const struct addr *addr);

/* True if a held prefix and another one have an address in common. */
bool held_concerns_prefix(const struct held_key *key, const struct prefix *prefix);

/* The next row of a key in held->was or held->is, from *at on, which moves behind it; NULL if there is no more. Cost:
 * reads the table. */
const struct rule *held_next_row(const struct table *table, const struct held_key *key, size_t *at);

/*
 * Rows that only make sense together: `<tenant>.example` is bypassed in use, and the newest sources have `*.example` in
 * its place. Without the second row the first must not go.
 *
 * True if the newest rows of a key bypass nothing, although those in use do; if the newest rows of another key bypass
 * names or addresses of this one. The policy says which categories and tenants; without tenants `<tenant>` is anybody.
 * False for regexes. Cost: reads the table.
 */
bool held_makes_room(const struct held *held, const struct held_key *key, const struct policy *policy);
bool held_takes_over(const struct held *held, const struct held_key *taker, const struct held_key *key,
                     const struct policy *policy);

/* True if some name or address belongs to both patterns (or prefixes). False for regexes. */
bool held_patterns_meet(const char *a, const char *b, const struct policy *policy);

/*
 * Appends the text: a line `held 2026-11-29 waiting SOURCE PATTERN` for each key (`rejected` instead of `waiting`),
 * then `in use` and table text, then `newest` and table text. held_read() reads it back. Widths are not judged: all
 * rows were accepted before. -1 with ERR_CORRUPT (also for a key without rows, or a row without its key), ERR_MEM, or
 * as table_read_bytes(), and there is nothing to clear.
 */
void held_print(const struct held *held, struct buf *buf);
int held_read(struct held *ret, const char *bytes, size_t len, struct err *err);

/* The keys that `keeps` accepts, with their rows. -1 with ERR_MEM or ERR_LIMIT, and there is nothing to clear. */
int held_select(struct held *ret, const struct held *from, bool (*keeps)(void *arg, const struct held_key *key),
                void *arg, struct err *err);

/* Replaces a sorted table by one in which every held key has its older rows, flagged `held`. -1 with ERR_MEM or
 * ERR_LIMIT; *table is unchanged then. Cost: copies all rules, with a binary search for each, and sorts them. */
int held_apply(struct table **table, const struct held *held, struct err *err);

#endif
