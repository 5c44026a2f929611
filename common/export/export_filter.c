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
export_passes_set(const struct export_job *job, const char *area, size_t area_len, bool required, bool expressroute)
{
    const struct export_wish *wish = job->wish;
    bool found = wish->area_count == 0;
    for (size_t i = 0; i < wish->area_count && !found; i++)
        found = strlen(wish->areas[i]) == area_len && memcmp(wish->areas[i], area, area_len) == 0;
    return found && (required || !export_given(job, EXPORT_REQUIRED)) &&
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

bool
export_wants_rule(const struct export_job *job, const struct rule *rule)
{
    const struct terms *terms = &job->source->table->terms[rule->terms];
    bool v4 = export_given(job, EXPORT_IPV4), v6 = export_given(job, EXPORT_IPV6);
    bool expired = terms->expires != 0 && job->source->today >= terms->expires;
    if (terms->verb == VERB_INSPECT || expired || (job->selected & 1u << terms->verb) == 0)
        return false;
    if ((v4 || v6) && (rule->kind != PATTERN_PREFIX || (rule->prefix->addr.v6 ? !v6 : !v4)))
        return false;
    return export_passes(job, terms) && wants_ports(job, terms);
}
