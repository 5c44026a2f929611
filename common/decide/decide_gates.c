// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * decide_gates.c - the gates as they are configured when a person approves, and what they say about a table that waits
 * as a whole. Part of decide.h.
 *
 * Who approves has seen the reasons for which the table began to wait. A gate that was added since, or is hit only
 * since something else came into use, is not among them.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "conf/conf.h"
#include "decide_build.h"
#include "review/review.h"
#include "store/document.h"
#include "store/generation_named.h"
#include "store/record.h"

#define GATES_MEMORY ((size_t)64 << 20)
#define REASON_ROOM 1200

static bool
is_recorded(const struct buf *record, const char *reason)
{
    char known[REASON_ROOM];
    size_t at = 0;
    while (record_next(record, "reason", &at, known, sizeof known)) {
        if (strcmp(known, reason) == 0)
            return true;
    }
    return false;
}

/* Fails for the first reason that nobody was told. */
static int
compare_reasons(const struct review *review, const struct decide *decide, struct err *err)
{
    struct buf record;
    int result = 0;
    if (generation_read_review(&record, decide->state, decide->generation, err) != 0)
        return -1;
    for (size_t i = 0; result == 0 && i < review->reason_count; i++) {
        if (!is_recorded(&record, review->reasons[i]))
            result = err_set(err, ERR_USAGE,
                             "%.500s: this was not among the reasons when generation %u began to wait; 'm365ctl "
                             "publish' puts it there, --force approves it all the same",
                             review->reasons[i], decide->generation);
    }
    buf_clear(&record);
    return result;
}

static int
ask(const struct decide *decide, struct arena *arena, struct err *err)
{
    struct documents was = {0}, is = {0};
    struct review review;
    int result = documents_load_all(&is, decide->state, decide->generation, err);
    if (result == 0)
        result = documents_load_all(&was, decide->state, decide->current, err);
    if (result == 0) {
        const struct proposal proposal = {.conf = decide->conf,
                                          .candidate = &decide->compared.new_side.candidate,
                                          .documents = &is,
                                          .old_documents = decide->current == 0 ? NULL : &was,
                                          .diff = decide->compared.diff,
                                          .by = "approve",
                                          .by_hand = true,
                                          .now = decide->now};
        result = review_decide(&review, arena, &proposal, err);
    }
    if (result == 0)
        result = compare_reasons(&review, decide, err);
    documents_clear(&was);
    documents_clear(&is);
    return result;
}

int
decide_ask_gates(const struct decide *decide, struct err *err)
{
    struct arena *arena = arena_new(GATES_MEMORY);
    if (arena == NULL)
        return err_set(err, ERR_MEM, "no memory");
    int result = ask(decide, arena, err);
    arena_free(arena);
    return result;
}

int
decide_refuse_rows(const struct decide *decide, struct err *err)
{
    struct buf record;
    char reason[REASON_ROOM] = "";
    bool in_parts = decide->conf->review == REVIEW_PARTS;
    if (in_parts && generation_read_review(&record, decide->state, decide->generation, NULL) == 0) {
        record_get(&record, "reason", reason, sizeof reason);
        buf_clear(&record);
    }
    return err_set(err, ERR_USAGE,
                   "generation %u waits as a whole, not row by row%s%.500s; decide about it without --only",
                   decide->generation,
                   reason[0] != '\0' ? ", because "
                   : in_parts        ? ""
                                     : " ('review parts' in m365.conf)",
                   reason);
}
