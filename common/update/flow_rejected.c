// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flow_rejected.c - what waits may open in another way what a person rejected, such as with a wildcard: that is said.
 * Part of flow.h.
 */
#include "base/buf.h"
#include "base/err.h"
#include "conf/conf.h"
#include "flow_build.h"
#include "store/rejected.h"

#define NAMED 5
#define TEXT_MAX 1000
#define STAYS "it would open more, which stays as it is in use until --only names it: "

/* Whether a row that stays would be taken over by one that waits. */
static bool
is_taken_over(const struct round *round, const struct held *held, const struct held_key *key)
{
    size_t at = 0;
    bool found = false;
    if (!key->rejected || held_next_row(held->is, key, &at) != NULL)
        return false;
    for (size_t i = 0; !found && i < held->count; i++) {
        const struct held_key *taker = &held->keys[i];
        found = !taker->rejected && held_takes_over(held, taker, key, &round->flow->conf->policy);
    }
    return found;
}

static void
add_staying(struct buf *text, const struct round *round, const struct rejected *rejected)
{
    const struct held *held = &round->split.held;
    size_t count = 0;
    for (size_t i = 0; i < held->count; i++) {
        const struct held_key *key = &held->keys[i];
        if (!is_taken_over(round, held, key) || count++ >= NAMED)
            continue;
        buf_add_text(text, count == 1 ? STAYS : "; ");
        rejected_describe(text, rejected, key->source, key->pattern);
    }
    if (count > NAMED)
        buf_add_fmt(text, " and %zu more", count - NAMED);
}

static int
say_text(struct round *round, struct buf *text, struct err *err)
{
    if (text->len == 0)
        return 0;
    buf_add_char(text, '\0');
    return flow_add_reason(round, buf_ok(text) ? text->data : "it is about rows that a person rejected", err);
}

int
flow_say_rejected(struct round *round, struct err *err)
{
    struct rejected rejected;
    struct buf opened, stays;
    if (rejected_read(&rejected, round->flow->state, err) != 0)
        return -1;
    buf_init(&opened, TEXT_MAX);
    buf_init(&stays, TEXT_MAX);
    review_add_rejected(&opened, round->diff, &rejected, &round->flow->conf->policy);
    add_staying(&stays, round, &rejected);
    int result = say_text(round, &opened, err) != 0 || say_text(round, &stays, err) != 0 ? -1 : 0;
    buf_clear(&opened);
    buf_clear(&stays);
    rejected_clear(&rejected);
    return result;
}
