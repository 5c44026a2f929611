// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flow_split.c - under `review parts`: one table that may be used at once, and one that waits. Part of flow.h.
 *
 *     candidate --safe_find()--> safe table + held rows --> published
 *                                candidate without what was rejected --> pending
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/say.h"
#include "change/diff.h"
#include "flow_build.h"
#include "image/image.h"
#include "review/safe.h"
#include "store/decision.h"
#include "store/rejected.h"
#include "table/table_copy.h"

#define UNDECIDED_NAMED 5
#define UNDECIDED_MAX 2000
#define UNDECIDED "rows that opened something when they came, and nobody has decided about them"
#define GONE "rows that a person rejected are no longer in the newest documents"

static bool
is_rejected(void *arg, const char *source, const char *pattern)
{
    return rejected_has(arg, source, pattern);
}

static bool
keeps_rejected(void *arg, const struct held_key *key)
{
    (void)arg;
    return key->rejected;
}

/* The rows that are held already: those that wait, else those of what is in use; none if there are none. They only say
 * since when. */
static int
read_old_held(struct held *ret, const struct round *round, struct err *err)
{
    struct documents waiting = {0};
    *ret = (struct held){0};
    if (round->pending != 0 && documents_load_all(&waiting, round->flow->state, round->pending, err) != 0)
        return -1;
    const struct buf *text = waiting.waiting.len > 0 ? &waiting.waiting : &round->old_documents.held;
    int result = text->len == 0 ? 0 : held_read(ret, text->data, text->len, err);
    documents_clear(&waiting);
    return result;
}

/* The documents of the round with other held rows; `text` stays the caller's. */
static struct documents
with_held(const struct round *round, const struct buf *text)
{
    struct documents documents = *round->proposal.documents;
    documents.held = *text;
    return documents;
}

static int
print_held(struct buf *ret, const struct held *held, struct err *err)
{
    buf_init(ret, HELD_TEXT_MAX);
    held_print(held, ret);
    return buf_ok(ret) ? 0 : err_set(err, ERR_LIMIT, "too many rows are held");
}

/* What waits: the candidate without what was rejected. */
static int
build_whole(struct round *round, struct err *err)
{
    struct split *split = &round->split;
    struct held held;
    struct candidate candidate;
    if (held_select(&held, &split->held, keeps_rejected, NULL, err) != 0)
        return -1;
    int result = held.count == 0 ? 0 : print_held(&split->whole_held, &held, err);
    held_clear(&held);
    split->whole = with_held(round, &split->whole_held);
    split->whole.waiting = split->documents.held;
    if (result != 0 || split->whole_held.len == 0)
        return result;
    if (candidate_build(&candidate, round->flow->conf, &split->whole, round->known, NULL, err) != 0)
        return -1;
    split->replaced = round->candidate;
    round->candidate = candidate;
    return 0;
}

/* The safe table becomes a candidate, reviewed like any other: whatever the search overlooked holds it here. */
static int
build_safe(struct round *round, struct safe *safe, struct err *err)
{
    struct split *split = &round->split;
    struct table *table = safe->table;
    safe->table = NULL;
    table_copy_complaints(table, round->candidate.table);
    split->held = safe->held;
    safe->held = (struct held){0};
    split->documents = with_held(round, &split->documents.held);
    if (print_held(&split->documents.held, &split->held, err) != 0 ||
        candidate_from_table(&split->candidate, table, round->flow->conf, &split->documents, err) != 0 ||
        flow_compare(&split->diff, round, &round->old, &split->candidate, err) != 0)
        return -1;
    split->proposal = round->proposal;
    split->proposal.candidate = &split->candidate;
    split->proposal.documents = &split->documents;
    split->proposal.diff = split->diff;
    if (review_decide(&split->review, round->arena, &split->proposal, err) != 0)
        return -1;
    split->found = split->review.publish;
    return 0;
}

/* The text of a table without its label. */
static const char *
rows_of(const struct candidate *candidate, size_t *ret_len)
{
    const struct buf *text = &candidate->table_text;
    const char *feed = text->len > 0 && text->data[0] == '#' ? memchr(text->data, '\n', text->len) : NULL;
    size_t skipped = feed == NULL ? 0 : (size_t)(feed - text->data) + 1;
    *ret_len = text->len - skipped;
    return text->len == 0 ? "" : text->data + skipped;
}

/* Whether the safe part differs from what is in use in more than its label. */
static bool
is_new(const struct round *round)
{
    size_t a_len, b_len;
    const char *a = rows_of(&round->split.candidate, &a_len), *b = rows_of(&round->old, &b_len);
    return a_len != b_len || memcmp(a, b, a_len) != 0;
}

/* Whether only the label differs: the documents are newer, and nothing that waits would record them. */
static bool
is_newer(const struct round *round)
{
    const struct image_text a = image_info(round->split.candidate.image)->label;
    const struct image_text b = image_info(round->old.image)->label;
    return a.len != b.len || memcmp(a.text, b.text, a.len) != 0;
}

/* Whether the safe part comes into use. A local line that a person rolled back is part of it in every document. */
static int
decide_use(struct round *round, struct err *err)
{
    struct split *split = &round->split;
    bool differs = is_new(round);
    if (differs && decision_find_refused(&split->rolled_back, round->flow->state, &split->candidate, &split->documents,
                                         round->current, err) != 0)
        return -1;
    if (split->rolled_back != 0 && decision_is_rejected(round->flow->state, split->rolled_back))
        split->rolled_back = 0; /* it opens nothing, so it does no harm */
    split->stays = round->flow->waits_only || split->rolled_back != 0;
    split->is_new = differs && !split->stays;
    return 0;
}

static bool
has_waiting(const struct held *held)
{
    bool waits = false;
    for (size_t i = 0; !waits && i < held->count; i++)
        waits = !held->keys[i].rejected;
    return waits;
}

/* A person rejected the whole of it. Rows that wait and were not rejected with that, such as one that was in use then
 * and was rolled back, are proposed all the same, unless the rest without what was rejected was rejected as well. */
static int
ask_about_rest(struct round *round, struct err *err)
{
    uint32_t refused;
    if (round->rejected == 0 || !round->split.waits || round->split.whole_held.len == 0)
        return 0;
    if (decision_find_refused(&refused, round->flow->state, &round->candidate, &round->split.whole, round->current,
                              err) != 0)
        return -1;
    round->rejected = refused != 0 && decision_is_rejected(round->flow->state, refused) ? refused : 0;
    return 0;
}

/* Rows that opened something when they were held may open nothing next to the rest. They wait all the same. */
static int
say_undecided(struct round *round, const struct held *held, struct err *err)
{
    struct buf text;
    size_t named = 0;
    buf_init(&text, UNDECIDED_MAX);
    buf_add_text(&text, UNDECIDED ": ");
    for (size_t i = 0; i < held->count && named < UNDECIDED_NAMED; i++) {
        if (!held->keys[i].rejected)
            buf_add_fmt(&text, "%s%.200s (%.40s)", named++ > 0 ? "; " : "", held->keys[i].pattern,
                        held->keys[i].source);
    }
    if (named == UNDECIDED_NAMED && held->count > named)
        buf_add_text(&text, " and more");
    buf_add_char(&text, '\0');
    int result = flow_add_reason(round, named == 0 ? GONE : buf_ok(&text) ? text.data : UNDECIDED, err);
    buf_clear(&text);
    return result;
}

static int
keep_undecided(struct round *round, const struct held *held, struct rejected *rejected, struct err *err)
{
    bool undecided;
    const struct safe_input input = {
        .proposal = &round->proposal,
        .old = &round->old,
        .undecided = held->arena == NULL ? NULL : held,
        .is_rejected = is_rejected,
        .arg = rejected,
    };
    if (safe_is_undecided(&undecided, &input, err) != 0)
        return -1;
    return undecided ? say_undecided(round, held, err) : 0;
}

int
flow_keep_undecided(struct round *round, struct err *err)
{
    const struct buf *text = &round->old_documents.held;
    struct held held = {0};
    struct rejected rejected;
    if (round->flow->conf->review != REVIEW_PARTS || round->flow->by_hand || round->current == 0)
        return 0;
    if (rejected_read(&rejected, round->flow->state, err) != 0)
        return -1;
    int result = text->len == 0 ? 0 : held_read(&held, text->data, text->len, err);
    if (result == 0 && (text->len > 0 || rejected.count > 0))
        result = keep_undecided(round, &held, &rejected, err);
    held_clear(&held);
    rejected_clear(&rejected);
    return result;
}

/* What waits is compared with what will be in use, or stays. */
static int
compare_whole(struct round *round, struct err *err)
{
    struct diff *diff;
    const struct candidate *in_use = round->split.stays ? &round->old : &round->split.candidate;
    if (flow_compare(&diff, round, in_use, &round->candidate, err) != 0)
        return -1;
    diff_free(round->diff);
    round->diff = diff;
    round->proposal.diff = diff;
    round->proposal.documents = &round->split.whole;
    if (review_decide(&round->review, round->arena, &round->proposal, err) != 0)
        return -1;
    if (round->review.publish && say_undecided(round, &round->split.held, err) != 0)
        return -1;
    return round->split.rolled_back == 0 ? 0 : flow_say_rolled_back(round, round->split.rolled_back, err);
}

static int
split_with(struct round *round, const struct held *old_held, const struct held *undecided, struct rejected *rejected,
           struct err *err)
{
    struct safe safe;
    const struct safe_input input = {
        .proposal = &round->proposal,
        .old = &round->old,
        .old_held = old_held->arena == NULL ? NULL : old_held,
        .undecided = undecided->arena == NULL ? NULL : undecided,
        .is_rejected = is_rejected,
        .arg = rejected,
    };
    if (safe_find(&safe, &input, err) != 0)
        return -1;
    if (safe.ended)
        say(round->flow->listener,
            safe.found ? "the search for what may be used at once took too long: some rows are held that open nothing"
                       : "the search for what may be used at once took too long: everything waits");
    int result = safe.found ? build_safe(round, &safe, err) : 0;
    safe_clear(&safe);
    if (result != 0 || !round->split.found)
        return result;
    if (decide_use(round, err) != 0)
        return -1;
    round->split.waits = has_waiting(&round->split.held);
    if (!round->split.waits && !round->split.stays && round->rejected == 0)
        round->split.is_new = round->split.is_new || is_newer(round);
    if (build_whole(round, err) != 0 || ask_about_rest(round, err) != 0)
        return -1;
    return round->split.waits ? compare_whole(round, err) : 0;
}

int
flow_split(struct round *round, struct err *err)
{
    const struct buf *text = &round->old_documents.held;
    struct held old_held, undecided = {0};
    struct rejected rejected;
    if (read_old_held(&old_held, round, err) != 0)
        return -1;
    int result = text->len == 0 ? 0 : held_read(&undecided, text->data, text->len, err);
    if (result == 0)
        result = rejected_read(&rejected, round->flow->state, err);
    if (result == 0) {
        result = split_with(round, &old_held, &undecided, &rejected, err);
        rejected_clear(&rejected);
    }
    held_clear(&undecided);
    held_clear(&old_held);
    return result;
}

/* The candidate of the round is replaced by a table that was made of it. */
static int
replace_candidate(struct round *round, struct safe *safe, struct err *err)
{
    struct split *split = &round->split;
    struct candidate candidate;
    struct diff *diff;
    struct table *table = safe->table;
    safe->table = NULL;
    table_copy_complaints(table, round->candidate.table);
    split->whole = with_held(round, &split->whole_held);
    if (print_held(&split->whole_held, &safe->held, err) != 0) {
        table_free(table);
        return -1;
    }
    split->whole.held = split->whole_held;
    if (candidate_from_table(&candidate, table, round->flow->conf, &split->whole, err) != 0)
        return -1;
    candidate_clear(&round->candidate);
    round->candidate = candidate;
    if (flow_compare(&diff, round, &round->old, &round->candidate, err) != 0)
        return -1;
    diff_free(round->diff);
    round->diff = diff;
    round->proposal.diff = diff;
    round->proposal.documents = &split->whole;
    return review_decide(&round->review, round->arena, &round->proposal, err);
}

int
flow_apply_rejected(struct round *round, struct err *err)
{
    struct held old_held;
    struct rejected rejected;
    struct safe safe = {0};
    if (rejected_read(&rejected, round->flow->state, err) != 0)
        return -1;
    int result = rejected.count == 0 ? 0 : read_old_held(&old_held, round, err);
    if (result == 0 && rejected.count > 0) {
        const struct safe_input input = {.proposal = &round->proposal,
                                         .old = &round->old,
                                         .old_held = old_held.arena == NULL ? NULL : &old_held,
                                         .is_rejected = is_rejected,
                                         .arg = &rejected};
        result = safe_reject(&safe, &input, err);
        if (result == 0 && safe.found)
            result = replace_candidate(round, &safe, err);
        safe_clear(&safe);
        held_clear(&old_held);
    }
    rejected_clear(&rejected);
    return result;
}

void
flow_split_clear(struct split *split)
{
    diff_free(split->diff);
    candidate_clear(&split->candidate);
    candidate_clear(&split->replaced);
    held_clear(&split->held);
    buf_clear(&split->documents.held);
    buf_clear(&split->whole_held);
}
