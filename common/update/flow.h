/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flow.h - from documents to a published or a pending generation, for update, import and publish.
 *
 *     documents --> candidate --> diff with the table in use --> review --> generation --> notice
 *
 * Where it sits: room update, below update.h and publish.h. The commands update, import and publish hand their
 * documents to it. It says once, to the listener, what became of them. It does not know where documents come from.
 */
#ifndef COMMON_FLOW_H
#define COMMON_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "notice.h"

struct conf;
struct documents;
struct err;
struct listener;
struct notice_to;
struct places;
struct state;
struct state_mark;

struct flow {
    const struct conf *conf;
    struct state *state; /* opened for writing */
    const char *by;      /* update, import, publish: for the record */
    int64_t now;         /* seconds since 1970 */
    bool quiet;          /* say only what a person must know */
    bool dry_run;        /* nothing is written and nobody is told: only says what would happen */
    bool by_hand;        /* a person publishes: only the gates hold it, and a damaged current one is replaced */
    bool exact;          /* by hand: these rows are held and no others */
    bool or_nothing;     /* by hand: what a gate holds does not wait, and what waits stays */
    bool keep_pending;   /* the caller builds what waits again, and it may be the same */
    bool rebuild;        /* what waits is built again, even from the same content */
    bool again;          /* what was rolled back may wait once more; it is not put into use */
    bool waits_only;     /* nothing is put into use: only what waits is built */
    uint32_t base;       /* by hand, over a damaged generation: the one whose documents these are; 0: none */
    bool force;          /* by hand, despite the gates and an earlier rejection; their reasons are recorded */
    const char *user;    /* by hand: who, for the record; NULL: the user */
    const char *note;    /* by hand: why; or NULL */
    const struct listener *listener;
    const struct state_mark
        *seen;                   /* from before the documents were chosen; NULL: they depend on nothing in the state */
    const struct places *places; /* of the helpers; NULL: those of this build */
};

#define FLOW_TRIES 5 /* how often an engine starts over because others write all the time */

enum flow_what {
    FLOW_SAME,      /* exactly what is in use */
    FLOW_PUBLISHED, /* in use from now on */
    FLOW_PENDING,   /* waits for a person; with or_nothing: it is held, and was not written */
    FLOW_WAITING,   /* exactly what waits already */
    FLOW_REFUSED,   /* a person rejected exactly this, or rolled these documents back */
};

struct flow_result {
    enum flow_what what;
    uint32_t generation; /* the one that `what` is about; 0: it was not made, in a dry run */
    uint32_t published;  /* what is in use since this run; 0: nothing new. Under `review parts` something may wait as
                            well */
    bool against_gates;  /* FLOW_SAME by hand: what is in use would be held today */
};

/*
 * Builds, compares with what is in use (before anything is published: with the shipped table, if helpers answer from
 * it), reviews, commits, notifies, prunes. Content that is already in use, pending or refused makes no new generation;
 * but what is pending is judged again, and published if nothing holds it any more. What was pending before is replaced,
 * or dropped if something newer is in use, so `documents` must be the newest there are.
 *
 * Only writing is done under the lock. If somebody else set a link since `seen`, the documents and the review may be
 * out of date: nothing is written, and the result is 1. The caller then starts over, and after FLOW_TRIES gives up with
 * flow_moved(). 0: done. -1: something cannot be built or written; what was in use stays in use, unless
 * ret->published is the safe part that replaced it before what waits could not be written. People were told about it.
 */
int flow_run(struct flow_result *ret, const struct flow *flow, const struct documents *documents, struct err *err);

/* True if the generation in use holds rows that neither wait for a decision nor were rejected: a run was cut off, or
 * what waited was dropped or rejected. What waits and is older does not count. The caller then calls flow_renew().
 * False also if that cannot be read. */
bool flow_is_unfinished(const struct flow *flow, uint32_t current, struct err *err);

/*
 * What waits is built once more, compared with what is in use now: after a decision that changed that. If nothing waits
 * but rows of what is in use are held (flow_is_unfinished()), they wait again. What is in use stays as it is. 0; *ret
 * says what became of it: FLOW_SAME if there is nothing to build. -1 as flow_run(), and with ERR_LIMIT as flow_moved().
 */
int flow_renew(struct flow_result *ret, const struct flow *flow, struct err *err);

/* Says that others changed what is in use too often to go on. Returns -1. */
int flow_moved(struct err *err);

/* Whom to tell what a flow did. */
void flow_notice_to(struct notice_to *ret, const struct flow *flow);

#endif
