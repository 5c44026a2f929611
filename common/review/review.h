/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * review.h - may this table be published by itself, or must a person look?
 *
 * Where it sits: room review, above room change (diff.h). It decides; the room update acts (flow.h).
 *
 *     auto      what passes the gates is published
 *     widening  the same, unless a request is bypassed that was inspected (change/opening.h), now or on a later day,
 *               when a line ends, or something cannot be compared (a regex, too many ports)
 *     parts     (default) decided like widening; the part that opens nothing is then published at once (safe.h)
 *     always    only what changes no rule is published by itself
 *
 * Gates hold a table in every mode: it shrank beyond the limit, a canary does not have its category, a must-not-bypass
 * name would be bypassed, a published bypass prefix or wildcard is too wide and not in use already, a published bypass
 * prefix is in special-use address space and not in use already in that set (in the very first table, documentation
 * ranges are not special), the bypassed published addresses grow beyond the limit (the very first table may have any),
 * or a document is older than the one in use or more than a month ahead of the clock.
 */
#ifndef COMMON_REVIEW_H
#define COMMON_REVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "name/verb.h"

struct arena;
struct buf;
struct candidate;
struct conf;
struct diff;
struct documents;
struct err;
struct policy;
struct rejected;
struct table;

struct review {
    bool publish;
    const char **reasons; /* why it is held, one sentence each, the entries in them; none if publish */
    size_t reason_count;
    size_t days; /* later ones that were compared as well */
};

/* What is proposed: a candidate in place of what is in use. Nothing of it is owned. */
struct proposal {
    const struct conf *conf;
    const struct candidate *candidate;
    const struct documents *documents;     /* that it was built from */
    const struct documents *old_documents; /* the versions in use; NULL for the first table */
    const struct diff *diff;               /* from what is in use to the candidate */
    const char *by;                        /* update, import or publish */
    bool by_hand;                          /* a person publishes: only the gates are asked */
    bool one_reason;                       /* whether, not why: later days are not looked at if it is held today */
    int64_t now;                           /* seconds since 1970 */
};

/* Decides about a proposal. The very first table is published if it passes the gates, in every mode except `always`.
 * Reasons belong to the arena. -1 with ERR_MEM. */
int review_decide(struct review *ret, struct arena *arena, const struct proposal *proposal, struct err *err);

/* Writes review.txt of a generation: its head (candidate.h), what was refused, the reasons, the lead with all openings,
 * the diff's summary and the diff. */
void review_print(const struct review *review, const struct proposal *proposal, uint32_t generation, struct buf *buf);

/* Appends a line `refused 4 rows: ...; ...; ...; and 1 more` about what was left out of documents and lists; nothing if
 * all rows were taken. */
void review_add_refused(struct buf *buf, const struct candidate *candidate);

/* Appends one sentence about names and addresses that a person rejected and that the new side of a diff opens, perhaps
 * with another pattern: some of them, and how many more. Nothing if there are none. Regexes are not asked about. Cost:
 * a lookup for each row on the list, at each port that matters. */
void review_add_rejected(struct buf *buf, const struct diff *diff, const struct rejected *rejected,
                         const struct policy *policy);

/* Whether the rows of this source with this pattern, as the new table has them, may open something: they are bypassed,
 * or those that kept it inspected are gone. Whether they do is not asked. Cost: reads both tables. */
bool review_may_open(const struct table *was, const struct table *is, const struct policy *policy, const char *source,
                     const char *pattern);

/* A name that must have at least this category, if its service area is asked for. */
struct review_canary {
    const char *query;
    enum verb verb;
    const char *area;
};

/* The built-in canaries of an instance; ends with a NULL query. */
const struct review_canary *review_canaries(const char *instance);

#endif
