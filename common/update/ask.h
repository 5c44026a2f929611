/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ask.h - which documents of the web service are new, and fetches them.
 *
 * Where it sits: room update, above service.h, below update.h. It does not know when to ask (update.h) nor what becomes
 * of the documents (flow.h).
 */
#ifndef COMMON_ASK_H
#define COMMON_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"
#include "service/service.h"

struct documents;
struct err;
struct listener;
struct state;

struct ask {
    struct service service; /* its backoff_s is that of the failure */
    struct state *state;    /* opened for writing */
    bool force;
    bool quiet;
    int64_t now; /* seconds since 1970 */
    const struct listener *listener;
    uint32_t current, pending;
    bool damaged;                    /* one of these cannot be read: nothing is asked, and a person is told */
    char latest[INSTANCE_COUNT][11]; /* what the service has */
    bool fetch[INSTANCE_COUNT];      /* its document is not here yet */
    bool late[INSTANCE_COUNT];       /* it was fetched, and is still that of an older version (late.h) */
    char digest[INSTANCE_COUNT][DIGEST_TEXT_MAX]; /* of a document that was fetched and is not late */
    char query[SERVICE_QUERY_MAX];                /* what is asked for apart from the version */
};

/* Finds our own ClientRequestId. It is made once and kept in the state folder; a damaged one is replaced. -1: it can be
 * neither read nor written. */
int ask_client_id(struct ask *ask, struct err *err);

/*
 * Asks for the versions of all instances, then for the documents that are not here, then for what changed. *ret_new is
 * true if there is anything to build. Then *ret has the documents to build from: of each instance the one just fetched,
 * or the newest that is here. -1: a version or a document cannot be had, and nothing was touched. A missing change feed
 * is only reported.
 */
int ask_documents(struct documents *ret, bool *ret_new, struct ask *ask, struct err *err);

/* Records in the status which query the fetched documents answered and, with `nothing_new`, that their versions need
 * not be fetched again. */
void ask_remember(const struct ask *ask, bool nothing_new);

#endif
