// SPDX-License-Identifier: GPL-2.0-or-later
/* history.c - see history.h. */
#include "history.h"

#include <stddef.h>
#include <string.h>

#include "base/err.h"
#include "base/say.h"
#include "store/decision.h"
#include "store/generation_named.h"
#include "store/record.h"
#include "store/state.h"

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

static int
read_decisions(struct history_entry *entry, const struct state *state, struct err *err)
{
    record_get(&entry->review, "user", entry->by, sizeof entry->by);
    record_get(&entry->review, "note", entry->note, sizeof entry->note);
    for (uint32_t index = 1;; index++) {
        struct buf text;
        buf_init(&text, RECORD_MAX);
        int found = decision_read(state, entry->generation, index, &text, err);
        if (found == 1) {
            record_get(&text, "what", entry->decided, sizeof entry->decided);
            record_get(&text, "by", entry->by, sizeof entry->by);
            record_get(&text, "at", entry->at, sizeof entry->at);
            record_get(&text, "note", entry->note, sizeof entry->note);
        }
        buf_clear(&text);
        if (found != 1)
            return found;
    }
}

static int
read_entry(struct history_entry *ret, const struct uses *uses, uint32_t generation, struct err *err)
{
    *ret = (struct history_entry){.generation = generation};
    if (generation_read_review(&ret->review, uses->state, generation, err) != 0)
        return -1;
    record_get(&ret->review, "created", ret->created, sizeof ret->created);
    record_get(&ret->review, "label", ret->label, sizeof ret->label);
    record_get(&ret->review, "rules", ret->rules, sizeof ret->rules);
    record_get(&ret->review, "by", ret->how, sizeof ret->how);
    if (read_decisions(ret, uses->state, err) != 0) {
        buf_clear(&ret->review);
        return -1;
    }
    ret->fate = find_fate(uses, ret);
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
        if (read_entry(&entry, &uses, generation, &why) != 0) {
            say(listener, "generation %u: %s", generation, why.text);
            continue;
        }
        each(arg, &entry);
        buf_clear(&entry.review);
    }
    return 0;
}
