/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdict.h - may this request pass without inspection and without a password? The whole matching contract.
 *
 *     source document --> table --> [compile] --> image --> verdict --> reply
 *                                                           ^^^^^^^
 *
 * Where it sits: room verdict, above image. image_find.h finds the rules that match; this decides which of them counts.
 * A verdict is a plain value that owns nothing. Printing one belongs to squid_reply.c and cmd_answer.c.
 */
#ifndef COMMON_VERDICT_H
#define COMMON_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "image/image.h"
#include "name/verb.h"

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
    bool has_rule;          /* true if why is rule or category, and for local-inspect if a single rule decided */
    struct image_rule rule; /* its addr points into the request, which must outlive it */
    uint32_t set;           /* for image_get_set(); its verb is the category */
    uint8_t verb;           /* the same verb: one of enum verb, or anything else if the image was damaged */
};

/*
 * Decides one request on one day (days since 1970-01-01, UTC). Never fails: every request gets a verdict; without an
 * image (NULL) it is inspect, why no-table. The verdict's rule and set are numbers in this image; rule.addr points into
 * the request. Cost: a lookup for each name and address of the request; no allocation.
 */
void verdict_decide(const struct image *image, const struct request *request, uint32_t today, struct verdict *ret);

/*
 * Whether every identifier of the request agrees: the verdict would be a bypass if these categories (1 << enum verb
 * each) were bypassed as well. False without an image. Cost: as verdict_decide().
 */
bool verdict_agrees(const struct image *image, const struct request *request, uint32_t today, uint32_t also);

#define VERDICT_BATCH_MAX 32 /* requests decided at once */

/*
 * Decides `count` requests (at most VERDICT_BATCH_MAX) with the same verdicts as verdict_decide(). If the image is too
 * large for the cache, the memory accesses of all lookups overlap.
 */
void verdict_decide_all(const struct image *image, const struct request *requests, size_t count, uint32_t today,
                        struct verdict *ret);

/* `rule`, `no-rule`, ...: the word in replies and output. */
const char *why_word(enum why why);

#define STANDING_SETS_MAX 64 /* sets that may tie; more are only noted */

/* What one name or address brings into the verdict of every request that it is part of. */
struct standing {
    struct verdict verdict;           /* on a request for this destination alone */
    enum verb verb;                   /* of the deciding rule, if it is bypassed */
    bool many;                        /* more sets tie than fit */
    uint32_t set_count;               /* 0 if it is not bypassed */
    uint32_t sets[STANDING_SETS_MAX]; /* the endpoint sets of the deciding rules. If some of them publish addresses, an
                                         address of the request must be in one of those. For image_get_set() */
};

/* Finds the standing of the destination of a request at its port; its SNI and original address are ignored. The rest as
 * verdict_decide(). The second: as if the image had no regexes. Cost: two lookups. */
void verdict_standing(const struct image *image, const struct request *request, uint32_t today, struct standing *ret);
void verdict_standing_without_regexes(const struct image *image, const struct request *request, uint32_t today,
                                      struct standing *ret);

/* The identifier of a request by which a rule was found. */
enum side { SIDE_DST, SIDE_SNI, SIDE_LA };

/* Why a matching rule does not decide. */
enum lost {
    LOST_NOT,           /* it decides */
    LOST_PORT,          /* does not speak for the port */
    LOST_UDP_ONLY,      /* its set has UDP ports only */
    LOST_EXPIRED,       /* it has expired */
    LOST_LIMIT,         /* a regex that hit its limit */
    LOST_INSPECT,       /* an inspect rule beats it */
    LOST_LESS_SPECIFIC, /* another pattern is more specific */
    LOST_WEAKER,        /* equally specific, but of a weaker category */
    LOST_TIE,           /* equal in everything; the other one is reported */
    LOST_OTHER,         /* something other than the rules for this identifier decided the request */
};

struct explained {
    enum side side;
    enum lost lost;
    struct image_rule rule;
    uint32_t set;
    uint32_t weight; /* as in struct image_hit */
};

/* Calls fn for every rule that matches one of the request's identifiers, including the deciding one, in any order.
 * Calls nothing without an image, or if the line or the port was bad. Cost: several lookups for each identifier. */
void verdict_explain(const struct image *image, const struct request *request, uint32_t today,
                     void (*fn)(void *arg, const struct explained *explained), void *arg);

/* `decides`, `port`, `less-specific`, ...: the word in output. */
const char *lost_word(enum lost lost);

#endif
