/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * later.h - what would be bypassed on a later day.
 *
 * A line with an end decides no longer on that day, and a wider line may then decide, or none. So both tables are
 * compared once more as of each day on which a line ends that may match what a changed row matches.
 *
 * Where it sits: room change, above diff.h. Whether it holds a table is decided by the review.
 */
#ifndef COMMON_LATER_H
#define COMMON_LATER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct diff;
struct err;
struct opening;

#define LATER_DAYS_MAX 366 /* of more days none is looked at */

struct later {
    /* Called for one opening of each pattern, which lives until the return, with the first day on which it opens. */
    void (*fn)(void *arg, const struct opening *opening, uint32_t day);
    void *arg;
    size_t days;  /* out: on which lines end that matter */
    bool partial; /* out: as in struct diff, for one of the days */
};

/* Asks about both tables of a diff, which must not be partial. -1 with ERR_MEM. Cost: one comparison for each day;
 * nothing without lines that end. */
int later_each(struct later *later, struct arena *arena, const struct diff *diff, struct err *err);

/* What opens on a later day. */
struct later_opening {
    const char *pattern; /* opening_subject() */
    uint32_t day;        /* the first */
};

struct later_found {
    struct later_opening *openings;
    size_t count, room;
    bool partial; /* not all days could be compared; so too if the diff is partial */
};

/* The same as a list in the arena, sorted by day. *ret begins as {0}. */
int later_find(struct later_found *ret, struct arena *arena, const struct diff *diff, struct err *err);

#endif
