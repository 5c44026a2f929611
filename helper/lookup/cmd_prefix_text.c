// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_prefix_text.c - the answer to a prefix as lines. See cmd_prefix.h.
 *
 * A few ranges and a few rules are listed. More are added up: ranges by what they get, rules by their set, so that the
 * answer to 0.0.0.0/0 fits on a screen.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cmd_explain.h"
#include "cmd_prefix_build.h"
#include "name/verb.h"

#define SHOWN_MAX 12
#define RANGE_TEXT_MAX (2 * ADDR_TEXT_MAX + 1)

static size_t
range_text(char ret[RANGE_TEXT_MAX], const struct range *range)
{
    addr_format(ret, &range->first);
    size_t len = strlen(ret);
    if (memcmp(range->first.bytes, range->last.bytes, sizeof range->last.bytes) == 0)
        return len;
    ret[len] = '-';
    addr_format(ret + len + 1, &range->last);
    return strlen(ret);
}

static void
list_ranges(struct buf *buf, const struct prefix_answer *answer, const struct range *ranges, size_t count, size_t width)
{
    char text[RANGE_TEXT_MAX];
    for (size_t i = 0; i < count; i++) {
        struct answer one = prefix_decided(answer, &ranges[i]);
        one.query = count == 1 ? answer->query : text;
        one.query_len = count == 1 ? answer->query_len : range_text(text, &ranges[i]);
        answer_print_text(buf, &one, width);
    }
}

/* The number of addresses of an IPv4 range. */
static uint64_t
range_size(const struct range *range)
{
    uint64_t first = 0, last = 0;
    for (size_t i = 0; i < 4; i++) {
        first = first << 8 | range->first.bytes[i];
        last = last << 8 | range->last.bytes[i];
    }
    return last - first + 1;
}

/* The ranges that get the same, whichever rule says so. */
struct sum {
    uint64_t ranges, addresses;
};

static void
add_sum(struct buf *buf, const struct sum *sum, const struct prefix_answer *answer, bool bypass, const char *what)
{
    if (sum->ranges == 0)
        return;
    explain_begin(buf);
    buf_add_fmt(buf, "%s, %s: %" PRIu64 " range%s", bypass ? "bypass" : "inspect", what, sum->ranges,
                sum->ranges == 1 ? "" : "s");
    if (!answer->prefix.addr.v6)
        buf_add_fmt(buf, ", %" PRIu64 " addresses", sum->addresses);
    explain_end(buf);
}

static void
sum_ranges(struct buf *buf, const struct prefix_answer *answer, const struct range *ranges, size_t count)
{
    struct sum bypassed[VERB_INSPECT + 1] = {{0}}, inspected[WHY_COUNT] = {{0}};
    for (size_t i = 0; i < count; i++) {
        struct image_set set = {.verb = VERB_INSPECT};
        const struct verdict *verdict = &ranges[i].verdict;
        if (verdict->has_rule)
            image_get_set(answer->image, verdict->set, &set);
        struct sum *sum = verdict->bypass ? &bypassed[set.verb] : &inspected[verdict->why];
        sum->ranges++;
        sum->addresses += answer->prefix.addr.v6 ? 0 : range_size(&ranges[i]);
    }
    for (size_t i = 0; i < VERB_CATEGORIES; i++)
        add_sum(buf, &bypassed[verb_categories[i]], answer, true, verb_title(verb_categories[i]));
    for (size_t i = 0; i < WHY_COUNT; i++)
        add_sum(buf, &inspected[i], answer, false, why_word((enum why)i));
}

static void
list_rule(struct buf *buf, const struct prefix_answer *answer, const struct held_rule *rule)
{
    struct image_set set;
    char text[PREFIX_TEXT_MAX];
    image_get_set(answer->image, rule->set, &set);
    prefix_format(text, &rule->prefix);
    explain_begin(buf);
    buf_add_fmt(buf, "%s %s (", rule->inside ? "holds" : "inside", text);
    explain_add_terms(buf, answer->image, &set, answer->today);
    buf_add_char(buf, ')');
    explain_end(buf);
}

/* By set; then the widest first. */
static int
compare_sets(const void *left, const void *right)
{
    const struct held_rule *a = left, *b = right;
    if (a->set != b->set)
        return a->set < b->set ? -1 : 1;
    return (a->prefix.len > b->prefix.len) - (a->prefix.len < b->prefix.len);
}

/* `  13 prefixes, /13 to /32: set 1, Optimize, ...` about neighbours of one set. */
static void
add_group(struct buf *buf, const struct prefix_answer *answer, const struct held_rule *rules, size_t count)
{
    struct image_set set;
    unsigned widest = rules[0].prefix.len, narrowest = rules[count - 1].prefix.len;
    image_get_set(answer->image, rules[0].set, &set);
    explain_begin(buf);
    buf_add_fmt(buf, "  %zu prefix%s, /%u", count, count == 1 ? "" : "es", widest);
    if (narrowest != widest)
        buf_add_fmt(buf, " to /%u", narrowest);
    buf_add_text(buf, ": ");
    explain_add_terms(buf, answer->image, &set, answer->today);
    explain_end(buf);
}

/* Adds up the rules inside, in an order of its own. */
static void
sum_rules(struct buf *buf, const struct prefix_answer *answer, struct held_rule *rules, size_t count)
{
    size_t sets = 0, next;
    qsort(rules, count, sizeof *rules, compare_sets);
    explain_begin(buf);
    buf_add_fmt(buf, "holds %zu prefixes of rules:\n", count);
    for (size_t i = 0; i < count; i = next) {
        for (next = i + 1; next < count && rules[next].set == rules[i].set; next++)
            continue;
        if (sets++ < SHOWN_MAX)
            add_group(buf, answer, &rules[i], next - i);
    }
    if (sets <= SHOWN_MAX)
        return;
    explain_begin(buf);
    buf_add_fmt(buf, "  and those of %zu more sets\n", sets - SHOWN_MAX);
}

/* Prints the rules inside, or those around the query. True if all are listed. */
static bool
print_rules(struct buf *buf, const struct prefix_answer *answer, bool inside)
{
    size_t count, found = 0;
    const struct held_rule *rules = prefix_rules(answer, &count);
    struct buf chosen;
    buf_init(&chosen, answer->rules.ceiling);
    for (size_t i = 0; i < count; i++) {
        if (rules[i].inside == inside)
            buf_add(&chosen, &rules[i], sizeof rules[i]);
    }
    struct held_rule *those = (struct held_rule *)(void *)chosen.data;
    found = chosen.len / sizeof *those;
    bool list = answer->all || found <= SHOWN_MAX || !inside;
    for (size_t i = 0; list && i < found; i++)
        list_rule(buf, answer, &those[i]);
    if (!list)
        sum_rules(buf, answer, those, found);
    if (found == 0)
        explain_say(buf, inside ? "holds no prefix of a rule" : "inside no wider prefix");
    buf->failed = buf->failed || !buf_ok(&chosen);
    buf_clear(&chosen);
    return list;
}

static void
print_also(struct buf *buf, const struct prefix_answer *answer)
{
    struct also_query query = {answer->also, answer->image, answer->today, answer->all, answer->prefix, false};
    size_t count;
    const struct held_rule *rules = prefix_rules(answer, &count);
    if (answer->also == NULL)
        return;
    for (size_t i = 0; i < count && !query.parts; i++) {
        struct image_set set;
        image_get_set(answer->image, rules[i].set, &set);
        query.parts = rules[i].inside && set.has_id && set.verb != VERB_INSPECT;
    }
    explain_also(buf, &query);
}

void
prefix_print_text(struct buf *buf, const struct prefix_answer *answer, size_t width)
{
    size_t count;
    const struct range *ranges = prefix_ranges(answer, &count);
    bool listed = answer->all || count <= SHOWN_MAX;
    if (count > 1) {
        utf8_add_printable(buf, answer->query, answer->query_len);
        buf_add_fill(buf, ' ', answer->query_len < width + 2 ? width + 2 - answer->query_len : 2);
        buf_add_fmt(buf, "%-9s%zu ranges\n", prefix_action(answer), count);
    }
    if (listed)
        list_ranges(buf, answer, ranges, count, width);
    else
        sum_ranges(buf, answer, ranges, count);
    listed = print_rules(buf, answer, true) && listed;
    print_rules(buf, answer, false);
    if (!listed)
        explain_say(buf, "--explain lists every range and every prefix");
    print_also(buf, answer);
    if (answer->all)
        explain_held(buf, &(struct held_query){.holding = answer->holding, .prefix = &answer->prefix});
}
