// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_prefix.c - finds what a prefix holds, what holds it, and what the addresses in it get. See cmd_prefix.h.
 *
 * The prefix is cut into pieces in which all addresses are in the same prefixes (image_find.h). The first address of
 * each piece is decided like any request. Neighbours with the same answer become one range.
 */
#include "cmd_prefix.h"

#include <string.h>

#include "base/json_write.h"
#include "base/utf8.h"
#include "cmd_explain.h"
#include "cmd_lookup.h"
#include "image/image_find.h"
#include "name/verb.h"

#define LIST_MAX ((size_t)16 << 20) /* bytes of all ranges, and of all rules */
#define SHOWN_MAX 40
#define RANGE_TEXT_MAX (2 * ADDR_TEXT_MAX + 1)

/* Addresses that get the same answer. */
struct range {
    struct addr first, last;
    struct verdict verdict; /* of the first; its rule has no address, see decided() */
};

/* A rule whose prefix is inside the query or around it. */
struct held {
    struct prefix prefix;
    uint32_t set;
    bool inside;
};

static const struct range *
ranges_of(const struct prefix_answer *answer, size_t *ret_count)
{
    *ret_count = answer->ranges.len / sizeof(struct range);
    return (const struct range *)(const void *)answer->ranges.data;
}

static const struct held *
rules_of(const struct prefix_answer *answer, size_t *ret_count)
{
    *ret_count = answer->rules.len / sizeof(struct held);
    return (const struct held *)(const void *)answer->rules.data;
}

static struct answer
decided(const struct prefix_answer *answer, const struct range *range, const struct addr *addr)
{
    struct answer ret = {.image = answer->image, .verdict = range->verdict, .today = answer->today};
    ret.verdict.rule.addr = addr;
    return ret;
}

static bool
same_answer(const struct image *image, const struct range *a, const struct range *b)
{
    const struct verdict *one = &a->verdict, *other = &b->verdict;
    if (one->bypass != other->bypass || one->why != other->why || one->has_rule != other->has_rule)
        return false;
    const struct image_rule first = {one->rule.number, &a->first}, second = {other->rule.number, &b->first};
    return !one->has_rule || (one->set == other->set && image_rule_equal(image, first, second));
}

static void
keep_range(struct prefix_answer *answer, const struct range *range)
{
    size_t count = answer->ranges.len / sizeof *range;
    struct range *last = (struct range *)(void *)answer->ranges.data;
    answer->mixed = answer->mixed || (count > 0 && last[0].verdict.bypass != range->verdict.bypass);
    answer->bypass = answer->bypass && range->verdict.bypass;
    if (count > 0 && same_answer(answer->image, &last[count - 1], range))
        last[count - 1].last = range->last;
    else
        buf_add(&answer->ranges, range, sizeof *range);
}

/* Keeps the rules that begin at this address, and at the start of the query those around it. */
static void
keep_rules(struct prefix_answer *answer, const struct addr *at, bool start)
{
    struct image_cursor cursor;
    struct image_hit hit;
    image_find_addr(answer->image, at, &cursor);
    while (image_next(&cursor, &hit)) {
        struct held held = {.set = hit.set, .inside = hit.weight >= answer->prefix.len};
        prefix_around(&held.prefix, at, (uint8_t)hit.weight);
        if (held.inside ? memcmp(held.prefix.addr.bytes, at->bytes, sizeof at->bytes) == 0 : start)
            buf_add(&answer->rules, &held, sizeof held);
    }
}

bool
prefix_ask(struct prefix_answer *answer)
{
    struct addr at = answer->prefix.addr, end;
    bool start = true, more;
    prefix_last(&end, &answer->prefix);
    buf_init(&answer->ranges, LIST_MAX);
    buf_init(&answer->rules, LIST_MAX);
    answer->bypass = true;
    answer->mixed = false;
    do {
        struct range range = {.first = at};
        struct request request;
        request_init(&request);
        request.dst.given = GIVEN_ADDR;
        request.dst.addr = at;
        verdict_decide(answer->image, &request, answer->today, &range.verdict);
        range.verdict.rule.addr = NULL;
        image_same_until(answer->image, &at, &range.last);
        more = memcmp(range.last.bytes, end.bytes, sizeof end.bytes) < 0;
        if (!more)
            range.last = end;
        keep_range(answer, &range);
        keep_rules(answer, &at, start);
        start = false;
        at = range.last;
    } while (more && addr_step(&at) && buf_ok(&answer->ranges) && buf_ok(&answer->rules));
    return buf_ok(&answer->ranges) && buf_ok(&answer->rules);
}

void
prefix_clear(struct prefix_answer *answer)
{
    buf_clear(&answer->ranges);
    buf_clear(&answer->rules);
}

/* ---- text ---- */

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
print_ranges(struct buf *buf, const struct prefix_answer *answer, size_t width)
{
    size_t count;
    const struct range *ranges = ranges_of(answer, &count);
    char text[RANGE_TEXT_MAX];
    for (size_t i = 0; i < count && (answer->all || i < SHOWN_MAX); i++) {
        struct answer one = decided(answer, &ranges[i], &ranges[i].first);
        one.query = count == 1 ? answer->query : text;
        one.query_len = count == 1 ? answer->query_len : range_text(text, &ranges[i]);
        answer_print_text(buf, &one, width);
    }
    if (count <= SHOWN_MAX || answer->all)
        return;
    explain_begin(buf);
    buf_add_fmt(buf, "and %zu more ranges; --explain lists them all", count - SHOWN_MAX);
    explain_end(buf);
}

static void
print_held(struct buf *buf, const struct prefix_answer *answer, const struct held *held)
{
    struct image_set set;
    char text[PREFIX_TEXT_MAX];
    image_get_set(answer->image, held->set, &set);
    prefix_format(text, &held->prefix);
    explain_begin(buf);
    buf_add_fmt(buf, "%s %s (", held->inside ? "holds" : "inside", text);
    explain_add_set(buf, &set);
    size_t before = buf->len;
    buf_add_text(buf, ", TCP ");
    size_t ports = buf->len;
    image_ports_print(answer->image, set.tcp, buf);
    if (buf->len == ports)
        buf->len = before;
    buf_add_text(buf, ", from ");
    utf8_add_printable(buf, set.source.text, set.source.len);
    buf_add_char(buf, ')');
    explain_end(buf);
}

/* Prints the rules inside, or those around the query. */
static void
print_rules(struct buf *buf, const struct prefix_answer *answer, bool inside)
{
    size_t count, found = 0;
    const struct held *rules = rules_of(answer, &count);
    for (size_t i = 0; i < count; i++) {
        if (rules[i].inside != inside)
            continue;
        if (answer->all || found < SHOWN_MAX)
            print_held(buf, answer, &rules[i]);
        found++;
    }
    if (found == 0)
        explain_say(buf, inside ? "holds no prefix of a rule" : "inside no wider prefix");
    if (found <= SHOWN_MAX || answer->all)
        return;
    explain_begin(buf);
    buf_add_fmt(buf, "and %zu more; --explain lists them all", found - SHOWN_MAX);
    explain_end(buf);
}

static const char *
action_of(const struct prefix_answer *answer)
{
    return answer->mixed ? "mixed" : answer->bypass ? "bypass" : "inspect";
}

void
prefix_print_text(struct buf *buf, const struct prefix_answer *answer, size_t width)
{
    size_t count;
    ranges_of(answer, &count);
    if (count > 1) {
        utf8_add_printable(buf, answer->query, answer->query_len);
        buf_add_fill(buf, ' ', answer->query_len < width + 2 ? width + 2 - answer->query_len : 2);
        buf_add_fmt(buf, "%-9s%zu ranges\n", action_of(answer), count);
    }
    print_ranges(buf, answer, width);
    print_rules(buf, answer, true);
    print_rules(buf, answer, false);
    if (answer->all)
        explain_held(buf, &(struct held_query){.holding = answer->holding, .prefix = &answer->prefix});
}

/* ---- JSON ---- */

static void
write_set(struct json_writer *json, const struct image_set *set)
{
    if (set->has_id)
        json_write_number(json, "id", set->id);
    else
        json_write_null(json, "id");
    json_write_bytes(json, "area", set->area.len > 0 ? set->area.text : NULL, set->area.len);
    json_write_bytes(json, "source", set->source.len > 0 ? set->source.text : NULL, set->source.len);
}

static void
write_range(struct json_writer *json, const struct prefix_answer *answer, const struct range *range)
{
    const struct answer one = decided(answer, range, &range->first);
    struct image_set set = {.has_id = false};
    char text[ADDR_TEXT_MAX], room[IMAGE_RULE_MAX];
    json_write_object(json, NULL);
    addr_format(text, &range->first);
    json_write_text(json, "first", text);
    addr_format(text, &range->last);
    json_write_text(json, "last", text);
    json_write_text(json, "action", one.verdict.bypass ? "bypass" : "inspect");
    if (one.verdict.has_rule)
        image_get_set(answer->image, one.verdict.set, &set);
    json_write_text(json, "category", one.verdict.has_rule ? answer_category(&one, &set) : NULL);
    json_write_text(json, "why", why_word(one.verdict.why));
    struct image_text rule = {0};
    if (one.verdict.has_rule)
        rule = image_rule_text(answer->image, one.verdict.rule, room);
    json_write_bytes(json, "rule", rule.text, rule.len);
    write_set(json, &set);
    json_write_end(json);
}

static void
write_rules(struct json_writer *json, const struct prefix_answer *answer, const char *key, bool inside)
{
    size_t count;
    const struct held *rules = rules_of(answer, &count);
    json_write_array(json, key);
    for (size_t i = 0; i < count; i++) {
        struct image_set set;
        char text[PREFIX_TEXT_MAX];
        if (rules[i].inside != inside)
            continue;
        image_get_set(answer->image, rules[i].set, &set);
        prefix_format(text, &rules[i].prefix);
        json_write_object(json, NULL);
        json_write_text(json, "rule", text);
        json_write_text(json, "category", verb_category((enum verb)set.verb));
        write_set(json, &set);
        json_write_end(json);
    }
    json_write_end(json);
}

void
prefix_print_json(struct buf *buf, const struct prefix_answer *answer)
{
    struct json_writer json = {.buf = buf};
    char text[PREFIX_TEXT_MAX];
    size_t count;
    const struct range *ranges = ranges_of(answer, &count);
    prefix_format(text, &answer->prefix);
    json_write_object(&json, NULL);
    json_write_bytes(&json, "query", answer->query, answer->query_len);
    json_write_text(&json, "prefix", text);
    json_write_number(&json, "port", 443);
    json_write_text(&json, "action", action_of(answer));
    json_write_array(&json, "ranges");
    for (size_t i = 0; i < count; i++)
        write_range(&json, answer, &ranges[i]);
    json_write_end(&json);
    write_rules(&json, answer, "holds", true);
    write_rules(&json, answer, "inside", false);
    if (answer->all)
        explain_write_held(&json, &(struct held_query){.holding = answer->holding, .prefix = &answer->prefix});
    json_write_end(&json);
    buf_add_char(buf, '\n');
}
