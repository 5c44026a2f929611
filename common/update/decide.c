// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * decide.c - approve and reject. See decide.h.
 *
 * The decision is recorded before the table is in use. A table in use without a decision would be worse than the
 * reverse, since a table that is not in use can be approved again.
 */
#include "decide.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/say.h"
#include "change/lead.h"
#include "conf/conf.h"
#include "notice_tell.h"
#include "state/state.h"
#include "store/candidate.h"
#include "store/decision.h"
#include "store/generation_image.h"
#include "store/generation_named.h"

#define PREFIX_LEAST 8 /* hex digits of a digest; fewer can be the number of a generation */
#define DECISION_TEXT_MAX ((size_t)32 << 20)

static bool
is_digest_prefix(const char *word)
{
    size_t len = strlen(word);
    return len >= PREFIX_LEAST && len < DIGEST_TEXT_MAX && strspn(word, "0123456789abcdef") == len;
}

/* Finds the generation to decide about; 0 if nothing waits. */
static int
find_generation(struct decide *decide, const char *word, bool rejected, struct err *err)
{
    struct state *state = decide->state;
    uint32_t pending, named;
    if (state_get(state, STATE_PENDING, &pending, err) != 0 ||
        state_get(state, STATE_CURRENT, &decide->current, err) != 0)
        return -1;
    decide->generation = pending;
    if (word == NULL || is_digest_prefix(word))
        return 0;
    if (generation_by_number(&named, state, word, err) != 0)
        return -1;
    if (named == pending)
        return 0;
    if (rejected && named > decide->current && decision_is_rejected(state, named)) {
        decide->generation = named;
        return 0;
    }
    if (pending == 0)
        return err_set(err, ERR_USAGE, "generation %u does not wait for approval; nothing does", named);
    return err_set(err, ERR_USAGE, "generation %u does not wait for approval, generation %u does; look at it first",
                   named, pending);
}

int
decide_find(struct decide *decide, const char *word, bool rejected, struct err *err)
{
    struct state *state = decide->state;
    decision_by(decide->who, decide->by);
    generation_mend_linked(state, decide->listener);
    state_mark(state, &decide->seen);
    if (find_generation(decide, word, rejected, err) != 0)
        return -1;
    if (decide->generation == 0)
        return 1;
    if (generation_verify(state, decide->generation, err) != 0 ||
        compare_generations(&decide->compared, state, decide->current, decide->generation, day_of(decide->now), err) !=
            0)
        return err_add(err, "generation %u cannot be approved or rejected", decide->generation);
    const char *digest = decide->compared.new_side.candidate.digest;
    if (word != NULL && is_digest_prefix(word) && strncmp(digest, word, strlen(word)) != 0)
        return err_set(err, ERR_USAGE,
                       "what waits is generation %u with digest %.16s, not '%.64s'; look at it with 'm365ctl diff'",
                       decide->generation, digest, word);
    return 0;
}

void
decide_clear(struct decide *decide)
{
    compare_clear(&decide->compared);
}

static int
record(struct decide *decide, enum decided what, struct err *err)
{
    struct buf text;
    buf_init(&text, DECISION_TEXT_MAX);
    lead_print(decide->compared.diff, NULL, LEAD_ALL, &text);
    buf_add_fmt(&text, "\n--- %s\n+++ %s\n", decide->compared.old_side.name, decide->compared.new_side.name);
    compare_add_reasons(&text, decide->state, decide->generation);
    diff_report(decide->compared.diff, &text);
    const struct decision decision = {
        .what = what, .by = decide->by, .note = decide->note, .at = decide->now, .text = &text};
    int result = buf_ok(&text) ? decision_write(decide->state, decide->generation, &decision, err)
                               : err_set(err, ERR_LIMIT, "the record of the decision is too long");
    buf_clear(&text);
    return result;
}

static void
tell(const struct decide *decide, enum notice_event event, uint32_t generation)
{
    const struct notice_to to = {
        .conf = decide->conf, .state = decide->state, .listener = decide->listener, .now = decide->now};
    notice_about(&to, event, generation);
}

/* Takes the lock for a decision, if it is still about what was looked at. */
static int
lock(struct decide *decide, struct err *err)
{
    if (state_lock(decide->state, err) != 0)
        return -1;
    if (state_is_marked(decide->state, &decide->seen))
        return 0;
    state_unlock(decide->state);
    return err_set(err, ERR_USAGE,
                   "another m365ctl has just changed what is in use or waits; nothing is decided, look again with "
                   "'m365ctl diff'");
}

static int
approve(struct decide *decide, struct err *err)
{
    uint32_t pending;
    if (record(decide, DECIDED_APPROVED, err) != 0)
        return err_add(err, "generation %u is not approved: the decision cannot be recorded", decide->generation);
    if (state_publish(decide->state, decide->generation, err) != 0)
        return err_add(err, "generation %u is approved but not published; approve it again", decide->generation);
    if (state_get(decide->state, STATE_PENDING, &pending, NULL) == 0 && pending != 0 && pending < decide->generation)
        say(decide->listener, "generation %u still waits", pending);
    return 0;
}

int
decide_approve(struct decide *decide, struct err *err)
{
    if (lock(decide, err) != 0)
        return -1;
    int result = approve(decide, err);
    state_unlock(decide->state);
    return result;
}

void
decide_announce(const struct decide *decide, enum notice_event event, uint32_t generation)
{
    struct err err = {0};
    uint32_t removed;
    tell(decide, event, generation);
    if (state_prune(decide->state, decide->conf->keep, &removed, &err) != 0)
        say(decide->listener, "old generations are not removed: %s", err.text);
}

static int
reject(struct decide *decide, struct err *err)
{
    if (record(decide, DECIDED_REJECTED, err) != 0)
        return err_add(err, "generation %u is not rejected: the decision cannot be recorded", decide->generation);
    return state_set_pending(decide->state, 0, err);
}

int
decide_reject(struct decide *decide, struct err *err)
{
    if (lock(decide, err) != 0)
        return -1;
    int result = reject(decide, err);
    state_unlock(decide->state);
    return result;
}
