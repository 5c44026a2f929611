// SPDX-License-Identifier: GPL-2.0-or-later
/* export_filter.c - which endpoint sets and lines an export wants. Part of export_build.h. */
#include <string.h>

#include "export_build.h"
#include "name/addr.h"
#include "name/pattern.h"
#include "table/policy.h"

bool
export_given(const struct export_job *job, enum export_option option)
{
    return (job->wish->given & 1u << option) != 0;
}

const char *
export_name_of(const struct export_job *job)
{
    return job->wish->name != NULL ? job->wish->name : "m365";
}

bool
export_add_categories(struct buf *out, uint32_t categories)
{
    unsigned left = 0;
    for (size_t i = 0; i < VERB_CATEGORIES; i++)
        left += (categories & 1u << verb_categories[i]) != 0 ? 1 : 0;
    bool several = left > 1;
    for (size_t i = 0; i < VERB_CATEGORIES; i++) {
        if ((categories & 1u << verb_categories[i]) == 0)
            continue;
        left--;
        buf_add_fmt(out, "%s%s", verb_category(verb_categories[i]), left > 1 ? ", " : left == 1 ? " and " : "");
    }
    return several;
}

bool
export_passes_area(const struct export_job *job, const char *area, size_t area_len)
{
    const struct export_wish *wish = job->wish;
    bool found = wish->area_count == 0;
    for (size_t i = 0; i < wish->area_count && !found; i++)
        found = strlen(wish->areas[i]) == area_len && memcmp(wish->areas[i], area, area_len) == 0;
    return found;
}

bool
export_passes_set(const struct export_job *job, const char *area, size_t area_len, bool required, bool expressroute)
{
    return export_passes_area(job, area, area_len) && (required || !export_given(job, EXPORT_REQUIRED)) &&
           (!required || !export_given(job, EXPORT_OPTIONAL)) &&
           (expressroute || !export_given(job, EXPORT_EXPRESSROUTE));
}

bool
export_passes(const struct export_job *job, const struct terms *terms)
{
    const char *area = terms->area == NULL ? "" : terms->area;
    return export_passes_set(job, area, strlen(area), terms->required, terms->expressroute);
}

static bool
wants_ports(const struct export_job *job, const struct terms *terms)
{
    uint16_t tcp = job->wish->tcp, udp = job->wish->udp;
    struct ports ports;
    bool all = table_tcp_ports(terms, &ports);
    return (tcp == 0 && udp == 0) || (tcp != 0 && (all || ports_hold(&ports, tcp))) ||
           (udp != 0 && (all || ports_hold(&terms->udp, udp)));
}

/* What a line says: its category was asked for, or it is an inspect line and everything was. */
static bool
wants_verb(const struct export_job *job, enum verb verb, bool inspects)
{
    bool all = !export_given(job, EXPORT_CATEGORY) && !export_given(job, EXPORT_BYPASSED);
    return verb == VERB_INSPECT ? inspects && all : (job->selected & 1u << verb) != 0;
}

bool
export_wants_rule(const struct export_job *job, const struct rule *rule, bool inspects)
{
    const struct terms *terms = &job->source->table->terms[rule->terms];
    bool v4 = export_given(job, EXPORT_IPV4), v6 = export_given(job, EXPORT_IPV6);
    bool expired = terms->expires != 0 && job->source->today >= terms->expires && terms->verb != VERB_INSPECT;
    if (expired || !wants_verb(job, terms->verb, inspects))
        return false;
    if ((v4 || v6) && (rule->kind != PATTERN_PREFIX || (rule->prefix->addr.v6 ? !v6 : !v4)))
        return false;
    return export_passes(job, terms) && wants_ports(job, terms);
}

bool
export_next_set(const struct export_job *job, size_t *at, struct export_set *ret)
{
    const struct table *table = job->source->table;
    size_t end = *at;
    if (end == table->rule_count)
        return false;
    *ret = (struct export_set){.terms = &table->terms[table->rules[end].terms], .first = end};
    while (end < table->rule_count && endpoint_set_same(&table->terms[table->rules[end].terms].set, &ret->terms->set))
        end++;
    *at = ret->end = end;
    return true;
}

const char *
export_area_title(const char *area)
{
    static const char *const titles[][2] = {
        {"Common", "Microsoft 365 Common and Office Online"},
        {"Exchange", "Exchange Online"},
        {"MEM", "Microsoft Endpoint Manager"},
        {"SharePoint", "SharePoint Online and OneDrive for Business"},
        {"Skype", "Microsoft Teams"},
    };
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        if (strcmp(area, titles[i][0]) == 0)
            return titles[i][1];
    }
    return area;
}
