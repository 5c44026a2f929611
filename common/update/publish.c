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
#include "state/state.h"
#include "state/state_lock.h"
#include "store/candidate.h"
#include "store/document.h"
#include "store/generation_image.h"

struct publishing {
    const struct publish *publish;
    struct flow flow;
    struct state_mark seen; /* before any of these was read */
    struct documents in_use, waiting;
    uint32_t pending; /* 0: nothing waits, or only what was built from the documents in use */
};

/* Whether a generation still has all documents that were sealed; one without a record has lost track of them. -1 if
 * that cannot be read at the moment. */
static int
find_all_documents(bool *ret, const struct state *state, uint32_t generation, struct err *err)
{
    struct documents documents;
    struct err why = {0};
    *ret = false;
    if (generation == 0)
        return 0;
    if (state_find(state, generation, "review.txt", ret, err) != 0)
        return -1;
    if (!*ret)
        return 0;
    if (documents_load_all(&documents, state, generation, &why) == 0) {
        *ret = documents.count > 0;
        documents_clear(&documents);
        return 0;
    }
    *ret = false;
    return why.kind == ERR_CORRUPT ? 0 : err_set(err, why.kind, "%s", why.text);
}

/* The generation whose documents are in use: the current one, even if its table or image is damaged; only if its
 * documents are, too, the previous one. */
static int
find_documents(const struct publishing *run, uint32_t *ret, struct err *err)
{
    const struct state *state = run->publish->state;
    struct err why = {0};
    if (state_get(state, STATE_CURRENT, ret, &why) == 0 && (*ret == 0 || generation_verify(state, *ret, &why) == 0))
        return 0;
    if (why.kind != ERR_CORRUPT)
        return err_set(err, why.kind, "%s", why.text);
    bool whole;
    *ret = state_linked(state, STATE_CURRENT);
    if (find_all_documents(&whole, state, *ret, err) != 0)
        return -1;
    if (whole) {
        say(run->publish->listener, "%s; publishing replaces it, from its own documents", why.text);
        return 0;
    }
    if (state_get(state, STATE_PREVIOUS, ret, err) != 0)
        return -1;
    if (*ret == 0)
        say(run->publish->listener, "%s; publishing replaces it", why.text);
    else
        say(run->publish->listener,
            "%s; its documents are damaged, too; publishing replaces it, with the older documents of generation %u",
            why.text, *ret);
    return 0;
}

/* What waits, or, if it is older than generation `from` in use, which holds rows, the documents of that: a run was cut
 * off before its second part. */
static int
load_waiting(struct publishing *run, uint32_t from, struct err *err)
{
    bool old = run->pending < from && run->in_use.held.len > 0;
    return documents_load(&run->waiting, run->publish->conf, run->publish->state, old ? from : run->pending, err);
}

static int
find_pending(struct publishing *run, uint32_t from, struct err *err)
{
    struct err why = {0};
    char in_use[DIGEST_TEXT_MAX], waiting[DIGEST_TEXT_MAX];
    const struct state *state = run->publish->state;
    if (state_get(state, STATE_PENDING, &run->pending, &why) != 0 ||
        (run->pending != 0 && load_waiting(run, from, &why) != 0)) {
        run->pending = 0;
        if (why.kind != ERR_CORRUPT)
            return err_set(err, why.kind, "%s", why.text);
        say(run->publish->listener, "%s; it no longer waits, and the next update fetches it again", why.text);
        return 0;
    }
    documents_digest(in_use, &run->in_use);
    documents_digest(waiting, &run->waiting);
    if (strcmp(in_use, waiting) == 0 && run->in_use.held.len == 0)
        run->pending = 0;
    return 0;
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
    say(run->publish->listener, "generation %u, which waits with other documents, is rebuilt", run->pending);
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
 * be published does not exist. */
static int
show_again(const struct publishing *run, struct err *err)
{
    struct flow_result ignored;
    struct flow flow = run->flow;
    flow.by_hand = flow.force = flow.keep_pending = false;
    say(run->publish->listener,
        "generation %u, which waits with other documents, would be rebuilt; compared with what is in use now:",
        run->pending);
    return flow_run(&ignored, &flow, &run->waiting, err);
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
    uint32_t from;
    generation_mend_linked(run->publish->state, run->publish->listener);
    state_mark(run->publish->state, &run->seen);
    if (find_documents(run, &from, err) != 0 ||
        documents_load(&run->in_use, run->publish->conf, run->publish->state, from, err) != 0 ||
        find_pending(run, from, err) != 0)
        return state_is_marked(run->publish->state, &run->seen) ? -1 : 1;
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
        .keep_pending = run->pending != 0,
    };
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
