// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compile_addr.c - the prefixes of a table as edges between addresses. Part of compile.h.
 *
 *     10.0.0.0/8      |-----------------------------------------|
 *     10.1.0.0/16             |----------|
 *     edges           0  /8   /16        /8                      0
 *
 * Sorted by address and length, a prefix comes after every prefix that contains it. A stack of the open ones gives both
 * the chain of prefixes around each and the edges where the chain changes. compile_chain.c turns the chains into rules,
 * compile_tree.c turns the edges into a tree that finds the edges around an address.
 */

#include "compile_addr.h"
#include "base/arena.h"
#include "base/err.h"
#include "name/addr.h"
#include "name/pattern.h"

static int
compare_place(const struct place *a, const struct place *b)
{
    if (a->v6 != b->v6)
        return a->v6 ? 1 : -1;
    int order = key_compare(a->key, b->key);
    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

/* ---- sorting: each list of a table is sorted already, so a few runs are merged ---- */

/* The first place after the sorted run that begins at `at`. */
static size_t
run_end(const struct place *list, size_t count, size_t at)
{
    do
        at++;
    while (at < count && compare_place(&list[at - 1], &list[at]) <= 0);
    return at;
}

static void
merge(struct place *ret, const struct place *list, size_t first, size_t middle, size_t end)
{
    size_t left = first, right = middle;
    for (size_t at = first; at < end; at++) {
        bool take_left = right == end || (left < middle && compare_place(&list[left], &list[right]) <= 0);
        ret[at] = take_left ? list[left++] : list[right++];
    }
}

/* Merges neighbouring runs until there is one. Places that compare equal keep their order. NULL without memory. */
static struct place *
sort_places(struct arena *arena, struct place *list, size_t count)
{
    if (count == 0 || run_end(list, count, 0) == count)
        return list;
    struct place *other = arena_array(arena, count, sizeof *other);
    bool sorted = false;
    while (other != NULL && !sorted) {
        size_t runs = 0;
        for (size_t first = 0, end; first < count; first = end, runs++) {
            size_t middle = run_end(list, count, first);
            end = middle == count ? count : run_end(list, count, middle);
            merge(other, list, first, middle, end);
        }
        struct place *merged = other;
        other = list;
        list = merged;
        sorted = runs == 1;
    }
    return other == NULL ? NULL : list;
}

/* ---- edges ---- */

/* The prefixes of one family while they are swept. */
struct sweep {
    struct chains chains;
    struct edge *edges;
    size_t edge_count;
    const struct place *open[130];
    uint32_t chain_1[130]; /* of each */
    unsigned depth;
};

static void
put_edge(struct sweep *sweep, struct key start, uint32_t leaf)
{
    struct edge *last = sweep->edges + sweep->edge_count;
    if (sweep->edge_count > 0 && key_compare(last[-1].start, start) == 0) {
        last--;
        sweep->edge_count--;
    }
    if (sweep->edge_count > 0 && last[-1].leaf == leaf)
        return;
    *last = (struct edge){start, leaf};
    sweep->edge_count++;
}

/* The first key after a prefix; zero if the prefix ends with the last address of all. */
static struct key
key_after(const struct place *place)
{
    struct key key = place->key;
    if (place->len == 0)
        return (struct key){0, 0};
    if (place->len <= 64) {
        key.hi += (uint64_t)1 << (64 - place->len);
    } else {
        key.lo += (uint64_t)1 << (128 - place->len);
        key.hi += key.lo == 0;
    }
    return key;
}

static bool
holds(const struct place *place, struct key key)
{
    struct key end = key_after(place);
    return (end.hi | end.lo) == 0 || key_compare(key, end) < 0;
}

/* Closes the prefixes that do not contain `next`; NULL: all of them. */
static void
close_before(struct sweep *sweep, const struct place *next)
{
    while (sweep->depth > 0) {
        const struct place *top = sweep->open[sweep->depth - 1];
        if (next != NULL && holds(top, next->key))
            return;
        sweep->depth--;
        struct key end = key_after(top);
        if ((end.hi | end.lo) != 0)
            put_edge(sweep, end, sweep->depth == 0 ? 0 : sweep->chain_1[sweep->depth - 1]);
    }
}

static void
sweep_prefixes(struct sweep *sweep, const struct place *list, size_t count)
{
    put_edge(sweep, (struct key){0, 0}, 0);
    for (size_t i = 0; i < count;) {
        size_t end = i + 1;
        while (end < count && compare_place(&list[i], &list[end]) == 0)
            end++;
        close_before(sweep, &list[i]);
        uint32_t parent_1 = sweep->depth == 0 ? 0 : sweep->chain_1[sweep->depth - 1];
        uint32_t chain_1 = chains_find(&sweep->chains, &list[i], end - i, parent_1);
        sweep->open[sweep->depth] = &list[i];
        sweep->chain_1[sweep->depth++] = chain_1;
        put_edge(sweep, list[i].key, chain_1);
        i = end;
    }
    close_before(sweep, NULL);
}

static int
put_family(struct builder *builder, const struct place *list, size_t count, struct err *err)
{
    struct sweep sweep = {.edge_count = 0};
    if (count == 0)
        return 0;
    sweep.edges = arena_array(builder->arena, count * 2 + 1, sizeof *sweep.edges);
    if (sweep.edges == NULL || !chains_begin(&sweep.chains, builder->arena, count))
        return err_set(err, ERR_MEM, "no memory for %zu prefixes", count);
    sweep_prefixes(&sweep, list, count);
    uint32_t first_rule = builder->rules;
    if (chains_put(&sweep.chains, builder, sweep.edges, sweep.edge_count, err) != 0)
        return -1;
    return compile_tree(builder, list[0].v6 ? SECTION_TREE6 : SECTION_TREE4, first_rule, sweep.edges, sweep.edge_count,
                        err);
}

static struct place *
gather(const struct table *table, struct arena *arena, size_t *ret_count)
{
    size_t count = 0, at = 0;
    for (size_t i = 0; i < table->rule_count; i++)
        count += table->rules[i].kind == PATTERN_PREFIX;
    struct place *list = arena_array(arena, count, sizeof *list);
    for (size_t i = 0; list != NULL && i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        if (rule->kind == PATTERN_PREFIX)
            list[at++] =
                (struct place){key_of(&rule->prefix->addr), rule->terms, rule->prefix->len, rule->prefix->addr.v6};
    }
    *ret_count = count;
    return list == NULL ? NULL : sort_places(arena, list, count);
}

int
compile_addrs(struct builder *builder, struct err *err)
{
    size_t count, v4 = 0;
    const struct place *list = gather(builder->table, builder->arena, &count);
    if (list == NULL)
        return err_set(err, ERR_MEM, "no memory for %zu prefixes", count);
    while (v4 < count && !list[v4].v6)
        v4++;
    if (put_family(builder, list, v4, err) != 0)
        return -1;
    return put_family(builder, list + v4, count - v4, err);
}
