// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * held_taker.c - held rows that only make sense together: a row that goes, and those that take over what it bypassed.
 * Part of held.h.
 */
#include <string.h>

#include "held.h"
#include "name/addr.h"
#include "name/pattern.h"
#include "name/verb.h"
#include "policy.h"
#include "table.h"

static bool
has_bypass(const struct table *table, const struct held_key *key, uint32_t bypass)
{
    const struct rule *rule;
    bool found = false;
    for (size_t at = 0; !found && (rule = held_next_row(table, key, &at)) != NULL;)
        found = (bypass & 1u << table->terms[rule->terms].verb) != 0;
    return found;
}

static uint32_t
bypass_of(const struct policy *policy)
{
    return policy->bypass != 0 ? policy->bypass : VERB_BYPASS_USUAL;
}

bool
held_makes_room(const struct held *held, const struct held_key *key, const struct policy *policy)
{
    uint32_t bypass = bypass_of(policy);
    return has_bypass(held->was, key, bypass) && !has_bypass(held->is, key, bypass);
}

static bool
is_prefix(const char *pattern)
{
    return pattern[0] != '~' && strchr(pattern, '/') != NULL;
}

static bool
meets_with(const char *a, const char *b, const char *tenant)
{
    char a_filled[PATTERN_MAX + 1], b_filled[PATTERN_MAX + 1];
    size_t a_len = strlen(a), b_len = strlen(b);
    if (a_len > PATTERN_MAX || b_len > PATTERN_MAX)
        return false;
    a_len = pattern_fill_tenant(a_filled, a, a_len, tenant);
    b_len = pattern_fill_tenant(b_filled, b, b_len, tenant);
    return a_len > 0 && b_len > 0 && pattern_meets(a_filled, a_len, b_filled, b_len);
}

bool
held_patterns_meet(const char *a, const char *b, const struct policy *policy)
{
    struct prefix prefix;
    bool found = false;
    if (a[0] == '~' || b[0] == '~' || is_prefix(a) != is_prefix(b))
        return false;
    if (is_prefix(a))
        return prefix_parse(&prefix, a, strlen(a), NULL) == 0 &&
               held_concerns_prefix(&(struct held_key){.pattern = b}, &prefix);
    for (size_t i = 0; i < policy->tenant_count && !found; i++)
        found = meets_with(a, b, policy->tenants[i]);
    return found || (policy->tenant_count == 0 && meets_with(a, b, NULL));
}

bool
held_takes_over(const struct held *held, const struct held_key *taker, const struct held_key *key,
                const struct policy *policy)
{
    return taker != key && held_patterns_meet(taker->pattern, key->pattern, policy) &&
           has_bypass(held->is, taker, bypass_of(policy));
}
