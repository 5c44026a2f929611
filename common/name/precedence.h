/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * precedence.h - which of two rules wins.
 *
 * Where it sits: room name, above pattern and verb. The compiler stores the weight, the verdict compares by it, and the
 * review gate and the linter ask the same question of a table. What ends a complete tie (rank, then place) belongs to
 * the verdict.
 *
 *     1. inspect beats everything
 *     2. the more specific rule: exact name, then literal characters, then regex; of prefixes the longer
 *     3. the stronger category
 *
 * With `precedence highest` 3 comes before 2.
 */
#ifndef COMMON_PRECEDENCE_H
#define COMMON_PRECEDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pattern.h"
#include "verb.h"

/* What counts when two rules compete. */
struct claim {
    enum verb verb;
    uint32_t weight; /* larger is more specific: pattern_weight(), or the length of a prefix */
};

/* The first thing in which two claims differ. */
enum level { LEVEL_TIE, LEVEL_INSPECT, LEVEL_WEIGHT, LEVEL_VERB };

/* Returns what decides between two claims. */
static inline enum level
precedence_level(const struct claim *a, const struct claim *b, bool highest)
{
    bool verbs_differ = a->verb != b->verb;
    if (verbs_differ && (a->verb == VERB_INSPECT || b->verb == VERB_INSPECT))
        return LEVEL_INSPECT;
    if (verbs_differ && highest)
        return LEVEL_VERB;
    if (a->weight != b->weight)
        return LEVEL_WEIGHT;
    return verbs_differ ? LEVEL_VERB : LEVEL_TIE;
}

/* Positive if a wins, negative if b wins, 0 if they tie. */
static inline int
precedence_compare(const struct claim *a, const struct claim *b, bool highest)
{
    /* VERB_INSPECT is the largest verb. */
    return precedence_level(a, b, highest) == LEVEL_WEIGHT ? (a->weight > b->weight) - (a->weight < b->weight)
                                                           : (a->verb > b->verb) - (a->verb < b->verb);
}

/* The weight of an exact name, and of a wildcard with this many literal characters. A regex weighs 0. */
static inline uint32_t
weight_exact(size_t len)
{
    return 0x10000u + (uint32_t)len;
}

static inline uint32_t
weight_wildcard(size_t literals)
{
    return 1u + (uint32_t)literals;
}

/* The weight of a canonical host pattern that matched as this kind. `.b.c` matches b.c as EXACT and names below it
 * as UNDER or DOT. Cost: one pass. */
uint32_t pattern_weight(const char *text, size_t len, enum pattern_kind as);

#endif
