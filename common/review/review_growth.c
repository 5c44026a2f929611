// SPDX-License-Identifier: GPL-2.0-or-later
/* review_growth.c - see review_growth.h. Each family is a line of numbers, and each prefix a span of it. */
#include "review_growth.h"

#include <stdlib.h>

#include "name/addr.h"
#include "name/pattern.h"
#include "review_build.h"

#define UNIT_BITS_V4 32
#define UNIT_BITS_V6 48

struct span {
    uint64_t first, last;
};

/* The spans of one side: sorted, and without overlap. */
struct spans {
    struct buf room;
    size_t count;
};

static struct span *
spans_of(const struct spans *spans)
{
    return (struct span *)(void *)spans->room.data;
}

static struct span
span_of(const struct prefix *prefix)
{
    unsigned bits = prefix->addr.v6 ? UNIT_BITS_V6 : UNIT_BITS_V4;
    uint64_t first = 0;
    for (unsigned i = 0; i < bits / 8; i++)
        first = first << 8 | prefix->addr.bytes[i];
    uint64_t others = prefix->len < bits ? ((uint64_t)1 << (bits - prefix->len)) - 1 : 0;
    return (struct span){first, first + others};
}

static int
compare_spans(const void *left, const void *right)
{
    const struct span *a = left;
    const struct span *b = right;
    return (a->first > b->first) - (a->first < b->first);
}

static void
merge(struct spans *spans)
{
    struct span *span = spans_of(spans);
    size_t kept = 0;
    for (size_t i = 0; i < spans->count; i++) {
        if (kept > 0 && span[i].first <= span[kept - 1].last) {
            if (span[i].last > span[kept - 1].last)
                span[kept - 1].last = span[i].last;
        } else {
            span[kept++] = span[i];
        }
    }
    spans->count = kept;
}

/* False without memory. Clear the spans in any case. */
static bool
collect(struct spans *ret, const struct growth_side *side, bool v6)
{
    const struct table *table = side->table;
    ret->count = 0;
    buf_init(&ret->room, table->rule_count * sizeof(struct span));
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        if (rule->kind != PATTERN_PREFIX || rule->prefix->addr.v6 != v6 ||
            !review_is_bypassed(&table->terms[rule->terms], side->bypass))
            continue;
        const struct span span = span_of(rule->prefix);
        buf_add(&ret->room, &span, sizeof span);
        ret->count++;
    }
    if (!buf_ok(&ret->room))
        return false;
    if (ret->count > 0)
        qsort(ret->room.data, ret->count, sizeof(struct span), compare_spans);
    merge(ret);
    return true;
}

static uint64_t
size_of(const struct spans *spans)
{
    const struct span *span = spans_of(spans);
    uint64_t size = 0;
    for (size_t i = 0; i < spans->count; i++)
        size += span[i].last - span[i].first + 1;
    return size;
}

static uint64_t
common_size(const struct spans *left, const struct spans *right)
{
    const struct span *a = spans_of(left);
    const struct span *b = spans_of(right);
    uint64_t size = 0;
    for (size_t i = 0, k = 0; i < left->count && k < right->count;) {
        uint64_t first = a[i].first > b[k].first ? a[i].first : b[k].first;
        uint64_t last = a[i].last < b[k].last ? a[i].last : b[k].last;
        if (first <= last)
            size += last - first + 1;
        if (a[i].last < b[k].last)
            i++;
        else
            k++;
    }
    return size;
}

/* No product overflows: a family has at most 2^48 units, and a limit at most 2^14 percent. */
static bool
measure(struct growth_family *ret, const struct growth_side *was, const struct growth_side *is, bool v6,
        uint32_t percent)
{
    struct spans before, after = {0};
    bool measured = collect(&before, was, v6) && collect(&after, is, v6);
    if (measured) {
        ret->was = size_of(&before);
        ret->gained = size_of(&after) - common_size(&before, &after);
        ret->too_much = ret->gained > GROWTH_ALWAYS && ret->gained * 100 > ret->was * percent;
    }
    buf_clear(&before.room);
    buf_clear(&after.room);
    return measured;
}

bool
review_grows_too_much(struct growth *ret, const struct growth_side *was, const struct growth_side *is, uint32_t percent)
{
    struct growth growth = {0};
    growth.measured = measure(&growth.ipv4, was, is, false, percent) && measure(&growth.ipv6, was, is, true, percent);
    *ret = growth.measured ? growth : (struct growth){0};
    return !growth.measured || growth.ipv4.too_much || growth.ipv6.too_much;
}
