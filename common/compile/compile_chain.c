// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compile_chain.c - the chains of prefixes of one family as rules of the image. Part of compile.h; see compile_addr.h.
 *
 * Prefixes of one length with the same sets and the same chain around them share a chain, so a long list of a single
 * set has only a few chains. The most used chains get the smallest numbers, which take the least room in the tree.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "compile_addr.h"
#include "name/pattern.h"

bool
chains_begin(struct chains *ret, struct arena *arena, size_t most)
{
    *ret = (struct chains){.arena = arena, .slot_count = 16};
    while (ret->slot_count < most * 2)
        ret->slot_count *= 2;
    ret->slots = arena_array(arena, ret->slot_count, sizeof *ret->slots);
    return ret->slots != NULL;
}

static size_t
slot_of(const struct chains *chains, const struct place *rules, size_t count, uint32_t parent_1)
{
    uint64_t hash = (uint64_t)parent_1 << 16 ^ rules[0].len;
    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ (uint64_t)rules[i].set << 8) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
    }
    return (size_t)hash & (chains->slot_count - 1);
}

static bool
is_same(const struct chain *chain, const struct place *rules, size_t count, uint32_t parent_1)
{
    if (chain->parent_1 != parent_1 || chain->count != count || chain->rules[0].len != rules[0].len)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (chain->rules[i].set != rules[i].set)
            return false;
    }
    return true;
}

uint32_t
chains_find(struct chains *chains, const struct place *rules, size_t count, uint32_t parent_1)
{
    size_t at = slot_of(chains, rules, count, parent_1);
    for (; chains->slots[at] != 0; at = (at + 1) & (chains->slot_count - 1)) {
        if (is_same(&chains->list[chains->slots[at] - 1], rules, count, parent_1))
            return chains->slots[at];
    }
    struct chain *list = arena_grow(chains->arena, chains->list, &chains->room, chains->count + 1, sizeof *list);
    if (list == NULL)
        return 0;
    chains->list = list;
    list[chains->count++] = (struct chain){.rules = rules, .count = count, .parent_1 = parent_1};
    chains->slots[at] = (uint32_t)chains->count;
    return chains->slots[at];
}

static int
compare_uses(const void *left, const void *right)
{
    const struct chain *const *a = left;
    const struct chain *const *b = right;
    if ((*a)->uses != (*b)->uses)
        return (*a)->uses > (*b)->uses ? -1 : 1;
    return (*a > *b) - (*a < *b); /* in the order they came: both are in one array */
}

static void
put_rules(struct builder *builder, const struct chains *chains, const struct chain *chain)
{
    uint32_t parent_1 = chain->parent_1 == 0 ? 0 : chains->list[chain->parent_1 - 1].number + 1;
    for (size_t i = 0; i < chain->count; i++) {
        const struct place *rule = &chain->rules[i];
        unsigned flags = (rule->v6 ? PREFIX_V6 : 0u) | (i + 1 < chain->count ? PREFIX_MORE : 0u);
        compile_rule(builder, rule->set, parent_1, rule->len, (uint16_t)flags, PATTERN_PREFIX);
    }
}

int
chains_put(struct chains *chains, struct builder *builder, struct edge *edges, size_t count, struct err *err)
{
    struct chain **order = arena_array(builder->arena, chains->count, sizeof(struct chain *));
    const uint32_t first = builder->rules;
    uint32_t number = first;
    if (order == NULL || !arena_ok(chains->arena))
        return err_set(err, ERR_MEM, "no memory for %zu chains of prefixes", chains->count);
    for (size_t i = 0; i < count; i++) {
        if (edges[i].leaf != 0)
            chains->list[edges[i].leaf - 1].uses++;
    }
    for (size_t i = 0; i < chains->count; i++)
        order[i] = &chains->list[i];
    qsort(order, chains->count, sizeof(struct chain *), compare_uses);
    for (size_t i = 0; i < chains->count; i++) {
        order[i]->number = number;
        number += (uint32_t)order[i]->count;
    }
    for (size_t i = 0; i < chains->count; i++)
        put_rules(builder, chains, order[i]);
    for (size_t i = 0; i < count; i++) {
        if (edges[i].leaf != 0)
            edges[i].leaf = chains->list[edges[i].leaf - 1].number - first + 1;
    }
    return 0;
}
