// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compile_set.c - the sets of a table as records of the image. Part of compile.h.
 *
 * A group is an endpoint set: all sets with the same source and id. Every local line counts as a group of its own. It
 * never has prefixes, because prefixes belong to sets with an id.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "compile_build.h"
#include "name/pattern.h"

/* The order in which sets are reported when rules tie in everything else. Where sets tie too, the order of the rules
 * decides. */
struct ranked {
    const struct terms *terms;
    uint32_t number;
};

static int
compare_rank(const void *left, const void *right)
{
    const struct ranked *a = left;
    const struct ranked *b = right;
    if (a->terms->required != b->terms->required)
        return a->terms->required ? -1 : 1;
    if (a->terms->set.has_id != b->terms->set.has_id)
        return a->terms->set.has_id ? -1 : 1;
    if (a->terms->set.id != b->terms->set.id)
        return a->terms->set.id < b->terms->set.id ? -1 : 1;
    return (a->terms->set.source > b->terms->set.source) - (a->terms->set.source < b->terms->set.source);
}

static int
compare_group(const void *left, const void *right)
{
    const struct ranked *a = left;
    const struct ranked *b = right;
    int order = endpoint_set_compare(&a->terms->set, &b->terms->set);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

static bool
same_group(const struct terms *a, const struct terms *b)
{
    return a->set.has_id && endpoint_set_same(&a->set, &b->set);
}

int
compile_groups(struct builder *builder, struct err *err)
{
    const struct table *table = builder->table;
    size_t count = table->terms_count;
    struct ranked *order = arena_array(builder->arena, count, sizeof *order);
    builder->group = arena_array(builder->arena, count, sizeof *builder->group);
    builder->rank = arena_array(builder->arena, count, sizeof *builder->rank);
    builder->group_addrs = arena_array(builder->arena, count, sizeof *builder->group_addrs);
    builder->group_foreign = arena_array(builder->arena, count, sizeof *builder->group_foreign);
    builder->inspected = arena_array(builder->arena, count, sizeof *builder->inspected);
    builder->inspected_all = arena_array(builder->arena, count, sizeof *builder->inspected_all);
    if (!arena_ok(builder->arena))
        return err_set(err, ERR_MEM, "no memory for %zu sets", count);
    for (size_t i = 0; i < count; i++)
        order[i] = (struct ranked){&table->terms[i], (uint32_t)i};
    qsort(order, count, sizeof *order, compare_rank);
    for (size_t i = 0; i < count; i++) {
        bool tie = i > 0 && compare_rank(&order[i - 1], &order[i]) == 0;
        builder->rank[order[i].number] = tie ? builder->rank[order[i - 1].number] : (uint32_t)i;
    }
    qsort(order, count, sizeof *order, compare_group);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !same_group(order[i - 1].terms, order[i].terms))
            builder->group_count++;
        builder->group[order[i].number] = builder->group_count - 1;
    }
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        if (rule->kind == PATTERN_PREFIX && table->terms[rule->terms].set.has_id)
            builder->group_addrs[builder->group[rule->terms]] = true;
    }
    return 0;
}

/* Offset of a port set in its section. An equal one in the first 64 KiB is used again. */
static uint32_t
put_ports(struct builder *builder, const struct ports *ports)
{
    struct buf *section = &builder->section[SECTION_PORTS];
    if (ports->count == 0 || !buf_ok(section))
        return PORTS_NONE;
    for (size_t at = 2; at + 2 <= section->len;) {
        const unsigned char *have = (const unsigned char *)section->data + at;
        uint32_t count = get16(have);
        bool same = count == ports->count;
        for (uint32_t i = 0; same && i < count; i++)
            same = get16(have + 2 + (size_t)4 * i) == ports->range[i].low &&
                   get16(have + 4 + (size_t)4 * i) == ports->range[i].high;
        if (same)
            return (uint32_t)at;
        at += 2 + 4 * (size_t)count;
        if (at > (size_t)64 << 10)
            break;
    }
    uint32_t offset = (uint32_t)section->len;
    compile_put16(section, (uint16_t)ports->count);
    for (uint32_t i = 0; i < ports->count; i++) {
        compile_put16(section, ports->range[i].low);
        compile_put16(section, ports->range[i].high);
    }
    return offset;
}

static struct ref
put_area(struct builder *builder, const char *area)
{
    struct buf *areas = &builder->section[SECTION_AREAS];
    const struct buf *text = &builder->section[SECTION_TEXT];
    if (area == NULL || !buf_ok(text))
        return (struct ref){0, 0};
    size_t len = strlen(area);
    for (size_t at = 0; at + REF_SIZE <= areas->len; at += REF_SIZE) {
        const unsigned char *ref = (const unsigned char *)areas->data + at;
        if (get32(ref + 4) == len && memcmp(text->data + get32(ref), area, len) == 0)
            return (struct ref){get32(ref), (uint32_t)len};
    }
    struct ref ref = compile_text(builder, area, len);
    compile_put32(areas, ref.offset);
    compile_put32(areas, ref.len);
    return ref;
}

static void
put_set(struct builder *builder, uint32_t number, const struct ref *sources)
{
    const struct terms *terms = &builder->table->terms[number];
    uint32_t group = builder->group[number];
    struct buf *buf = &builder->section[SECTION_SETS];
    struct ports tcp;
    bool all = table_tcp_ports(terms, &tcp);
    struct ref area = put_area(builder, terms->area);
    unsigned flags = (terms->set.has_id ? SETFLAG_ID : 0u) | (terms->required ? SETFLAG_REQUIRED : 0u) |
                     (terms->expressroute ? SETFLAG_EXPRESSROUTE : 0u) |
                     (builder->group_addrs[group] ? SETFLAG_ADDRS : 0u) |
                     (builder->group_foreign[group] ? SETFLAG_FOREIGN : 0u) |
                     (terms->published == VERB_ALLOW ? SETFLAG_WAS_ALLOW : 0u) |
                     (terms->published == VERB_OPTIMIZE ? SETFLAG_WAS_OPTIMIZE : 0u);
    compile_put32(buf, terms->set.id);
    compile_put32(buf, builder->rank[number]);
    compile_put32(buf, group);
    compile_put32(buf, terms->expires);
    compile_put32(buf, all ? PORTS_ALL : put_ports(builder, &tcp));
    compile_put32(buf, put_ports(builder, &terms->udp));
    compile_put32(buf, builder->inspected_all[group] ? PORTS_ALL : put_ports(builder, &builder->inspected[group]));
    compile_put32(buf, area.offset);
    compile_put32(buf, area.len);
    compile_put32(buf, sources[terms->set.source].offset);
    compile_put32(buf, sources[terms->set.source].len);
    buf_add_char(buf, (char)terms->verb);
    buf_add_char(buf, (char)flags);
    compile_put16(buf, 0);
}

int
compile_sets(struct builder *builder, struct err *err)
{
    const struct table *table = builder->table;
    struct ref *sources = arena_array(builder->arena, table->source_count, sizeof *sources);
    if (sources == NULL)
        return err_set(err, ERR_MEM, "no memory for sources");
    compile_put16(&builder->section[SECTION_PORTS], 0);
    for (size_t i = 0; i < table->source_count; i++)
        sources[i] = compile_text(builder, table->sources[i], strlen(table->sources[i]));
    for (uint32_t i = 0; i < table->terms_count; i++)
        put_set(builder, i, sources);
    return 0;
}
