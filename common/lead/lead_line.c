// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lead_line.c - one opening for a person: what opens and why. Part of lead.h. What keeps it closed is in lead_close.c.
 */
#include <string.h>

#include "base/buf.h"
#include "change/diff_build.h"
#include "image/image.h"
#include "lead_build.h"
#include "name/pattern.h"
#include "verdict/request.h"

#define PORTS_SHOWN 12 /* ranges of ports */

/* ---- the cause ---- */

/* The number of a source of one table in the other one; UINT32_MAX if it is not there. */
static uint32_t
find_source(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->source_count; i++) {
        if (strcmp(table->sources[i], name) == 0)
            return (uint32_t)i;
    }
    return UINT32_MAX;
}

/* The image has tenants in its patterns, the table `<tenant>`. */
static bool
is_row(const struct rule *rule, const char *text)
{
    char room[64], filled[PATTERN_MAX + 1];
    if (strcmp(table_rule_text(rule, room), text) == 0)
        return true;
    if (rule->kind == PATTERN_PREFIX || strstr(rule->text, PATTERN_TENANT) == NULL)
        return false;
    size_t len = pattern_fill_tenant(filled, rule->text, rule->len, NULL);
    return pattern_covers(filled, len, text, strlen(text));
}

/* Whether the new table no longer has this row of the old one. */
static bool
is_removed(struct lead *lead, const char *text, const struct terms *terms)
{
    const struct table *table = lead->diff->new_table;
    struct endpoint_set set = terms->set;
    set.source = find_source(table, lead->diff->old_table->sources[terms->set.source]);
    if (set.source == UINT32_MAX)
        return true;
    for (size_t i = opening_find_set(table, &set); i < table->rule_count && lead->covers > 0; i++, lead->covers--) {
        const struct rule *rule = &table->rules[i];
        if (!endpoint_set_same(&table->terms[rule->terms].set, &set))
            return true;
        if (is_row(rule, text))
            return false;
    }
    return lead->covers > 0;
}

/* `*.skypeforbusiness.com Allow (set 22`; the rule only if it is not the pattern that the line is about. The caller
 * closes the bracket, unless there are no terms. */
static void
add_rule(struct buf *buf, const struct table *table, const char *rule, const struct terms *terms, const char *pattern)
{
    if (rule != NULL && strcmp(rule, pattern) != 0)
        buf_add_fmt(buf, "%s ", rule);
    if (terms == NULL)
        return;
    buf_add_fmt(buf, "%s (", verb_title(terms->verb));
    lead_add_set(buf, table, terms);
}

static void
add_old_rule(struct lead *lead, const struct opening *opening, struct buf *buf)
{
    buf_add_text(buf, "was ");
    add_rule(buf, lead->diff->old_table, opening->old_rule, opening->old_terms, opening_subject(opening));
    if (opening->old_terms != NULL && opening->old_rule != NULL)
        buf_add_text(buf, is_removed(lead, opening->old_rule, opening->old_terms) ? ", removed)" : ")");
    else if (opening->old_terms != NULL)
        buf_add_char(buf, ')');
    else if (opening->old_rule == NULL)
        buf_add_text(buf, "a category that is not bypassed");
}

static void
add_inspect(const struct opening *opening, struct buf *buf)
{
    if (opening->old_rule != NULL)
        buf_add_fmt(buf, "was kept inspected by 'inspect %s'", opening->old_rule);
    else
        buf_add_text(buf, "was kept inspected by an inspect line");
}

/* Why the old table did not let the whole request pass: an address outside of its sets, or one that is inspected. */
static enum why
ask_whole(const struct lead *lead, const struct opening *opening)
{
    const struct diff *diff = lead->diff;
    struct request request;
    struct verdict verdict;
    request_init(&request);
    request_set_dst(&request, opening->dst, strlen(opening->dst));
    if (opening->sni != NULL)
        request_set_sni(&request, opening->sni, strlen(opening->sni));
    request.la.given = GIVEN_ADDR;
    request.la.addr = opening->first;
    request.port = opening->port;
    verdict_decide(diff->old_image, &request, diff->today, &verdict);
    return verdict.why;
}

static void
add_old_addresses(const struct lead *lead, const struct opening *opening, struct buf *buf)
{
    const struct table *table = lead->diff->old_table;
    const struct terms *terms = opening->old_terms;
    if (ask_whole(lead, opening) == WHY_LOCAL_INSPECT) {
        buf_add_text(buf, "was kept inspected with these addresses by an inspect line");
    } else if (opening->kind == OPENING_WITH_SNI) {
        buf_add_text(buf, "was only with addresses of the other name");
    } else if (terms != NULL && terms->set.has_id && lead_publishes(table, &terms->set)) {
        buf_add_text(buf, "was only with addresses of ");
        lead_add_set(buf, table, terms);
    } else {
        buf_add_text(buf, "was only with an SNI");
    }
}

static void
add_was(struct lead *lead, const struct opening *opening, struct buf *buf)
{
    switch (opening->old_why) {
    case WHY_CATEGORY: add_old_rule(lead, opening, buf); break;
    case WHY_NO_RULE: buf_add_text(buf, "was no rule"); break;
    case WHY_PORT: buf_add_text(buf, "was for other ports only"); break;
    case WHY_LOCAL_INSPECT: add_inspect(opening, buf); break;
    case WHY_FOREIGN_TENANT: buf_add_text(buf, "was a foreign tenant's"); break;
    case WHY_ADDRESS_MISMATCH: add_old_addresses(lead, opening, buf); break;
    case WHY_NO_TABLE: buf_add_text(buf, "was without any table"); break;
    default: buf_add_fmt(buf, "was %s", why_word(opening->old_why)); break;
    }
}

static void
add_now(const struct lead *lead, const struct opening *opening, struct buf *buf)
{
    buf_add_text(buf, ", now ");
    if (opening->kind == OPENING_WITH || opening->kind == OPENING_WITH_SNI) {
        const struct diff_range range = {.first = opening->first, .last = opening->last};
        char text[DIFF_RANGE_TEXT_MAX];
        diff_range_text(text, &range);
        buf_add_fmt(buf, "also with %s", text);
        if (opening->more_runs > 0)
            buf_add_fmt(buf, " and %zu more range%s", opening->more_runs, opening->more_runs == 1 ? "" : "s");
        buf_add_text(buf, ", ");
    }
    add_rule(buf, lead->diff->new_table, opening->new_rule, opening->new_terms, opening_subject(opening));
    buf_add_text(buf, opening->new_terms != NULL ? ")" : "bypassed");
}

/* ---- the line ---- */

static void
add_ports(struct buf *buf, const struct ports *ports)
{
    const struct ports shown = {ports->range, ports->count > PORTS_SHOWN ? PORTS_SHOWN : ports->count};
    ports_print(buf, &shown);
    if (ports->count > PORTS_SHOWN)
        buf_add_fmt(buf, " and %u more", ports->count - PORTS_SHOWN);
}

void
lead_add_subject(struct buf *buf, const struct lead_line *line)
{
    const struct opening *opening = line->opening;
    const char *pattern = opening_subject(opening);
    bool v6 = strchr(pattern, ':') != NULL;
    if (v6 && strchr(pattern, '/') != NULL) /* brackets are for an address */
        buf_add_fmt(buf, "%s port ", pattern);
    else
        buf_add_fmt(buf, v6 ? "[%s]:" : "%s:", pattern);
    add_ports(buf, &line->ports);
    if (line->addresses > 1)
        buf_add_fmt(buf, " and %zu more address%s", line->addresses - 1, line->addresses == 2 ? "" : "es");
    if (opening->kind == OPENING_WITH_SNI && opening->by_sni)
        buf_add_fmt(buf, " as SNI, for destinations such as %s", opening->pattern);
    else if (opening->kind == OPENING_WITH_SNI)
        buf_add_fmt(buf, " with an SNI such as %s", opening->sni_pattern);
    if (opening->some)
        buf_add_fmt(buf, " (such as %s)", opening->dst);
}

void
lead_print_line(struct lead *lead, const struct lead_line *line, struct buf *buf)
{
    buf_add_text(buf, "OPENS ");
    lead_add_subject(buf, line);
    if (lead->diff->seen != NULL) {
        buf_add_text(buf, ", ");
        seen_print(buf, &line->seen);
    }
    buf_add_text(buf, "  ");
    lead_add_cause(buf, lead, line);
    buf_add_char(buf, '\n');
    lead_print_closing(lead, line, buf);
}

void
lead_add_cause(struct buf *buf, struct lead *lead, const struct lead_line *line)
{
    const struct opening *opening = line->opening;
    add_was(lead, opening, buf);
    add_now(lead, opening, buf);
    if (line->other_causes)
        buf_add_text(buf, "; at other ports for another reason");
}
