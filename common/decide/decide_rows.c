// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * decide_rows.c - approves or rejects single rows of what waits. Part of decide.h.
 *
 *     approve   documents that wait, held rows without these --> gates --> in use; the rest is built again and waits
 *     reject    these rows are put on the list (rejected.h); what waits is built again without them
 */
#include "base/err.h"
#include "base/place.h"
#include "base/say.h"
#include "decide.h"
#include "decide_build.h"
#include "state/state.h"
#include "store/rejected.h"
#include "update/flow.h"

static bool
is_picked(const struct choice *choice, const struct held_key *key)
{
    return choice->picks[key - choice->held.keys] != PICK_NOT;
}

static bool
picks(void *arg, const struct held_key *key)
{
    return is_picked(arg, key);
}

static bool
leaves(void *arg, const struct held_key *key)
{
    return !is_picked(arg, key);
}

static int
load(struct choice *choice, struct err *err)
{
    struct decide *decide = choice->decide;
    if (documents_load(&choice->documents, decide->conf, decide->state, decide->newest, err) != 0)
        return -1;
    const struct buf *text = decide->newest != decide->current ? &choice->documents.waiting : &choice->documents.held;
    if (text->len > 0)
        return held_read(&choice->held, text->data, text->len, err) != 0
                   ? -1
                   : rejected_mark(&choice->held, decide->state, err);
    if (decide->generation == 0)
        return err_set(err, ERR_USAGE, "no row is held, so there is none to decide about");
    return decide_refuse_rows(decide, err);
}

static struct flow
flow_of(const struct choice *choice, const char *by)
{
    const struct decide *decide = choice->decide;
    return (struct flow){
        .conf = decide->conf, .state = decide->state, .by = by, .now = decide->now, .listener = decide->listener};
}

/* Runs the flow over the documents once more: what waits is built from them and from what was decided. */
static int
build_rest(struct flow_result *ret, const struct choice *choice, const char *by, struct err *err)
{
    struct flow flow = flow_of(choice, by);
    int result = 1;
    flow.rebuild = true;
    for (int tries = 0; result > 0 && tries < FLOW_TRIES; tries++)
        result = flow_run(ret, &flow, &choice->documents, err);
    if (result > 0)
        flow_moved(err);
    return result == 0 ? 0
                       : err_add(err, "this is decided, but the rest cannot be built again; the next update does it");
}

static size_t
count_rejected(const struct held *held)
{
    size_t count = 0;
    for (size_t i = 0; i < held->count; i++)
        count += held->keys[i].rejected;
    return count;
}

/* After an approval: what else was held waits again, or stays rejected. */
static int
settle_rest(const struct choice *choice, const struct held *rest, struct err *err)
{
    struct flow_result again;
    size_t rejected = count_rejected(rest);
    if (rejected > 0)
        say(choice->decide->listener, rejected == 1 ? "%zu other row stays rejected" : "%zu other rows stay rejected",
            rejected);
    return rejected < rest->count ? build_rest(&again, choice, "approve", err) : 0;
}

/* Publishes the documents with these rows held. What waited is dropped then. 1: somebody else has decided meanwhile. */
static int
publish(struct flow_result *ret, struct choice *choice, const struct held *rest, struct err *err)
{
    struct flow flow = flow_of(choice, "approve");
    struct documents documents = choice->documents;
    struct buf held = {0};
    flow.by_hand = flow.exact = true;
    flow.or_nothing = choice->decide->generation != 0;
    flow.user = choice->decide->by;
    flow.note = choice->note.data;
    flow.seen = &choice->decide->seen;
    buf_init(&held, HELD_TEXT_MAX);
    if (rest->count > 0)
        held_print(rest, &held);
    documents.held = held;
    documents.waiting = (struct buf){0};
    int result = buf_ok(&held) ? flow_run(ret, &flow, &documents, err) : err_set(err, ERR_MEM, "no memory");
    buf_clear(&held);
    return result;
}

/* These rows are in use. */
static int
finish(struct choice *choice, const struct held *rest, struct err *err)
{
    const struct decide *decide = choice->decide;
    struct held picked;
    if (decide->generation != 0 && decide_record(decide, DECIDED_APPROVED_PART, choice->note.data, err) != 0)
        return -1;
    if (held_select(&picked, &choice->held, picks, choice, err) != 0)
        return -1;
    int result = rejected_lift(decide->state, &picked, err);
    held_clear(&picked);
    return result == 0 ? settle_rest(choice, rest, err) : -1;
}

static int
approve(struct flow_result *ret, struct choice *choice, struct err *err)
{
    struct held rest;
    if (held_select(&rest, &choice->held, leaves, choice, err) != 0)
        return -1;
    int result = decide_outcome(choice, &rest, err);
    if (result == 0) {
        result = publish(ret, choice, &rest, err);
        if (result > 0)
            result = decide_moved(err);
        if (result == 0 && ret->what == FLOW_PUBLISHED)
            result = finish(choice, &rest, err);
    }
    held_clear(&rest);
    return result;
}

/* Under the lock. The link is set again, so that whoever looked before this starts over. */
static int
note_rejection(struct choice *choice, const struct held *picked, struct err *err)
{
    struct decide *decide = choice->decide;
    if (decide_record(decide, DECIDED_REJECTED_PART, choice->note.data, err) != 0)
        return err_add(err, "nothing is rejected: the decision cannot be recorded");
    if (rejected_add(decide->state, picked, decide->who, decide->now, err) != 0)
        return err_add(err, "the decision is recorded, but the rows are not on the list; reject them again");
    return state_set_pending(decide->state, decide->generation, err);
}

static int
reject(struct flow_result *ret, struct choice *choice, struct err *err)
{
    const struct decide_rows *rows = choice->asked;
    struct held picked;
    if (choice->decide->generation == 0)
        return err_set(err, ERR_USAGE, "nothing waits for approval; these rows were rejected already");
    int answer = rows->confirm == NULL ? 0 : rows->confirm(rows->arg, rows, NULL, err);
    if (answer != 0 || held_select(&picked, &choice->held, picks, choice, err) != 0)
        return answer != 0 ? answer : -1;
    int result = decide_lock(choice->decide, err);
    if (result == 0) {
        result = note_rejection(choice, &picked, err);
        state_unlock(choice->decide->state);
    }
    held_clear(&picked);
    return result == 0 ? build_rest(ret, choice, "reject", err) : -1;
}

static int
decide_about(struct flow_result *ret, struct choice *choice, bool approves, struct err *err)
{
    if (load(choice, err) != 0 || decide_pick(choice, err) != 0 || decide_write_note(choice, err) != 0)
        return -1;
    return approves ? approve(ret, choice, err) : reject(ret, choice, err);
}

int
decide_about_rows(struct flow_result *ret, struct decide *decide, struct decide_rows *rows, bool approves,
                  struct err *err)
{
    struct choice choice = {.decide = decide, .asked = rows, .approves = approves};
    int result = decide_about(ret, &choice, approves, err);
    documents_clear(&choice.documents);
    held_clear(&choice.held);
    buf_clear(&choice.note);
    return result;
}
