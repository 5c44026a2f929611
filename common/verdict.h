/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdict.h - may this request pass without inspection and without a password? The whole matching contract.
 *
 *     source document --> table --> [compile] --> image --> verdict --> reply
 *                                                           ^^^^^^^
 *
 * Where it sits: floor 4, above image.h, which finds the rules that match; here is decided which of them counts. A
 * value: nothing is owned, nothing allocated. Formatting a verdict belongs to squid.c and cmd_lookup.c.
 */
#ifndef COMMON_VERDICT_H
#define COMMON_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "image.h"

struct request;

enum why {
    WHY_RULE,
    WHY_NO_RULE,
    WHY_PORT,
    WHY_CATEGORY,
    WHY_LOCAL_INSPECT,
    WHY_FOREIGN_TENANT,
    WHY_SNI_MISMATCH,
    WHY_ADDRESS_MISMATCH,
    WHY_BAD_NAME,
    WHY_BAD_PORT,
    WHY_BAD_LINE,
    WHY_NO_TABLE,
    WHY_COUNT,
};

struct verdict {
    bool bypass;
    enum why why;
    bool has_rule;          /* set if why is rule or category, and for local-inspect where a rule says so */
    struct image_rule rule; /* its address is the request's */
    uint32_t set;           /* for image_get_set(); its verb is the category */
};

/*
 * Decides one request on one day (days since 1970, UTC). Total: every request gets a verdict; without an image
 * (NULL) that is inspect, why no-table. The verdict's rule and set belong to this image. Cost: a lookup for each name
 * and address of the request; no allocation.
 */
void verdict_decide(const struct image *image, const struct request *request, uint32_t today, struct verdict *ret);

#define VERDICT_BATCH_MAX 32 /* requests decided at once */

/*
 * Decides `count` requests, at most VERDICT_BATCH_MAX, as verdict_decide() does one by one: the same verdicts. On an
 * image too large for the cache the lookups of all their names wait for memory together.
 */
void verdict_decide_all(const struct image *image, const struct request *requests, size_t count, uint32_t today,
                        struct verdict *ret);

/* `rule`, `no-rule`, ...: the word of the contract. */
const char *why_word(enum why why);

/* Which identifier of a request a rule was found by. */
enum side { SIDE_DST, SIDE_SNI, SIDE_LA };

/* Why a rule that matches does not decide. */
enum lost {
    LOST_NOT,           /* it decides */
    LOST_PORT,          /* does not speak for the port */
    LOST_UDP_ONLY,      /* its set has UDP ports only */
    LOST_EXPIRED,       /* its day has come */
    LOST_LIMIT,         /* a regex that hit its limit */
    LOST_INSPECT,       /* an inspect rule beats it */
    LOST_LESS_SPECIFIC, /* another pattern is more specific */
    LOST_WEAKER,        /* as specific, but of a weaker category */
    LOST_TIE,           /* equal in all; the other is reported */
    LOST_OTHER,         /* the request was decided by something else than rules for this identifier */
};

struct explained {
    enum side side;
    enum lost lost;
    struct image_rule rule;
    uint32_t set;
    uint32_t weight; /* as in struct image_hit */
};

/* Calls fn for every rule that matches one of the request's identifiers, the deciding one included, in no order. */
void verdict_explain(const struct image *image, const struct request *request, uint32_t today,
                     void (*fn)(void *arg, const struct explained *explained), void *arg);

/* `port`, `less-specific`, ...: for output. */
const char *lost_word(enum lost lost);

#endif
