// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compile_host.c - the host rules of a table as names, nodes and rules of the image. Part of compile.h.
 *
 * A rule is found under its key: the labels to the right of the one with its last `*`. For an exact name the key is the
 * whole name; for `*` and `foo.*` it is empty. A key with a single plain rule is stored as a name with a class. Any
 * other key has a node, and its rules are stored together under it (compile_node.c). Where names are stored in the
 * index is compile_index.c's business.
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "compile_build.h"
#include "image/image.h"
#include "name/pattern.h"

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

/* Adds a pattern that cannot be read off its rule: it has a wildcard inside, or a tenant's name was filled in. */
static int
collect(struct builder *builder, const struct rule *rule, const char *text, size_t len, void *arg, struct err *err)
{
    const char *kept = text == rule->text ? text : arena_text(builder->arena, text, len);
    struct entry entry = {kept, rule->terms, (uint16_t)len, 0, (uint16_t)pattern_kind(text, len), 0};
    entry.key = entry.kind == PATTERN_DOT ? 1 : (uint16_t)compile_find_key(text, len);
    return add_entry(builder, arg, &entry, err);
}

/* Adds a regex whose names all have the same end. Any other regex has to be tried for every name. */
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
    struct entry entry = {text, rule->terms, (uint16_t)(rule->len + len), rule->len, PATTERN_REGEX, 0};
    entry.regex = builder->regexes - ++builder->keyed;
    return add_entry(builder, entries, &entry, err);
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
        compile_rule(builder, rule->terms, text.offset, builder->loose++, rule->len, PATTERN_REGEX);
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
