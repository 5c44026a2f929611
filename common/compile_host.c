// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compile_host.c - the host rules of a table as nodes, rules and hash table of the image. Part of compile.h.
 *
 * A rule is found under its key: the name to the right of the label with its last `*`, which is the whole name of an
 * exact rule and may be empty (`*`, `foo.*`). Rules with one key form one node.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "compile_build.h"
#include "err.h"
#include "image.h"
#include "pattern.h"

struct entry {
    const char *text;
    uint32_t set;
    uint32_t weight;
    uint32_t order;
    uint16_t len;
    uint16_t key; /* where it begins in the text */
    uint16_t kind;
};

struct entries {
    struct entry *list;
    size_t count, room;
};

int
compile_fill_tenants(struct builder *builder, const struct rule *rule, pattern_fn fn, void *arg, struct err *err)
{
    const struct compile_options *options = builder->options;
    if (memchr(rule->text, '<', rule->len) == NULL)
        return fn(builder, rule, rule->text, rule->len, arg, err);
    size_t count = options->tenant_count == 0 ? 1 : options->tenant_count;
    for (size_t i = 0; i < count; i++) {
        char text[PATTERN_MAX + 1];
        size_t len =
            pattern_fill_tenant(text, rule->text, rule->len, options->tenant_count == 0 ? NULL : options->tenants[i]);
        if (len == 0)
            return err_set(err, ERR_LIMIT, "'%s' is too long with a tenant's name in it", rule->text);
        if (fn(builder, rule, text, len, arg, err) != 0)
            return -1;
    }
    return 0;
}

int
compile_each_pattern(struct builder *builder, pattern_fn fn, void *arg, struct err *err)
{
    for (size_t i = 0; i < builder->table->rule_count; i++) {
        const struct rule *rule = &builder->table->rules[i];
        if (rule->kind != PATTERN_PREFIX && rule->kind != PATTERN_REGEX &&
            compile_fill_tenants(builder, rule, fn, arg, err) != 0)
            return -1;
    }
    return 0;
}

static size_t
find_key(const char *text, size_t len)
{
    const char *star = memrchr(text, '*', len);
    if (star == NULL)
        return 0;
    const char *dot = memchr(star, '.', len - (size_t)(star - text));
    return dot == NULL ? len : (size_t)(dot + 1 - text);
}

static int
add_entry(struct builder *builder, struct entries *entries, const struct entry *entry, struct err *err)
{
    entries->list =
        arena_grow(builder->arena, entries->list, &entries->room, entries->count + 1, sizeof *entries->list);
    if (entries->list == NULL)
        return err_set(err, ERR_MEM, "no memory for %zu host rules", entries->count);
    entries->list[entries->count] = *entry;
    entries->list[entries->count].order = (uint32_t)entries->count;
    entries->count++;
    return 0;
}

static int
collect(struct builder *builder, const struct rule *rule, const char *text, size_t len, void *arg, struct err *err)
{
    enum pattern_kind kind = pattern_kind(text, len);
    const char *kept = text == rule->text ? text : arena_text(builder->arena, text, len);
    if (kept == NULL)
        return err_set(err, ERR_MEM, "no memory for patterns");
    struct entry entry = {.text = kept, .len = (uint16_t)len, .set = rule->set, .kind = (uint16_t)kind};
    entry.weight = kind == PATTERN_EXACT ? WEIGHT_EXACT + (uint32_t)len : WEIGHT_GLOB + pattern_literals(text, len);
    if (kind == PATTERN_DOT) {
        entry.key = 1;
        entry.kind = PATTERN_UNDER;
        if (add_entry(builder, arg, &entry, err) != 0)
            return -1;
        entry.kind = PATTERN_EXACT;
        entry.weight = WEIGHT_EXACT + (uint32_t)len - 1;
    } else {
        entry.key = (uint16_t)find_key(text, len);
    }
    return add_entry(builder, arg, &entry, err);
}

static int
compare_key(const struct entry *a, const struct entry *b)
{
    size_t a_len = (size_t)a->len - a->key, b_len = (size_t)b->len - b->key;
    int order = memcmp(a->text + a->key, b->text + b->key, a_len < b_len ? a_len : b_len);
    return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

static int
compare_entry(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;
    int order = compare_key(a, b);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

/* Writes the rules of one key. The first text holds the name of the node; equal texts and names are written once. */
static void
put_node(struct builder *builder, const struct entry *list, size_t count)
{
    struct buf *nodes = &builder->section[SECTION_NODES];
    const struct entry *first = &list[0];
    struct ref text = compile_text(builder, first->text, first->len);
    struct ref name = {text.offset + first->key, (uint32_t)first->len - first->key};
    builder->root = builder->root || name.len == 0;
    compile_put32(nodes, name.offset);
    compile_put32(nodes, name.len);
    compile_put32(nodes, builder->rules);
    compile_put32(nodes, builder->rules + (uint32_t)count);
    const struct entry *before = first;
    for (size_t i = 0; i < count; i++) {
        const struct entry *entry = &list[i];
        if (entry->len != before->len || memcmp(entry->text, before->text, entry->len) != 0)
            text = entry->key == 0 ? name : compile_text(builder, entry->text, entry->len);
        compile_rule(builder, entry->set, text.offset, entry->weight, entry->len, entry->kind);
        before = entry;
    }
}

static uint64_t
hash_name(uint64_t seed, const char *name, size_t len)
{
    uint64_t hash = seed;
    for (size_t i = len; i > 0; i--)
        hash = hash_step(hash, (unsigned char)name[i - 1]);
    return hash_end(hash);
}

/* Fills `slots` pairs of tag and node; returns the longest run, or PROBES_MAX + 1. */
static uint32_t
fill_slots(const struct builder *builder, uint32_t *slots, size_t count)
{
    const struct buf *nodes = &builder->section[SECTION_NODES];
    const char *texts = builder->section[SECTION_TEXT].data;
    uint32_t longest = 1;
    memset(slots, 0, count * SLOT_SIZE);
    for (size_t i = 0; i < nodes->len / NODE_SIZE; i++) {
        const unsigned char *node = (const unsigned char *)nodes->data + i * NODE_SIZE;
        uint64_t hash = hash_name(builder->seed, texts + get32(node), get32(node + 4));
        uint32_t probe = 0;
        while (slots[2 * ((hash + probe) & (count - 1)) + 1] != 0) {
            if (++probe >= PROBES_MAX)
                return PROBES_MAX + 1;
        }
        slots[2 * ((hash + probe) & (count - 1))] = (uint32_t)(hash >> 32);
        slots[2 * ((hash + probe) & (count - 1)) + 1] = (uint32_t)i + 1;
        if (probe + 1 > longest)
            longest = probe + 1;
    }
    return longest;
}

static int
put_slots(struct builder *builder, struct err *err)
{
    const struct buf *text = &builder->section[SECTION_TEXT];
    size_t nodes = builder->section[SECTION_NODES].len / NODE_SIZE;
    if (!buf_ok(text) || !buf_ok(&builder->section[SECTION_NODES]))
        return err_set(err, ERR_MEM, "no memory for %zu host names", nodes);
    size_t count = 1;
    while (count < 2 * nodes)
        count *= 2;
    builder->seed = image_checksum((const unsigned char *)text->data, text->len);
    uint32_t *slots = arena_array(builder->arena, count, SLOT_SIZE);
    if (slots == NULL)
        return err_set(err, ERR_MEM, "no memory for the hash table");
    for (unsigned attempt = 0; attempt < 100; attempt++, builder->seed++) {
        builder->probes = fill_slots(builder, slots, count);
        if (builder->probes > PROBES_MAX)
            continue;
        for (size_t i = 0; i < 2 * count; i++)
            compile_put32(&builder->section[SECTION_SLOTS], slots[i]);
        return 0;
    }
    return err_set(err, ERR_LIMIT, "the names cannot be spread over the hash table");
}

static int
put_regexes(struct builder *builder, struct err *err)
{
    const struct table *table = builder->table;
    size_t count = 0;
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        if (rule->kind != PATTERN_REGEX)
            continue;
        if (++count > IMAGE_REGEX_MAX)
            return err_set(err, ERR_LIMIT, "more than %d regexes; write wildcards where they do", IMAGE_REGEX_MAX);
        struct ref text = compile_text(builder, rule->text, rule->len);
        compile_put32(&builder->section[SECTION_REGEXES], builder->rules);
        compile_rule(builder, rule->set, text.offset, 0, rule->len, PATTERN_REGEX);
    }
    return 0;
}

int
compile_hosts(struct builder *builder, struct err *err)
{
    struct entries entries = {0};
    if (compile_each_pattern(builder, collect, &entries, err) != 0)
        return -1;
    if (entries.count > 0)
        qsort(entries.list, entries.count, sizeof *entries.list, compare_entry);
    for (size_t i = 0; i < entries.count;) {
        size_t end = i + 1;
        while (end < entries.count && compare_key(&entries.list[i], &entries.list[end]) == 0)
            end++;
        put_node(builder, &entries.list[i], end - i);
        i = end;
    }
    if (put_slots(builder, err) != 0)
        return -1;
    return put_regexes(builder, err);
}
