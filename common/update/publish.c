// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * publish.c - see publish.h.
 *
 * What waits for a decision still waits afterwards. But it was built with the old local rules, so it is rebuilt:
 * otherwise approving it would silently undo the edit.
 */
#include "publish.h"

#include <string.h>

#include "base/digest.h"
#include "base/err.h"
#include "base/say.h"
#include "flow.h"
#include "notice_tell.h"
#include "repair.h"
#include "state/state.h"
#include "state/state_lock.h"
#include "store/document.h"
#include "store/generation_image.h"

struct publishing {
    const struct publish *publish;
    struct flow flow;
    struct state_mark seen; /* before any of these was read */
    struct documents in_use, waiting;
    uint32_t pending; /* 0: nothing waits, or only what was built from the documents in use */
    bool aside;       /* what waits is damaged */
    bool damaged;     /* what is in use is */
};

/* What waits, or, if it is older than generation `from` in use, which holds rows, the documents of that: a run was cut
 * off before its second part. */
static int
load_waiting(struct publishing *run, uint32_t from, struct err *err)
{
    bool old = run->pending < from && run->in_use.held.len > 0;
    return documents_load(&run->waiting, run->publish->conf, run->publish->state, old ? from : run->pending, err);
}

/* What waits is whole: repair_waiting() saw to that. */
static int
find_pending(struct publishing *run, uint32_t from, struct err *err)
{
    char in_use[DIGEST_TEXT_MAX], waiting[DIGEST_TEXT_MAX];
    if (run->aside)
        return 0;
    if (state_get(run->publish->state, STATE_PENDING, &run->pending, err) != 0 ||
        (run->pending != 0 && load_waiting(run, from, err) != 0))
        return -1;
    documents_digest(in_use, &run->in_use);
    documents_digest(waiting, &run->waiting);
    if (strcmp(in_use, waiting) == 0 && run->in_use.held.len == 0)
        run->pending = 0;
    return 0;
}

/* How what waits differs from what is in use before anything else does. */
static const char *
describe(const struct publishing *run)
{
    char in_use[DIGEST_TEXT_MAX], waiting[DIGEST_TEXT_MAX];
    documents_digest(in_use, &run->in_use);
    documents_digest(waiting, &run->waiting);
    return strcmp(in_use, waiting) == 0 ? "" : " with other documents";
}

/* Rebuilds what waits, from its own documents and the new local rules. It may pass the review by now; if it still
 * waits, what was published is the result all the same. */
static int
build_again(struct publishing *run, struct flow_result *ret, struct err *err)
{
    struct flow_result again;
    struct flow flow = run->flow;
    flow.by_hand = flow.force = flow.keep_pending = false;
    flow.again = true;
    flow.seen = NULL;
    say(run->publish->listener, "generation %u, which waits%s, is rebuilt", run->pending, describe(run));
    int result = 1;
    for (int tries = 0; result > 0 && tries < FLOW_TRIES; tries++)
        result = flow_run(&again, &flow, &run->waiting, err);
    if (result > 0)
        flow_moved(err);
    if (result != 0) {
        state_set_pending(run->publish->state, 0, NULL); /* it was built with the old local rules */
        return err_add(err, "generation %u cannot be rebuilt and no longer waits; the next update fetches it again",
                       run->pending);
    }
    if (again.what == FLOW_PUBLISHED)
        *ret = again;
    return 0;
}

/* Says what a dry run would rebuild, and into what. It is compared with the table in use, because the one that would
 * be published does not exist. With a damaged one it is not compared. */
static int
show_again(const struct publishing *run, struct err *err)
{
    struct flow_result ignored;
    struct flow flow = run->flow;
    flow.by_hand = flow.force = flow.keep_pending = false;
    say(run->publish->listener, "generation %u, which waits%s, would be rebuilt%s", run->pending, describe(run),
        run->damaged ? "" : "; compared with what is in use now:");
    return run->damaged ? 0 : flow_run(&ignored, &flow, &run->waiting, err);
}

/* Rows that are held although nothing waits are asked about again. */
static int
renew_rows(const struct publishing *run, struct err *err)
{
    struct flow_result renewed;
    bool held = flow_is_unfinished(&run->flow, state_linked(run->publish->state, STATE_CURRENT), NULL);
    return held ? flow_renew(&renewed, &run->flow, err) : 0;
}

/* 1: others changed what is in use meanwhile. */
static int
publish_all(struct publishing *run, struct flow_result *ret, struct err *err)
{
    uint32_t from = 0;
    generation_mend_linked(run->publish->state, run->publish->listener);
    int aside = repair_waiting(run->publish->state, run->publish->listener, run->publish->dry_run, err);
    if (aside < 0)
        return -1;
    run->aside = aside > 0;
    state_mark(run->publish->state, &run->seen);
    run->flow = (struct flow){
        .conf = run->publish->conf,
        .state = run->publish->state,
        .by = "publish",
        .now = run->publish->now,
        .dry_run = run->publish->dry_run,
        .by_hand = true,
        .force = run->publish->force,
        .user = run->publish->by,
        .note = run->publish->note,
        .listener = run->publish->listener,
        .seen = &run->seen,
    };
    int damaged = repair_load(&run->in_use, &from, &run->flow, err);
    if (damaged < 0 || find_pending(run, from, err) != 0)
        return state_is_marked(run->publish->state, &run->seen) ? -1 : 1;
    run->damaged = damaged > 0;
    run->flow.keep_pending = run->pending != 0;
    run->flow.base = from;
    int result = flow_run(ret, &run->flow, &run->in_use, err);
    if (result < 0)
        err_append(err, "; the table in use stays");
    if (result != 0)
        return result;
    if (run->publish->dry_run)
        return run->pending != 0 ? show_again(run, err) : 0;
    bool done = ret->what == FLOW_PUBLISHED || ret->what == FLOW_SAME;
    if (done && run->pending == 0)
        return renew_rows(run, err);
    return done ? build_again(run, ret, err) : 0;
}

static void
catch_up(const struct publish *publish, size_t undelivered)
{
    const struct notice_to to = {
        .conf = publish->conf, .state = publish->state, .listener = publish->listener, .now = publish->now};
    if (!publish->dry_run)
        notice_catch_up(&to, undelivered);
}

int
publish_run(struct flow_result *ret, const struct publish *publish, struct err *err)
{
    size_t undelivered = notice_undelivered(publish->state);
    for (int tries = 0; tries < FLOW_TRIES; tries++) {
        struct publishing run = {.publish = publish};
        int result = publish_all(&run, ret, err);
        documents_clear(&run.in_use);
        documents_clear(&run.waiting);
        if (result == 0)
            catch_up(publish, undelivered);
        if (result <= 0)
            return result;
    }
    return flow_moved(err);
}
