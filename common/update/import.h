/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import.h - takes a document of the web service from a file.
 *
 * Where it sits: room update, above flow.h. It is reviewed and recorded like one that was fetched.
 */
#ifndef COMMON_IMPORT_H
#define COMMON_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

struct conf;
struct err;
struct flow_result;
struct listener;
struct state;

struct import {
    const struct conf *conf;
    struct state *state; /* opened for writing */
    const struct listener *listener;
    int64_t now;          /* seconds since 1970 */
    const char *instance; /* of the document, canonical; NULL: the only one configured */
    const char *version;  /* ten digits; NULL: taken from the name of the file, if there is one in it */
    bool quiet;           /* say only what a person must know */
};

/*
 * Publishes, or holds, what is configured with the document in the file (`-`: standard input). The documents of other
 * instances are those that wait, else those in use. -1: the instance is not configured or ambiguous, the file cannot
 * be read or is not a document, or as flow_run().
 */
int import_run(struct flow_result *ret, const struct import *import, const char *file, struct err *err);

#endif
