// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_known.c - whether a line was accepted before, so that a newer list of public suffixes cannot take it away. Part
 * of table.h.
 */
#include <string.h>

#include "name/addr.h"
#include "name/pattern.h"
#include "table_build.h"

/* The normal order of rules, as far as the pattern. */
static int
compare(const struct table *known, const struct rule *a, const struct rule *b, const struct endpoint_set *b_set)
{
    int order = endpoint_set_compare(&known->terms[a->terms].set, b_set);
    if (order != 0)
        return order;
    bool is_prefix = a->kind == PATTERN_PREFIX;
    if (is_prefix != (b->kind == PATTERN_PREFIX))
        return is_prefix ? 1 : -1;
    return is_prefix ? prefix_compare(a->prefix, b->prefix) : strcmp(a->text, b->text);
}

static bool
find_source(uint32_t *ret, const struct table *known, const char *name)
{
    for (size_t i = 0; i < known->source_count; i++) {
        *ret = (uint32_t)i;
        if (strcmp(known->sources[i], name) == 0)
            return true;
    }
    return false;
}

static bool
is_same(const struct terms *a, const struct terms *b)
{
    return a->verb == b->verb && a->expires == b->expires && ports_compare(&a->tcp, &b->tcp) == 0;
}

bool
table_is_known(const struct table *table, const struct rule *rule, const struct terms *terms)
{
    const struct table *known = table->known;
    struct endpoint_set set = terms->set;
    if (known == NULL || !find_source(&set.source, known, table->sources[terms->set.source]))
        return false;
    size_t low = 0, high = known->rule_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(known, &known->rules[middle], rule, &set) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < known->rule_count && compare(known, &known->rules[low], rule, &set) == 0; low++) {
        if (is_same(&known->terms[known->rules[low].terms], terms))
            return true;
    }
    return false;
}
