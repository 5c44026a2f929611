// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compile_host.c - the host rules of a table as names, nodes and rules of the image. Part of compile.h.
 *
 * A rule is found under its key: the name to the right of the label with its last `*`, which is the whole name of an
 * exact rule and may be empty (`*`, `foo.*`). A key with one plain rule is a name with a class; any other has a node,
 * under which its rules lie together. Where names lie in the index is compile_index.c's.
 */
#include <string.h>

#include "arena.h"
#include "compile_build.h"
#include "err.h"
#include "image.h"
#include "pattern.h"

/* Only published patterns have a tenant in them; the texts of millions of local ones are not looked at for it. */
static bool
has_tenant(const struct builder *builder, const struct rule *rule)
{
    return builder->table->sets[rule->set].has_id && memchr(rule->text, '<', rule->len) != NULL;
}

int
compile_fill_tenants(struct builder *builder, const struct rule *rule, pattern_fn fn, void *arg, struct err *err)
{
    const struct compile_options *options = builder->options;
    if (!has_tenant(builder, rule))
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

size_t
compile_find_key(const char *text, size_t len)
{
    const char *star = memrchr(text, '*', len);
    if (star == NULL)
        return 0;
    const char *dot = memchr(star, '.', len - (size_t)(star - text));
    return dot == NULL ? len : (size_t)(dot + 1 - text);
}

bool
compile_is_plain(const struct builder *builder, const struct rule *rule)
{
    return rule->kind <= PATTERN_DOT && !has_tenant(builder, rule);
}

struct entry
compile_plain_entry(const struct rule *rule)
{
    static const uint16_t keys[] = {[PATTERN_EXACT] = 0, [PATTERN_UNDER] = 2, [PATTERN_DOT] = 1};
    return (struct entry){rule->text, rule->set, rule->len, keys[rule->kind], rule->kind, 0};
}

static int
add_entry(struct builder *builder, struct entries *entries, const struct entry *entry, struct err *err)
{
    entries->list =
        arena_grow(builder->arena, entries->list, &entries->room, entries->count + 1, sizeof *entries->list);
    if (entry->text == NULL || entries->list == NULL)
        return err_set(err, ERR_MEM, "no memory for %zu host patterns", entries->count);
    entries->list[entries->count++] = *entry;
    return 0;
}

/* Adds what needs more than a look at its rule: a wildcard inside, or a tenant's name filled in. */
static int
collect(struct builder *builder, const struct rule *rule, const char *text, size_t len, void *arg, struct err *err)
{
    const char *kept = text == rule->text ? text : arena_text(builder->arena, text, len);
    struct entry entry = {kept, rule->set, (uint16_t)len, 0, (uint16_t)pattern_kind(text, len), 0};
    entry.key = entry.kind == PATTERN_DOT ? 1 : (uint16_t)compile_find_key(text, len);
    return add_entry(builder, arg, &entry, err);
}

/* Adds a regex whose names all end alike; the others are asked for every name. */
static int
collect_regex(struct builder *builder, const struct rule *rule, struct entries *entries, struct err *err)
{
    char suffix[HOST_MAX + 1];
    size_t len = pattern_regex_suffix(suffix, rule->text + 1, (size_t)rule->len - 1);
    if (len == 0)
        return 0;
    char *text = arena_alloc(builder->arena, rule->len + len + 1);
    if (text != NULL) {
        memcpy(text, rule->text, rule->len);
        memcpy(text + rule->len, suffix, len);
    }
    struct entry entry = {text, rule->set, (uint16_t)(rule->len + len), rule->len, PATTERN_REGEX, 0};
    entry.regex = builder->regexes - ++builder->keyed;
    return add_entry(builder, entries, &entry, err);
}

static void
put_rule(struct builder *builder, const struct entry *entry, uint32_t text, enum pattern_kind kind)
{
    if (kind == PATTERN_REGEX) {
        builder->regex_rules[entry->regex] = builder->rules;
        compile_rule(builder, entry->set, text, entry->regex, entry->key, PATTERN_REGEX);
        return;
    }
    uint32_t weight = WEIGHT_EXACT + (uint32_t)entry->len - entry->key;
    if (kind != PATTERN_EXACT)
        weight = WEIGHT_GLOB + pattern_literals(entry->text, entry->len);
    compile_rule(builder, entry->set, text, weight, entry->len, (uint16_t)kind);
}

/* Equal texts lie next to each other and are written once; an exact name is the end of the first of them. */
uint32_t
compile_node(struct builder *builder, const struct entry *list, size_t count)
{
    struct buf *nodes = &builder->section[SECTION_NODES];
    uint32_t number = (uint32_t)(nodes->len / NODE_SIZE), first = builder->rules;
    struct ref text = compile_text(builder, list[0].text, list[0].len);
    struct ref name = {text.offset + list[0].key, (uint32_t)list[0].len - list[0].key};
    const struct entry *before = &list[0];
    for (size_t i = 0; i < count; i++) {
        const struct entry *entry = &list[i];
        if (entry->len != before->len || memcmp(entry->text, before->text, entry->len) != 0)
            text = entry->key == 0 ? name : compile_text(builder, entry->text, entry->len);
        if (entry->kind == PATTERN_DOT) {
            put_rule(builder, entry, text.offset, PATTERN_UNDER);
            put_rule(builder, entry, text.offset, PATTERN_EXACT);
        } else {
            put_rule(builder, entry, text.offset, (enum pattern_kind)entry->kind);
        }
        before = entry;
    }
    compile_put32(nodes, name.offset);
    compile_put32(nodes, name.len);
    compile_put32(nodes, first);
    compile_put32(nodes, builder->rules);
    return number;
}

/* Writes the rules of the regexes without a key, and the list of all. */
static void
put_regexes(struct builder *builder)
{
    const struct table *table = builder->table;
    char suffix[HOST_MAX + 1];
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        if (rule->kind != PATTERN_REGEX || pattern_regex_suffix(suffix, rule->text + 1, (size_t)rule->len - 1) != 0)
            continue;
        struct ref text = compile_text(builder, rule->text, rule->len);
        builder->regex_rules[builder->loose] = builder->rules;
        compile_rule(builder, rule->set, text.offset, builder->loose++, rule->len, PATTERN_REGEX);
    }
    for (uint32_t i = 0; i < builder->regexes; i++)
        compile_put32(&builder->section[SECTION_REGEXES], builder->regex_rules[i]);
}

static int
count_regexes(struct builder *builder, struct err *err)
{
    const struct table *table = builder->table;
    for (size_t i = 0; i < table->rule_count; i++)
        builder->regexes += table->rules[i].kind == PATTERN_REGEX;
    if (builder->regexes > IMAGE_REGEX_MAX)
        return err_set(err, ERR_LIMIT, "more than %d regexes; write wildcards where they do", IMAGE_REGEX_MAX);
    builder->regex_rules = arena_array(builder->arena, builder->regexes, sizeof *builder->regex_rules);
    return builder->regex_rules == NULL ? err_set(err, ERR_MEM, "no memory for regexes") : 0;
}

int
compile_hosts(struct builder *builder, struct err *err)
{
    const struct table *table = builder->table;
    struct entries entries = {0};
    if (count_regexes(builder, err) != 0)
        return -1;
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        int result = 0;
        if (rule->kind == PATTERN_REGEX)
            result = collect_regex(builder, rule, &entries, err);
        else if (rule->kind != PATTERN_PREFIX && !compile_is_plain(builder, rule))
            result = compile_fill_tenants(builder, rule, collect, &entries, err);
        if (result != 0)
            return -1;
    }
    if (compile_index(builder, &entries, err) != 0)
        return -1;
    put_regexes(builder);
    return 0;
}
