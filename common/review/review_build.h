/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * review_build.h - how the parts of one review collect their reasons. Private to the review*.c files. Without memory a
 * reason is lost, and arena_ok() is false.
 */
#ifndef COMMON_REVIEW_BUILD_H
#define COMMON_REVIEW_BUILD_H

#include "base/arena.h"
#include "base/buf.h"
#include "change/diff.h"
#include "conf/conf.h"
#include "image/image.h"
#include "review.h"
#include "store/candidate.h"
#include "store/document.h"
#include "table/table.h"

#define REVIEW_REASON_MAX 1000 /* bytes of one reason that review_say() keeps */

struct hearing {
    struct review *review;
    struct arena *arena;
    size_t room;
    const struct proposal *proposal;
    const struct conf *conf; /* of the proposal, as diff is */
    const struct diff *diff;
    uint32_t today;              /* days since 1970-01-01, UTC */
    uint32_t bypass, old_bypass; /* categories */
    struct buf text;             /* of the reason that is being written */
    size_t named, unnamed;       /* entries in it, and those there was no room for */
};

/* Adds one reason, cut after REVIEW_REASON_MAX - 1 bytes. */
void review_say(struct hearing *hearing, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * A reason that names entries. Call review_begin() first, then review_name() for each entry. Where it returns true,
 * append the entry to hearing->text. Where it returns false the reason is full, and the entry is only counted.
 * review_end() adds the reason `what: ENTRY, ENTRY and 3 more`; without an entry it adds none.
 */
void review_begin(struct hearing *hearing);
bool review_name(struct hearing *hearing);
void review_end(struct hearing *hearing, const char *what);

/* Appends ` (Allow, set 5, Exchange, worldwide)` to hearing->text; nothing for NULL. The set belongs to the table. */
void review_add_set(struct hearing *hearing, const struct table *table, const struct terms *terms);

/* True if a set is published and its category is in the mask `bypass`; false for NULL. */
bool review_is_bypassed(const struct terms *terms, uint32_t bypass);

/* Calls fn for every rule of the proposed table that a gate about single rules objects to. */
void review_each_objection(struct arena *arena, const struct proposal *proposal,
                           void (*fn)(void *arg, const struct rule *rule), void *arg);

/* True if the proposed table lost more rules than shrink_limit allows: half a document, perhaps. */
bool review_has_shrunk(struct arena *arena, const struct proposal *proposal);

/* Begins a hearing; the caller clears hearing->text. */
void review_open(struct hearing *ret, struct review *review, struct arena *arena, const struct proposal *proposal);

/* review_gate.c, review_must_not.c, review_widening.c, review_later.c */
void review_ask_gates(struct hearing *hearing);
void review_ask_must_not(struct hearing *hearing);
void review_ask_widening(struct hearing *hearing);
int review_ask_later(struct hearing *hearing, struct err *err); /* -1 with ERR_MEM */

#endif
