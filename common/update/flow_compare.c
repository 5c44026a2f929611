// SPDX-License-Identifier: GPL-2.0-or-later
/* flow_compare.c - compares two tables of one round. Part of flow.h. */
#include "base/day.h"
#include "change/announced.h"
#include "change/diff.h"
#include "flow_build.h"

int
flow_compare(struct diff **ret, struct round *round, const struct candidate *was, const struct candidate *is,
             struct err *err)
{
    struct announced *changes;
    size_t count = announced_since(&changes, round->arena, round->proposal.documents, &round->old_documents);
    const struct diff_input input = {
        .old_table = was->table,
        .old_image = was->image,
        .new_table = is->table,
        .new_image = is->image,
        .today = day_of(round->flow->now),
        .changes = changes,
        .change_count = count,
        .hold_joins = round->split.found && is == &round->candidate,
    };
    return diff_tables(ret, &input, err);
}
