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
struct state;

struct flow {
    const struct conf *conf;
    struct state *state; /* opened for writing */
    const char *by;      /* update, import, publish: for the record */
    int64_t now;         /* seconds since 1970 */
    bool quiet;          /* say only what a person must know */
    bool dry_run;        /* nothing is written and nobody is told: only says what would happen */
    bool by_hand;        /* a person publishes: only the gates hold it, and a damaged current one is replaced */
    bool force;          /* by hand, despite the gates and an earlier rejection; their reasons are recorded */
    const char *user;    /* by hand: who, for the record; NULL: the user */
    const char *note;    /* by hand: why; or NULL */
    const struct listener *listener;
};

enum flow_what {
    FLOW_SAME,      /* exactly what is in use */
    FLOW_PUBLISHED, /* in use from now on */
    FLOW_PENDING,   /* waits for a person */
    FLOW_WAITING,   /* exactly what waits already */
    FLOW_REFUSED,   /* a person rejected exactly this, or rolled these documents back */
};

struct flow_result {
    enum flow_what what;
    uint32_t generation; /* the one that `what` is about; 0: it was not made, in a dry run */
};

/*
 * Builds, compares, reviews, commits, notifies, prunes. Content that is already in use, pending or refused makes no
 * new generation. What was pending before is replaced, or dropped if something newer is in use, so `documents` must be
 * the newest there are. -1: something cannot be built or written; what was in use stays in use.
 */
int flow_run(struct flow_result *ret, const struct flow *flow, const struct documents *documents, struct err *err);

/* Sends a notice and adds it to the feed. A failure is only reported. */
void flow_tell(const struct flow *flow, const struct notice *notice);

#endif
