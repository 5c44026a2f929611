// SPDX-License-Identifier: GPL-2.0-or-later
/* format_page.c - see format_page.h. */
#include "format_page.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/order.h"
#include "export/export_build.h"
#include "name/pattern.h"
#include "table/policy.h"
#include "table/table.h"

const char *
format_page_section(const struct export_job *job, const struct export_set *set)
{
    const struct terms *terms = set->terms;
    if (!terms->set.has_id)
        return job->source->table->sources[terms->set.source];
    return export_area_title(terms->area == NULL ? "Common" : terms->area);
}

static int
compare_sets(const void *a, const void *b, void *arg)
{
    const struct export_set *x = a, *y = b;
    const int orders[] = {
        order_numbers(!x->terms->set.has_id, !y->terms->set.has_id),
        order_texts(format_page_section(arg, x), format_page_section(arg, y)),
        order_numbers(y->terms->verb, x->terms->verb),
        order_numbers(x->terms->set.id, y->terms->set.id),
        order_numbers(x->first, y->first),
    };
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        if (orders[i] != 0)
            return orders[i];
    }
    return 0;
}

/* The lines of one set that say the same besides their pattern: a set with a held row has two categories. */
static size_t
same_terms(const struct export_job *job, const struct export_set *set, size_t first)
{
    const struct table *table = job->source->table;
    size_t end = first;
    while (end < set->end && table->rules[end].terms == table->rules[first].terms)
        end++;
    return end;
}

static bool
wants_any(const struct export_job *job, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        if (export_wants_rule(job, &job->source->table->rules[i], true))
            return true;
    }
    return false;
}

int
format_page(struct format_page *ret, struct export_job *job, struct err *err)
{
    const struct table *table = job->source->table;
    struct export_set set;
    size_t room = 0;
    *ret = (struct format_page){0};
    for (size_t at = 0; export_next_set(job, &at, &set);) {
        for (size_t first = set.first, end; first < set.end; first = end) {
            end = same_terms(job, &set, first);
            if (!wants_any(job, first, end))
                continue;
            struct export_set *sets = arena_grow(job->arena, ret->sets, &room, ret->count + 1, sizeof *sets);
            if (sets == NULL)
                return err_set(err, ERR_MEM, "no memory for the sets of an export");
            ret->sets = sets;
            sets[ret->count++] = (struct export_set){&table->terms[table->rules[first].terms], first, end};
        }
    }
    if (ret->count > 1)
        qsort_r(ret->sets, ret->count, sizeof *ret->sets, compare_sets, job);
    return 0;
}

const struct rule *
format_page_next(const struct export_job *job, const struct export_set *set, size_t *at, bool prefixes)
{
    if (*at < set->first)
        *at = set->first;
    while (*at < set->end) {
        const struct rule *rule = &job->source->table->rules[(*at)++];
        if ((rule->kind == PATTERN_PREFIX) == prefixes && export_wants_rule(job, rule, true))
            return rule;
    }
    return NULL;
}

static void
add_ports(struct buf *out, const char *protocol, const struct ports *ports)
{
    buf_add_text(out, protocol);
    for (uint32_t i = 0; i < ports->count; i++) {
        const struct port_range *range = &ports->range[i];
        buf_add_fmt(out, range->low == range->high ? "%s%u" : "%s%u-%u", i == 0 ? " " : ", ", range->low, range->high);
    }
}

void
format_page_add_ports(struct buf *out, const struct export_set *set)
{
    struct ports tcp;
    bool all = table_tcp_ports(set->terms, &tcp);
    if (all)
        buf_add_text(out, "all ports");
    if (tcp.count > 0)
        add_ports(out, "TCP", &tcp);
    if (set->terms->udp.count > 0)
        add_ports(out, tcp.count > 0 ? "; UDP" : "UDP", &set->terms->udp);
}

void
format_page_add_lead(struct buf *out, const struct export_job *job)
{
    const struct policy *policy = job->source->policy;
    uint32_t bypass = policy->bypass == 0 ? VERB_BYPASS_USUAL : policy->bypass;
    buf_add_text(out, export_add_categories(out, bypass) ? " pass" : " passes");
    buf_add_text(out, " the proxy without TLS inspection and without a password. Everything else is inspected.");
    if (policy->tenant_count > 0)
        buf_add_text(out, " SharePoint passes for these tenants only:");
    for (size_t i = 0; i < policy->tenant_count; i++)
        buf_add_fmt(out, "%s %s", i == 0 ? "" : ",", policy->tenants[i]);
    if (policy->tenant_count > 0)
        buf_add_char(out, '.');
}
