// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * also_find.c - the list of also.h when it is complete: sorted and searched.
 *
 * Prefixes are either inside each other or apart. So in the sorted list each has at most one nearest prefix around it,
 * which comes before it, and the last prefix that begins at or before an address leads to all that contain it.
 */
#include <stdlib.h>
#include <string.h>

#include "also_build.h"
#include "base/err.h"

static int
compare(const void *left, const void *right)
{
    const struct also_prefix *a = left, *b = right;
    int order = prefix_compare(&a->prefix, &b->prefix);
    if (order == 0)
        order = strcmp(a->owner->file, b->owner->file);
    return order == 0 ? strcmp(a->owner->name, b->owner->name) : order;
}

static bool
is_around(const struct prefix *outer, const struct prefix *inner)
{
    return outer->len <= inner->len && prefix_holds(outer, &inner->addr);
}

/* Finds a prefix that appears too often. */
static int
check_same(const struct also *also, struct err *err)
{
    const struct also_prefix *all = also->prefixes;
    for (size_t i = ALSO_SAME_MAX; i < also->count; i++) {
        char text[PREFIX_TEXT_MAX];
        if (prefix_compare(&all[i].prefix, &all[i - ALSO_SAME_MAX].prefix) != 0)
            continue;
        prefix_format(text, &all[i].prefix);
        return err_set(err, ERR_LIMIT, "'%s': the prefix '%s' appears more than %d times", all[i].owner->file, text,
                       ALSO_SAME_MAX);
    }
    return 0;
}

int
also_sort(struct also *also, struct err *err)
{
    struct also_prefix *all = also->prefixes;
    if (also->count > 0)
        qsort(all, also->count, sizeof *all, compare);
    for (size_t i = 1; i < also->count; i++) {
        uint32_t around = (uint32_t)i; /* the one before, plus one */
        while (around != 0 && !is_around(&all[around - 1].prefix, &all[i].prefix))
            around = all[around - 1].around;
        all[i].around = around;
    }
    return check_same(also, err);
}

const struct also_prefix *
also_all(const struct also *also, size_t *ret_count)
{
    *ret_count = also->count;
    return also->prefixes;
}

/* How many prefixes come before this one, or before and with it. */
static size_t
rank(const struct also *also, const struct prefix *prefix, bool with)
{
    size_t low = 0, high = also->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = prefix_compare(&also->prefixes[middle].prefix, prefix);
        if (order < 0 || (with && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct also_prefix *
also_inside(const struct also *also, const struct prefix *prefix, size_t *ret_count)
{
    struct prefix last = {.len = prefix->addr.v6 ? 128 : 32};
    prefix_last(&last.addr, prefix);
    size_t first = rank(also, prefix, false);
    *ret_count = rank(also, &last, true) - first;
    return *ret_count == 0 ? NULL : &also->prefixes[first];
}

const struct also_prefix *
also_around(const struct also *also, const struct addr *addr)
{
    const struct prefix alone = {*addr, addr->v6 ? 128 : 32};
    size_t at = rank(also, &alone, true);
    while (at != 0 && !prefix_holds(&also->prefixes[at - 1].prefix, addr))
        at = also->prefixes[at - 1].around;
    return at == 0 ? NULL : &also->prefixes[at - 1];
}

const struct also_prefix *
also_wider(const struct also *also, const struct also_prefix *prefix)
{
    return prefix->around == 0 ? NULL : &also->prefixes[prefix->around - 1];
}
