// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * review_rejected.c - names and addresses that a person rejected, and that a table opens all the same. Part of
 * review.h.
 *
 * `a.example` was rejected, and now `*.example` comes: whoever approves that must know.
 */
#include <string.h>

#include "base/buf.h"
#include "change/diff.h"
#include "name/pattern.h"
#include "name/verb.h"
#include "review.h"
#include "store/rejected.h"
#include "table/policy.h"
#include "table/table.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define NAMED 5
#define LABEL "m365-any" /* in a star */

/* A host or an address of the pattern; false for a regex. */
static bool
make_name(char ret[HOST_MAX + 1], const char *pattern, const char *tenant)
{
    char text[PATTERN_MAX + 1];
    size_t out = 0, size = sizeof LABEL - 1;
    const char *slash = strchr(pattern, '/');
    size_t len = pattern[0] == '~' || strlen(pattern) > PATTERN_MAX ? 0
                 : slash != NULL                                    ? (size_t)(slash - pattern)
                                 : pattern_fill_tenant(text, pattern, strlen(pattern), tenant);
    const char *from = slash != NULL ? pattern : text;
    for (size_t i = 0; i < len; i++) {
        bool below = i == 0 && from[0] == '.', star = from[i] == '*' || below;
        if (out + size + 1 > HOST_MAX)
            return false;
        memcpy(ret + out, star ? LABEL : from + i, star ? size : 1);
        out += star ? size : 1;
        if (below)
            ret[out++] = '.';
    }
    ret[out] = '\0';
    return len > 0;
}

/* Whether it is bypassed at some port, and was not. */
static bool
opens(const struct diff *diff, const char *name)
{
    struct request request;
    struct verdict was, is;
    bool found = false;
    request_init(&request);
    request_set_dst(&request, name, strlen(name));
    for (size_t i = 0; !found && i < diff->port_count; i++) {
        request.port = diff->ports[i];
        verdict_decide(diff->old_image, &request, diff->today, &was);
        verdict_decide(diff->new_image, &request, diff->today, &is);
        found = is.bypass && !was.bypass;
    }
    return found;
}

static bool
opens_row(const struct diff *diff, const char *pattern, const struct policy *policy)
{
    char name[HOST_MAX + 1];
    bool found = make_name(name, pattern, NULL) && opens(diff, name);
    for (size_t i = 0; !found && i < policy->tenant_count; i++)
        found = make_name(name, pattern, policy->tenants[i]) && opens(diff, name);
    return found;
}

/* The verbs of all rows of a source with a pattern: bits 1 << enum verb. */
static uint32_t
verbs_of(const struct table *table, const char *source, const char *pattern)
{
    char room[64];
    uint32_t verbs = 0;
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct terms *terms = &table->terms[table->rules[i].terms];
        if (strcmp(table->sources[terms->set.source], source) == 0 &&
            strcmp(table_rule_text(&table->rules[i], room), pattern) == 0)
            verbs |= 1u << terms->verb;
    }
    return verbs;
}

bool
review_may_open(const struct table *was, const struct table *is, const struct policy *policy, const char *source,
                const char *pattern)
{
    uint32_t bypass = policy->bypass != 0 ? policy->bypass : VERB_BYPASS_USUAL, inspect = 1u << VERB_INSPECT;
    uint32_t old = verbs_of(was, source, pattern), new = verbs_of(is, source, pattern);
    bool frees = (new &inspect) == 0 && (new == 0 || (old & inspect) != 0);
    return (new &bypass) != 0 || (old != 0 && (old & bypass) == 0 && frees);
}

void
review_add_rejected(struct buf *buf, const struct diff *diff, const struct rejected *rejected,
                    const struct policy *policy)
{
    size_t count = 0;
    if (diff == NULL || diff->old_image == NULL || diff->new_image == NULL)
        return;
    for (size_t i = 0; i < rejected->count; i++) {
        const struct rejected_row *row = &rejected->of[i];
        if (!opens_row(diff, row->pattern, policy) || count++ >= NAMED)
            continue;
        buf_add_text(buf, count == 1
                              ? "it opens what a person rejected ('inspect NAME' in local.d keeps a name closed): "
                              : "; ");
        rejected_describe(buf, rejected, row->source, row->pattern);
    }
    if (count > NAMED)
        buf_add_fmt(buf, " and %zu more", count - NAMED);
}
