// SPDX-License-Identifier: GPL-2.0-or-later
/* flow.c - see flow.h. */
#include "flow.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/say.h"
#include "base/utf8.h"
#include "change/announced.h"
#include "change/diff.h"
#include "change/review.h"
#include "conf/conf.h"
#include "store/candidate.h"
#include "store/decision.h"
#include "store/document.h"
#include "store/generation_image.h"
#include "store/record.h"
#include "store/state.h"
#include "store/state_lock.h"

#define FLOW_MEMORY ((size_t)256 << 20)
#define FLOW_TEXT_MAX ((size_t)64 << 20) /* of a notice */
#define REASONS_SAID 5
#define SUMMARY_SAID ((size_t)1500) /* bytes that are printed; the notice and the record contain all of it */
#define WHAT_TO_DO "see 'm365ctl diff'; then 'm365ctl approve %.12s' (this content and no other) or 'm365ctl reject'"

/* One pass: a candidate against what is in use. */
struct round {
    const struct flow *flow;
    struct arena *arena;
    uint32_t current, pending;
    struct candidate candidate, old;
    struct documents old_documents;
    struct diff *diff;
    struct proposal proposal; /* made of these */
    struct review review;
    struct buf text;
    struct state_mark seen; /* before any of this was read */
};

/* 1: the candidate is already known, and *ret says as what; 0: it is new. */
static int
find_known(struct flow_result *ret, const struct round *round, struct err *err)
{
    *ret = (struct flow_result){FLOW_SAME, round->current};
    if (generation_holds(round->flow->state, round->current, &round->candidate))
        return 1;
    *ret = (struct flow_result){FLOW_WAITING, round->pending};
    if (round->flow->force)
        return 0;
    if (generation_holds(round->flow->state, round->pending, &round->candidate))
        return 1;
    ret->what = FLOW_REFUSED;
    if (decision_find_refused(&ret->generation, round->flow->state, &round->candidate, round->proposal.documents,
                              round->current, err) != 0)
        return -1;
    return ret->generation != 0;
}

/* Loads what is in use and compares the candidate with it. */
static int
compare(struct round *round, struct err *err)
{
    const struct flow *flow = round->flow;
    if (documents_load(&round->old_documents, flow->conf, flow->state, round->current, err) != 0 ||
        candidate_load(&round->old, flow->state, round->current, err) != 0)
        return err_add(err, "what is in use cannot be read");
    struct announced *changes;
    size_t count = announced_since(&changes, round->arena, round->proposal.documents, &round->old_documents);
    const struct diff_input input = {
        .old_table = round->old.table,
        .old_image = round->old.image,
        .new_table = round->candidate.table,
        .new_image = round->candidate.image,
        .today = day_of(flow->now),
        .changes = changes,
        .change_count = count,
    };
    return diff_tables(&round->diff, &input, err);
}

static int
decide(struct round *round, struct err *err)
{
    if (compare(round, err) != 0)
        return -1;
    round->proposal.old_documents = round->current == 0 ? NULL : &round->old_documents;
    round->proposal.diff = round->diff;
    int result = review_decide(&round->review, round->arena, &round->proposal, err);
    round->review.publish = round->review.publish || round->flow->force;
    return result;
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

/* Under the lock: what was decided is written. */
static int
write_round(uint32_t *ret, struct round *round, struct err *err)
{
    const struct flow *flow = round->flow;
    uint32_t next;
    if (state_next(flow->state, &next, err) != 0)
        return -1;
    add_user(&round->text, flow);
    review_print(&round->review, &round->proposal, next, &round->text);
    if (!buf_ok(&round->text))
        return err_set(err, ERR_LIMIT, "the record of the review is larger than %zu bytes", RECORD_MAX);
    const struct generation_parts parts = {
        .candidate = &round->candidate, .documents = round->proposal.documents, .review = &round->text};
    return generation_commit(ret, flow->state, &parts, round->review.publish, err);
}

/* 1: what was decided no longer holds, and nothing is written. */
static int
commit(uint32_t *ret, struct round *round, struct err *err)
{
    struct state *state = round->flow->state;
    if (state_lock(state, err) != 0)
        return -1;
    int result = state_is_marked(state, &round->seen) ? write_round(ret, round, err) : 1;
    state_unlock(state);
    return result;
}

/* Two writers must not both add an item to the same old feed. */
static int
add_to_feed(const struct flow *flow, const struct notice *notice, struct err *err)
{
    if (flow->conf->feed == NULL)
        return 0;
    if (state_lock(flow->state, err) != 0)
        return -1;
    int result = notice_feed(flow->conf, notice, flow->now, err);
    state_unlock(flow->state);
    return result;
}

void
flow_tell(const struct flow *flow, const struct notice *notice)
{
    struct err err = {0};
    if (notice_send(flow->conf, notice, &err) != 0)
        say(flow->listener, "%s; this notice was not delivered", err.text);
    if (add_to_feed(flow, notice, &err) != 0)
        say(flow->listener, "%s; this notice is missing from the feed", err.text);
}

int
flow_moved(struct err *err)
{
    return err_set(err, ERR_LIMIT, "another m365ctl changes what is in use all the time; try again when it is done");
}

static void
add_versions(struct buf *buf, const struct documents *documents)
{
    for (size_t i = 0; i < documents->count; i++) {
        const char *version = documents->of[i].version;
        buf_add_fmt(buf, "%s%s %s", i == 0 ? "" : ", ", documents->of[i].instance,
                    version[0] != '\0'                ? version
                    : documents->of[i].bytes.len == 0 ? "as shipped"
                                                      : "without version");
    }
}

/* What is reported about a new generation. */
struct tidings {
    struct buf subject, summary, text;
};

static void
write_tidings(struct tidings *ret, const struct round *round, const struct flow_result *result)
{
    bool published = result->what == FLOW_PUBLISHED;
    buf_init(&ret->subject, 1000);
    buf_init(&ret->summary, FLOW_TEXT_MAX);
    buf_init(&ret->text, FLOW_TEXT_MAX);
    buf_add_fmt(&ret->subject, "generation %u %s: ", result->generation,
                published ? "is published" : "waits for approval");
    add_versions(&ret->subject, round->proposal.documents);
    buf_add_char(&ret->subject, '\0');
    diff_summary(round->diff, &ret->summary);
    for (size_t i = 0; i < round->review.reason_count; i++) {
        buf_add_text(&ret->text, published ? "in spite of: " : "held: ");
        buf_add_text(&ret->text, round->review.reasons[i]);
        buf_add_char(&ret->text, '\n');
    }
    diff_report(round->diff, &ret->text);
    if (!published)
        buf_add_fmt(&ret->text, "\n" WHAT_TO_DO "\n", round->candidate.digest);
}

static void
say_tidings(const struct tidings *tidings, const struct round *round, bool published)
{
    const struct listener *listener = round->flow->listener;
    const struct review *review = &round->review;
    size_t len = tidings->summary.len;
    say(listener, "%s; %.*s", tidings->subject.data, (int)(len > SUMMARY_SAID ? SUMMARY_SAID : len),
        tidings->summary.data);
    for (size_t i = 0; i < review->reason_count && i < REASONS_SAID; i++)
        say(listener, "%s: %s", published ? "in spite of" : "held", review->reasons[i]);
    if (review->reason_count > REASONS_SAID)
        say(listener, "and %zu more reasons", review->reason_count - REASONS_SAID);
    if (!published)
        say(listener, WHAT_TO_DO, round->candidate.digest);
}

static void
tell(const struct round *round, const struct flow_result *result)
{
    bool published = result->what == FLOW_PUBLISHED;
    struct tidings tidings;
    write_tidings(&tidings, round, result);
    if (!buf_ok(&tidings.subject) || !buf_ok(&tidings.summary) || !buf_ok(&tidings.text)) {
        say(round->flow->listener, "no memory to describe what changed; see 'm365ctl history'");
    } else {
        if (!round->flow->quiet || !published)
            say_tidings(&tidings, round, published);
        const struct notice notice = {
            .event = published ? NOTICE_PUBLISHED : NOTICE_PENDING,
            .generation = result->generation,
            .subject = tidings.subject.data,
            .text = tidings.text.data,
            .len = tidings.text.len,
        };
        flow_tell(round->flow, &notice);
    }
    buf_clear(&tidings.subject);
    buf_clear(&tidings.summary);
    buf_clear(&tidings.text);
}

static void
say_known(const struct flow *flow, const struct flow_result *result)
{
    const char *how = result->what == FLOW_SAME      ? "is in use"
                      : result->what == FLOW_WAITING ? "waits for approval"
                                                     : "a person rejected or rolled back";
    if (!flow->quiet)
        say(flow->listener, "nothing new: the result is generation %u, which %s", result->generation, how);
}

static void
clear_round(struct round *round)
{
    diff_free(round->diff);
    candidate_clear(&round->candidate);
    candidate_clear(&round->old);
    documents_clear(&round->old_documents);
    buf_clear(&round->text);
    arena_free(round->arena);
}

/* The generation in use, or the one that waits. When a person publishes, a damaged one counts as none, since it will be
 * replaced. One that cannot be read at the moment is a failure in any case. */
static int
get_link(const struct flow *flow, enum state_link link, uint32_t *ret, struct err *err)
{
    struct err why = {0};
    if (state_get(flow->state, link, ret, &why) == 0 &&
        (!flow->by_hand || *ret == 0 || generation_verify(flow->state, *ret, &why) == 0))
        return 0;
    if (!flow->by_hand || why.kind != ERR_CORRUPT)
        return err_set(err, why.kind, "%s", why.text);
    *ret = 0;
    return 0;
}

/* Everything up to what others can see. 1: what is in use or waits was changed by somebody else, and nothing is
 * written. */
static int
settle(struct flow_result *ret, bool *ret_known, struct round *round, struct err *err)
{
    const struct flow *flow = round->flow;
    int known = 0;
    if (get_link(flow, STATE_CURRENT, &round->current, err) != 0 ||
        get_link(flow, STATE_PENDING, &round->pending, err) != 0 ||
        candidate_build(&round->candidate, flow->conf, round->proposal.documents, flow->listener, err) != 0 ||
        (known = find_known(ret, round, err)) < 0 || (known == 0 && decide(round, err) != 0))
        return state_is_marked(flow->state, &round->seen) ? -1 : 1;
    *ret_known = known > 0;
    if (known == 0)
        return commit(&ret->generation, round, err);
    return state_is_marked(flow->state, &round->seen) ? 0 : 1;
}

static int
run_once(struct flow_result *ret, const struct flow *flow, const struct documents *documents, struct err *err)
{
    struct round round = {.flow = flow, .arena = arena_new(FLOW_MEMORY)};
    round.proposal = (struct proposal){
        .conf = flow->conf,
        .candidate = &round.candidate,
        .documents = documents,
        .by = flow->by,
        .by_hand = flow->by_hand,
        .now = flow->now,
    };
    struct flow_result result;
    bool known = false;
    buf_init(&round.text, RECORD_MAX);
    if (flow->seen != NULL)
        round.seen = *flow->seen;
    else
        state_mark(flow->state, &round.seen);
    if (round.arena == NULL)
        return err_set(err, ERR_MEM, "no memory");
    int settled = settle(&result, &known, &round, err);
    if (settled != 0) {
        clear_round(&round);
        return settled;
    }
    if (known) {
        say_known(flow, &result);
    } else {
        result.what = round.review.publish ? FLOW_PUBLISHED : FLOW_PENDING;
        tell(&round, &result);
    }
    clear_round(&round);
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
        say(flow->listener, "generation %u no longer waits: it is older than what is in use now", pending);
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
    if (result != 0)
        return result;
    if ((ret->what == FLOW_SAME || ret->what == FLOW_PUBLISHED) && drop_pending(flow, pending, err) != 0)
        return -1;
    prune(flow);
    return 0;
}
