/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_prefix_build.h - what cmd_prefix.c finds and cmd_prefix_text.c and cmd_prefix_json.c print. Private to these
 * three.
 *
 * Where it sits: room lookup, below cmd_prefix.h.
 */
#ifndef HELPER_CMD_PREFIX_BUILD_H
#define HELPER_CMD_PREFIX_BUILD_H

#include "cmd_lookup.h"
#include "cmd_prefix.h"
#include "image/image.h"

/* Addresses that get the same answer. */
struct range {
    struct addr first, last;
    struct verdict verdict; /* of the first; its rule has no address, see prefix_decided() */
};

/* A rule whose prefix is inside the query or around it. */
struct held_rule {
    struct prefix prefix;
    uint32_t set;
    bool inside;
};

static inline const struct range *
prefix_ranges(const struct prefix_answer *answer, size_t *ret_count)
{
    *ret_count = answer->ranges.len / sizeof(struct range);
    return (const struct range *)(const void *)answer->ranges.data;
}

static inline const struct held_rule *
prefix_rules(const struct prefix_answer *answer, size_t *ret_count)
{
    *ret_count = answer->rules.len / sizeof(struct held_rule);
    return (const struct held_rule *)(const void *)answer->rules.data;
}

/* The answer to the first address of a range, which must outlive it. */
static inline struct answer
prefix_decided(const struct prefix_answer *answer, const struct range *range)
{
    struct answer ret = {.image = answer->image, .verdict = range->verdict, .today = answer->today};
    ret.verdict.rule.addr = &range->first;
    return ret;
}

/* `bypass`, `inspect` or `mixed`. */
static inline const char *
prefix_action(const struct prefix_answer *answer)
{
    return answer->mixed ? "mixed" : answer->bypass ? "bypass" : "inspect";
}

#endif
