/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * publish.h - a new generation from the current configuration and the documents in use, after a local rule was edited.
 *
 * Where it sits: room update, above flow.h. It needs no network and brings nothing new from Microsoft. Publishing is
 * deliberate, so the review for unattended updates is skipped; the gates still apply.
 */
#ifndef COMMON_PUBLISH_H
#define COMMON_PUBLISH_H

#include <stdbool.h>
#include <stdint.h>

struct conf;
struct err;
struct flow_result;
struct listener;
struct state;

struct publish {
    const struct conf *conf;
    struct state *state; /* opened for writing */
    const struct listener *listener;
    int64_t now;      /* seconds since 1970 */
    bool force;       /* also what the gates hold, or what was rejected */
    const char *by;   /* who; NULL: the user */
    const char *note; /* why; or NULL */
};

/*
 * Publishes, or holds what the gates hold. Then rebuilds what waits. If what is in use is damaged, the documents of the
 * generation before it are taken. *ret is what became of the configuration, whether or not another generation waits; if
 * what waited is published, it is that. -1: a source is
 * refused, or something cannot be read or written; the table in use stays.
 */
int publish_run(struct flow_result *ret, const struct publish *publish, struct err *err);

#endif
