// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * review_widening.c - what would bypass a host that was inspected. Part of review.h.
 *
 * Every name that the diff found opened is held. New addresses of an already bypassed set are not held if its ports are
 * unchanged: without the set's names they open nothing. They are held if they replace a narrower prefix, or if an
 * inspect line or the tenant guard kept them inspected. What the diff could not compare is held as well.
 */
#include <stdlib.h>
#include <string.h>

#include "base/day.h"
#include "name/addr.h"
#include "name/pattern.h"
#include "name/verb.h"
#include "review_build.h"
#include "verdict/verdict.h"

/* Why it was inspected, and what to say then. The last line is for every other why. */
static const struct {
    enum why old_why;
    bool may_join; /* addresses of a set that was bypassed already are not held */
    const char *names, *addresses;
} causes[] = {
    {WHY_CATEGORY, true, "names bypassed now whose category was not bypassed before",
     "addresses bypassed now whose category was not bypassed before"},
    {WHY_NO_RULE, true, "names bypassed now that no rule matched before",
     "addresses bypassed now, outside any set that was bypassed before"},
    {WHY_PORT, true, "names bypassed now at ports where they were inspected",
     "addresses bypassed now at ports where they were inspected"},
    {WHY_LOCAL_INSPECT, false, "names bypassed now that an inspect line kept inspected",
     "addresses bypassed now that an inspect line kept inspected"},
    {WHY_FOREIGN_TENANT, false, "names bypassed now that the tenant guard kept inspected",
     "addresses bypassed now that the tenant guard kept inspected"},
    {WHY_COUNT, false, "names bypassed now that were inspected", "addresses bypassed now that were inspected"},
};

#define CAUSES (sizeof causes / sizeof causes[0])

static size_t
cause_of(enum why old_why)
{
    size_t i = 0;
    while (i < CAUSES - 1 && causes[i].old_why != old_why)
        i++;
    return i;
}

static void
ask_names(struct hearing *hearing, size_t cause)
{
    const struct diff *diff = hearing->diff;
    review_begin(hearing);
    for (size_t i = 0; i < diff->opened; i++) {
        const struct diff_verdict *verdict = &diff->verdicts[i];
        if (cause_of(verdict->answer.old_why) != cause || !review_name(hearing))
            continue;
        buf_add_fmt(&hearing->text, "%s port ", verdict->pattern);
        ports_print(&hearing->text, &verdict->answer.ports);
        review_add_set(hearing, diff->new_table, verdict->answer.terms);
    }
    review_end(hearing, causes[cause].names);
}

/* Whether the table in use has this endpoint set with a bypassed category and for all these ports. */
static bool
set_spoke(const struct hearing *hearing, const struct terms *terms, const struct ports *ports)
{
    const struct diff *diff = hearing->diff;
    const struct table *table = diff->old_table;
    for (size_t i = 0; i < table->terms_count; i++) {
        const struct terms *old = &table->terms[i];
        if (!review_is_bypassed(old, hearing->old_bypass) ||
            endpoint_set_compare_across(table, &old->set, diff->new_table, &terms->set) != 0)
            continue;
        struct ports spoke;
        if (table_tcp_ports(old, &spoke) || ports_cover(&spoke, ports))
            return true;
    }
    return false;
}

/* Whether addresses may join their set, because it was bypassed already. */
static bool
is_welcome(const struct hearing *hearing, const struct diff_range *range)
{
    const struct diff_answer *answer = &range->answer;
    return answer->group_known && causes[cause_of(answer->old_why)].may_join &&
           set_spoke(hearing, answer->terms, &answer->ports);
}

static void
ask_addresses(struct hearing *hearing, size_t cause)
{
    const struct diff *diff = hearing->diff;
    char text[DIFF_RANGE_TEXT_MAX];
    review_begin(hearing);
    for (size_t i = 0; i < diff->ranges_opened; i++) {
        const struct diff_range *range = &diff->ranges[i];
        if (cause_of(range->answer.old_why) != cause || is_welcome(hearing, range) || !review_name(hearing))
            continue;
        diff_range_text(text, range);
        buf_add_fmt(&hearing->text, "%s port ", text);
        ports_print(&hearing->text, &range->answer.ports);
        review_add_set(hearing, diff->new_table, range->answer.terms);
    }
    review_end(hearing, causes[cause].addresses);
}

static bool
overlaps(const struct prefix *prefix, const struct diff_range *range)
{
    return prefix_holds(prefix, &range->first) || prefix_holds(prefix, &range->last) ||
           (range->first.v6 == prefix->addr.v6 &&
            memcmp(range->first.bytes, prefix->addr.bytes, sizeof range->first.bytes) <= 0 &&
            memcmp(range->last.bytes, prefix->addr.bytes, sizeof range->last.bytes) >= 0);
}

/* A narrower prefix that this set had before; its text in `room`, or NULL. */
static const char *
narrower_before(const struct hearing *hearing, const struct terms *terms, const struct prefix *prefix, char room[64])
{
    const struct diff *diff = hearing->diff;
    const struct table *table = diff->old_table;
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        if (rule->kind == PATTERN_PREFIX && rule->prefix->len > prefix->len &&
            prefix_holds(prefix, &rule->prefix->addr) &&
            endpoint_set_compare_across(table, &table->terms[rule->terms].set, diff->new_table, &terms->set) == 0)
            return table_rule_text(rule, room);
    }
    return NULL;
}

/* The narrower prefix that this entry replaces if it is a wider one and opens addresses; otherwise NULL. */
static const char *
narrower_replaced(const struct hearing *hearing, const struct diff_entry *entry, char room[64])
{
    const struct diff *diff = hearing->diff;
    struct prefix prefix;
    if (!entry->is_prefix || (entry->kind != DIFF_ADDED && entry->kind != DIFF_BROADENED) ||
        !review_is_bypassed(entry->new_terms, hearing->bypass) ||
        prefix_parse(&prefix, entry->text, strlen(entry->text), NULL) != 0)
        return NULL;
    bool opens = false;
    for (size_t i = 0; !opens && i < diff->ranges_opened; i++)
        opens = overlaps(&prefix, &diff->ranges[i]);
    return opens ? narrower_before(hearing, entry->new_terms, &prefix, room) : NULL;
}

static void
ask_wider(struct hearing *hearing)
{
    const struct diff *diff = hearing->diff;
    const char *narrower;
    char room[64];
    review_begin(hearing);
    for (size_t i = 0; i < diff->entry_count; i++) {
        const struct diff_entry *entry = &diff->entries[i];
        bool again = i > 0 && entry[-1].new_terms == entry->new_terms && strcmp(entry[-1].text, entry->text) == 0;
        if (again || (narrower = narrower_replaced(hearing, entry, room)) == NULL || !review_name(hearing))
            continue;
        buf_add_fmt(&hearing->text, "%s for %s", entry->text, narrower);
        review_add_set(hearing, diff->new_table, entry->new_terms);
    }
    review_end(hearing, "wider prefixes in place of narrower ones");
}

/* A regex matches names that nobody can list. A person must look if one causes less inspection or more bypass. */
static void
ask_regexes(struct hearing *hearing)
{
    const struct diff *diff = hearing->diff;
    review_begin(hearing);
    for (size_t i = 0; i < diff->entry_count; i++) {
        const struct diff_entry *entry = &diff->entries[i];
        bool was_inspected = entry->old_terms != NULL && entry->old_terms->verb == VERB_INSPECT;
        bool is_bypassed = entry->new_terms != NULL && entry->new_terms->verb != VERB_INSPECT &&
                           (hearing->bypass & 1u << entry->new_terms->verb) != 0;
        if (entry->text[0] == '~' && (was_inspected || is_bypassed) && review_name(hearing))
            buf_add_text(&hearing->text, entry->text);
    }
    review_end(hearing, "regexes changed, and nobody can list the names they match");
}

static void
ask_expiry(struct hearing *hearing)
{
    const struct diff *diff = hearing->diff;
    char day[DAY_TEXT_MAX];
    review_begin(hearing);
    for (size_t i = 0; i < diff->entry_count; i++) {
        const struct diff_entry *entry = &diff->entries[i];
        const struct terms *was = entry->old_terms, *is = entry->new_terms;
        if (entry->kind != DIFF_ATTRIBUTE || (hearing->bypass & 1u << is->verb) == 0 || was->expires == 0 ||
            (is->expires != 0 && is->expires <= was->expires) || !review_name(hearing))
            continue;
        day_format(day, was->expires);
        buf_add_fmt(&hearing->text, "%s would have ended on %s", entry->text, day);
    }
    review_end(hearing, "bypasses that last longer");
}

/* An endpoint set of one table. */
struct group {
    const struct table *table;
    const struct terms *terms;
    bool has_names, has_addrs;
};

static int
compare_groups(const void *left, const void *right)
{
    const struct group *a = left;
    const struct group *b = right;
    return endpoint_set_compare_across(a->table, &a->terms->set, b->table, &b->terms->set);
}

/* The published endpoint sets of a table, each once. NULL without memory. */
static struct group *
find_groups(struct hearing *hearing, const struct table *table, size_t *ret_count)
{
    struct group *groups = arena_array(hearing->arena, table->terms_count, sizeof *groups);
    if (groups == NULL)
        return NULL;
    for (size_t i = 0; i < table->terms_count; i++)
        groups[i] = (struct group){table, &table->terms[i], false, false};
    for (size_t i = 0; i < table->rule_count; i++) {
        bool is_addr = table->rules[i].kind == PATTERN_PREFIX;
        struct group *group = &groups[table->rules[i].terms];
        group->has_addrs = group->has_addrs || is_addr;
        group->has_names = group->has_names || !is_addr;
    }
    size_t kept = 0;
    for (size_t i = 0; i < table->terms_count; i++) {
        if (groups[i].terms->set.has_id)
            groups[kept++] = groups[i];
    }
    qsort(groups, kept, sizeof *groups, compare_groups);
    size_t count = 0;
    for (size_t i = 0; i < kept; i++) {
        if (count == 0 || compare_groups(&groups[count - 1], &groups[i]) != 0) {
            groups[count++] = groups[i];
            continue;
        }
        groups[count - 1].has_names = groups[count - 1].has_names || groups[i].has_names;
        groups[count - 1].has_addrs = groups[count - 1].has_addrs || groups[i].has_addrs;
    }
    *ret_count = count;
    return groups;
}

/* On intercepting ports the address of a request must belong to the deciding set. If a set publishes no addresses, the
 * name is enough. */
static void
ask_lost_addresses(struct hearing *hearing)
{
    const struct diff *diff = hearing->diff;
    size_t old_count = 0, new_count = 0;
    const struct group *was = find_groups(hearing, diff->old_table, &old_count);
    const struct group *is = find_groups(hearing, diff->new_table, &new_count);
    review_begin(hearing);
    for (size_t i = 0, k = 0; was != NULL && is != NULL && i < old_count && k < new_count;) {
        int order = compare_groups(&was[i], &is[k]);
        if (order == 0 && was[i].has_addrs && !is[k].has_addrs && is[k].has_names &&
            review_is_bypassed(is[k].terms, hearing->bypass) && review_name(hearing)) {
            buf_add_fmt(&hearing->text, "%s, ", verb_category(is[k].terms->verb));
            diff_add_set(&hearing->text, diff->new_table, is[k].terms);
        }
        i += order <= 0;
        k += order >= 0;
    }
    review_end(hearing,
               "sets that no longer publish addresses, so their names pass with any address on intercepting ports");
}

void
review_ask_widening(struct hearing *hearing)
{
    for (size_t i = 0; i < CAUSES; i++)
        ask_names(hearing, i);
    for (size_t i = 0; i < CAUSES; i++)
        ask_addresses(hearing, i);
    ask_wider(hearing);
    ask_lost_addresses(hearing);
    ask_regexes(hearing);
    ask_expiry(hearing);
    if (hearing->diff->partial)
        review_say(hearing, "the tables mention too many ports or crossing wildcards to compare all of them");
}
