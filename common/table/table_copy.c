// SPDX-License-Identifier: GPL-2.0-or-later
/* table_copy.c - see table_copy.h. */
#include "table_copy.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "name/addr.h"
#include "name/pattern.h"
#include "table_build.h"

struct table *
table_like(const struct table *of)
{
    struct table *table = table_new();
    if (table == NULL)
        return NULL;
    table->label = arena_text(table->arena, of->label, strlen(of->label));
    for (size_t i = 0; i < of->source_count; i++)
        table_source(table, of->sources[i], strlen(of->sources[i]));
    if (arena_ok(table->arena))
        return table;
    table_free(table);
    return NULL;
}

static bool
copy_pattern(struct table *table, struct rule *ret, const struct rule *rule)
{
    if (rule->kind != PATTERN_PREFIX) {
        ret->text = arena_text(table->texts, rule->text, rule->len);
        return ret->text != NULL;
    }
    struct prefix *prefix = arena_alloc(table->texts, sizeof *prefix);
    if (prefix != NULL)
        *prefix = *rule->prefix;
    ret->prefix = prefix;
    return prefix != NULL;
}

int
table_copy_rule(struct table *table, const struct table *from, const struct rule *rule, bool held, struct err *err)
{
    struct rule copy = *rule;
    struct terms terms = from->terms[rule->terms];
    const char *source = from->sources[terms.set.source];
    terms.set.source = table_source(table, source, strlen(source));
    terms.held = held;
    if (terms.set.source == UINT32_MAX)
        return err_set(err, ERR_LIMIT, "more than %d sources", TABLE_SOURCES_MAX);
    copy.terms = table_terms(table, &terms);
    if (copy.terms == UINT32_MAX || !copy_pattern(table, &copy, rule))
        return err_set(err, ERR_MEM, "no memory for another rule");
    return table_append(table, &copy, err);
}

void
table_copy_complaints(struct table *table, const struct table *from)
{
    for (size_t i = 0; i < from->complaint_count; i++)
        table_complain(table, "%s", i < TABLE_COMPLAINTS_MAX ? from->complaints[i] : "");
    for (size_t i = 0; i < TABLE_REFUSALS_KEPT && from->refusals[i] != NULL; i++)
        table->refusals[i] = arena_text(table->arena, from->refusals[i], strlen(from->refusals[i]));
    table->refused = from->refused;
    table->refused_told = from->refused_told;
}
