// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lead_close.c - the lines of a rules file that keep an opening closed. Part of lead.h.
 *
 * An inspect line beats every other rule. So it keeps closed whatever opens, but it may also close what is bypassed
 * today and stays bypassed. If the pattern itself would, other lines are tried that close only what opens: the names
 * of the tenants, or another pattern. If these would as well, the comment after the line names all of it.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "change/diff_build.h"
#include "image/image.h"
#include "lead_probe.h"
#include "name/pattern.h"
#include "name/tenant.h"
#include "verdict/request.h"

#define PREFIXES_MAX 8 /* lines for one range of addresses */
#define LINES_MAX 64   /* lines for one opening */
#define OTHERS_MAX 16  /* other patterns that are tried */
#define CLOSED "  keep closed: "

/* The lines for one opening. */
struct lines {
    struct closing of[LINES_MAX];
    size_t count;
    struct victims victims[LINES_MAX];
    size_t victim_count; /* of all of them */
};

static bool
is_wild(const char *text, size_t len)
{
    return (len > 0 && text[0] == '.') || memchr(text, '*', len) != NULL;
}

static void
add_line(struct lines *lines, struct lead *lead, const char *text, size_t len)
{
    const char *copy = arena_text(lead->arena, text, len);
    if (lines->count == LINES_MAX || copy == NULL)
        return;
    lines->victims[lines->count] = (struct victims){.count = 0};
    lines->of[lines->count++] = (struct closing){.text = copy, .len = len, .exact = !is_wild(text, len)};
}

static bool
are_all_ports(const struct ports *ports)
{
    return ports->count == 1 && ports->range[0].low == 1 && ports->range[0].high == UINT16_MAX;
}

/* Whether the line may name its ports: a rules file takes so many ranges only. */
static bool
may_name_ports(const struct ports *ports)
{
    return !are_all_ports(ports) && ports->count <= PORTS_MAX;
}

/* The ports of a line, if without them it would close more; and what it closes besides. */
static void
judge(struct lines *lines, struct lead *lead, const struct lead_line *line)
{
    lines->victim_count = 0;
    for (size_t i = 0; i < lines->count; i++) {
        struct closing *closing = &lines->of[i];
        struct victims *victims = &lines->victims[i], others = {.count = 0};
        *victims = (struct victims){.count = 0};
        closing->ports = &line->ports;
        closing->others = true;
        if (!line->elsewhere && may_name_ports(&line->ports))
            lead_find_victims(&others, lead, closing);
        bool narrow = line->elsewhere || others.count > 0 || others.unknown;
        closing->others = false;
        closing->ports = narrow && may_name_ports(&line->ports) ? &line->ports : NULL;
        lead_find_victims(victims, lead, closing);
        lines->victim_count += victims->count + victims->unknown;
    }
}

/* Where only names of the tenants open: each label of theirs, names below it, or both. */
static void
add_tenant(struct lines *lines, struct lead *lead, const struct closing *opened, const char *own)
{
    char name[HOST_MAX + sizeof "m365-any."];
    bool opens, below, kept;
    size_t len = strlen(own);
    snprintf(name, sizeof name, "m365-any.%s", own);
    lead_ask_name(&opens, &kept, lead, opened, own, len);
    opens = opens && pattern_match(opened->text, opened->len, own, len);
    lead_ask_name(&below, &kept, lead, opened, name, strlen(name));
    below = below && pattern_match(opened->text, opened->len, name, strlen(name));
    if (!opens && !below)
        return;
    int size = snprintf(name, sizeof name, "%s%s", !below ? "" : opens ? "." : "*.", own);
    add_line(lines, lead, name, (size_t)size);
}

static void
add_tenants(struct lines *lines, struct lead *lead, const struct closing *opened, const char *dst)
{
    const char *label, *ending;
    size_t label_len, len = strlen(dst);
    char own[HOST_MAX + 1];
    if (!tenant_label(dst, len, &label, &label_len))
        return;
    const char *suffix = label + label_len;
    for (size_t i = 0; i < lead->tenant_count; i++) {
        for (size_t k = 0; (ending = tenant_ending(k)) != NULL; k++) {
            int size = snprintf(own, sizeof own, "%s%s%s", lead->tenants[i], ending, suffix);
            if (size > 0 && (size_t)size < sizeof own)
                add_tenant(lines, lead, opened, own);
        }
    }
}

/* Whether the lines are better than `best`: they close the whole opening and less besides. */
static bool
is_better(struct lines *lines, struct lead *lead, const struct lead_line *line, const struct closing *opened,
          const struct lines *best)
{
    if (lines->count == 0 || lines->count == LINES_MAX || !lead_closes_all(lead, opened, lines->of, lines->count))
        return false;
    judge(lines, lead, line);
    return lines->victim_count < best->victim_count;
}

/* Other patterns that match the name which was asked. */
static void
try_others(struct lines *best, struct lead *lead, const struct lead_line *line, const struct closing *opened)
{
    const char *dst = line->opening->dst;
    size_t tries = 0;
    for (int side = 0; side < 2; side++) {
        const struct table *table = side == 0 ? lead->diff->old_table : lead->diff->new_table;
        for (size_t i = 0; i < table->rule_count && tries < OTHERS_MAX && lead->covers > 0; i++, lead->covers--) {
            const struct rule *rule = &table->rules[i];
            char filled[PATTERN_MAX + 1];
            struct lines lines = {.count = 0};
            size_t len = rule->kind >= PATTERN_REGEX ? 0 : pattern_fill_tenant(filled, rule->text, rule->len, NULL);
            if (len == 0 || !pattern_match(filled, len, dst, strlen(dst)))
                continue;
            tries++;
            add_line(&lines, lead, filled, len);
            if (best->victim_count > 0 && is_better(&lines, lead, line, opened, best))
                *best = lines;
        }
    }
}

/* The lines for a pattern as it is, with each tenant where only these count. */
static void
add_pattern(struct lines *lines, struct lead *lead, const char *pattern)
{
    char filled[PATTERN_MAX + 1];
    bool slot = lead->all_have_tenants && strstr(pattern, PATTERN_TENANT) != NULL;
    for (size_t i = 0; i < (slot ? lead->tenant_count : 1); i++) {
        size_t len = pattern_fill_tenant(filled, pattern, strlen(pattern), slot ? lead->tenants[i] : NULL);
        if (len > 0)
            add_line(lines, lead, filled, len);
    }
}

static void
choose_lines(struct lines *best, struct lead *lead, const struct lead_line *line)
{
    const struct opening *opening = line->opening;
    struct lines tenants = {.count = 0};
    *best = (struct lines){.count = 0};
    add_pattern(best, lead, opening_subject(opening));
    judge(best, lead, line);
    if (opening->kind != OPENING_NAME || !opening->some || best->victim_count == 0 || best->count != 1)
        return;
    const struct closing opened = {.text = best->of[0].text, .len = best->of[0].len, .ports = &line->ports};
    add_tenants(&tenants, lead, &opened, opening->dst);
    if (is_better(&tenants, lead, line, &opened, best))
        *best = tenants;
    if (best->victim_count > 0)
        try_others(best, lead, line, &opened);
}

/* ---- printing ---- */

/* All but `own`, which was named already; NULL: all. */
static void
add_victims(struct buf *buf, const struct victims *victims, const char *own, const char *before)
{
    bool first = true;
    for (size_t i = 0; i < victims->count; i++) {
        if (own != NULL && strcmp(victims->texts[i], own) == 0)
            continue;
        buf_add_fmt(buf, "%s%s", first ? before : ", ", victims->texts[i]);
        first = false;
    }
    if (victims->unknown)
        buf_add_fmt(buf, "%s names that are bypassed today",
                    !first || own != NULL ? ", perhaps also" : "  # and may close");
}

static void
print_name_lines(const struct lines *lines, const struct opening *opening, struct buf *buf)
{
    for (size_t i = 0; i < lines->count; i++) {
        const struct closing *closing = &lines->of[i];
        buf_add_fmt(buf, CLOSED "inspect %s", closing->text);
        if (closing->ports != NULL) {
            buf_add_text(buf, " tcp=");
            ports_print(buf, closing->ports);
        }
        bool with = opening->kind != OPENING_NAME;
        if (with)
            buf_add_text(buf, "  # closes it with every address");
        add_victims(buf, &lines->victims[i], with ? closing->text : NULL, with ? ", also " : "  # also closes ");
        buf_add_char(buf, '\n');
    }
}

/* One line for each prefix of a range. Returns how many; PREFIXES_MAX + 1 if there are more. */
static size_t
find_prefix_lines(struct lines *ret, struct prefix prefixes[PREFIXES_MAX], const struct diff_range *range)
{
    size_t count = diff_range_prefixes(prefixes, PREFIXES_MAX, range);
    *ret = (struct lines){.count = count > PREFIXES_MAX ? 0 : count};
    for (size_t i = 0; i < ret->count; i++) {
        ret->of[i].first = prefixes[i].addr;
        prefix_last(&ret->of[i].last, &prefixes[i]);
    }
    return count;
}

static void
print_prefix_lines(const struct lines *lines, const struct prefix *prefixes, struct buf *buf)
{
    char text[PREFIX_TEXT_MAX];
    for (size_t i = 0; i < lines->count; i++) {
        prefix_format(text, &prefixes[i]);
        buf_add_fmt(buf, CLOSED "inspect %s", text);
        if (lines->of[i].ports != NULL) {
            buf_add_text(buf, " tcp=");
            ports_print(buf, lines->of[i].ports);
        }
        add_victims(buf, &lines->victims[i], NULL, "  # also closes ");
        buf_add_char(buf, '\n');
    }
}

static void
close_range(struct lead *lead, const struct lead_line *line, struct buf *buf)
{
    const struct diff_range range = {.first = line->opening->first, .last = line->opening->last};
    struct prefix prefixes[PREFIXES_MAX];
    struct lines lines;
    if (find_prefix_lines(&lines, prefixes, &range) > PREFIXES_MAX) {
        buf_add_fmt(buf, CLOSED "more than %d inspect lines would be needed for exactly this range\n", PREFIXES_MAX);
        return;
    }
    judge(&lines, lead, line);
    print_prefix_lines(&lines, prefixes, buf);
}

/* One line for the addresses that something passes with now, if nothing passes with them today. False otherwise, and
 * where addresses that join are held as well: those are not told beside others that open. */
static bool
close_addresses(struct lead *lead, const struct lead_line *line, struct buf *buf)
{
    const struct opening *opening = line->opening;
    const struct diff_range range = {.first = opening->first, .last = opening->last};
    struct prefix prefixes[PREFIXES_MAX];
    struct lines lines;
    struct request request;
    bool opens, kept;
    if ((lead->diff->hold_joins && !opening->joins) || line->other_addresses || opening->more_runs > 0 ||
        find_prefix_lines(&lines, prefixes, &range) != 1 || prefixes[0].len == 0)
        return false;
    const struct closing closing = {.ports = &line->ports};
    request_init(&request);
    request.dst.given = GIVEN_ADDR;
    request.dst.addr = opening->first;
    lead_ask(&opens, &kept, lead, &closing, &request);
    judge(&lines, lead, line);
    if (kept || lines.victim_count > 0)
        return false;
    print_prefix_lines(&lines, prefixes, buf);
    return true;
}

void
lead_print_closing(struct lead *lead, const struct lead_line *line, struct buf *buf)
{
    const struct opening *opening = line->opening;
    struct lines lines;
    if (opening->kind == OPENING_ADDRESS) {
        close_range(lead, line, buf);
        return;
    }
    if (opening->kind != OPENING_NAME && close_addresses(lead, line, buf))
        return;
    if (line->risk == LEAD_PAIR) {
        buf_add_fmt(buf, CLOSED "no line can, without closing %s, which %s bypassed today\n",
                    line->addresses > 1 ? "these addresses themselves" : opening->pattern,
                    line->addresses > 1 ? "are" : "is");
        return;
    }
    choose_lines(&lines, lead, line);
    print_name_lines(&lines, opening, buf);
}
