// SPDX-License-Identifier: GPL-2.0-or-later
/* lead.c - collects the openings of each pattern, puts the riskiest first, and prints the head. See lead.h. */
#include "lead.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/order.h"
#include "base/place.h"
#include "image/image.h"
#include "lead_build.h"
#include "name/pattern.h"
#include "verdict/request.h"

#define LEAD_MEMORY ((size_t)256 << 20)
#define DAY_DIGITS 8

static void
add_tenants(struct lead *lead, const struct image *image)
{
    struct image_info info = {0};
    if (image != NULL)
        image_get_info(image, &info);
    lead->all_have_tenants = lead->all_have_tenants && info.tenants > 0;
    for (uint32_t i = 0; i < info.tenants && lead->tenants != NULL; i++) {
        const struct image_text text = image_tenant(image, i);
        bool known = false;
        for (size_t k = 0; k < lead->tenant_count; k++)
            known =
                known || (strlen(lead->tenants[k]) == text.len && memcmp(lead->tenants[k], text.text, text.len) == 0);
        const char *tenant = known ? NULL : arena_text(lead->arena, text.text, text.len);
        if (tenant != NULL)
            lead->tenants[lead->tenant_count++] = tenant;
    }
}

static void
find_tenants(struct lead *lead)
{
    lead->tenants = arena_array(lead->arena, (size_t)2 * IMAGE_TENANTS_MAX, sizeof *lead->tenants);
    lead->all_have_tenants = true;
    add_tenants(lead, lead->diff->old_image);
    add_tenants(lead, lead->diff->new_image);
}

/* ---- lines ---- */

/* Parts of names where passwords and tokens travel, as Microsoft names them: login.microsoftonline.com,
 * autologon.microsoftazuread-sso.com, account.activedirectory.windowsazure.com, *.msauth.net, passwordreset.... Too
 * many names are found rather than too few: the only consequence is that they are shown earlier. */
static bool
is_sign_in(const char *pattern)
{
    static const char *const parts[] = {"login",   "logon",    "signin",   "microsoftonline", "auth",
                                        "account", "identity", "password", "tokens",          "directory",
                                        "-sso",    "sso.",     "federati", "msidenti",        "graph.mic"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strstr(pattern, parts[i]) != NULL)
            return true;
    }
    return false;
}

static bool
is_wildcard(const char *pattern)
{
    return pattern[0] == '.' || strchr(pattern, '*') != NULL || strstr(pattern, PATTERN_TENANT) != NULL;
}

/* Whether the old table bypasses the name or address at a port that is not among those that open. */
static bool
is_bypassed_elsewhere(struct lead *lead, const struct lead_line *line)
{
    const struct opening *opening = line->opening;
    const struct diff *diff = lead->diff;
    const char *name = opening->by_sni ? opening->sni : opening->dst;
    struct request request;
    struct verdict verdict;
    if (opening->old_why == WHY_NO_RULE || opening->old_why == WHY_NO_TABLE || opening->old_why == WHY_FOREIGN_TENANT)
        return false;
    if (lead->asks < diff->port_count)
        return true;
    lead->asks -= diff->port_count;
    request_init(&request);
    request_set_dst(&request, name, strlen(name));
    for (size_t i = 0; i < diff->port_count; i++) {
        request.port = diff->ports[i];
        if (ports_hold(&line->ports, request.port))
            continue;
        verdict_decide(diff->old_image, &request, diff->today, &verdict);
        if (verdict.bypass)
            return true;
    }
    return false;
}

static enum lead_risk
risk_of(const struct lead_line *line)
{
    const struct opening *opening = line->opening;
    struct addr addr;
    switch (opening->kind) {
    case OPENING_ADDRESS: return LEAD_ADDRESS;
    case OPENING_WITH: return addr_parse(&addr, opening->dst, strlen(opening->dst)) ? LEAD_PAIR : LEAD_WITH;
    case OPENING_WITH_SNI: return LEAD_WITH;
    case OPENING_NAME:
    default: break;
    }
    if (line->elsewhere && opening->old_why == WHY_PORT)
        return LEAD_PORT;
    if (is_wildcard(opening->pattern)) /* of a name */
        return LEAD_WILDCARD;
    return is_sign_in(opening->pattern) ? LEAD_SIGN_IN : LEAD_NAME;
}

static bool
is_same_pattern(const struct opening *a, const struct opening *b)
{
    return a->kind == b->kind && a->by_sni == b->by_sni && strcmp(opening_subject(a), opening_subject(b)) == 0;
}

static bool
is_same_cause(const struct opening *a, const struct opening *b)
{
    return a->old_why == b->old_why && a->old_terms == b->old_terms && a->new_terms == b->new_terms &&
           order_texts(a->old_rule, b->old_rule) == 0 && order_texts(a->new_rule, b->new_rule) == 0;
}

static bool
is_same_addresses(const struct opening *a, const struct opening *b)
{
    return addr_compare(&a->first, &b->first) == 0 && addr_compare(&a->last, &b->last) == 0 &&
           a->more_runs == b->more_runs;
}

static int
compare_ports(const void *left, const void *right)
{
    const struct port_range *a = left;
    const struct port_range *b = right;
    return order_numbers(a->low, b->low);
}

/* The ports of several openings, sorted and joined. */
static struct ports
join_ports(struct arena *arena, const struct opening *openings, size_t count)
{
    size_t ranges = 0, kept = 0;
    for (size_t i = 0; i < count; i++)
        ranges += openings[i].ports.count;
    struct port_range *range = count == 1 ? NULL : arena_array(arena, ranges, sizeof *range);
    if (range == NULL)
        return openings[0].ports;
    ranges = 0;
    for (size_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < openings[i].ports.count; k++)
            range[ranges++] = openings[i].ports.range[k];
    }
    qsort(range, ranges, sizeof *range, compare_ports);
    for (size_t i = 0; i < ranges; i++) {
        if (kept == 0 || range[i].low > range[kept - 1].high + 1u)
            range[kept++] = range[i];
        else if (range[i].high > range[kept - 1].high)
            range[kept - 1].high = range[i].high;
    }
    return (struct ports){range, (uint32_t)kept};
}

static unsigned
port_rank(const struct opening *opening)
{
    return opening->port == 443 ? 0 : opening->port == 80 ? 1 : 2;
}

static void
add_seen(struct lead *lead, struct lead_line *line, const struct opening *opening)
{
    const struct diff *diff = lead->diff;
    if (diff->seen != NULL)
        seen_add(&line->seen, lead->arena, &diff->seen->list[SEEN_OPENINGS][opening - diff->openings]);
}

static struct lead_line
make_line(struct lead *lead, const struct opening *openings, size_t count)
{
    struct lead_line line = {.addresses = 1, .opening = openings, .ports = join_ports(lead->arena, openings, count)};
    add_seen(lead, &line, openings);
    for (size_t i = 1; i < count; i++) {
        add_seen(lead, &line, &openings[i]);
        line.other_causes = line.other_causes || !is_same_cause(openings, &openings[i]);
        line.other_addresses = line.other_addresses || !is_same_addresses(openings, &openings[i]);
        if (port_rank(&openings[i]) < port_rank(line.opening))
            line.opening = &openings[i];
    }
    line.elsewhere = is_bypassed_elsewhere(lead, &line);
    line.risk = risk_of(&line);
    return line;
}

/* Pairs of addresses with the same set, range and ports come together. */
static int
compare_pairs(const struct lead_line *a, const struct lead_line *b)
{
    const struct opening *x = a->opening, *y = b->opening;
    const int orders[] = {
        (x->new_terms > y->new_terms) - (x->new_terms < y->new_terms),
        (x->old_terms > y->old_terms) - (x->old_terms < y->old_terms),
        addr_compare(&x->first, &y->first),
        addr_compare(&x->last, &y->last),
        order_numbers(x->more_runs, y->more_runs),
        ports_compare(&a->ports, &b->ports),
    };
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        if (orders[i] != 0)
            return orders[i];
    }
    return 0;
}

/* Other lines of one risk stay in the order of diff->openings, which is one array. */
static int
compare_lines(const void *left, const void *right)
{
    const struct lead_line *a = left;
    const struct lead_line *b = right;
    int order = order_numbers(a->risk, b->risk);
    if (order == 0 && a->risk == LEAD_PAIR)
        order = compare_pairs(a, b);
    return order != 0 ? order : (a->opening > b->opening) - (a->opening < b->opening);
}

static void
join_pairs(struct lead *lead)
{
    size_t kept = 0;
    for (size_t i = 0; i < lead->line_count; i++) {
        struct lead_line *line = &lead->lines[i], *last = kept == 0 ? NULL : &lead->lines[kept - 1];
        if (last == NULL || line->risk != LEAD_PAIR || last->risk != LEAD_PAIR || compare_pairs(last, line) != 0) {
            lead->lines[kept++] = *line;
            continue;
        }
        last->addresses++;
        seen_add(&last->seen, lead->arena, &line->seen);
    }
    lead->line_count = kept;
}

static void
collect(struct lead *lead)
{
    const struct diff *diff = lead->diff;
    lead->lines = arena_array(lead->arena, diff->opening_count + 1, sizeof *lead->lines);
    for (size_t i = 0, count; lead->lines != NULL && i < diff->opening_count; i += count) {
        count = 1;
        while (i + count < diff->opening_count && is_same_pattern(&diff->openings[i], &diff->openings[i + count]))
            count++;
        lead->lines[lead->line_count++] = make_line(lead, &diff->openings[i], count);
    }
    if (lead->line_count > 0)
        qsort(lead->lines, lead->line_count, sizeof *lead->lines, compare_lines);
    join_pairs(lead);
}

/* ---- until when ---- */

/* An entry with a date. */
struct dated {
    const char *text, *day;
};

static int
compare_dated(const void *left, const void *right)
{
    const struct dated *a = left;
    const struct dated *b = right;
    int order = strcmp(a->text, b->text);
    return order != 0 ? order : strcmp(a->day, b->day);
}

/* The earliest day that is announced for this text, if it is before `day`. */
static const char *
earlier_day(const struct dated *dated, size_t count, const char *text, const char *day)
{
    size_t low = 0, high = text == NULL ? 0 : count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(dated[middle].text, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = text != NULL && low < count && strcmp(dated[low].text, text) == 0;
    return found && (day == NULL || strcmp(dated[low].day, day) < 0) ? dated[low].day : day;
}

/* The earliest effective date of what opens, YYYYMMDD; NULL if none is announced. */
static const char *
find_day(const struct lead *lead)
{
    const struct diff *diff = lead->diff;
    struct dated *dated = arena_array(lead->arena, diff->entry_count + 1, sizeof *dated);
    size_t count = 0;
    const char *day = NULL;
    for (size_t i = 0; dated != NULL && i < diff->entry_count; i++) {
        const char *effective = diff->entries[i].effective;
        if (effective != NULL && strlen(effective) == DAY_DIGITS && strspn(effective, "0123456789") == DAY_DIGITS)
            dated[count++] = (struct dated){diff->entries[i].text, effective};
    }
    if (count == 0)
        return NULL;
    qsort(dated, count, sizeof *dated, compare_dated);
    for (size_t i = 0; i < diff->opening_count; i++) {
        const struct opening *opening = &diff->openings[i];
        const char *const texts[] = {opening->pattern, opening->sni_pattern, opening->old_rule, opening->new_rule};
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
            day = earlier_day(dated, count, texts[k], day);
    }
    return day;
}

/* ---- the whole ---- */

/* All that opens or closes, also what belongs to no line. */
static void
add_all_seen(struct buf *buf, const struct lead *lead, bool opened)
{
    if (lead->diff->seen == NULL)
        return;
    buf_add_text(buf, "; ");
    seen_print(buf, opened ? &lead->diff->seen->opened : &lead->diff->seen->closed);
}

void
lead_add_all_opens(struct buf *buf, struct lead *lead)
{
    lead_add_opens(buf, lead);
    lead_add_later_count(buf, lead);
    add_all_seen(buf, lead, true);
}

void
lead_add_all_closes(struct buf *buf, struct lead *lead)
{
    lead_add_closes(buf, lead);
    add_all_seen(buf, lead, false);
}

void
lead_add_day(struct buf *buf, const struct lead *lead)
{
    const char *day = find_day(lead);
    if (day == NULL)
        buf_add_text(buf, "no date is announced");
    else
        buf_add_fmt(buf, "%.4s-%.2s-%.2s", day, day + 4, day + 6);
}

static void
print_head(struct lead *lead, const char *digest, struct buf *buf)
{
    if (digest != NULL) {
        buf_add_text(buf, "decide by   ");
        lead_add_day(buf, lead);
        buf_add_char(buf, '\n');
    }
    buf_add_text(buf, "opens       ");
    lead_add_all_opens(buf, lead);
    buf_add_text(buf, "\ncloses      ");
    lead_add_all_closes(buf, lead);
    buf_add_char(buf, '\n');
    if (digest != NULL)
        buf_add_fmt(buf, "approve     m365ctl approve%s %.*s\nreject      m365ctl reject%s %.*s\n", place_option(),
                    LEAD_DIGEST_SHOWN, digest, place_option(), LEAD_DIGEST_SHOWN, digest);
}

bool
lead_start(struct lead *ret, const struct diff *diff)
{
    *ret = (struct lead){.diff = diff, .arena = arena_new(LEAD_MEMORY), .asks = LEAD_ASKS_MAX, .covers = LEAD_ASKS_MAX};
    if (ret->arena == NULL)
        return false;
    patience_begin(&ret->patience, LEAD_SECONDS);
    find_tenants(ret);
    collect(ret);
    lead_find_later(ret);
    return true;
}

void
lead_end(struct lead *lead, struct buf *buf)
{
    buf->failed = buf->failed || lead->failed || !arena_ok(lead->arena);
    arena_free(lead->arena);
}

void
lead_print(const struct diff *diff, const char *digest, size_t most, struct buf *buf)
{
    struct lead lead;
    if (!lead_start(&lead, diff)) {
        buf->failed = true;
        return;
    }
    print_head(&lead, digest, buf);
    if (most > 0 && lead.line_count + lead.later.count > 0)
        buf_add_char(buf, '\n');
    for (size_t i = 0; i < lead.line_count && i < most; i++)
        lead_print_line(&lead, &lead.lines[i], buf);
    if (lead.line_count > most)
        buf_add_fmt(buf, "and %zu more: m365ctl diff%s --all\n", lead.line_count - most, place_option());
    lead_print_later(&lead, most, buf);
    lead_end(&lead, buf);
}

void
lead_report(const struct diff *diff, const char *digest, struct buf *buf)
{
    lead_print(diff, digest, LEAD_ALL, buf);
    buf_add_char(buf, '\n');
    diff_report(diff, buf);
}
