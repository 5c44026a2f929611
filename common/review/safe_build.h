/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * safe_build.h - the rows of two tables, unit by unit. Private to safe*.c.
 *
 *     safe_units.c   what belongs together, and what may have caused an opening
 *     safe_kept.c    what both tables bypass
 *     safe_lost.c    whether a table inspects it
 *     safe_rejected.c  what a person rejected
 *     safe.c         takes units back until nothing opens
 */
#ifndef COMMON_SAFE_BUILD_H
#define COMMON_SAFE_BUILD_H

#include <stdint.h>

#include "name/addr.h"
#include "safe.h"
#include "safe_kept.h"
#include "table/table.h"

struct arena;
struct diff;
struct endpoint_set;
struct host;
struct image;
struct opening;
struct policy;

/* A rule of one table. */
struct row {
    const struct rule *rule;
    const struct terms *terms;
    const char *source;
};

/* All rows of one source with one pattern or prefix. */
struct unit {
    const struct row *was, *is;
    size_t was_count, is_count;
    bool changed; /* another set, category, port or expiry; what is left is only for people */
    bool taken;   /* as it is in use */
    bool whole;   /* part of a set that would lose all its addresses: not tried again by itself */
};

struct units {
    struct unit *of;
    size_t count, changed;
    bool all_rejected; /* nothing was taken but what a person rejected, and what stays with that */
    const struct table *was, *is;
};

/* Pairs the rows of two sorted tables. -1 with ERR_MEM. */
int units_find(struct units *ret, struct arena *arena, const struct table *was, const struct table *is,
               struct err *err);

/* The table of all units: those that are taken with the rows in use, flagged `held`. NULL with ERR_MEM or ERR_LIMIT. */
struct table *units_table(const struct units *units, struct err *err);

/* The row that names a unit. */
const struct row *unit_row(const struct unit *unit);

/* Takes a unit back. Returns 1 if that is new. */
size_t units_take(struct unit *unit);

/* Each takes back what may be the cause, and returns how many units that were. Of a name or an address: every changed
 * unit that matches it. */
size_t units_take_name(struct units *units, const struct host *host);
size_t units_take_addr(struct units *units, const struct addr *addr);

/* The changed prefixes of an endpoint set of the table `of`, if `prefixes`, else its changed names. */
size_t units_take_set(struct units *units, const struct table *of, const struct endpoint_set *set, bool prefixes);

/* The changed prefixes that are no longer in all their sets. */
size_t units_take_leaving(struct units *units);

/* The changed prefixes that are in more published sets of these categories. They are not tried again one by one. */
void units_take_joining(struct units *units, uint32_t bypass);

/* The changed units that are held already and of which the new table says the same as before: nobody decided about
 * them, even if they opened nothing by now. They are not tried again. One that only takes bypassed rows away is not
 * among them. -1 with ERR_MEM. */
int units_take_undecided(struct units *units, struct arena *arena, const struct held *held, struct err *err);

/* The changed inspect lines, regexes, and lines that have an end in either table. */
size_t units_take_inspect(struct units *units);
size_t units_take_regexes(struct units *units);
size_t units_take_ending(struct units *units);

/* Those among them that were taken and have an end are not tried again: each would open on its day by itself. */
void units_settle_ending(struct units *units);

/* Takes back regexes of bypassed categories that go while a new line that may match the same names waits: nobody can
 * ask for their names. They are not tried again. Returns how many that were. */
size_t units_keep_regexes(struct units *units, uint32_t bypass);

/* Which rows a person rejected, and what counts as a bypass. */
struct rejection {
    const struct policy *policy;
    bool (*is_rejected)(void *arg, const char *source, const char *pattern); /* NULL: none */
    void *arg;
};

/* The changed units that a person rejected, but for those that only take bypassed rows away; of these, those that make
 * room for another one that was rejected. If a set would have no addresses because they were rejected, its names stay
 * as well. */
size_t units_take_rejected(struct units *units, const struct rejection *rejection);

/* The changed units that a person rejected, that the new table no longer has, and that were not bypassed: such a row
 * may be all that keeps a name inspected once a wildcard comes. They are not tried again. Returns how many. */
size_t units_take_dropped(struct units *units, const struct rejection *rejection);

/* Whether a taken unit counts as rejected: a person rejected it, or everything that it would make room for. */
bool units_is_rejected(const struct units *units, const struct unit *unit, const struct rejection *rejection);

/* The unit of a rule of the table that was built last. */
size_t units_take_rule(struct units *units, const struct table *of, const struct rule *rule);

void units_take_all(struct units *units);

#endif
