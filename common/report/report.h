/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - what a table does with the requests of a log: sums, the largest of each kind, and what another table would
 * change.
 *
 *     replay_next() --> [verdict of each destination, in batches] --> struct report --> report_print.h
 *
 * Where it sits: room report, above replay and verdict. All lists are bounded, so that a report of any log fits into
 * memory; sums count everything.
 */
#ifndef COMMON_REPORT_H
#define COMMON_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/image.h"
#include "replay/clients.h"
#include "replay/ledger.h"
#include "verdict/verdict.h"

struct arena;
struct err;
struct replay;
struct table;

#define REPORT_TOP 20      /* rows of a list */
#define REPORT_CHANGES 200 /* rows of the lists of changes */
#define REPORT_DAYS 4000   /* later ones are left out of the course of time */
#define REPORT_MEMORY ((size_t)24 << 20)

struct report_sum {
    uint64_t count[LEDGER_COUNTS];
    int64_t first, last; /* seconds since 1970; 0: not known */
    struct clients clients;
};

/* What requests are added up by. */
enum report_by {
    REPORT_VERDICT,
    REPORT_CATEGORY,
    REPORT_AREA,
    REPORT_SET,
    REPORT_RULE,
    REPORT_WHY,
    REPORT_BYS,
};

struct report_group {
    enum report_by by;
    uint64_t key;
    const char *name;
    struct report_sum sum;
};

/* One destination, or one client. */
struct report_row {
    uint64_t worth; /* what the list is ordered by, largest first */
    char name[LEDGER_PART_MAX + 1], sni[LEDGER_PART_MAX + 1], address[LEDGER_PART_MAX + 1]; /* `-`: none */
    uint16_t port;
    enum why why, other;                                           /* other: under the other table */
    char rule[IMAGE_RULE_MAX + 1], other_rule[IMAGE_RULE_MAX + 1]; /* empty: none decides */
    uint64_t count[LEDGER_COUNTS];
    int64_t last;
    uint64_t clients;
    bool exact; /* the number of clients */
};

enum report_list {
    REPORT_SPARED,   /* asked for a password or inspected, though bypassed by the table; by how often */
    REPORT_UNLISTED, /* names below Microsoft's domains that no rule has; by requests */
    REPORT_BROKEN,   /* inspected again and again, and no request came through; by tunnels */
    REPORT_LOOPS,    /* asked for a password again and again, and nobody ever gave one; by 407 */
    REPORT_OPENS,    /* the other table bypasses them and this one does not; by requests */
    REPORT_CLOSES,   /* and the reverse */
    REPORT_CLIENTS,  /* those with the most 407 and given up connections */
    REPORT_WHYS,     /* the first of WHY_COUNT lists: the largest destinations for each reason */
    REPORT_LISTS = REPORT_WHYS + WHY_COUNT,
};

struct report_rows {
    struct report_row *rows;
    size_t count, room;
    uint64_t all, worth; /* how many there were, and the sum of their worth */
    struct report_sum sum;
};

struct report_day {
    uint32_t day;
    uint64_t bypassed, inspected; /* requests */
    uint64_t bypassed_bytes, inspected_bytes;
};

#define REPORT_UNUSED_MAX 500 /* names kept */

struct report_names {
    const char **names;
    size_t count;
    uint64_t all; /* also those beyond REPORT_UNUSED_MAX */
};

struct report {
    const struct image *image, *other; /* other: NULL if nothing is compared */
    struct report_sum all;
    uint64_t destinations;
    struct report_group **groups; /* in the order of enum report_by, then largest first */
    size_t group_count;
    bool groups_full; /* not all fit */
    struct report_rows lists[REPORT_LISTS];
    struct report_day *days;
    size_t day_count;
    bool has_unused;                                    /* the next two were looked for */
    struct report_names unused_local, unused_published; /* rules that decided nothing */
    struct arena *rules;
};

/* By what a log is judged. */
struct report_tables {
    const struct image *image, *other; /* other: NULL if nothing is compared */
    const struct table *table;         /* the one that `image` was compiled from, sorted; NULL: not known */
    uint32_t today;                    /* day, UTC, for expires= */
};

/*
 * Judges all entries of a replay by an image, and by another one. Returns 0 and the
 * report, which lives in the arena (of REPORT_MEMORY bytes) until report_free(); the images must outlive it. -1 as
 * replay_next(). Cost: two look-ups for each destination and image.
 */
int report_make(struct report **ret, struct arena *arena, struct replay *replay, const struct report_tables *tables,
                struct err *err);

void report_free(struct report *report); /* NULL is allowed */

/* Finds the rules of a sorted table, the one that the image was compiled from, that decided nothing; has_unused says
 * whether they are known (not if too many rules decided). -1 with ERR_MEM. Cost: a search for each rule. */
int report_find_unused(struct report *report, struct arena *arena, const struct table *table, struct err *err);

/* The word for a list, and what it means in a sentence; NULL for the lists by reason. */
const char *report_list_word(enum report_list list);
const char *report_list_title(enum report_list list);
const char *report_by_word(enum report_by by);

#endif
