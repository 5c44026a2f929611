// SPDX-License-Identifier: GPL-2.0-or-later
/* history.c - see history.h. */
#include "history.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/say.h"
#include "state/state.h"
#include "store/act.h"
#include "store/decision.h"
#include "store/generation_named.h"
#include "store/record.h"

#define ACTS_MEMORY ((size_t)16 << 20) /* of one generation */

/* What decides the fate of every generation. */
struct uses {
    struct state *state;
    uint32_t linked[3]; /* by enum state_link; 0: none, or it cannot be read */
    const uint32_t *published;
    size_t published_count;
};

static int
read_uses(struct uses *ret, struct state *state, const struct listener *listener, struct err *err)
{
    *ret = (struct uses){.state = state};
    for (int i = STATE_CURRENT; i <= STATE_PENDING; i++) {
        struct err why = {0};
        if (state_get(state, (enum state_link)i, &ret->linked[i], &why) != 0)
            say(listener, "%s", why.text);
    }
    return state_published(state, &ret->published, &ret->published_count, err);
}

/* A record that says so is not enough: its writer may have been killed before that. */
static bool
was_used(const struct uses *uses, uint32_t generation)
{
    return uses->linked[STATE_CURRENT] == generation || uses->linked[STATE_PREVIOUS] == generation ||
           state_is_among(uses->published, uses->published_count, generation);
}

/* A link says more than the last decision, and that says more than the list of what was published. */
static const char *
find_fate(const struct uses *uses, const struct history_entry *entry)
{
    static const char *const words[] = {"current", "previous", "pending"};
    for (int i = STATE_CURRENT; i <= STATE_PENDING; i++) {
        if (uses->linked[i] == entry->generation)
            return words[i];
    }
    if (decided_parse(entry->decided) == DECIDED_REJECTED)
        return "rejected";
    if (state_is_among(uses->published, uses->published_count, entry->generation))
        return "published";
    char result[16];
    record_get(&entry->review, "result", result, sizeof result);
    return strcmp(result, "held") == 0 ? "superseded" : "unused";
}

/* What each act says about an entry. A decision without a note leaves the note before it. */
struct taking {
    struct history_entry *entry;
    struct arena *arena;
    struct act *acts;
    size_t count, room;
};

static void
take_act(void *arg, const struct act *act)
{
    struct taking *taking = arg;
    struct history_entry *entry = taking->entry;
    bool made = strcmp(act->what, ACT_MADE) == 0;
    if (!made) {
        snprintf(entry->decided, sizeof entry->decided, "%s", act->what);
        memcpy(entry->at, act->at, sizeof entry->at);
    }
    memcpy(entry->by, act->by, sizeof entry->by);
    if (act->note[0] != '\0')
        memcpy(entry->note, act->note, sizeof entry->note);
    if (act->uses)
        memcpy(entry->used, act->at, sizeof entry->used);
    struct act *grown = arena_grow(taking->arena, taking->acts, &taking->room, taking->count + 1, sizeof *grown);
    if (grown == NULL)
        return;
    grown[taking->count++] = *act;
    taking->acts = grown;
}

static int
read_acts(struct history_entry *entry, const struct state *state, struct arena *arena, struct err *err)
{
    struct taking taking = {.entry = entry, .arena = arena};
    if (act_each(state, entry->generation, take_act, &taking, err) != 0)
        return -1;
    entry->acts = taking.acts;
    entry->act_count = taking.count;
    return arena_ok(arena) ? 0 : err_set(err, ERR_MEM, "no memory");
}

static int
read_entry(struct history_entry *ret, const struct uses *uses, uint32_t generation, struct arena *arena,
           struct err *err)
{
    *ret = (struct history_entry){.generation = generation};
    if (generation_read_review(&ret->review, uses->state, generation, err) != 0)
        return -1;
    record_get(&ret->review, "created", ret->created, sizeof ret->created);
    record_get(&ret->review, "label", ret->label, sizeof ret->label);
    record_get(&ret->review, "rules", ret->rules, sizeof ret->rules);
    record_get(&ret->review, "by", ret->how, sizeof ret->how);
    if (read_acts(ret, uses->state, arena, err) != 0) {
        buf_clear(&ret->review);
        return -1;
    }
    ret->fate = find_fate(uses, ret);
    if (!was_used(uses, generation))
        ret->used[0] = '\0';
    return 0;
}

int
history_each(struct state *state, const struct listener *listener,
             void (*each)(void *arg, const struct history_entry *entry), void *arg, struct err *err)
{
    struct uses uses;
    const uint32_t *numbers;
    size_t count;
    if (read_uses(&uses, state, listener, err) != 0 || state_list(state, &numbers, &count, err) != 0)
        return -1;
    while (count > 0) {
        struct history_entry entry;
        struct err why = {0};
        uint32_t generation = numbers[--count];
        struct arena *arena = arena_new(ACTS_MEMORY);
        if (arena == NULL)
            return err_set(err, ERR_MEM, "no memory");
        if (read_entry(&entry, &uses, generation, arena, &why) == 0) {
            each(arg, &entry);
            buf_clear(&entry.review);
        } else {
            say(listener, "generation %u: %s", generation, why.text);
        }
        arena_free(arena);
    }
    return 0;
}
