/* SPDX-License-Identifier: GPL-2.0-or-later */
/* review_build.h - how the parts of one review put their reasons together. Private to the review*.c files. */
#ifndef COMMON_REVIEW_BUILD_H
#define COMMON_REVIEW_BUILD_H

#include "arena.h"
#include "buf.h"
#include "candidate.h"
#include "conf.h"
#include "diff.h"
#include "document.h"
#include "image.h"
#include "review.h"
#include "table.h"

struct hearing {
    struct review *review;
    struct arena *arena;
    size_t room;
    const struct conf *conf;
    const struct candidate *candidate;
    const struct documents *documents, *old_documents;
    const struct diff *diff;
    uint32_t today;
    uint32_t bypass, old_bypass; /* categories */
    struct buf text;             /* of the reason that is being written */
    size_t named, unnamed;       /* entries in it, and those there was no room for */
};

/* Adds one reason. */
void review_say(struct hearing *hearing, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A reason that names entries: begin, then for each name_next() and, if it is true, its text into hearing->text; end.
 * Without an entry there is no reason. */
void review_begin(struct hearing *hearing);
bool review_name(struct hearing *hearing);
void review_end(struct hearing *hearing, const char *what);

/* ` (Allow, set 5, Exchange, worldwide)` */
void review_add_set(struct hearing *hearing, const struct table *table, const struct set *set);

/* Whether a set is published in one of these categories. */
bool review_is_bypassed(const struct set *set, uint32_t bypass);

/* review_gate.c, review_widening.c */
void review_ask_gates(struct hearing *hearing);
void review_ask_widening(struct hearing *hearing);

#endif
