/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * endpoint_set.h - the endpoint set that a line belongs to.
 *
 * Where it sits: room table. Part of every line's terms (table.h). Which endpoint sets exist and what they say is known
 * to the table alone; the image numbers them anew (image_set.group).
 */
#ifndef COMMON_ENDPOINT_SET_H
#define COMMON_ENDPOINT_SET_H

#include <stdbool.h>
#include <stdint.h>

struct table;

/* Source and id. A local line has no id: all local lines of one source count as one set here. */
struct endpoint_set {
    uint32_t source; /* index into the sources of its table */
    uint32_t id;     /* 0 if there is none */
    bool has_id;     /* false: local lines */
};

/* True if two of one table are the same. */
static inline bool
endpoint_set_same(const struct endpoint_set *a, const struct endpoint_set *b)
{
    return a->id == b->id && a->source == b->source && a->has_id == b->has_id;
}

/* Normal order within one table: source, published before local, id. 0 if they are the same. */
static inline int
endpoint_set_compare(const struct endpoint_set *a, const struct endpoint_set *b)
{
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->has_id != b->has_id)
        return a->has_id ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* The same across two tables, by the names of the sources: their bytes decide the order. Cost: one comparison of
 * names. */
int endpoint_set_compare_across(const struct table *a_table, const struct endpoint_set *a, const struct table *b_table,
                                const struct endpoint_set *b);

#endif
