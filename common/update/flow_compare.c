// SPDX-License-Identifier: GPL-2.0-or-later
/* flow_compare.c - compares two tables of one round, and the reasons for which one waits with those for which another
 * does already. Part of flow.h. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/day.h"
#include "base/err.h"
#include "change/announced.h"
#include "change/diff.h"
#include "flow_build.h"
#include "store/generation_image.h"
#include "store/generation_named.h"
#include "store/record.h"

#define REASON_ROOM 1200

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

int
flow_add_reason(struct round *round, const char *text, struct err *err)
{
    struct review *review = &round->review;
    const char **reasons = arena_array(round->arena, review->reason_count + 1, sizeof *reasons);
    char *reason = arena_text(round->arena, text, strlen(text));
    if (reasons == NULL || reason == NULL)
        return err_set(err, ERR_MEM, "no memory for the review");
    if (review->reason_count > 0)
        memcpy(reasons, review->reasons, review->reason_count * sizeof *reasons);
    reasons[review->reason_count] = reason;
    *review = (struct review){.reasons = reasons, .reason_count = review->reason_count + 1};
    return 0;
}

int
flow_say_rolled_back(struct round *round, uint32_t generation, struct err *err)
{
    char text[120];
    snprintf(text, sizeof text,
             round->split.found ? "what opens nothing of it was in use as generation %u, and was rolled back"
                                : "it was in use as generation %u, and was rolled back",
             generation);
    return flow_add_reason(round, text, err);
}

bool
flow_has_reasons(const struct round *round)
{
    struct buf record, reasons;
    char was[REASON_ROOM], is[REASON_ROOM];
    size_t at_was = 0, at_is = 0;
    bool more_was, more_is, same = true;
    if (generation_read_review(&record, round->flow->state, round->pending, NULL) != 0)
        return false;
    buf_init(&reasons, RECORD_MAX);
    for (size_t i = 0; i < round->review.reason_count; i++)
        record_add(&reasons, "reason", round->review.reasons[i]);
    do {
        more_was = record_next(&record, "reason", &at_was, was, sizeof was);
        more_is = record_next(&reasons, "reason", &at_is, is, sizeof is);
        same = more_was == more_is && (!more_is || strcmp(was, is) == 0);
    } while (same && more_is);
    same = same && buf_ok(&reasons);
    buf_clear(&record);
    buf_clear(&reasons);
    return same;
}

bool
flow_is_waiting(const struct round *round)
{
    return generation_holds(round->flow->state, round->pending, &round->candidate) && flow_has_reasons(round);
}
