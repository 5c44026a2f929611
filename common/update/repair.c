// SPDX-License-Identifier: GPL-2.0-or-later
/* repair.c - see repair.h. */
#include "repair.h"

#include <stdio.h>

#include "base/err.h"
#include "base/place.h"
#include "base/say.h"
#include "conf/conf.h"
#include "flow.h"
#include "image/image.h"
#include "state/state.h"
#include "state/state_lock.h"
#include "store/candidate.h"
#include "store/document.h"
#include "store/generation_image.h"

/* -1 if it is a failure and no damage. */
static int
expect_damage(const struct err *why, struct err *err)
{
    return why->kind == ERR_CORRUPT ? 0 : err_set(err, why->kind, "%s", why->text);
}

/* Under the lock, unless somebody else changed what waits meanwhile. */
static int
set_aside(bool *ret, struct state *state, const struct state_mark *seen, struct err *err)
{
    if (state_lock(state, err) != 0)
        return -1;
    *ret = state_is_marked(state, seen);
    int result = *ret ? state_set_pending(state, 0, err) : 0;
    state_unlock(state);
    return result;
}

int
repair_waiting(struct state *state, const struct listener *listener, bool dry_run, struct err *err)
{
    struct state_mark seen;
    struct err why = {0};
    uint32_t pending;
    bool done = true;
    state_mark(state, &seen);
    if (state_get(state, STATE_PENDING, &pending, &why) == 0 &&
        (pending == 0 || generation_verify(state, pending, &why) == 0))
        return 0;
    if (expect_damage(&why, err) != 0 || (!dry_run && set_aside(&done, state, &seen, err) != 0))
        return -1;
    if (!done)
        return 0;
    say(listener, "%s; it %s, and the next update fetches it again", why.text,
        dry_run ? "would no longer wait" : "no longer waits");
    return 1;
}

static const char *
describe_helpers(const struct state *state)
{
    struct image *image;
    uint32_t current = state_linked(state, STATE_CURRENT);
    if (current == 0)
        return "a helper that starts does not find it";
    if (generation_open_image(&image, state, current, NULL) != 0)
        return "a helper that starts has no table and answers no-table";
    image_close(image);
    return "helpers still answer from it";
}

const char *
repair_helpers(const struct state *state)
{
    struct err why = {0};
    uint32_t current;
    if ((state_get(state, STATE_CURRENT, &current, &why) == 0 &&
         (current == 0 || generation_verify(state, current, &why) == 0)) ||
        why.kind != ERR_CORRUPT)
        return NULL;
    return describe_helpers(state);
}

void
repair_append_stays(struct err *err, const struct state *state)
{
    char words[ERR_TEXT_MAX / 2];
    const char *helpers = repair_helpers(state);
    if (helpers == NULL)
        snprintf(words, sizeof words, "; what was in use stays in use");
    else
        snprintf(words, sizeof words, "; 'm365ctl publish%s' repairs it; until then %s", place_option(), helpers);
    err_append(err, words);
}

/* The documents of a generation, with the rows that it holds. 1: they are loaded; 0: they are damaged. */
static int
load_whole(struct documents *ret, bool *ret_found_again, const struct flow *flow, uint32_t generation, struct err *err)
{
    struct documents rows;
    struct err why = {0};
    *ret_found_again = false;
    if (documents_load_bare(ret, flow->conf, flow->state, generation, &why) != 0)
        return expect_damage(&why, err);
    if (documents_load_held(&rows, flow->state, generation, &why) == 0) {
        buf_clear(&ret->held);
        ret->held = rows.held;
        buf_clear(&rows.waiting);
        return 1;
    }
    *ret_found_again = true;
    int found = expect_damage(&why, err) != 0 ? -1 : flow_find_held(ret, flow, generation, true, err);
    if (found <= 0)
        documents_clear(ret);
    return found;
}

/* What was in use, oldest first; without the list of that only what the link `previous` names, in *room. */
static int
list_used(const uint32_t **ret, size_t *ret_count, uint32_t *room, const struct flow *flow, struct err *err)
{
    struct err why = {0};
    if (state_published(flow->state, ret, ret_count, &why) == 0)
        return 0;
    if (expect_damage(&why, err) != 0)
        return -1;
    *room = state_linked(flow->state, STATE_PREVIOUS);
    *ret = room;
    *ret_count = *room != 0;
    return 0;
}

/* The first of the generations that were in use, the newest first, whose documents are whole. */
static int
load_older(struct documents *documents, uint32_t *ret, const struct flow *flow, uint32_t not_this, struct err *err)
{
    const uint32_t *published;
    uint32_t room;
    size_t count;
    bool again;
    if (list_used(&published, &count, &room, flow, err) != 0)
        return -1;
    while (count > 0) {
        *ret = published[--count];
        int whole = *ret == not_this ? 0 : load_whole(documents, &again, flow, *ret, err);
        if (whole != 0)
            return whole < 0 ? -1 : 0;
    }
    *ret = 0;
    return documents_load(documents, flow->conf, flow->state, 0, err);
}

/* What is in use, or was until its link was lost. */
static int
find_damaged(uint32_t *ret, const struct flow *flow, struct err *err)
{
    const uint32_t *published;
    uint32_t room;
    size_t count;
    *ret = state_linked(flow->state, STATE_CURRENT);
    if (*ret != 0)
        return 0;
    if (list_used(&published, &count, &room, flow, err) != 0)
        return -1;
    *ret = count > 0 ? published[count - 1] : 0;
    return 0;
}

static int
replace(struct documents *documents, uint32_t *ret, const struct flow *flow, const struct err *why, struct err *err)
{
    uint32_t damaged;
    bool again = false;
    int whole = find_damaged(&damaged, flow, err);
    if (whole == 0 && damaged != 0)
        whole = load_whole(documents, &again, flow, damaged, err);
    if (whole < 0)
        return -1;
    if (whole > 0) {
        *ret = damaged;
        say(flow->listener, "%s; publishing replaces it, from its own documents%s", why->text,
            again ? "; what would open next to its table stays held" : "");
        return 0;
    }
    if (load_older(documents, ret, flow, damaged, err) != 0)
        return -1;
    size_t before = documents->held.len;
    if (damaged != 0 && flow_find_held(documents, flow, damaged, false, err) < 0) {
        documents_clear(documents);
        return -1;
    }
    const char *held = documents->held.len > before ? "; what would open next to its table stays held" : "";
    if (*ret == 0)
        say(flow->listener, "%s; publishing replaces it%s", why->text, held);
    else
        say(flow->listener, "%s; %s damaged, too; publishing replaces it, with the older documents of generation %u%s",
            why->text, again ? "its table is" : "its documents are", *ret, held);
    return 0;
}

int
repair_load(struct documents *documents, uint32_t *ret, const struct flow *flow, struct err *err)
{
    struct err why = {0};
    if (state_get(flow->state, STATE_CURRENT, ret, &why) == 0 &&
        (*ret == 0 || generation_verify(flow->state, *ret, &why) == 0))
        return documents_load(documents, flow->conf, flow->state, *ret, err);
    return expect_damage(&why, err) != 0 || replace(documents, ret, flow, &why, err) != 0 ? -1 : 1;
}
