// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * review.c - see review.h. Conducts one review: the gates (review_gate.c), then the mode, which may ask what widens a
 * bypass, now (review_widening.c) or later (review_later.c). Each adds its reasons through review_reason.c. The record:
 * review_record.c.
 */
#include "review.h"

#include "base/err.h"
#include "review_build.h"

static int
ask_mode(struct hearing *hearing, struct err *err)
{
    int result = 0;
    bool first = hearing->proposal->old_documents == NULL;
    switch (hearing->conf->review) {
    case REVIEW_AUTO: break;
    case REVIEW_ALWAYS:
        if (first)
            review_say(hearing, "review is 'always': the first table waits for a person as well");
        else if (!diff_is_empty(hearing->diff))
            review_say(hearing, "review is 'always': every change waits for a person");
        break;
    case REVIEW_PARTS:
    case REVIEW_WIDENING:
    default:
        if (first)
            break;
        review_ask_widening(hearing);
        if (!hearing->proposal->one_reason || hearing->review->reason_count == 0)
            result = review_ask_later(hearing, err);
        break;
    }
    return result;
}

int
review_decide(struct review *ret, struct arena *arena, const struct proposal *proposal, struct err *err)
{
    struct review review = {0};
    struct hearing hearing;
    review_open(&hearing, &review, arena, proposal);
    review_ask_gates(&hearing);
    int result = proposal->by_hand ? 0 : ask_mode(&hearing, err);
    buf_clear(&hearing.text);
    if (result != 0)
        return -1;
    if (!arena_ok(arena))
        return err_set(err, ERR_MEM, "no memory for the review");
    review.publish = review.reason_count == 0;
    *ret = review;
    return 0;
}
