// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lead_line.c - one opening for a person: what opens, why, and the line of a rules file that keeps it closed. Part of
 * lead.h.
 *
 * An inspect line beats every other rule. So it keeps closed whatever opens, but it may also close what was bypassed
 * before: another port (then it names its ports), a name below the same wildcard, a name with its other addresses. The
 * comment after the line says so.
 */
#include <string.h>

#include "base/buf.h"
#include "diff_build.h"
#include "image/image.h"
#include "lead_build.h"
#include "name/pattern.h"
#include "verdict/request.h"

#define PREFIXES_MAX 8 /* lines for one range of addresses */
#define PORTS_SHOWN 12 /* ranges of ports */
#define NAMES_SHOWN 3
#define CLOSED "  keep closed: "

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

/* The first rule of a set in a sorted table. */
static size_t
find_set(const struct table *table, const struct endpoint_set *set)
{
    size_t low = 0, high = table->rule_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (endpoint_set_compare(&table->terms[table->rules[middle].terms].set, set) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
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
    for (size_t i = find_set(table, &set); i < table->rule_count && lead->covers > 0; i++, lead->covers--) {
        const struct rule *rule = &table->rules[i];
        if (!endpoint_set_same(&table->terms[rule->terms].set, &set))
            return true;
        if (is_row(rule, text))
            return false;
    }
    return lead->covers > 0;
}

/* More than one source has endpoint sets, so a number alone names none. */
static bool
has_more_sources(const struct table *table)
{
    const struct terms *first = NULL;
    for (size_t i = 0; i < table->terms_count; i++) {
        const struct terms *terms = &table->terms[i];
        if (terms->set.has_id && first != NULL && first->set.source != terms->set.source)
            return true;
        first = terms->set.has_id ? terms : first;
    }
    return false;
}

/* `set 22`, `set 22 of china` or `local partners`. */
static void
add_set(struct buf *buf, const struct table *table, const struct terms *terms)
{
    const char *source = table->sources[terms->set.source];
    if (!terms->set.has_id)
        buf_add_fmt(buf, "local %s", source);
    else if (has_more_sources(table))
        buf_add_fmt(buf, "set %u of %s", terms->set.id, source);
    else
        buf_add_fmt(buf, "set %u", terms->set.id);
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
    add_set(buf, table, terms);
}

static void
add_old_rule(struct lead *lead, const struct opening *opening, struct buf *buf)
{
    buf_add_text(buf, "was ");
    add_rule(buf, lead->diff->old_table, opening->old_rule, opening->old_terms, opening->pattern);
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

static bool
publishes_addresses(const struct table *table, const struct endpoint_set *set)
{
    struct endpoint_set next = *set;
    next.id++;
    size_t end = find_set(table, &next);
    return next.id != 0 && end > 0 && table->rules[end - 1].kind == PATTERN_PREFIX &&
           endpoint_set_same(&table->terms[table->rules[end - 1].terms].set, set);
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
    } else if (terms != NULL && terms->set.has_id && publishes_addresses(table, &terms->set)) {
        buf_add_text(buf, "was only with addresses of ");
        add_set(buf, table, terms);
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
    add_rule(buf, lead->diff->new_table, opening->new_rule, opening->new_terms, opening->pattern);
    buf_add_text(buf, opening->new_terms != NULL ? ")" : "bypassed");
}

/* ---- what keeps it closed ---- */

static bool
are_all_ports(const struct ports *ports)
{
    return ports->count == 1 && ports->range[0].low == 1 && ports->range[0].high == UINT16_MAX;
}

/* The ports of the line, if without them it would close more. A rules file takes so many ranges only. */
static void
add_tcp(struct buf *buf, const struct lead_line *line)
{
    if (!line->elsewhere || are_all_ports(&line->ports) || line->ports.count > PORTS_MAX)
        return;
    buf_add_text(buf, " tcp=");
    ports_print(buf, &line->ports);
}

/* Names that the old table bypasses and that match the pattern as well: an inspect line closes them, too. */
static void
add_victims(struct lead *lead, const char *pattern, size_t len, struct buf *buf)
{
    const struct table *table = lead->diff->old_table;
    size_t count = 0;
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        const struct terms *terms = &table->terms[rule->terms];
        char filled[PATTERN_MAX + 1];
        if (lead->covers == 0) {
            buf_add_text(buf, "  # and may close names that are bypassed today");
            return;
        }
        lead->covers--;
        if (rule->kind >= PATTERN_REGEX || terms->verb == VERB_INSPECT ||
            (lead->diff->old_bypass & 1u << terms->verb) == 0)
            continue;
        size_t filled_len = pattern_fill_tenant(filled, rule->text, rule->len, NULL);
        bool same = filled_len == len && memcmp(filled, pattern, len) == 0;
        if (same || !pattern_covers(pattern, len, filled, filled_len))
            continue;
        if (count < NAMES_SHOWN)
            buf_add_fmt(buf, "%s%s", count == 0 ? "  # also closes " : ", ", rule->text);
        count++;
    }
    if (count > NAMES_SHOWN)
        buf_add_fmt(buf, " and %zu more", count - NAMES_SHOWN);
}

static void
close_name(struct lead *lead, const struct lead_line *line, struct buf *buf)
{
    const char *pattern = line->opening->pattern;
    char filled[PATTERN_MAX + 1];
    size_t len = pattern_fill_tenant(filled, pattern, strlen(pattern), NULL);
    buf_add_fmt(buf, CLOSED "inspect %.*s", (int)len, filled);
    add_tcp(buf, line);
    if (line->opening->kind != OPENING_NAME)
        buf_add_text(buf, "  # closes it with every address");
    else if (memchr(filled, '*', len) != NULL || filled[0] == '.')
        add_victims(lead, filled, len, buf);
    buf_add_char(buf, '\n');
}

static void
close_range(const struct lead_line *line, const struct diff_range *range, struct buf *buf)
{
    struct prefix prefixes[PREFIXES_MAX];
    char text[PREFIX_TEXT_MAX];
    size_t count = diff_range_prefixes(prefixes, PREFIXES_MAX, range);
    if (count > PREFIXES_MAX) {
        buf_add_fmt(buf, CLOSED "more than %d inspect lines would be needed for exactly this range\n", PREFIXES_MAX);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        prefix_format(text, &prefixes[i]);
        buf_add_fmt(buf, CLOSED "inspect %s", text);
        add_tcp(buf, line);
        buf_add_char(buf, '\n');
    }
}

/* An address line closes these addresses for every name. That is right if nothing passes with them today: one prefix
 * that the old table inspects. */
static bool
has_addresses_of_its_own(const struct lead *lead, const struct opening *opening)
{
    const struct diff_range range = {.first = opening->first, .last = opening->last};
    struct prefix prefix;
    struct request request;
    struct verdict verdict;
    if (opening->more_runs > 0 || diff_range_prefixes(&prefix, 1, &range) != 1 || prefix.len == 0)
        return false;
    request_init(&request);
    request.dst.given = GIVEN_ADDR;
    request.dst.addr = opening->first;
    request.port = opening->port;
    verdict_decide(lead->diff->old_image, &request, lead->diff->today, &verdict);
    return !verdict.bypass;
}

static void
close_line(struct lead *lead, const struct lead_line *line, struct buf *buf)
{
    const struct opening *opening = line->opening;
    const struct diff_range range = {.first = opening->first, .last = opening->last};
    bool with = opening->kind == OPENING_WITH || opening->kind == OPENING_WITH_SNI;
    if (opening->kind == OPENING_ADDRESS || (with && has_addresses_of_its_own(lead, opening)))
        close_range(line, &range, buf);
    else if (line->risk == LEAD_PAIR)
        buf_add_text(buf, CLOSED "no line can, without closing what is bypassed today\n");
    else
        close_name(lead, line, buf);
}

/* ---- the line ---- */

static void
add_ports(struct buf *buf, const struct ports *ports)
{
    const struct ports shown = {ports->range, ports->count > PORTS_SHOWN ? PORTS_SHOWN : ports->count};
    buf_add_char(buf, ':');
    ports_print(buf, &shown);
    if (ports->count > PORTS_SHOWN)
        buf_add_fmt(buf, " and %u more", ports->count - PORTS_SHOWN);
}

void
lead_print_line(struct lead *lead, const struct lead_line *line, struct buf *buf)
{
    const struct opening *opening = line->opening;
    bool v6 = strchr(opening->pattern, ':') != NULL;
    buf_add_fmt(buf, v6 ? "OPENS [%s]" : "OPENS %s", opening->pattern);
    add_ports(buf, &line->ports);
    if (line->addresses > 1)
        buf_add_fmt(buf, " and %zu more address%s", line->addresses - 1, line->addresses == 2 ? "" : "es");
    if (opening->kind == OPENING_WITH_SNI)
        buf_add_fmt(buf, " with SNI %s", opening->sni_pattern);
    if (opening->some)
        buf_add_fmt(buf, " (such as %s)", opening->dst);
    buf_add_text(buf, "  ");
    add_was(lead, opening, buf);
    add_now(lead, opening, buf);
    if (line->other_causes)
        buf_add_text(buf, "; at other ports for another reason");
    buf_add_char(buf, '\n');
    close_line(lead, line, buf);
}
