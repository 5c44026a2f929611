// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flow_stays.c - a person publishes, and some lines of the configuration were rejected: they stay as they are in use.
 * Part of flow.h.
 *
 * Whoever publishes an urgent line need not know what somebody else rejected. With force these lines come into use, and
 * that is what lifts the rejection. A line that only closes is never kept out.
 */
#include <string.h>

#include "base/err.h"
#include "base/place.h"
#include "base/say.h"
#include "change/diff.h"
#include "flow_build.h"
#include "review/safe.h"
#include "store/rejected.h"
#include "table/table_copy.h"

#define NAMED 5
#define TEXT_MAX 2000
#define IN_SPITE "it has what a person rejected: "

struct asked {
    const struct round *round;
    const struct rejected *rejected;
};

/* Whether a rejected row may open something as it is configured now. */
static bool
may_open(void *arg, const char *source, const char *pattern)
{
    const struct asked *asked = arg;
    const struct round *round = asked->round;
    return rejected_has(asked->rejected, source, pattern) &&
           review_may_open(round->old.table, round->candidate.table, &round->flow->conf->policy, source, pattern);
}

static int
add_held(struct held *to, const struct held *from, struct err *err)
{
    int result = 0;
    for (size_t i = 0; result == 0 && i < from->count; i++)
        result = held_add(to, &from->keys[i], err);
    for (size_t i = 0; result == 0 && i < from->was->rule_count; i++)
        result = table_copy_rule(to->was, from->was, &from->was->rules[i], true, err);
    for (size_t i = 0; result == 0 && i < from->is->rule_count; i++)
        result = table_copy_rule(to->is, from->is, &from->is->rules[i], false, err);
    return result;
}

/* The rows that the documents of the round hold already, and these. */
static int
print_all(struct buf *ret, const struct round *round, const struct held *held, struct err *err)
{
    const struct buf *text = &round->documents.held;
    struct held before = {0}, all;
    if ((text->len > 0 && held_read(&before, text->data, text->len, err) != 0) ||
        held_init(&all, round->old.table, round->candidate.table, err) != 0) {
        held_clear(&before);
        return -1;
    }
    int result = text->len > 0 ? add_held(&all, &before, err) : 0;
    if (result == 0)
        result = add_held(&all, held, err);
    if (result == 0) {
        held_finish(&all);
        buf_init(ret, HELD_TEXT_MAX);
        held_print(&all, ret);
        result = buf_ok(ret) ? 0 : err_set(err, ERR_LIMIT, "too many rows are held");
    }
    held_clear(&all);
    held_clear(&before);
    return result;
}

/* Builds the candidate once more, without what was rejected, and reviews it. */
static int
build_without(struct round *round, const struct held *held, struct err *err)
{
    struct split *split = &round->split;
    struct candidate candidate;
    struct diff *diff;
    if (print_all(&split->whole_held, round, held, err) != 0)
        return -1;
    split->whole = round->documents;
    split->whole.held = split->whole_held;
    if (candidate_build(&candidate, round->flow->conf, &split->whole, round->known, NULL, err) != 0)
        return -1;
    split->replaced = round->candidate;
    round->candidate = candidate;
    if (flow_compare(&diff, round, &round->old, &round->candidate, err) != 0)
        return -1;
    diff_free(round->diff);
    round->diff = diff;
    round->proposal.diff = diff;
    round->proposal.documents = &split->whole;
    return review_decide(&round->review, round->arena, &round->proposal, err);
}

/* Only what a person named when it was rejected: not what stays with it. */
static size_t
describe(struct buf *text, const struct held *held, const struct rejected *rejected)
{
    size_t count = 0;
    for (size_t i = 0; i < held->count; i++) {
        const struct held_key *key = &held->keys[i];
        if (!rejected_has(rejected, key->source, key->pattern) || count++ >= NAMED)
            continue;
        buf_add_text(text, count == 1 ? "" : "; ");
        rejected_describe(text, rejected, key->source, key->pattern);
    }
    if (count > NAMED)
        buf_add_fmt(text, "; and %zu more", count - NAMED);
    return count;
}

static void
add_words(struct buf *text, const struct held *held, const struct rejected *rejected)
{
    size_t count = 0;
    for (size_t i = 0; i < held->count && count < NAMED; i++) {
        if (!rejected_has(rejected, held->keys[i].source, held->keys[i].pattern))
            continue;
        count++;
        buf_add_char(text, ' ');
        place_add_word(text, held->keys[i].pattern);
    }
}

static void
say_stays(const struct round *round, const struct held *held, const struct rejected *rejected)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    size_t count = describe(&text, held, rejected);
    const char *stays = count == 1 ? "it stays as it is" : "they stay as they are", *row = count == 1 ? "it" : "them";
    buf_add_fmt(&text, "; %s in use; to use %s after all: m365ctl approve%s --only", stays, row, place_option());
    add_words(&text, held, rejected);
    buf_add_char(&text, '\0');
    say(round->flow->listener, "%s", buf_ok(&text) ? text.data : "rows that a person rejected stay as they are in use");
    buf_clear(&text);
}

/* With force: the record says it, and once it is in use the rejection is lifted. */
static int
use_all_the_same(struct round *round, struct held *held, const struct rejected *rejected, struct err *err)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    buf_add_text(&text, IN_SPITE);
    describe(&text, held, rejected);
    buf_add_text(&text, "; it is used all the same, and no longer counts as rejected");
    buf_add_char(&text, '\0');
    int result = flow_add_reason(round, buf_ok(&text) ? text.data : IN_SPITE "some rows", err);
    buf_clear(&text);
    round->lifted = *held;
    *held = (struct held){0};
    return result;
}

int
flow_keep_rejected(struct round *round, struct err *err)
{
    struct rejected rejected;
    struct safe safe = {0};
    if (rejected_read(&rejected, round->flow->state, err) != 0)
        return -1;
    struct asked asked = {round, &rejected};
    const struct safe_input input = {
        .proposal = &round->proposal, .old = &round->old, .is_rejected = may_open, .arg = &asked};
    int result = rejected.count == 0 ? 0 : safe_reject(&safe, &input, err);
    if (result == 0 && safe.found && round->flow->force)
        result = use_all_the_same(round, &safe.held, &rejected, err);
    else if (result == 0 && safe.found) {
        say_stays(round, &safe.held, &rejected);
        result = build_without(round, &safe.held, err);
    }
    safe_clear(&safe);
    rejected_clear(&rejected);
    return result;
}

void
flow_lift_rejected(const struct round *round)
{
    struct err err = {0};
    if (round->lifted.arena != NULL && rejected_lift(round->flow->state, &round->lifted, &err) != 0)
        say(round->flow->listener, "what is in use now still counts as rejected: %s", err.text);
}
