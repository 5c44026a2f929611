// SPDX-License-Identifier: GPL-2.0-or-later
/* act.c - see act.h. */
#include "act.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "generation_named.h"
#include "record.h"

static void
read_making(struct act *ret, const struct buf *review)
{
    char result[16], how[16];
    *ret = (struct act){.what = ACT_MADE};
    record_get(review, "created", ret->at, sizeof ret->at);
    record_get(review, "user", ret->by, sizeof ret->by);
    record_get(review, "note", ret->note, sizeof ret->note);
    record_get(review, "result", result, sizeof result);
    record_get(review, "by", how, sizeof how);
    if (strcmp(how, "approve") == 0 && ret->by[0] != '\0')
        snprintf(ret->what, sizeof ret->what, "%s", decided_word(DECIDED_APPROVED_PART));
    ret->uses = strcmp(result, "published") == 0;
}

static void
read_decision(struct act *ret, const struct buf *decision)
{
    *ret = (struct act){0};
    record_get(decision, "what", ret->what, sizeof ret->what);
    record_get(decision, "at", ret->at, sizeof ret->at);
    record_get(decision, "by", ret->by, sizeof ret->by);
    record_get(decision, "note", ret->note, sizeof ret->note);
    enum decided what = decided_parse(ret->what);
    ret->uses = what == DECIDED_APPROVED || what == DECIDED_ROLLBACK;
}

int
act_each(const struct state *state, uint32_t generation, void (*each)(void *arg, const struct act *act), void *arg,
         struct err *err)
{
    struct act act;
    struct buf text;
    if (generation_read_review(&text, state, generation, err) != 0)
        return -1;
    read_making(&act, &text);
    buf_clear(&text);
    each(arg, &act);
    for (uint32_t index = 1;; index++) {
        buf_init(&text, RECORD_MAX);
        int found = decision_read(state, generation, index, &text, err);
        if (found == 1)
            read_decision(&act, &text);
        buf_clear(&text);
        if (found != 1)
            return found;
        each(arg, &act);
    }
}

struct uses {
    size_t count, wanted; /* from 0; while counting, `wanted` is none of them */
    char at[DAY_TIME_MAX];
};

static void
note_use(void *arg, const struct act *act)
{
    struct uses *uses = arg;
    if (act->uses && uses->count++ == uses->wanted)
        memcpy(uses->at, act->at, sizeof uses->at);
}

int
act_used(char ret[DAY_TIME_MAX], const struct state *state, uint32_t generation, size_t earlier, struct err *err)
{
    struct uses all = {.wanted = SIZE_MAX}, one = {0};
    ret[0] = '\0';
    if (act_each(state, generation, note_use, &all, err) != 0)
        return -1;
    if (all.count <= earlier)
        return 0;
    one.wanted = all.count - 1 - earlier;
    if (act_each(state, generation, note_use, &one, err) != 0)
        return -1;
    memcpy(ret, one.at, sizeof one.at);
    return 0;
}
