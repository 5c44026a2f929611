// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_prefix.c - finds what a prefix holds, what holds it, and what the addresses in it get. See cmd_prefix.h.
 *
 * The prefix is cut into pieces in which all addresses are in the same prefixes (image_find.h). The first address of
 * each piece is decided like any request. Neighbours with the same answer become one range.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd_prefix_build.h"
#include "image/image_find.h"

#define LIST_MAX ((size_t)16 << 20) /* bytes of all ranges, and of all rules */

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
        struct held_rule held = {.set = hit.set, .inside = hit.weight >= answer->prefix.len};
        prefix_around(&held.prefix, at, (uint8_t)hit.weight);
        if (held.inside ? memcmp(held.prefix.addr.bytes, at->bytes, sizeof at->bytes) == 0 : start)
            buf_add(&answer->rules, &held, sizeof held);
    }
}

/* Rules as they are printed: by address, the wider prefix first, then by set. */
static int
compare_rules(const void *left, const void *right)
{
    const struct held_rule *a = left, *b = right;
    int order = prefix_compare(&a->prefix, &b->prefix);
    return order != 0 ? order : (a->set > b->set) - (a->set < b->set);
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
    if (answer->rules.len > 0)
        qsort(answer->rules.data, answer->rules.len / sizeof(struct held_rule), sizeof(struct held_rule),
              compare_rules);
    return buf_ok(&answer->ranges) && buf_ok(&answer->rules);
}

void
prefix_clear(struct prefix_answer *answer)
{
    buf_clear(&answer->ranges);
    buf_clear(&answer->rules);
}
