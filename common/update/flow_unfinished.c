// SPDX-License-Identifier: GPL-2.0-or-later
/* flow_unfinished.c - whether a run was cut off between what is used at once and what waits. Part of flow.h. */
#include "conf/conf.h"
#include "flow.h"
#include "state/state.h"
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
    if (flow->conf->review != REVIEW_PARTS || current == 0 ||
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
