/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdict_judge.h - judges one name or address by itself. Private to verdict.c and verdict_explain.c.
 *
 * Where it sits: room verdict.
 */
#ifndef COMMON_VERDICT_JUDGE_H
#define COMMON_VERDICT_JUDGE_H

#include "image/image_find.h"
#include "name/precedence.h"
#include "request.h"
#include "verdict.h"

/* What applies to the whole request. */
struct judge {
    const struct image *image;
    const struct image_info *info;
    uint32_t bypass; /* the categories that are bypassed, 1 << verb each */
    uint32_t today;
    uint16_t port;
    bool without_regexes; /* as if there were none */
};

/* A matching rule, and whether it counts. */
struct matched {
    struct image_hit hit;
    uint8_t verb;
    uint32_t rank;
    enum lost lost; /* LOST_NOT if it counts; then it competes with the others */
};

static inline struct claim
judge_claim(const struct matched *matched)
{
    return (struct claim){(enum verb)matched->verb, matched->hit.weight};
}

/* The opinion on one name or address. */
struct opinion {
    const struct identifier *asked;
    bool bypass;
    enum why why;
    const struct matched *best; /* points into `seen`; NULL if no rule counts */
    struct matched seen[2];     /* the best match and the one being read: copying matches is slower than it looks */
};

/* Prepares for judging one request on one day. Points into the image. */
void judge_init(struct judge *ret, const struct image *image, const struct request *request, uint32_t today);

/* Starts a walk over the matches of an identifier, which must be a name or an address. */
void judge_find(const struct judge *judge, const struct identifier *asked, struct image_cursor *ret);

/* Finds the next match and whether it counts. False at the end. */
bool judge_next(const struct judge *judge, struct image_cursor *cursor, struct matched *ret);

/* Judges one identifier by itself: a name including the tenant guard, an address without any policy about names.
 * `found` is its walk if that was started already, or NULL. */
void judge_identifier(const struct judge *judge, const struct identifier *asked, struct image_cursor *found,
                      struct opinion *ret);

#endif
