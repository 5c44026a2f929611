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
#include <time.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/place.h"
#include "base/say.h"
#include "conf/conf.h"
#include "decide_build.h"
#include "lead/lead.h"
#include "state/state.h"
#include "store/candidate.h"
#include "store/decision.h"
#include "store/document.h"
#include "store/generation_image.h"
#include "store/generation_named.h"
#include "store/record.h"
#include "store/rejected.h"
#include "table/held.h"
#include "update/flow.h"
#include "update/notice_tell.h"

#define PREFIX_LEAST 8 /* hex digits of a digest; fewer can be the number of a generation */
#define DECISION_TEXT_MAX ((size_t)32 << 20)

static bool
is_digest_prefix(const char *word)
{
    size_t len = strlen(word);
    return len >= PREFIX_LEAST && len < DIGEST_TEXT_MAX && strspn(word, "0123456789abcdef") == len;
}

bool
decide_is_word(const char *word)
{
    return is_digest_prefix(word) || generation_is_name(word);
}

/* Says why nothing can be decided, and what `publish` does about damage. Returns -1. */
static int
refuse_damaged(const struct err *why, const char *does, uint32_t generation, struct err *err)
{
    char words[ERR_TEXT_MAX / 2];
    err_set(err, why->kind, "%s", why->text);
    snprintf(words, sizeof words, "; 'm365ctl publish%s' %s", place_option(), does);
    if (why->kind == ERR_CORRUPT)
        err_append(err, words);
    return generation == 0 ? -1 : err_add(err, "generation %u cannot be approved or rejected", generation);
}

/* Finds the generation to decide about; 0 if nothing waits. */
static int
find_generation(struct decide *decide, const char *word, bool rejected, struct err *err)
{
    struct state *state = decide->state;
    uint32_t pending, named;
    struct err why = {0};
    if (state_get(state, STATE_PENDING, &pending, &why) != 0)
        return refuse_damaged(&why, "sets it aside", 0, err);
    if (state_get(state, STATE_CURRENT, &decide->current, &why) != 0)
        return refuse_damaged(&why, "repairs it", 0, err);
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
    struct err why = {0};
    if (generation_verify(state, decide->generation, &why) != 0)
        return refuse_damaged(&why, "sets it aside", decide->generation, err);
    if (compare_generations(&decide->compared, state, decide->current, decide->generation, day_of(decide->now), &why) !=
        0)
        return refuse_damaged(&why, "repairs it", decide->generation, err);
    const char *digest = decide->compared.new_side.candidate.digest;
    if (word != NULL && is_digest_prefix(word) && strncmp(digest, word, strlen(word)) != 0)
        return err_set(err, ERR_USAGE,
                       "what waits is generation %u with digest %.16s, not '%.64s'; look at it with 'm365ctl diff%s'",
                       decide->generation, digest, word, place_option());
    return 0;
}

/* Nothing waits. */
static int
find_newest(struct decide *decide, const char *word, struct err *err)
{
    struct buf review;
    char digest[DIGEST_TEXT_MAX] = "";
    uint32_t named = 0;
    if (decision_newest(&decide->newest, decide->state, decide->current, err) != 0)
        return -1;
    if (word == NULL || decide->newest == 0)
        return 1;
    if (!is_digest_prefix(word) && generation_by_number(&named, decide->state, word, err) != 0)
        return -1;
    if (generation_read_review(&review, decide->state, decide->newest, err) != 0)
        return -1;
    record_get(&review, "digest", digest, sizeof digest);
    buf_clear(&review);
    if (is_digest_prefix(word) ? strncmp(digest, word, strlen(word)) == 0 : named == decide->newest)
        return 1;
    return err_set(err, ERR_USAGE,
                   "nothing waits for approval, and the newest rows are those of generation %u with digest %.12s, not "
                   "'%.64s'; look at them with 'm365ctl table%s'",
                   decide->newest, digest, word, place_option());
}

int
decide_find_rows(struct decide *decide, const char *word, struct err *err)
{
    uint32_t pending;
    struct err why = {0};
    if (state_get(decide->state, STATE_PENDING, &pending, &why) != 0)
        return refuse_damaged(&why, "sets it aside", 0, err);
    int found = decide_find(decide, pending == 0 ? NULL : word, false, err);
    decide->newest = found < 0 ? 0 : decide->generation;
    return found == 1 ? find_newest(decide, word, err) : found;
}

void
decide_clear(struct decide *decide)
{
    compare_clear(&decide->compared);
}

int
decide_record(const struct decide *decide, enum decided what, const char *note, struct err *err)
{
    struct buf text;
    buf_init(&text, DECISION_TEXT_MAX);
    lead_print(decide->compared.diff, NULL, LEAD_ALL, &text);
    buf_add_fmt(&text, "\n--- %s\n+++ %s\n", decide->compared.old_side.name, decide->compared.new_side.name);
    compare_add_reasons(&text, decide->state, decide->generation);
    diff_report(decide->compared.diff, &text);
    const struct decision decision = {
        .what = what, .by = decide->by, .note = note, .at = (int64_t)time(NULL), .text = &text};
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

int
decide_moved(struct err *err)
{
    return err_set(err, ERR_USAGE,
                   "another m365ctl has just changed what is in use or waits; nothing is decided, look again with "
                   "'m365ctl diff%s'",
                   place_option());
}

int
decide_lock(struct decide *decide, struct err *err)
{
    if (state_lock(decide->state, err) != 0)
        return -1;
    if (state_is_marked(decide->state, &decide->seen))
        return 0;
    state_unlock(decide->state);
    return decide_moved(err);
}

/* The rows that the generation holds, or holds until this decision; none if there are none. */
static int
read_rows(struct held *ret, const struct decide *decide, bool waiting, struct err *err)
{
    struct documents documents;
    *ret = (struct held){0};
    if (documents_load_all(&documents, decide->state, decide->generation, err) != 0)
        return -1;
    const struct buf *text = waiting ? &documents.waiting : &documents.held;
    int result = text->len == 0 ? 0 : held_read(ret, text->data, text->len, err);
    documents_clear(&documents);
    return result;
}

static bool
is_not_among(void *arg, const struct held_key *key)
{
    const struct held *held = arg;
    return held->count == 0 || held_find_text(held, key->source, key->pattern) == NULL;
}

/* Takes the rows off the list that come into use with the generation; of a rejected one, those that were rejected with
 * it. */
static int
lift(const struct decide *decide, struct held *held, struct err *err)
{
    struct held waiting, lifted;
    if (read_rows(&waiting, decide, true, err) != 0)
        return -1;
    int result = 0;
    if (waiting.count > 0 && (result = held_select(&lifted, &waiting, is_not_among, held, err)) == 0) {
        result = rejected_lift(decide->state, &lifted, err);
        held_clear(&lifted);
    }
    held_clear(&waiting);
    return result;
}

static int
approve(struct decide *decide, struct held *held, struct err *err)
{
    uint32_t pending;
    struct err why = {0};
    if (decide_record(decide, DECIDED_APPROVED, decide->note, err) != 0)
        return err_add(err, "generation %u is not approved: the decision cannot be recorded", decide->generation);
    if (state_publish(decide->state, decide->generation, err) != 0)
        return err_add(err, "generation %u is approved but not published; approve it again", decide->generation);
    if (lift(decide, held, &why) != 0)
        say(decide->listener, "the list of rejected rows stays as it was: %s", why.text);
    if (state_get(decide->state, STATE_PENDING, &pending, NULL) == 0 && pending != 0 && pending < decide->generation)
        say(decide->listener, "generation %u still waits", pending);
    return 0;
}

int
decide_check(const struct decide *decide, struct err *err)
{
    struct held held;
    const struct compared *compared = &decide->compared;
    if (read_rows(&held, decide, false, err) != 0)
        return -1;
    int result =
        decide_check_sets(decide, &held, compared->old_side.candidate.table, compared->new_side.candidate.table, err);
    held_clear(&held);
    return result == 0 && !decide->force ? decide_ask_gates(decide, err) : result;
}

int
decide_approve(struct decide *decide, struct err *err)
{
    struct held held;
    if (decide_check(decide, err) != 0 || read_rows(&held, decide, false, err) != 0)
        return -1;
    int result = decide_lock(decide, err);
    if (result == 0) {
        result = approve(decide, &held, err);
        state_unlock(decide->state);
    }
    held_clear(&held);
    return result;
}

/* A rollback changes what anything that waits is compared with. After a rejection, rows that were held before it came
 * wait again. */
static int
renew(const struct decide *decide, enum notice_event event, struct err *err)
{
    struct flow_result renewed;
    const struct flow flow = {.conf = decide->conf,
                              .state = decide->state,
                              .by = event == NOTICE_ROLLED_BACK ? "rollback" : "reject",
                              .now = decide->now,
                              .listener = decide->listener};
    return event == NOTICE_PUBLISHED ? 0 : flow_renew(&renewed, &flow, err);
}

void
decide_announce(const struct decide *decide, enum notice_event event, uint32_t generation)
{
    struct err err = {0};
    uint32_t removed;
    tell(decide, event, generation);
    if (renew(decide, event, &err) != 0)
        say(decide->listener, "what waits is not built again: %s; 'm365ctl publish%s' does it", err.text,
            place_option());
    if (state_prune(decide->state, decide->conf->keep, &removed, &err) != 0)
        say(decide->listener, "old generations are not removed: %s", err.text);
}

static int
reject(struct decide *decide, const struct held *waiting, struct err *err)
{
    if (decide_record(decide, DECIDED_REJECTED, decide->note, err) != 0)
        return err_add(err, "generation %u is not rejected: the decision cannot be recorded", decide->generation);
    if (waiting->count > 0 && rejected_add(decide->state, waiting, decide->who, decide->now, err) != 0)
        return err_add(err, "generation %u is rejected, but its rows are not on the list; reject it again",
                       decide->generation);
    return state_set_pending(decide->state, 0, err);
}

int
decide_reject(struct decide *decide, struct err *err)
{
    struct held waiting;
    if (read_rows(&waiting, decide, true, err) != 0)
        return -1;
    int result = decide_lock(decide, err);
    if (result == 0) {
        result = reject(decide, &waiting, err);
        state_unlock(decide->state);
    }
    held_clear(&waiting);
    return result;
}
