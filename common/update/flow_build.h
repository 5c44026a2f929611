/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flow_build.h - one pass of the flow. Private to the flow*.c files.
 *
 *     flow.c         builds, compares, decides, writes
 *     flow_split.c   under `review parts`: what may be used at once, and what waits
 *     flow_compare.c what differs, why it waits, and whether it does already
 *     flow_rejected.c  what becomes of rows that a person rejected
 *     flow_stays.c   the same when a person publishes
 *     flow_lost.c    which rows are held, if the list of them is damaged
 *     flow_tell.c    says what became of it, and sends the notice
 */
#ifndef COMMON_FLOW_BUILD_H
#define COMMON_FLOW_BUILD_H

#include "base/buf.h"
#include "conf/conf.h"
#include "flow.h"
#include "review/review.h"
#include "state/state_lock.h"
#include "store/candidate.h"
#include "store/document.h"
#include "table/held.h"

struct diff;

/* The part of a new table that is used at once. */
struct split {
    bool found;
    bool is_new;                /* not what is in use already, and to be used */
    bool stays;                 /* what is in use stays, so what waits is compared with that */
    uint32_t rolled_back;       /* the generation that was this table and was rolled back; 0: none */
    bool waits;                 /* something is held that nobody rejected */
    struct candidate candidate; /* the safe table */
    struct held held;
    struct documents documents; /* those of the round, with the held rows; only these belong to it */
    struct buf whole_held;      /* the rejected rows, which what waits holds as well; empty: none */
    struct documents whole;     /* those of the round, with these rows; nothing belongs to it */
    struct candidate replaced;  /* that of the round before it became what waits: a diff may still look at it */
    struct diff *diff;          /* from what is in use to the safe table */
    struct review review;       /* nothing is against it */
    struct proposal proposal;
    uint32_t generation; /* once it is published */
};

/* One pass: a candidate against what is in use. */
struct round {
    const struct flow *flow;
    struct arena *arena;
    uint32_t current, pending;
    uint32_t rejected;    /* the generation with exactly this content that a person rejected; 0: none */
    uint32_t rolled_back; /* the same for a rollback, also of these documents; 0: none, or nobody needs to know */
    struct candidate candidate, old;
    struct table *known;        /* the one in use, whose lines are not judged again; NULL: none */
    bool shipped;               /* nothing is in use but the shipped table */
    struct candidate beside;    /* for a first table that replaces nothing: the shipped one, to tell what differs */
    struct diff *against;       /* from that one; NULL: none */
    struct documents documents; /* the caller's, with held rows of their own */
    struct documents old_documents;
    struct diff *diff;
    struct proposal proposal; /* made of these */
    struct review review;
    struct split split;
    struct held lifted; /* by hand, with force: rows that were rejected and come into use */
    struct buf text;
    struct state_mark seen; /* before any of this was read */
};

/* Compares one table with another; the words of the change feed are those that the documents of the round brought. */
int flow_compare(struct diff **ret, struct round *round, const struct candidate *was, const struct candidate *is,
                 struct err *err);

/* Finds the safe part of a candidate that must wait. Afterwards the candidate of the round is what waits, compared with
 * the safe part. Without a safe part nothing changes but split.found. -1 as candidate_build() and safe_find(). */
int flow_split(struct round *round, struct err *err);

/* What waits and was not decided about stays held, although nothing else is against it by now. Adds that as a reason if
 * the review found none. -1 with ERR_CORRUPT or ERR_MEM. */
int flow_keep_undecided(struct round *round, struct err *err);
void flow_split_clear(struct split *split);

/* Where nothing is split: what a person rejected stays as it is in use in the candidate of the round, which is then
 * compared and reviewed again. -1 as above. */
int flow_apply_rejected(struct round *round, struct err *err);

/* A person publishes: what was rejected and may open something stays as it is in use in the candidate of the round, and
 * that is said; with force it is used, and the review has a reason more. -1 as above. The second: once that is in use,
 * takes these rows off the list. If that fails it is said. */
int flow_keep_rejected(struct round *round, struct err *err);
void flow_lift_rejected(const struct round *round);

/* Says in the review what becomes of names that a person rejected: those that what waits would open in another way, and
 * rows that stay although the newest documents no longer have them. -1 as rejected_read(). */
int flow_say_rejected(struct round *round, struct err *err);

/* Adds a reason to the review of the round, which then holds the table: any sentence, or that it or its safe part was
 * rolled back as this generation. -1 with ERR_MEM. */
int flow_add_reason(struct round *round, const char *text, struct err *err);
int flow_say_rolled_back(struct round *round, uint32_t generation, struct err *err);

/* Whether the generation that waits was held for the very reasons of this review, and whether it has the content as
 * well: a person is to see every reason before approving. */
bool flow_has_reasons(const struct round *round);
bool flow_is_waiting(const struct round *round);

/* Says why the table is held, or would be: `HOW: REASON` each. */
void flow_say_reasons(const struct listener *listener, const struct review *review, const char *how);

/* Frees what a round has read and built. */
void flow_clear_round(struct round *round);

/* Remembers in the status against which gate a person finds what is in use, or that there is none. */
void flow_note_gates(const struct round *round, const struct flow_result *result);

/* Says and sends what became of the round. */
void flow_report(const struct round *round, const struct flow_result *result);

#endif
