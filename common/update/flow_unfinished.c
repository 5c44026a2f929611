// SPDX-License-Identifier: GPL-2.0-or-later
/* flow_unfinished.c - rows that are held while nothing waits, because a run was cut off or what waited was decided
 * about, and how they wait again. Part of flow.h. */
#include "base/err.h"
#include "conf/conf.h"
#include "flow.h"
#include "repair.h"
#include "state/state.h"
#include "state/state_lock.h"
#include "store/document.h"
#include "store/generation_named.h"
#include "store/rejected.h"
#include "table/held.h"

/* Whether a generation waits that was made from other documents before the one in use. */
static bool
is_outdated(const struct flow *flow, uint32_t pending, uint32_t current, const struct documents *documents)
{
    char digest[DIGEST_TEXT_MAX];
    documents_digest(digest, documents);
    return pending != 0 && pending < current && !generation_says(flow->state, pending, "documents", digest);
}

bool
flow_is_unfinished(const struct flow *flow, uint32_t current, struct err *err)
{
    struct documents documents;
    struct held held;
    struct rejected rejected;
    uint32_t pending;
    bool unfinished = false;
    if (flow->conf->review == REVIEW_AUTO || current == 0 ||
        state_get(flow->state, STATE_PENDING, &pending, err) != 0 ||
        documents_load(&documents, flow->conf, flow->state, current, err) != 0)
        return false;
    if (pending != 0 && !is_outdated(flow, pending, current, &documents)) {
        documents_clear(&documents);
        return false;
    }
    if (documents.held.len > 0 && held_read(&held, documents.held.data, documents.held.len, err) == 0) {
        if (rejected_read(&rejected, flow->state, err) == 0) {
            for (size_t i = 0; i < held.count; i++)
                unfinished = unfinished || !rejected_has(&rejected, held.keys[i].source, held.keys[i].pattern);
            rejected_clear(&rejected);
        }
        held_clear(&held);
    }
    documents_clear(&documents);
    return unfinished;
}

/* 1: others changed what is in use meanwhile. */
static int
renew(struct flow_result *ret, const struct flow *flow, struct err *err)
{
    struct state_mark seen;
    struct flow again = *flow;
    struct documents documents;
    uint32_t current, pending;
    if (repair_waiting(flow->state, flow->listener, flow->dry_run, err) < 0)
        return -1;
    state_mark(flow->state, &seen);
    if (state_get(flow->state, STATE_CURRENT, &current, err) != 0 ||
        state_get(flow->state, STATE_PENDING, &pending, err) != 0)
        return -1;
    *ret = (struct flow_result){.what = FLOW_SAME, .generation = current};
    uint32_t from = flow_is_unfinished(flow, current, NULL) ? current : pending;
    if (from == 0)
        return 0;
    if (documents_load(&documents, flow->conf, flow->state, from, err) != 0)
        return -1;
    again.again = again.waits_only = again.keep_pending = again.quiet = true;
    again.by_hand = again.force = false;
    again.seen = &seen;
    int result = flow_run(ret, &again, &documents, err);
    documents_clear(&documents);
    return result;
}

int
flow_renew(struct flow_result *ret, const struct flow *flow, struct err *err)
{
    for (int tries = 0; tries < FLOW_TRIES; tries++) {
        int result = renew(ret, flow, err);
        if (result <= 0)
            return result;
    }
    return flow_moved(err);
}
