/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdict_judge.h - one name or address judged by itself. Private to verdict.c and verdict_explain.c.
 */
#ifndef COMMON_VERDICT_JUDGE_H
#define COMMON_VERDICT_JUDGE_H

#include "image_find.h"
#include "request.h"
#include "verb.h"
#include "verdict.h"

/* What holds for the whole request. */
struct judge {
    const struct image *image;
    const struct image_info *info;
    uint32_t today;
    uint16_t port;
};

/* A rule that matches, and whether it counts. */
struct matched {
    struct image_hit hit;
    uint8_t verb;
    uint32_t rank;
    enum lost lost; /* LOST_NOT if it speaks: then it takes part in the contest */
};

/* What one name or address says. */
struct opinion {
    const struct identifier *asked;
    bool bypass;
    enum why why;
    const struct matched *best; /* in `seen`; NULL if no rule counts */
    struct matched seen[2]; /* the best and the one asked now: matches are not copied, which costs more than it seems */
};

void judge_init(struct judge *ret, const struct image *image, const struct request *request, uint32_t today);

/* Starts a walk over the matches of an identifier that is a name or an address. */
void judge_find(const struct judge *judge, const struct identifier *asked, struct image_cursor *ret);

/* The next match and whether it counts; false at the end. */
bool judge_next(const struct judge *judge, struct image_cursor *cursor, struct matched *ret);

/* Positive if a beats b (precedence 1 to 4), never 0 for different rules. Both must count. */
int judge_compare(const struct judge *judge, const struct matched *a, const struct matched *b);

/* The verdict on one identifier alone: names with the tenant guard, addresses without any policy about names. `found`
 * is its walk if that has begun already, or NULL. */
void judge_identifier(const struct judge *judge, const struct identifier *asked, struct image_cursor *found,
                      struct opinion *ret);

#endif
