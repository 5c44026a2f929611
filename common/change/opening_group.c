// SPDX-License-Identifier: GPL-2.0-or-later
/* opening_group.c - the endpoint sets of both tables, numbered. Part of opening.h. */
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "opening_build.h"

#define NONE UINT32_MAX

static int
compare_groups(const void *left, const void *right)
{
    const struct group *a = left;
    const struct group *b = right;
    int order = strcmp(a->source, b->source);
    return order != 0 ? order : order_numbers(a->id, b->id);
}

static size_t
add_groups(struct group *groups, size_t count, const struct table *table)
{
    for (size_t i = 0; i < table->terms_count; i++) {
        const struct endpoint_set *set = &table->terms[i].set;
        if (set->has_id && (i == 0 || !endpoint_set_same(set, &table->terms[i - 1].set)))
            groups[count++] = (struct group){.source = table->sources[set->source], .id = set->id};
    }
    return count;
}

bool
opening_find_groups(struct opener *opener)
{
    const struct diff *diff = opener->differ->diff;
    size_t most = diff->old_table->terms_count + diff->new_table->terms_count, kept = 0;
    struct group *groups = arena_array(opener->differ->scratch, most, sizeof *groups);
    if (groups == NULL)
        return false;
    size_t count = add_groups(groups, add_groups(groups, 0, diff->old_table), diff->new_table);
    if (count > 0)
        qsort(groups, count, sizeof *groups, compare_groups);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || compare_groups(&groups[kept - 1], &groups[i]) != 0)
            groups[kept++] = groups[i];
    }
    opener->groups = groups;
    opener->group_count = kept;
    return true;
}

/* The number of the group with this source and id; UINT32_MAX if there is none. */
static uint32_t
find_group(const struct opener *opener, const char *source, size_t len, uint32_t id)
{
    size_t low = 0, high = opener->group_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct group *group = &opener->groups[middle];
        int order = strncmp(group->source, source, len);
        if (order == 0)
            order = group->source[len] != '\0' ? 1 : order_numbers(group->id, id);
        if (order == 0)
            return (uint32_t)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NONE;
}

struct group *
opening_find_group(struct opener *opener, const char *source, size_t len, uint32_t id)
{
    return &opener->groups[find_group(opener, source, len, id)];
}

uint32_t
opening_group(struct opener *opener, int side, uint32_t set)
{
    uint32_t *known = &opener->set_groups[side][set];
    if (*known == 0) {
        const struct half *half = side == 0 ? &opener->differ->old_half : &opener->differ->new_half;
        struct image_set of;
        image_get_set(half->image, set, &of);
        *known = find_group(opener, of.source.text, of.source.len, of.id) + 1;
    }
    return *known - 1;
}
