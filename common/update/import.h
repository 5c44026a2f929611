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

struct buf;
struct conf;
struct err;
struct flow_result;
struct listener;
struct state;

struct import {
    const struct conf *conf;
    struct state *state; /* opened for writing */
    const struct listener *listener;
    int64_t now;             /* seconds since 1970 */
    const char *file;        /* its name */
    const struct buf *bytes; /* and its content, from import_read() */
    const char *instance;    /* of the document, canonical; NULL: the only one configured */
    const char *version;     /* ten digits; NULL: taken from the name of the file, if there is one in it */
    bool quiet;              /* say only what a person must know */
};

/* Initialises a buffer and reads a file into it (`-`: standard input); the caller clears it in any case. A step of its
 * own, because the user who may read the file need not be the one who may write in the state folder. -1 as file_read().
 */
int import_read(struct buf *ret, const char *file, struct err *err);

/*
 * Publishes, or holds, what is configured with this document. The documents of other instances are
 * those that wait, else those in use. -1: the instance is not configured or ambiguous, the bytes are not a document,
 * or as flow_run().
 */
int import_run(struct flow_result *ret, const struct import *import, struct err *err);

#endif
