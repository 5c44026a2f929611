// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * decide_rows.c - approves or rejects single rows of what waits. Part of decide.h.
 *
 *     approve   documents that wait, held rows without these --> gates --> in use; the rest is built again and waits
 *     reject    these rows are put on the list (rejected.h); what waits is built again without them
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/place.h"
#include "base/say.h"
#include "decide.h"
#include "decide_build.h"
#include "flow.h"
#include "name/pattern.h"
#include "state/state.h"
#include "store/decision.h"
#include "store/document.h"
#include "store/rejected.h"
#include "table/held.h"
#include "table/table.h"

#define NOTE_MAX ((size_t)2000)
#define NAMED 5 /* held rows that a refusal names */

/* A decision about rows while it is made. */
struct choice {
    struct decide *decide;
    const struct decide_rows *asked;
    bool approves;
    struct documents documents; /* those that wait; if nothing does, those in use */
    struct held held;           /* all rows that are held */
    struct buf note;            /* `only PATTERN, PATTERN: NOTE` */
};

static bool
is_asked(const struct choice *choice, const char *pattern)
{
    bool found = false;
    for (size_t i = 0; !found && i < choice->asked->count; i++)
        found = strcmp(choice->asked->patterns[i], pattern) == 0;
    return found;
}

/* The rows of a key in the newest sources from *at on; NULL beyond the last. */
static const struct terms *
next_row(const struct held *held, const struct held_key *key, size_t *at)
{
    while (*at < held->is->rule_count) {
        const struct rule *rule = &held->is->rules[(*at)++];
        if (held_find(held, held->is, rule) == key)
            return &held->is->terms[rule->terms];
    }
    return NULL;
}

/* Whether a name that is asked for joins an endpoint set of this row. */
static bool
is_of_asked_set(const struct choice *choice, const struct terms *terms)
{
    const struct held *held = &choice->held;
    bool found = false;
    for (size_t i = 0; !found && terms->set.has_id && i < held->is->rule_count; i++) {
        const struct rule *rule = &held->is->rules[i];
        const struct held_key *key = held_find(held, held->is, rule);
        found = rule->kind != PATTERN_PREFIX && key != NULL && is_asked(choice, key->pattern) &&
                endpoint_set_same(&held->is->terms[rule->terms].set, &terms->set);
    }
    return found;
}

/* Whether a row is decided about. The addresses of an endpoint set are approved with its names: without them the names
 * would pass with any address. */
static bool
is_picked(const struct choice *choice, const struct held_key *key)
{
    const struct terms *terms;
    bool picked = is_asked(choice, key->pattern);
    if (picked || !choice->approves || strchr(key->pattern, '/') == NULL || key->pattern[0] == '~')
        return picked;
    for (size_t at = 0; !picked && (terms = next_row(&choice->held, key, &at)) != NULL;)
        picked = is_of_asked_set(choice, terms);
    return picked;
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
    uint32_t from = decide->generation != 0 ? decide->generation : decide->current;
    if (documents_load(&choice->documents, decide->conf, decide->state, from, err) != 0)
        return -1;
    const struct buf *text = decide->generation != 0 ? &choice->documents.waiting : &choice->documents.held;
    if (text->len > 0)
        return held_read(&choice->held, text->data, text->len, err);
    if (decide->generation == 0)
        return err_set(err, ERR_USAGE, "no row is held, so there is none to decide about");
    return decide_refuse_rows(decide, err);
}

/* Refuses a pattern that is not held, and names some that are. */
static int
refuse(const struct choice *choice, const char *pattern, struct err *err)
{
    struct buf names;
    buf_init(&names, 4000);
    for (size_t i = 0; i < choice->held.count && i < NAMED; i++)
        buf_add_fmt(&names, "%s'%.100s'", i == 0 ? "" : ", ", choice->held.keys[i].pattern);
    if (choice->held.count > NAMED)
        buf_add_fmt(&names, " and %zu more ('m365ctl diff%s' shows them)", choice->held.count - NAMED, place_option());
    err_set(err, ERR_USAGE, "'%.200s' is not held; what is: %.*s", pattern, (int)names.len,
            names.len == 0 ? "" : names.data);
    buf_clear(&names);
    return -1;
}

static int
check_asked(const struct choice *choice, struct err *err)
{
    for (size_t i = 0; i < choice->asked->count; i++) {
        bool found = false;
        for (size_t k = 0; !found && k < choice->held.count; k++)
            found = strcmp(choice->held.keys[k].pattern, choice->asked->patterns[i]) == 0;
        if (!found)
            return refuse(choice, choice->asked->patterns[i], err);
    }
    return 0;
}

static int
write_note(struct choice *choice, struct err *err)
{
    buf_init(&choice->note, NOTE_MAX);
    for (size_t i = 0; i < choice->asked->count; i++)
        buf_add_fmt(&choice->note, "%s%.200s", i == 0 ? "only " : ", ", choice->asked->patterns[i]);
    for (size_t i = 0; i < choice->held.count; i++) {
        const struct held_key *key = &choice->held.keys[i];
        if (!is_asked(choice, key->pattern) && is_picked(choice, key)) {
            say(choice->decide->listener, "'%s' is approved as well: it belongs to the same endpoint set",
                key->pattern);
            buf_add_fmt(&choice->note, ", %.60s", key->pattern);
        }
    }
    if (choice->decide->note != NULL)
        buf_add_fmt(&choice->note, ": %.600s", choice->decide->note);
    buf_add_char(&choice->note, '\0');
    return buf_ok(&choice->note) ? 0 : err_set(err, ERR_LIMIT, "too many rows at once; name fewer with --only");
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

static bool
waits(const struct held *held)
{
    bool found = false;
    for (size_t i = 0; !found && i < held->count; i++)
        found = !held->keys[i].rejected;
    return found;
}

/* Publishes the documents with these rows held. What waited is dropped then. 1: somebody else has decided meanwhile. */
static int
publish(struct flow_result *ret, struct choice *choice, const struct held *rest, struct err *err)
{
    struct flow flow = flow_of(choice, "approve");
    struct documents documents = choice->documents;
    struct buf held = {0};
    flow.by_hand = flow.exact = true;
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

static int
approve(struct flow_result *ret, struct choice *choice, struct err *err)
{
    struct decide *decide = choice->decide;
    struct held rest;
    struct flow_result again;
    if (held_select(&rest, &choice->held, leaves, choice, err) != 0)
        return -1;
    int result = publish(ret, choice, &rest, err);
    if (result > 0)
        result = decide_moved(err);
    if (result == 0 && ret->what == FLOW_PUBLISHED) {
        if (decide->generation != 0)
            result = decide_record(decide, DECIDED_APPROVED_PART, choice->note.data, err);
        if (result == 0)
            result = rejected_keep(decide->state, &rest, err);
        if (result == 0 && waits(&rest))
            result = build_rest(&again, choice, "approve", err);
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
    struct held picked;
    if (choice->decide->generation == 0)
        return err_set(err, ERR_USAGE, "nothing waits for approval; these rows were rejected already");
    if (held_select(&picked, &choice->held, picks, choice, err) != 0)
        return -1;
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
    if (load(choice, err) != 0 || check_asked(choice, err) != 0 || write_note(choice, err) != 0)
        return -1;
    return approves ? approve(ret, choice, err) : reject(ret, choice, err);
}

int
decide_about_rows(struct flow_result *ret, struct decide *decide, const struct decide_rows *rows, bool approves,
                  struct err *err)
{
    struct choice choice = {.decide = decide, .asked = rows, .approves = approves};
    int result = decide_about(ret, &choice, approves, err);
    documents_clear(&choice.documents);
    held_clear(&choice.held);
    buf_clear(&choice.note);
    return result;
}
