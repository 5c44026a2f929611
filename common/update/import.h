/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import.h - a document of the web service that came another way than through the network.
 *
 * Where it sits: floor 6, above flow.h: it is reviewed and recorded like one that was fetched.
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
    const char *instance; /* whose document it is, canonical; NULL: that of the only one configured */
    const char *version;  /* ten digits; NULL: taken from the name of the file if that has one */
    bool quiet;           /* say only what a person must know */
};

/*
 * Publishes, or holds, what is configured with the document in the file (`-`: standard input). The documents of other
 * instances are those that wait, else those in use. -1: the instance is not configured or not clear; the file cannot be
 * read or is not a document; or as flow_run().
 */
int import_run(struct flow_result *ret, const struct import *import, const char *file, struct err *err);

#endif
