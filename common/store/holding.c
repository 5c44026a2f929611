// SPDX-License-Identifier: GPL-2.0-or-later
/* holding.c - see holding.h. */
#include "holding.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "decision.h"
#include "document.h"
#include "rejected.h"
#include "state/state.h"
#include "table/table.h"

#define MARKS_MEMORY ((size_t)256 << 20)

static int
read_text(struct holding *ret, const struct buf *text, struct err *err)
{
    return text->len == 0 ? 0 : held_read(&ret->held, text->data, text->len, err);
}

/* What waits, if it is about the rows of what is in use. */
static int
read_waiting(struct holding *ret, const struct state *state, struct err *err)
{
    struct documents documents;
    uint32_t pending;
    if (state_get(state, STATE_PENDING, &pending, err) != 0 ||
        documents_load_held(&documents, state, pending, err) != 0)
        return -1;
    int result = read_text(ret, &documents.waiting, err);
    if (result == 0)
        *(documents.waiting.len > 0 ? &ret->waits : &ret->whole) = pending;
    documents_clear(&documents);
    return result;
}

int
holding_read(struct holding *ret, const struct state *state, uint32_t generation, struct err *err)
{
    struct documents documents;
    *ret = (struct holding){.in_use = generation != 0 && generation == state_linked(state, STATE_CURRENT)};
    if (ret->in_use && read_waiting(ret, state, err) != 0)
        return -1;
    ret->newest = ret->waits;
    if (ret->waits != 0)
        return 0;
    if (ret->in_use && decision_newest(&ret->newest, state, generation, NULL) != 0)
        ret->newest = 0;
    if (documents_load_held(&documents, state, generation, err) != 0)
        return -1;
    int result = read_text(ret, &documents.held, err);
    documents_clear(&documents);
    if (result == 0 && ret->in_use && rejected_mark(&ret->held, state, err) != 0) {
        holding_clear(ret);
        return -1;
    }
    return result;
}

void
holding_clear(struct holding *holding)
{
    held_clear(&holding->held);
    arena_free(holding->arena);
    *holding = (struct holding){0};
}

void
holding_count(struct holding_count *ret, const struct holding *holding)
{
    *ret = (struct holding_count){.newest = holding->newest};
    for (size_t i = 0; i < holding->held.count; i++) {
        const struct held_key *key = &holding->held.keys[i];
        char *since = key->rejected ? ret->rejected_since : ret->waiting_since;
        if (since[0] == '\0' || strcmp(key->since, since) < 0)
            memcpy(since, key->since, DAY_TEXT_MAX);
        ret->waiting += !key->rejected;
        ret->rejected += key->rejected;
    }
}

const struct rejection *
holding_rejection(const struct holding *holding, const struct held_key *key)
{
    const struct rejection *found = holding->rejections == NULL ? NULL : &holding->rejections[key - holding->held.keys];
    return found == NULL || found->day[0] == '\0' ? NULL : found;
}

static void
begin_comment(struct buf *buf, const struct holding *holding, const struct held_key *key)
{
    const struct rejection *rejection = holding_rejection(holding, key);
    buf_add_fmt(buf, "# held since %s, %s", key->since, key->rejected ? "rejected" : "waiting");
    if (rejection != NULL)
        buf_add_fmt(buf, " %s by %s", rejection->day, rejection->by);
    buf_add_text(buf, ": ");
}

void
holding_add_state(struct buf *buf, const struct holding *holding, const struct held_key *key)
{
    const struct rejection *rejection = holding_rejection(holding, key);
    buf_add_text(buf, key->rejected ? "was rejected" : "waits for a decision");
    if (!key->rejected && holding->waits != 0)
        buf_add_fmt(buf, ", in generation %u", holding->waits);
    if (rejection == NULL)
        return;
    buf_add_fmt(buf, " on %s by ", rejection->day);
    utf8_add_printable(buf, rejection->by, strlen(rejection->by));
    buf_add_text(buf, rejection->note[0] == '\0' ? "" : ": ");
    utf8_add_printable(buf, rejection->note, strlen(rejection->note));
}

int
holding_add_comments(struct buf *buf, const struct holding *holding, struct err *err)
{
    const struct held *held = &holding->held;
    if (held->count == 0)
        return 0;
    struct arena *arena = arena_new(MARKS_MEMORY);
    bool *has_row = arena == NULL ? NULL : arena_alloc(arena, held->count * sizeof *has_row);
    if (has_row == NULL) {
        arena_free(arena);
        return err_set(err, ERR_MEM, "no memory for held rows");
    }
    memset(has_row, 0, held->count * sizeof *has_row);
    for (size_t i = 0; i < held->is->rule_count; i++) {
        const struct held_key *key = held_find(held, held->is, &held->is->rules[i]);
        if (key == NULL)
            continue;
        has_row[key - held->keys] = true;
        begin_comment(buf, holding, key);
        table_print_rule(held->is, &held->is->rules[i], 0, buf);
        buf_add_char(buf, '\n');
    }
    for (size_t i = 0; i < held->count; i++) {
        if (has_row[i])
            continue;
        begin_comment(buf, holding, &held->keys[i]);
        buf_add_fmt(buf, "no row for %s source=%s\n", held->keys[i].pattern, held->keys[i].source);
    }
    arena_free(arena);
    return 0;
}
