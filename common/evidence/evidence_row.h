/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evidence_row.h - the rows of a comparison, found by a name or an address.
 *
 * Where it sits: private to room evidence, below evidence_judge.c.
 */
#ifndef COMMON_EVIDENCE_ROW_H
#define COMMON_EVIDENCE_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "name/addr.h"
#include "seen/seen.h"

struct arena;
struct diff;
struct host;

/* What is looked for. */
enum row_kind {
    ROW_OPENING,      /* a name or an address that opens by itself */
    ROW_OPENING_WITH, /* the same together with other identifiers */
    ROW_OPENED,       /* a verdict or a range */
    ROW_CLOSED,
};

/* A row: one of diff->seen->list[list]. */
struct row_place {
    enum seen_list list;
    size_t at;
};

struct row_index;

/* Collects the rows. NULL without memory. Cost: a sort. */
struct row_index *row_index_new(struct arena *arena, const struct diff *diff);

/* The row whose pattern is the narrowest that has the name, or the address, at a port. A regex only if there is no
 * other. False: none. Cost: a search for each label; for an address one. */
bool row_find_name(struct row_place *ret, const struct row_index *index, enum row_kind kind, const struct host *name,
                   uint16_t port);
bool row_find_address(struct row_place *ret, const struct row_index *index, enum row_kind kind, const struct addr *addr,
                      uint16_t port);

#endif
