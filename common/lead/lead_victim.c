// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lead_victim.c - what an inspect line would close besides what opens. Part of lead.h.
 *
 *     a name line      other names that match it, and addresses whose endpoint set has such a name, without a name
 *     an address line  whatever passes with these addresses
 *
 * Both tables are asked about names of every rule that meets the line. What both bypass, the line would close.
 */
#include <string.h>

#include "base/buf.h"
#include "image/image.h"
#include "lead_probe.h"
#include "name/pattern.h"
#include "verdict/request.h"

#define TEXT_MAX ((size_t)2000)

/* ---- sets ---- */

bool
lead_publishes(const struct table *table, const struct endpoint_set *set)
{
    struct endpoint_set next = *set;
    next.id++;
    size_t end = opening_find_set(table, &next);
    return next.id != 0 && end > 0 && table->rules[end - 1].kind == PATTERN_PREFIX &&
           endpoint_set_same(&table->terms[table->rules[end - 1].terms].set, set);
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

void
lead_add_set(struct buf *buf, const struct table *table, const struct terms *terms)
{
    const char *source = table->sources[terms->set.source];
    if (!terms->set.has_id)
        buf_add_fmt(buf, "local %s", source);
    else if (has_more_sources(table))
        buf_add_fmt(buf, "set %u of %s", terms->set.id, source);
    else
        buf_add_fmt(buf, "set %u", terms->set.id);
}

/* One address in a request. */
struct asked_address {
    struct lead *lead;
    const struct closing *closing;
    struct request *request;
};

static bool
is_kept(const struct asked_address *asked, const struct addr *addr)
{
    bool opens, kept;
    asked->request->dst.given = GIVEN_ADDR;
    asked->request->dst.addr = *addr;
    lead_ask(&opens, &kept, asked->lead, asked->closing, asked->request);
    return kept;
}

/* Where a prefix that lies in another one begins, and the address after it: there something else decides. */
static bool
is_kept_at_edges(const struct asked_address *asked, const struct prefix *prefix, const struct prefix *inner)
{
    struct addr after;
    if (inner->len <= prefix->len || !prefix_holds(prefix, &inner->addr))
        return false;
    if (is_kept(asked, &inner->addr))
        return true;
    prefix_last(&after, inner);
    return addr_step(&after) && prefix_holds(prefix, &after) && is_kept(asked, &after);
}

/* Whether both tables bypass a request with some address of a prefix as its destination. */
static bool
is_kept_within(const struct asked_address *asked, const struct prefix *prefix)
{
    const struct diff *diff = asked->lead->diff;
    bool kept = is_kept(asked, &prefix->addr);
    for (int side = 0; side < 2; side++) {
        const struct table *table = side == 0 ? diff->old_table : diff->new_table;
        for (size_t i = 0; i < table->rule_count && !kept && asked->lead->covers > 0; i++, asked->lead->covers--) {
            if (table->rules[i].kind == PATTERN_PREFIX)
                kept = is_kept_at_edges(asked, prefix, table->rules[i].prefix);
        }
    }
    return kept;
}

/* ---- victims ---- */

static bool
is_known(const struct victims *victims, const char *text)
{
    for (size_t i = 0; i < victims->count; i++) {
        if (strcmp(victims->texts[i], text) == 0)
            return true;
    }
    return false;
}

static void
add_victim(struct victims *victims, struct lead *lead, const char *text)
{
    if (is_known(victims, text))
        return;
    const char **texts = arena_grow(lead->arena, victims->texts, &victims->room, victims->count + 1, sizeof *texts);
    const char *copy = arena_text(lead->arena, text, strlen(text));
    if (texts == NULL || copy == NULL)
        return;
    victims->texts = texts;
    texts[victims->count++] = copy;
}

struct finding {
    struct lead *lead;
    const struct closing *closing;
    struct request *request; /* NULL: the names by themselves */
    bool found;
};

static bool
find_kept(void *arg, const char *name, size_t len)
{
    struct finding *finding = arg;
    bool opens, kept;
    if (finding->request == NULL) {
        lead_ask_name(&opens, &kept, finding->lead, finding->closing, name, len);
    } else {
        request_set_dst(finding->request, name, len);
        request_set_sni(finding->request, name, len);
        lead_ask(&opens, &kept, finding->lead, finding->closing, finding->request);
    }
    finding->found = kept;
    return !kept;
}

static bool
is_bypass(const struct rule *rule, const struct terms *terms, uint32_t bypass)
{
    return rule->kind != PATTERN_PREFIX && terms->verb != VERB_INSPECT && (bypass & 1u << terms->verb) != 0;
}

/* Whether one more comparison would take too long. */
static bool
is_spent(struct victims *victims, struct lead *lead)
{
    lead_hurry(lead);
    bool spent = lead->covers == 0 || lead->asks == 0;
    victims->unknown = victims->unknown || spent;
    lead->covers -= lead->covers > 0;
    return spent;
}

/* As a rules file would name it: with the tenant, if there is one only. */
static void
add_rule(struct victims *victims, struct lead *lead, const struct rule *rule)
{
    char filled[PATTERN_MAX + 1];
    bool slot = lead->all_have_tenants && lead->tenant_count == 1;
    size_t len = slot ? pattern_fill_tenant(filled, rule->text, rule->len, lead->tenants[0]) : 0;
    add_victim(victims, lead, len > 0 ? filled : rule->text);
}

/* Whether a regex may match a name that the line closes. Nobody can list its names, but they end as it does. */
static bool
may_match(const struct rule *rule, const struct closing *closing)
{
    char ends[HOST_MAX + 3] = "*.";
    size_t len = pattern_regex_suffix(ends + 2, rule->text + 1, (size_t)rule->len - 1);
    return rule->kind == PATTERN_REGEX && !closing->exact &&
           (len == 0 || pattern_meets(closing->text, closing->len, ends, len + 2));
}

/* A name that both tables bypass matches a rule of each: the rules of the other table find other names. */
static void
find_names(struct victims *victims, struct lead *lead, const struct closing *closing, const struct table *table,
           uint32_t bypass)
{
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        struct finding finding = {.lead = lead, .closing = closing};
        struct lead_search search = {
            .lead = lead, .outer = closing->text, .outer_len = closing->len, .found = find_kept, .arg = &finding};
        if (is_spent(victims, lead))
            return;
        if (!is_bypass(rule, &table->terms[rule->terms], bypass))
            continue;
        victims->unknown = victims->unknown || may_match(rule, closing);
        if (rule->kind != PATTERN_REGEX)
            lead_search_rule(&search, rule);
        if (finding.found)
            add_rule(victims, lead, rule);
    }
}

/* Whether an address of a set is bypassed by both tables. */
static bool
has_kept_address(struct lead *lead, const struct closing *closing, const struct table *table,
                 const struct endpoint_set *set)
{
    struct request request;
    const struct asked_address asked = {lead, closing, &request};
    bool found = false;
    request_init(&request);
    for (size_t i = opening_find_set(table, set); !found && i < table->rule_count && lead->asks > 0; i++) {
        const struct rule *rule = &table->rules[i];
        if (!endpoint_set_same(&table->terms[rule->terms].set, set))
            break;
        found = rule->kind == PATTERN_PREFIX && is_kept_within(&asked, rule->prefix);
    }
    return found;
}

/* Whether the line meets a rule, so that it keeps a name of its set inspected. */
static bool
meets(const struct lead *lead, const struct closing *closing, const struct rule *rule)
{
    char filled[PATTERN_MAX + 1];
    bool slot = lead->all_have_tenants && strstr(rule->text, PATTERN_TENANT) != NULL, found = false;
    for (size_t i = 0; i < (slot ? lead->tenant_count : 1) && !found; i++) {
        size_t len = pattern_fill_tenant(filled, rule->text, rule->len, slot ? lead->tenants[i] : NULL);
        found = len > 0 && pattern_meets(closing->text, closing->len, filled, len);
    }
    return found;
}

/* Addresses pass without a name only while no name of their set is kept inspected. */
static void
find_sets(struct victims *victims, struct lead *lead, const struct closing *closing)
{
    const struct table *table = lead->diff->new_table;
    const struct terms *done = NULL;
    struct buf text;
    buf_init(&text, TEXT_MAX);
    for (size_t i = 0; i < table->rule_count && !is_spent(victims, lead); i++) {
        const struct rule *rule = &table->rules[i];
        const struct terms *terms = &table->terms[rule->terms];
        if (!terms->set.has_id || rule->kind >= PATTERN_REGEX ||
            (done != NULL && endpoint_set_same(&done->set, &terms->set)) || !lead_publishes(table, &terms->set) ||
            !meets(lead, closing, rule))
            continue;
        done = terms;
        if (!has_kept_address(lead, closing, table, &terms->set))
            continue;
        buf_reset(&text);
        buf_add_text(&text, "addresses of ");
        lead_add_set(&text, table, terms);
        buf_add(&text, " without a name", sizeof " without a name");
        if (buf_ok(&text))
            add_victim(victims, lead, text.data);
    }
    buf_clear(&text);
}

static bool
is_within(const struct closing *closing, const struct addr *addr)
{
    return addr_compare(&closing->first, addr) <= 0 && addr_compare(addr, &closing->last) <= 0;
}

/* Of each kind of addresses of a line one: its first, and where prefixes of either table begin or have ended. */
struct samples {
    struct addr *of;
    size_t count;
};

static void
add_edges(struct samples *samples, const struct closing *closing, const struct prefix *prefix)
{
    struct addr after;
    prefix_last(&after, prefix);
    if (is_within(closing, &prefix->addr))
        samples->of[samples->count++] = prefix->addr;
    if (addr_step(&after) && is_within(closing, &after))
        samples->of[samples->count++] = after;
}

static void
find_samples(struct samples *ret, struct victims *victims, struct lead *lead, const struct closing *closing)
{
    const struct table *tables[] = {lead->diff->old_table, lead->diff->new_table};
    size_t most = 2 * (tables[0]->rule_count + tables[1]->rule_count) + 1;
    *ret = (struct samples){.of = arena_array(lead->arena, most, sizeof *ret->of)};
    if (ret->of == NULL)
        return;
    ret->of[ret->count++] = closing->first;
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < tables[side]->rule_count && !is_spent(victims, lead); i++) {
            if (tables[side]->rules[i].kind == PATTERN_PREFIX)
                add_edges(ret, closing, tables[side]->rules[i].prefix);
        }
    }
}

/* The narrowest prefix of the new table that holds an address; NULL if none does. */
static const struct prefix *
find_prefix(struct victims *victims, struct lead *lead, const struct addr *addr)
{
    const struct table *table = lead->diff->new_table;
    const struct prefix *narrowest = NULL;
    for (size_t i = 0; i < table->rule_count && !is_spent(victims, lead); i++) {
        const struct rule *rule = &table->rules[i];
        if (rule->kind == PATTERN_PREFIX && prefix_holds(rule->prefix, addr) &&
            (narrowest == NULL || rule->prefix->len > narrowest->len))
            narrowest = rule->prefix;
    }
    return narrowest;
}

/* The prefixes whose addresses pass by themselves in both tables. */
static void
find_prefixes(struct victims *victims, struct lead *lead, const struct closing *closing, const struct samples *samples)
{
    struct request request;
    const struct asked_address asked = {lead, closing, &request};
    request_init(&request);
    for (size_t i = 0; i < samples->count; i++) {
        const struct prefix *prefix =
            is_kept(&asked, &samples->of[i]) ? find_prefix(victims, lead, &samples->of[i]) : NULL;
        char text[PREFIX_TEXT_MAX];
        if (prefix == NULL)
            continue;
        prefix_format(text, prefix);
        add_victim(victims, lead, text);
    }
}

/* Whether names of a rule, or addresses of a prefix, pass with an address in both tables: those that also match a rule
 * of the new table, or of each kind one. */
static bool
passes_with(struct lead *lead, const struct closing *closing, const struct rule *rule, const struct rule *other,
            const struct addr *addr)
{
    struct request request;
    struct finding finding = {.lead = lead, .closing = closing, .request = &request};
    char filled[PATTERN_MAX + 1];
    size_t len = rule->kind == PATTERN_PREFIX ? 0 : pattern_fill_tenant(filled, rule->text, rule->len, NULL);
    struct lead_search search = {.lead = lead, .outer = filled, .outer_len = len, .found = find_kept, .arg = &finding};
    request_init(&request);
    request.la.given = GIVEN_ADDR;
    request.la.addr = *addr;
    if (rule->kind == PATTERN_PREFIX)
        return is_kept_within(&(struct asked_address){lead, closing, &request}, rule->prefix);
    if (len > 0)
        lead_search_rule(&search, other);
    return finding.found;
}

static bool
passes_within(struct lead *lead, const struct closing *closing, const struct samples *samples, const struct rule *rule,
              const struct rule *other)
{
    bool found = false;
    for (size_t i = 0; i < samples->count && !found && lead->asks > 0; i++)
        found = passes_with(lead, closing, rule, other, &samples->of[i]);
    return found;
}

/* Whether names of a set may pass with addresses of the line: it has some of them, or publishes none. */
static bool
may_pass(struct lead *lead, const struct closing *closing, const struct table *table, const struct endpoint_set *set)
{
    bool found = !lead_publishes(table, set);
    for (size_t i = opening_find_set(table, set); !found && i < table->rule_count && lead->covers > 0; i++) {
        const struct rule *rule = &table->rules[i];
        if (!endpoint_set_same(&table->terms[rule->terms].set, set))
            break;
        lead->covers--;
        found = rule->kind == PATTERN_PREFIX &&
                (is_within(closing, &rule->prefix->addr) || prefix_holds(rule->prefix, &closing->first));
    }
    return found;
}

static bool
is_wild(const struct rule *rule)
{
    return rule->kind != PATTERN_EXACT && rule->kind != PATTERN_PREFIX;
}

/* The same for the names of a wildcard that a rule of the new table matches as well. */
static bool
passes_crossing(struct victims *victims, struct lead *lead, const struct closing *closing,
                const struct samples *samples, const struct rule *rule)
{
    const struct table *table = lead->diff->new_table;
    bool found = false;
    for (size_t i = 0; i < table->rule_count && !found && !is_spent(victims, lead); i++) {
        const struct rule *other = &table->rules[i];
        found = is_bypass(other, &table->terms[other->terms], lead->diff->new_bypass) && other->kind != PATTERN_REGEX &&
                passes_within(lead, closing, samples, rule, other);
    }
    return found;
}

/* `set 22 at these addresses`; those that publish none together. */
static void
write_set(struct buf *buf, const struct table *table, const struct terms *terms)
{
    buf_reset(buf);
    if (terms->set.has_id && lead_publishes(table, &terms->set))
        lead_add_set(buf, table, terms);
    else
        buf_add_text(buf, "sets without addresses");
    buf_add(buf, " at these addresses", sizeof " at these addresses");
}

static void
find_with_addresses(struct victims *victims, struct lead *lead, const struct closing *closing)
{
    const struct table *table = lead->diff->old_table;
    struct samples samples;
    const struct terms *last = NULL;
    struct buf text;
    bool crosses = false;
    buf_init(&text, TEXT_MAX);
    find_samples(&samples, victims, lead, closing);
    find_prefixes(victims, lead, closing, &samples);
    for (size_t i = 0; i < table->rule_count && !is_spent(victims, lead); i++) {
        const struct rule *rule = &table->rules[i];
        const struct terms *terms = &table->terms[rule->terms];
        if ((lead->diff->old_bypass & 1u << terms->verb) == 0 || terms->verb == VERB_INSPECT)
            continue;
        victims->unknown = victims->unknown || rule->kind == PATTERN_REGEX;
        write_set(&text, table, terms);
        if (rule->kind == PATTERN_REGEX || !buf_ok(&text) || is_known(victims, text.data))
            continue;
        if (last == NULL || !endpoint_set_same(&last->set, &terms->set))
            crosses = may_pass(lead, closing, table, &terms->set);
        last = terms;
        if (passes_within(lead, closing, &samples, rule, rule) ||
            (crosses && is_wild(rule) && passes_crossing(victims, lead, closing, &samples, rule)))
            add_victim(victims, lead, text.data);
    }
    buf_clear(&text);
}

void
lead_find_victims(struct victims *victims, struct lead *lead, const struct closing *closing)
{
    if (closing->text == NULL) {
        find_with_addresses(victims, lead, closing);
        return;
    }
    victims->unknown = closing->text[0] == '~';
    if (victims->unknown)
        return;
    find_names(victims, lead, closing, lead->diff->old_table, lead->diff->old_bypass);
    find_names(victims, lead, closing, lead->diff->new_table, lead->diff->new_bypass);
    find_sets(victims, lead, closing);
}
