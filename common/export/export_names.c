// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * export_names.c - the decided names of a table, as a list in which the first match counts. Part of export_build.h.
 *
 *     rules --> entries in order of precedence --> tenant guard --> entries with an effect
 *
 * The order is that of the verdict (name/precedence.h), so the first entry that matches a name is the rule that
 * decides it. The oracle of the tests is the image itself.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "export_build.h"
#include "export_names.h"
#include "name/precedence.h"
#include "table/policy.h"

/* What one rule says: the entry without its pattern. */
struct adding {
    struct export_names *names;
    struct export_job *job;
    struct export_name entry;
    bool copies; /* the text does not live as long as the table */
};

static int
add_kind(struct adding *adding, const char *text, size_t len, enum pattern_kind kind, struct err *err)
{
    struct arena *arena = adding->job->arena;
    adding->entry.text = kind == PATTERN_REGEX ? export_regex_plain(arena, text, len)
                         : adding->copies      ? arena_text(arena, text, len)
                                               : text;
    if (adding->entry.text == NULL)
        return err_set(err, ERR_MEM, "no memory for the names of an export");
    adding->entry.len = (uint16_t)(kind == PATTERN_REGEX ? strlen(adding->entry.text) : len);
    adding->entry.kind = (uint8_t)kind;
    adding->entry.weight = kind == PATTERN_REGEX ? 0 : pattern_weight(text, len, kind);
    return export_names_add(adding->names, arena, &adding->entry, err);
}

/* `.b.c` becomes b.c and *.b.c, which have different weights. */
static int
add_pattern(struct adding *adding, const char *text, size_t len, struct err *err)
{
    enum pattern_kind kind = pattern_kind(text, len);
    if (kind != PATTERN_DOT)
        return add_kind(adding, text, len, kind, err);
    char under[PATTERN_MAX + 2] = "*";
    memcpy(under + 1, text, len);
    bool copies = adding->copies;
    adding->copies = true;
    int result = add_kind(adding, under, len + 1, PATTERN_UNDER, err);
    adding->copies = copies;
    if (result == 0)
        result = add_kind(adding, text + 1, len - 1, PATTERN_EXACT, err);
    return result;
}

static int
add_tenants(struct adding *adding, const struct rule *rule, struct err *err)
{
    const struct policy *policy = adding->job->source->policy;
    size_t count = policy->tenant_count == 0 ? 1 : policy->tenant_count;
    char text[PATTERN_MAX + 1];
    int result = 0;
    adding->copies = true;
    for (size_t i = 0; i < count && result == 0; i++) {
        size_t len =
            pattern_fill_tenant(text, rule->text, rule->len, policy->tenant_count == 0 ? NULL : policy->tenants[i]);
        result = len == 0 ? err_set(err, ERR_LIMIT, "'%s' is too long with a tenant's name in it", rule->text)
                          : add_pattern(adding, text, len, err);
    }
    return result;
}

static bool
speaks_for(const struct terms *terms, uint16_t port)
{
    struct ports ports;
    return table_tcp_ports(terms, &ports) || ports_hold(&ports, port);
}

static bool
counts(const struct export_job *job, const struct terms *terms, uint16_t port)
{
    bool expired = terms->expires != 0 && job->source->today >= terms->expires && terms->verb != VERB_INSPECT;
    return !expired && speaks_for(terms, port);
}

/* PAC type 3 sends every name of the preset through the proxy, whatever its line says. */
static bool
is_set_aside(const struct export_job *job, const struct terms *terms)
{
    return job->wish->type == 3 && strcmp(job->source->table->sources[terms->set.source], EXPORT_RESTRICTIONS) == 0;
}

static int
add_rule(struct export_names *names, struct export_job *job, const struct rule *rule, struct err *err)
{
    const struct terms *terms = &job->source->table->terms[rule->terms];
    struct adding adding = {.names = names, .job = job};
    adding.entry.terms = terms;
    adding.entry.line = rule->text;
    adding.entry.verb = is_set_aside(job, terms) ? VERB_INSPECT : terms->verb;
    adding.entry.selected =
        adding.entry.verb != VERB_INSPECT && (job->selected & 1u << terms->verb) != 0 && export_passes(job, terms);
    bool published = terms->set.has_id && memchr(rule->text, '<', rule->len) != NULL;
    return published ? add_tenants(&adding, rule, err) : add_pattern(&adding, rule->text, rule->len, err);
}

static int
compare(const struct export_name *a, const struct export_name *b, bool highest)
{
    const struct claim x = {a->verb, a->weight}, y = {b->verb, b->weight};
    int precedence = precedence_compare(&y, &x, highest);
    if (precedence != 0)
        return precedence;
    int text = strcmp(a->text, b->text);
    return text != 0 ? text : (int)b->selected - (int)a->selected;
}

static int
compare_specific(const void *a, const void *b)
{
    return compare(a, b, false);
}

static int
compare_highest(const void *a, const void *b)
{
    return compare(a, b, true);
}

uint16_t
export_port(const struct export_job *job)
{
    return job->wish->tcp == 0 ? 443 : job->wish->tcp;
}

int
export_names(struct export_names *ret, struct export_job *job, uint16_t port, struct err *err)
{
    const struct table *table = job->source->table;
    *ret = (struct export_names){0};
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        if (rule->kind != PATTERN_PREFIX && counts(job, &table->terms[rule->terms], port) &&
            add_rule(ret, job, rule, err) != 0)
            return -1;
    }
    if (ret->count > 1)
        qsort(ret->item, ret->count, sizeof *ret->item,
              job->source->policy->highest ? compare_highest : compare_specific);
    if (export_names_guard(ret, job, err) != 0)
        return -1;
    return export_names_reduce(ret, job->arena, err);
}
