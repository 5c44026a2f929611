/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ask.h - which documents of the web service are new, and fetches them.
 *
 * Where it sits: floor 6. When to ask is the caller's question, and so is what becomes of the documents (flow.h).
 */
#ifndef COMMON_ASK_H
#define COMMON_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "conf/conf.h"

struct documents;
struct err;
struct listener;
struct state;

struct ask {
    const struct conf *conf;
    struct state *state; /* opened for writing */
    bool force;
    bool quiet;
    const struct listener *listener;
    char client_id[GUID_TEXT_MAX];
    uint32_t current, pending;
    bool damaged;                    /* one of these cannot be read: nothing is asked, and a person is told */
    char latest[INSTANCE_COUNT][11]; /* what the service has */
    bool fetch[INSTANCE_COUNT];      /* its document is not here yet */
    char query[512];                 /* what is asked for apart from the version */
    uint32_t backoff_s;              /* of the failure, before doubling; 0: the service is not to blame */
};

/*
 * Our own ClientRequestId, made once and kept in the state folder. A damaged one is replaced. -1: it can be neither
 * read nor written.
 */
int ask_client_id(struct ask *ask, struct err *err);

/*
 * Asks for the versions of all instances, then for the documents that are not here, then for what changed. Any failure
 * but the last kind is -1, and nothing was touched. *ret_new tells whether there is anything to build; then *ret holds
 * the documents to build from: of each instance the one just fetched, or the newest that is here.
 */
int ask_documents(struct documents *ret, bool *ret_new, struct ask *ask, struct err *err);

/* Remembers in the status what the documents that were fetched are an answer to, and whether they were nothing new. */
void ask_remember(const struct ask *ask, bool nothing_new);

#endif
