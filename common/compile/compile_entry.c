// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compile_entry.c - the host patterns of a table one by one: with tenants filled in, with their keys. Part of
 * compile.h.
 *
 * The policy, the hosts and the index all look at patterns through these functions, so that they agree on what a
 * pattern is. Nothing is written to the image here.
 */
#include <string.h>

#include "base/err.h"
#include "compile_build.h"
#include "name/pattern.h"

/* Only published patterns contain a tenant, so the texts of millions of local ones need not be searched. */
static bool
has_tenant(const struct builder *builder, const struct rule *rule)
{
    return builder->table->terms[rule->terms].set.has_id && memchr(rule->text, '<', rule->len) != NULL;
}

int
compile_fill_tenants(struct builder *builder, const struct rule *rule, pattern_fn fn, void *arg, struct err *err)
{
    const struct policy *policy = builder->policy;
    if (!has_tenant(builder, rule))
        return fn(builder, rule, rule->text, rule->len, arg, err);
    size_t count = policy->tenant_count == 0 ? 1 : policy->tenant_count;
    for (size_t i = 0; i < count; i++) {
        char text[PATTERN_MAX + 1];
        size_t len =
            pattern_fill_tenant(text, rule->text, rule->len, policy->tenant_count == 0 ? NULL : policy->tenants[i]);
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
    return (struct entry){rule->text, rule->terms, rule->len, keys[rule->kind], rule->kind, 0};
}
