/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * safe.h - the part of a new table that may be used at once: everything that closes, and everything that opens nothing.
 *
 *     table in use, new table --> safe table, and the rows that it holds in their older form
 *
 * Rows of one source with one pattern or prefix belong together: all of them are taken as the new table has them, or
 * all as they are in use. A table in which no row is new opens nothing. So rows are taken back until neither a gate nor
 * an opening is left, and then each is tried again, so that none is held for nothing. What both tables bypass stays
 * bypassed: a row that goes stays while what replaces it is held. Not so if an inspect line closes it next to a row
 * that is held, since such a line is never too early; for names that only a regex or three wildcards tell apart; and
 * beyond the bounds of safe_kept.c, which combines at most 512 addresses, and asks some millions of requests.
 *
 * Where it sits: room review, above review.h. What becomes of the safe table is decided in flow.h.
 */
#ifndef COMMON_SAFE_H
#define COMMON_SAFE_H

#include <stdbool.h>

#include "review.h"
#include "table/held.h"

struct safe_input {
    const struct proposal *proposal; /* the whole new table, with its diff */
    const struct candidate *old;     /* what is in use */
    const struct held *old_held;     /* rows that are held already, since when; NULL: none */
    const struct held *undecided;    /* those of what is in use: they stay held until somebody decides; NULL: none */
    bool (*is_rejected)(void *arg, const char *source, const char *pattern); /* NULL: nothing is */
    void *arg;
};

struct safe {
    bool found;          /* false: everything waits */
    bool ended;          /* the search took too long: no part was found, or rows are held that need not be */
    struct table *table; /* sorted; held rows have their flag */
    struct held held;    /* which rows, and what the new table says about them */
};

/* Whether the new table says of a row in `undecided` what it said when that was held, or no longer has a row that a
 * person rejected and that inspects something in use. -1 with ERR_MEM. */
int safe_is_undecided(bool *ret, const struct safe_input *input, struct err *err);

/*
 * Finds it. It is not found if a gate about the table as a whole objects (shrink_limit, a canary, an older document),
 * if the openings come from changed settings rather than rows, or if no table passes within a bound. -1 with ERR_MEM,
 * and there is nothing to clear. Cost: a table is built and compared some times for each row that opens something.
 */
int safe_find(struct safe *ret, const struct safe_input *input, struct err *err);
void safe_clear(struct safe *safe);

/* The new table with every row that a person rejected as it is in use, whatever the review holds: not found if there is
 * none. A row that the new table no longer has is let go if it was bypassed, unless what takes its place was rejected,
 * too. -1 as safe_find(). */
int safe_reject(struct safe *ret, const struct safe_input *input, struct err *err);

#endif
