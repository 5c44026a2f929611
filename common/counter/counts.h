/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * counts.h - what is counted about the answers of helpers: the numbers, and how two sets of them add up.
 *
 * Where it sits: room counter, at the bottom, above verdict. A helper counts with counter.h; tally.h reads.
 */
#ifndef COMMON_COUNTS_H
#define COMMON_COUNTS_H

#include <stdint.h>

#include "name/verb.h"
#include "verdict/verdict.h"

/* The programs that count. */
enum counter_program { COUNTER_ACL, COUNTER_REWRITE, COUNTER_PROGRAMS };

#define COUNTS_CATEGORIES (VERB_CATEGORIES + 1) /* None, and the categories in the order of enum verb */

/* The numbers, in the order of the file. A new one goes in front of COUNTS_PLAIN_ROOM; WHY_COUNT may grow as well. */
enum counts_what {
    COUNTS_LINES,      /* complete lines that came */
    COUNTS_OVER_LONG,  /* of these: longer than SQUID_LINE_MAX, answered bad-line */
    COUNTS_WITHOUT_ID, /* of these: without a channel-ID where there must be one, and so without a reply */
    COUNTS_RELOADS,    /* tables taken after the first one */
    COUNTS_REFUSED,    /* tables that could not be taken, each try */
    COUNTS_LONGEST,    /* the most lines that came with one read: no sum, but the largest */
    COUNTS_PLAIN,
    COUNTS_PLAIN_ROOM = 16,
    COUNTS_ANSWERS = COUNTS_PLAIN_ROOM, /* one for each why and category, see counts_answers() */
    COUNTS_ALL = COUNTS_ANSWERS + WHY_COUNT * COUNTS_CATEGORIES,
};

/* No counter comes near it: a billion lines a second for three months. More is damage. */
#define COUNTS_MOST ((uint64_t)1 << 53)

struct counts {
    uint64_t at[COUNTS_ALL];
};

/* `ext_m365_acl` or `url_m365_rewrite`. */
const char *counter_program_name(enum counter_program program);

/* Where the answers of a why and a category (0: None, else the verb plus one) are counted. */
static inline unsigned
counts_answers(enum why why, unsigned category)
{
    return COUNTS_ANSWERS + (unsigned)why * COUNTS_CATEGORIES + category;
}

/* `None`, `Default`, `Allow` or `Optimize`. */
const char *counts_category(unsigned category);

/* The answers of a why, whatever their category. */
uint64_t counts_why(const struct counts *counts, enum why why);

/* Adds one set of numbers to another. COUNTS_LONGEST becomes the larger one. Nothing goes beyond COUNTS_MOST. */
void counts_add(struct counts *to, const struct counts *more);

#endif
