// SPDX-License-Identifier: GPL-2.0-or-later
/* flow.c - see flow.h. */
#include "flow.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/place.h"
#include "base/say.h"
#include "base/utf8.h"
#include "change/diff.h"
#include "flow_build.h"
#include "state/state.h"
#include "store/candidate_shipped.h"
#include "store/decision.h"
#include "store/generation_image.h"
#include "store/generation_named.h"
#include "store/record.h"
#include "table/table.h"

#define FLOW_MEMORY ((size_t)256 << 20)

/* 1: the candidate is already known, and *ret says as what; 0: it is new, or was rejected and may have parts that can
 * be used, or was rolled back and may wait. */
static int
find_known(struct flow_result *ret, struct round *round, struct err *err)
{
    *ret = (struct flow_result){.what = FLOW_SAME, .generation = round->current};
    if (generation_holds(round->flow->state, round->current, &round->candidate))
        return 1;
    *ret = (struct flow_result){.what = FLOW_WAITING, .generation = round->pending};
    if (round->flow->force)
        return 0;
    if (!round->flow->rebuild && generation_holds(round->flow->state, round->pending, &round->candidate))
        return 1;
    ret->what = FLOW_REFUSED;
    if (round->flow->exact) /* a person decides about it now */
        return 0;
    /* What was rolled back with these documents may have been a local line, as long as they are in use. */
    uint32_t in_use = round->current != 0 ? round->current : round->flow->base;
    if (decision_find_refused(&ret->generation, round->flow->state, &round->candidate, round->proposal.documents,
                              in_use, err) != 0)
        return -1;
    /* Only what was rejected must not be proposed again; the rest of it may be new to what is in use now. */
    bool splits = round->flow->conf->review == REVIEW_PARTS && !round->flow->by_hand;
    if (splits && ret->generation != 0 && decision_is_rejected(round->flow->state, ret->generation)) {
        round->rejected = ret->generation;
        return 0;
    }
    bool again = round->flow->again || round->flow->rebuild;
    if (!again || ret->generation == 0 || decision_is_rejected(round->flow->state, ret->generation))
        return ret->generation != 0;
    round->rolled_back = ret->generation;
    return 0;
}

/* Loads what is in use and compares the candidate with it. */
static int
compare(struct round *round, struct err *err)
{
    const struct flow *flow = round->flow;
    round->shipped = round->current == 0 && candidate_shipped(&round->old, flow->state, flow->places);
    if (documents_load(&round->old_documents, flow->conf, flow->state, round->current, err) != 0 ||
        (!round->shipped && candidate_load(&round->old, flow->state, round->current, err) != 0))
        return err_add(err, "what is in use cannot be read");
    if (flow_compare(&round->diff, round, &round->old, &round->candidate, err) != 0)
        return -1;
    bool first = round->current == 0 && flow->base == 0;
    return first && !round->shipped && candidate_shipped_beside(&round->beside, flow->conf)
               ? flow_compare(&round->against, round, &round->beside, &round->candidate, err)
               : 0;
}

/* Whether a part of what must wait may be used at once. */
static bool
may_split(const struct round *round)
{
    return round->flow->conf->review == REVIEW_PARTS && !round->flow->by_hand && !round->review.publish &&
           round->current != 0;
}

static int
decide(struct round *round, struct err *err)
{
    if (compare(round, err) != 0)
        return -1;
    round->proposal.old_documents = round->current == 0 ? NULL : &round->old_documents;
    round->proposal.diff = round->diff;
    int result = review_decide(&round->review, round->arena, &round->proposal, err);
    if (result == 0 && round->flow->by_hand && !round->flow->exact)
        result = flow_keep_rejected(round, err);
    if (result == 0 && round->review.publish)
        result = flow_keep_undecided(round, err);
    if (result == 0 && round->review.publish && round->rolled_back != 0)
        result = flow_say_rolled_back(round, round->rolled_back, err);
    round->review.publish = round->review.publish || round->flow->force;
    if (result == 0 && may_split(round))
        result = flow_split(round, err);
    /* Under `parts` a table that opens nothing may have what was rejected: then it does no harm. */
    bool harmless = round->flow->conf->review == REVIEW_PARTS && round->review.publish;
    if (result != 0 || round->flow->by_hand || round->current == 0)
        return result;
    if (!round->split.found && !harmless && flow_apply_rejected(round, err) != 0)
        return -1;
    bool waits = !round->review.publish && (!round->split.found || round->split.waits);
    return waits ? flow_say_rejected(round, err) : 0;
}

/* Known content is judged by what is configured today: what waits may pass by now, or be held for other reasons, and
 * what a person publishes may be in use against a gate. 1: it is as it was; 0: it becomes a generation of its own. */
static int
ask_again(struct flow_result *ret, struct round *round, struct err *err)
{
    bool in_use = ret->what == FLOW_SAME && round->flow->by_hand && ret->generation != 0;
    if (ret->what != FLOW_WAITING && !in_use)
        return 1;
    if (decide(round, err) != 0)
        return -1;
    ret->against_gates = in_use && round->review.reason_count > 0;
    return in_use || (!round->review.publish && flow_has_reasons(round));
}

/* Adds head lines of the record: who published by hand, and why. */
static void
add_user(struct buf *buf, const struct flow *flow)
{
    char by[64];
    if (!flow->by_hand)
        return;
    decision_by(by, flow->user);
    buf_add_text(buf, "user ");
    utf8_add_printable(buf, by, strlen(by));
    if (flow->note != NULL) {
        buf_add_text(buf, "\nnote ");
        utf8_add_printable(buf, flow->note, strlen(flow->note));
    }
    buf_add_char(buf, '\n');
}

/* Under the lock: seals one table, and publishes it or lets it wait. */
static int
write_one(uint32_t *ret, struct round *round, const struct proposal *proposal, const struct review *review,
          struct err *err)
{
    const struct flow *flow = round->flow;
    uint32_t next;
    if (state_next(flow->state, &next, err) != 0)
        return -1;
    buf_reset(&round->text);
    add_user(&round->text, flow);
    if (round->shipped)
        record_add(&round->text, "instead-of", "the shipped table");
    struct proposal made = *proposal;
    made.now = (int64_t)time(NULL); /* it comes into use, or begins to wait, now: fetching and building took a while */
    review_print(review, &made, next, &round->text);
    if (!buf_ok(&round->text))
        return err_set(err, ERR_LIMIT, "the record of the review is larger than %zu bytes", RECORD_MAX);
    *ret = 0;
    if (flow->dry_run)
        return 0;
    const struct generation_parts parts = {
        .candidate = proposal->candidate, .documents = proposal->documents, .review = &round->text};
    return generation_commit(ret, flow->state, &parts, review->publish, err);
}

/* What is used at once is written first. If this is the last that happens, the next run finds held rows that neither
 * wait nor were rejected, and starts over (flow_is_unfinished()). */
static int
write_split(struct flow_result *ret, struct round *round, struct err *err)
{
    struct split *split = &round->split;
    *ret = (struct flow_result){.what = FLOW_REFUSED, .generation = round->rejected};
    if (split->is_new && write_one(&split->generation, round, &split->proposal, &split->review, err) != 0)
        return -1;
    ret->published = split->generation;
    if (split->waits && round->rejected == 0) {
        ret->what = flow_is_waiting(round) ? FLOW_WAITING : FLOW_PENDING;
        ret->generation = round->pending;
        return ret->what == FLOW_WAITING ? 0
                                         : write_one(&ret->generation, round, &round->proposal, &round->review, err);
    }
    if (split->is_new)
        *ret = (struct flow_result){
            .what = FLOW_PUBLISHED, .generation = split->generation, .published = split->generation};
    else if (split->rolled_back != 0)
        *ret = (struct flow_result){.what = FLOW_REFUSED, .generation = split->rolled_back};
    else if (round->rejected == 0)
        *ret = (struct flow_result){.what = FLOW_SAME, .generation = round->current};
    return 0;
}

/* Under the lock: what was decided is written. */
static int
write_round(struct flow_result *ret, struct round *round, struct err *err)
{
    if (round->split.found)
        return write_split(ret, round, err);
    if (round->rejected != 0) {
        *ret = (struct flow_result){.what = FLOW_REFUSED, .generation = round->rejected};
        return 0;
    }
    /* Without what was rejected it may be known. */
    bool shortened = round->split.whole_held.len > 0;
    *ret = (struct flow_result){.what = FLOW_SAME,
                                .generation = round->current,
                                .against_gates = round->flow->by_hand && round->review.reason_count > 0};
    if (shortened && generation_holds(round->flow->state, round->current, &round->candidate))
        return 0;
    *ret = (struct flow_result){.what = FLOW_WAITING, .generation = round->pending};
    if (round->flow->waits_only && round->review.publish)
        return 0;
    if (shortened && !round->review.publish && flow_is_waiting(round))
        return 0;
    if (round->flow->or_nothing && !round->review.publish) {
        ret->what = FLOW_PENDING;
        return 0;
    }
    if (write_one(&ret->generation, round, &round->proposal, &round->review, err) != 0)
        return -1;
    ret->what = round->review.publish ? FLOW_PUBLISHED : FLOW_PENDING;
    ret->published = round->review.publish ? ret->generation : 0;
    return 0;
}

/* 1: what was decided no longer holds, and nothing is written. */
static int
commit(struct flow_result *ret, struct round *round, struct err *err)
{
    struct state *state = round->flow->state;
    if (round->flow->dry_run)
        return write_round(ret, round, err);
    if (state_lock(state, err) != 0)
        return -1;
    int result = state_is_marked(state, &round->seen) ? write_round(ret, round, err) : 1;
    state_unlock(state);
    return result;
}

int
flow_moved(struct err *err)
{
    return err_set(err, ERR_LIMIT, "another m365ctl changes what is in use all the time; try again when it is done");
}

/* What publishes content that a person refused. */
static void
write_remedy(char *ret, size_t room, const struct round *round, uint32_t generation)
{
    if (!decision_is_rejected(round->flow->state, generation))
        snprintf(ret, room, "; 'm365ctl rollback%s %u' returns to it", place_option(), generation);
    else if (generation > round->current)
        snprintf(ret, room, "; 'm365ctl approve%s %u' publishes it after all", place_option(), generation);
    else
        snprintf(ret, room, "; %s",
                 round->flow->by_hand ? "--force publishes it after all" : "what is in use is newer");
}

static void
say_known(const struct round *round, const struct flow_result *result)
{
    const struct flow *flow = round->flow;
    const char *how = result->what == FLOW_SAME      ? "is in use"
                      : result->what == FLOW_WAITING ? "waits for approval"
                                                     : "a person rejected or rolled back";
    char remedy[300] = "";
    bool documents = false; /* only these are the same */
    if (result->what == FLOW_REFUSED) {
        write_remedy(remedy, sizeof remedy, round, result->generation);
        documents = !decision_is_rejected(flow->state, result->generation) &&
                    !generation_holds(flow->state, result->generation, &round->candidate);
    }
    if (!flow->quiet)
        say(flow->listener, "nothing new: the %s generation %u, which %s%s",
            documents ? "documents are those of" : "result is", result->generation, how, remedy);
    if (result->against_gates)
        flow_say_reasons(flow->listener, &round->review, "in use against a gate");
    flow_note_gates(round, result);
}

void
flow_clear_round(struct round *round)
{
    flow_split_clear(&round->split);
    held_clear(&round->lifted);
    diff_free(round->diff);
    diff_free(round->against);
    candidate_clear(&round->beside);
    candidate_clear(&round->candidate);
    candidate_clear(&round->old);
    table_free(round->known);
    documents_clear(&round->old_documents);
    buf_clear(&round->documents.held);
    buf_clear(&round->text);
    arena_free(round->arena);
}

/* The generation in use, or the one that waits, which must be whole. When a person publishes, a damaged one counts as
 * none, since it will be replaced. One that cannot be read at the moment is a failure in any case. */
static int
get_link(const struct flow *flow, enum state_link link, uint32_t *ret, struct err *err)
{
    struct err why = {0};
    if (state_get(flow->state, link, ret, &why) == 0 && (*ret == 0 || generation_verify(flow->state, *ret, &why) == 0))
        return 0;
    if (!flow->by_hand || why.kind != ERR_CORRUPT)
        return err_set(err, why.kind, "%s", why.text);
    *ret = 0;
    return 0;
}

static int
build_candidate(struct round *round, struct err *err)
{
    const struct flow *flow = round->flow;
    round->known = candidate_known(flow->state, state_linked(flow->state, STATE_CURRENT)); /* perhaps damaged */
    if (candidate_build(&round->candidate, flow->conf, round->proposal.documents, round->known, flow->listener, err) !=
        0)
        return -1;
    if (!flow->quiet)
        table_say_remarks(round->candidate.table, flow->listener);
    return 0;
}

/* Everything up to what others can see. 1: what is in use or waits was changed by somebody else, and nothing is
 * written. */
static int
settle(struct flow_result *ret, struct round *round, struct err *err)
{
    const struct flow *flow = round->flow;
    int known = 0;
    if (get_link(flow, STATE_CURRENT, &round->current, err) != 0 ||
        get_link(flow, STATE_PENDING, &round->pending, err) != 0 || build_candidate(round, err) != 0 ||
        (known = find_known(ret, round, err)) < 0 || (known > 0 && (known = ask_again(ret, round, err)) < 0) ||
        (known == 0 && round->diff == NULL && decide(round, err) != 0))
        return state_is_marked(flow->state, &round->seen) ? -1 : 1;
    if (known == 0)
        return commit(ret, round, err);
    return state_is_marked(flow->state, &round->seen) ? 0 : 1;
}

static bool
is_of_document(void *arg, const struct held_key *key)
{
    const struct documents *documents = arg;
    char name[INSTANCE_LOWER_MAX];
    bool found = false;
    for (size_t i = 0; !found && i < documents->count; i++) {
        instance_lower(name, documents->of[i].instance);
        found = strcmp(name, key->source) == 0;
    }
    return found;
}

/* The documents of a round. Which rows are held is found anew, but for a person who publishes: then what Microsoft says
 * still waits, and only the local lines are used as they are now. */
static int
take_documents(struct round *round, const struct documents *documents, struct err *err)
{
    struct held held, kept;
    round->documents = *documents;
    buf_init(&round->documents.held, HELD_TEXT_MAX);
    buf_init(&round->documents.waiting, HELD_TEXT_MAX); /* that of an earlier decision */
    if (!round->flow->by_hand || documents->held.len == 0)
        return 0;
    if (round->flow->exact) {
        buf_add(&round->documents.held, documents->held.data, documents->held.len);
        return buf_ok(&round->documents.held) ? 0 : err_set(err, ERR_MEM, "no memory for held rows");
    }
    if (held_read(&held, documents->held.data, documents->held.len, err) != 0)
        return -1;
    int result = held_select(&kept, &held, is_of_document, &round->documents, err);
    held_clear(&held);
    if (result != 0)
        return -1;
    if (kept.count > 0)
        held_print(&kept, &round->documents.held);
    held_clear(&kept);
    return buf_ok(&round->documents.held) ? 0 : err_set(err, ERR_MEM, "no memory for held rows");
}

/* The safe part came into use, but what waits could not be written. */
static void
tell_half(uint32_t *ret_published, const struct round *round, struct err *err)
{
    uint32_t generation = round->split.generation;
    const struct flow_result half = {.what = FLOW_PUBLISHED, .generation = generation, .published = generation};
    char words[128];
    if (generation == 0)
        return;
    *ret_published = generation;
    flow_report(round, &half);
    snprintf(words, sizeof words,
             "; generation %u, the part that opens nothing, is in use, but the rest does not wait yet: try again",
             generation);
    err_append(err, words);
}

static int
run_once(struct flow_result *ret, const struct flow *flow, const struct documents *documents, struct err *err)
{
    struct round round = {.flow = flow, .arena = arena_new(FLOW_MEMORY)};
    round.proposal = (struct proposal){
        .conf = flow->conf,
        .candidate = &round.candidate,
        .documents = &round.documents,
        .by = flow->by,
        .by_hand = flow->by_hand,
        .now = flow->now,
    };
    struct flow_result result;
    ret->published = 0;
    buf_init(&round.text, RECORD_MAX);
    if (flow->seen != NULL)
        round.seen = *flow->seen;
    else
        state_mark(flow->state, &round.seen);
    if (round.arena == NULL)
        return err_set(err, ERR_MEM, "no memory");
    int settled = take_documents(&round, documents, err) != 0 ? -1 : settle(&result, &round, err);
    if (settled != 0) {
        if (settled < 0)
            tell_half(&ret->published, &round, err);
        flow_clear_round(&round);
        return settled;
    }
    if (result.published != 0 && !flow->dry_run)
        flow_lift_rejected(&round);
    if (flow->or_nothing && result.what == FLOW_PENDING)
        flow_say_reasons(flow->listener, &round.review, "held");
    else if (result.published != 0 || result.what == FLOW_PUBLISHED || result.what == FLOW_PENDING)
        flow_report(&round, &result);
    else
        say_known(&round, &result);
    flow_clear_round(&round);
    *ret = result;
    return 0;
}

/* Under the lock. */
static int
drop(const struct flow *flow, uint32_t generation, struct err *err)
{
    uint32_t pending;
    if (state_get(flow->state, STATE_PENDING, &pending, err) != 0)
        return -1;
    if (pending == 0 || pending != generation)
        return 0;
    if (!flow->quiet)
        say(flow->listener, "generation %u no longer waits: it was made before what is in use now", pending);
    return state_set_pending(flow->state, 0, err);
}

static int
drop_pending(const struct flow *flow, uint32_t generation, struct err *err)
{
    if (generation == 0)
        return 0;
    if (state_lock(flow->state, err) != 0)
        return -1;
    int result = drop(flow, generation, err);
    state_unlock(flow->state);
    return result;
}

static void
prune(const struct flow *flow)
{
    uint32_t removed;
    struct err err = {0};
    if (state_prune(flow->state, flow->conf->keep, &removed, &err) != 0)
        say(flow->listener, "old generations are not removed: %s", err.text);
}

int
flow_run(struct flow_result *ret, const struct flow *flow, const struct documents *documents, struct err *err)
{
    uint32_t pending;
    if (get_link(flow, STATE_PENDING, &pending, err) != 0)
        return -1;
    int result = run_once(ret, flow, documents, err);
    if (result != 0 || flow->dry_run)
        return result;
    if (!flow->keep_pending && (ret->what == FLOW_SAME || ret->what == FLOW_PUBLISHED) &&
        drop_pending(flow, pending, err) != 0)
        return -1;
    prune(flow);
    return 0;
}
