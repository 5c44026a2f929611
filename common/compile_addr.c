// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compile_addr.c - the prefixes of a table as prefix records and ranges of the image. Part of compile.h.
 *
 *     10.0.0.0/8      |-----------------------------------------|
 *     10.1.0.0/16             |----------|
 *     ranges          0  /8   /16        /8                      0
 *
 * Sorted by address and length, a prefix comes behind every prefix around it; a stack of those that are open gives both
 * its parent and the pieces between the edges.
 */
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "arena.h"
#include "compile_build.h"
#include "err.h"
#include "pattern.h"

struct place {
    const struct prefix *prefix;
    const struct rule *rule;
    uint32_t order;
};

static int
compare_place(const void *left, const void *right)
{
    const struct place *a = left;
    const struct place *b = right;
    int order = prefix_compare(a->prefix, b->prefix);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

/* The first address behind a prefix; false if there is none. */
static bool
address_behind(uint8_t ret[16], const struct prefix *prefix)
{
    unsigned width = prefix->addr.v6 ? 16 : 4;
    memcpy(ret, prefix->addr.bytes, 16);
    unsigned bit = prefix->len;
    while (bit > 0) {
        bit--;
        uint8_t mask = (uint8_t)(0x80u >> (bit % 8));
        ret[bit / 8] ^= mask;
        if ((ret[bit / 8] & mask) != 0)
            return bit / 8 < width;
    }
    return false;
}

/* The sweep over one family. */
struct sweep {
    struct buf *ranges;
    const struct prefix *open[130];
    uint32_t number[130]; /* prefix_1 of each */
    unsigned depth;
    bool v6;
    uint32_t last; /* prefix_1 of the range written last */
};

static void
put_range(struct sweep *sweep, const uint8_t start[16], uint32_t prefix_1)
{
    struct buf *buf = sweep->ranges;
    size_t size = sweep->v6 ? RANGE6_SIZE : RANGE4_SIZE;
    size_t key = sweep->v6 ? 16 : 4;
    uint8_t text[16] = {0};
    for (size_t i = 0; i < key; i++)
        text[i] = sweep->v6 ? start[i] : start[3 - i];
    if (buf->len >= size && memcmp(buf->data + buf->len - size, text, key) == 0)
        buf->len -= size;
    buf_add(buf, text, key);
    compile_put32(buf, prefix_1);
    if (sweep->v6)
        compile_put32(buf, 0);
}

static void
close_before(struct sweep *sweep, const struct prefix *next)
{
    while (sweep->depth > 0) {
        const struct prefix *top = sweep->open[sweep->depth - 1];
        if (next != NULL && prefix_holds(top, &next->addr))
            return;
        sweep->depth--;
        uint8_t behind[16];
        if (address_behind(behind, top))
            put_range(sweep, behind, sweep->depth == 0 ? 0 : sweep->number[sweep->depth - 1]);
    }
}

static void
open_prefix(struct sweep *sweep, const struct prefix *prefix, uint32_t prefix_1)
{
    sweep->open[sweep->depth] = prefix;
    sweep->number[sweep->depth] = prefix_1;
    sweep->depth++;
    put_range(sweep, prefix->addr.bytes, prefix_1);
}

static void
put_prefix(struct builder *builder, const struct place *list, size_t count, uint32_t parent_1)
{
    struct buf *buf = &builder->section[SECTION_PREFIXES];
    const struct prefix *prefix = list[0].prefix;
    uint32_t number = (uint32_t)(buf->len / PREFIX_SIZE);
    buf_add(buf, prefix->addr.bytes, 16);
    buf_add_char(buf, (char)prefix->len);
    buf_add_char(buf, prefix->addr.v6 ? 1 : 0);
    compile_put16(buf, 0);
    compile_put32(buf, parent_1);
    compile_put32(buf, builder->rules);
    compile_put32(buf, builder->rules + (uint32_t)count);
    for (size_t i = 0; i < count; i++)
        compile_rule(builder, list[i].rule->set, number, prefix->len, 0, PATTERN_PREFIX);
}

static void
sweep_family(struct builder *builder, const struct place *list, size_t count, bool v6)
{
    struct sweep sweep = {.ranges = &builder->section[v6 ? SECTION_RANGES6 : SECTION_RANGES4], .v6 = v6};
    const uint8_t zero[16] = {0};
    put_range(&sweep, zero, 0);
    for (size_t i = 0; i < count;) {
        size_t end = i + 1;
        while (end < count && prefix_compare(list[i].prefix, list[end].prefix) == 0)
            end++;
        close_before(&sweep, list[i].prefix);
        uint32_t parent_1 = sweep.depth == 0 ? 0 : sweep.number[sweep.depth - 1];
        put_prefix(builder, &list[i], end - i, parent_1);
        open_prefix(&sweep, list[i].prefix, (uint32_t)(builder->section[SECTION_PREFIXES].len / PREFIX_SIZE));
        i = end;
    }
    close_before(&sweep, NULL);
}

int
compile_addrs(struct builder *builder, struct err *err)
{
    const struct table *table = builder->table;
    size_t count = 0;
    for (size_t i = 0; i < table->rule_count; i++)
        count += table->rules[i].kind == PATTERN_PREFIX;
    struct place *list = arena_array(builder->arena, count, sizeof *list);
    if (list == NULL)
        return err_set(err, ERR_MEM, "no memory for %zu prefixes", count);
    size_t at = 0;
    for (size_t i = 0; i < table->rule_count; i++) {
        if (table->rules[i].kind != PATTERN_PREFIX)
            continue;
        list[at] = (struct place){table->rules[i].prefix, &table->rules[i], (uint32_t)at};
        at++;
    }
    qsort(list, count, sizeof *list, compare_place);
    size_t v4 = 0;
    while (v4 < count && !list[v4].prefix->addr.v6)
        v4++;
    sweep_family(builder, list, v4, false);
    sweep_family(builder, list + v4, count - v4, true);
    return 0;
}
