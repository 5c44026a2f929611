// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flow_lost.c - which rows a generation holds, if its list of them is lost but its table and its documents are not.
 * Part of repair.h.
 *
 * The table is what was in use, so whatever the documents would open next to it was held. What waits tells since when,
 * and which rows are held that open nothing by now.
 */
#include "base/arena.h"
#include "base/err.h"
#include "change/diff.h"
#include "flow_build.h"
#include "repair.h"
#include "state/state.h"
#include "store/generation_named.h"

#define LOST_MEMORY ((size_t)256 << 20)

/* The rows of what waits, if it was made from the same documents. */
static void
take_waiting(struct round *round, const struct documents *documents)
{
    struct documents rows;
    char digest[DIGEST_TEXT_MAX];
    documents_digest(digest, documents);
    if (!generation_says(round->flow->state, round->pending, "documents", digest) ||
        documents_load_held(&rows, round->flow->state, round->pending, NULL) != 0)
        return;
    buf_clear(&round->old_documents.held);
    round->old_documents.held = rows.waiting;
    buf_clear(&rows.held);
}

static int
find(struct round *round, struct documents *documents, struct err *err)
{
    round->known = candidate_known(round->flow->state, round->current);
    if (candidate_build(&round->candidate, round->flow->conf, documents, round->known, NULL, err) != 0 ||
        flow_compare(&round->diff, round, &round->old, &round->candidate, err) != 0)
        return -1;
    round->proposal.diff = round->diff;
    take_waiting(round, documents);
    if (review_decide(&round->review, round->arena, &round->proposal, err) != 0 || flow_split(round, err) != 0)
        return -1;
    if (!round->split.found)
        return round->review.publish ? 1 : 0;
    buf_clear(&documents->held);
    documents->held = round->split.documents.held;
    buf_init(&round->split.documents.held, HELD_TEXT_MAX);
    return 1;
}

int
flow_find_held(struct documents *documents, const struct flow *flow, uint32_t generation, bool sealed, struct err *err)
{
    struct conf conf = *flow->conf;
    struct flow alone = *flow;
    struct round round = {.flow = &alone, .current = generation, .arena = arena_new(LOST_MEMORY)};
    struct err why = {0};
    conf.review = REVIEW_PARTS; /* rows are held in no other mode */
    alone.conf = &conf;
    alone.by_hand = alone.force = false;
    round.proposal = (struct proposal){.conf = &conf,
                                       .candidate = &round.candidate,
                                       .documents = documents,
                                       .old_documents = &round.old_documents,
                                       .by = flow->by,
                                       .now = flow->now};
    round.pending = state_linked(flow->state, STATE_PENDING);
    buf_init(&round.text, 1);
    int result = -1;
    if (round.arena == NULL)
        err_set(&why, ERR_MEM, "no memory");
    else if ((!sealed || generation_verify_table(flow->state, generation, &why) == 0) &&
             candidate_load(&round.old, flow->state, generation, &why) == 0)
        result = find(&round, documents, &why);
    flow_clear_round(&round);
    return result >= 0 || why.kind != ERR_MEM ? (result > 0) : err_set(err, ERR_MEM, "%s", why.text);
}
