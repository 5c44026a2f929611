/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * update.h - one run of the updater: whether it is time to ask, what is new, what becomes of it, when to ask again.
 *
 *     time to ask? --> documents (ask.h) --> generation (flow.h) --> status, notices
 *
 * Where it sits: room update, above ask.h and flow.h. Options and exit codes are the command's.
 */
#ifndef COMMON_UPDATE_H
#define COMMON_UPDATE_H

#include <stdbool.h>

struct conf;
struct fetcher;
struct flow_result;
struct listener;
struct state;

struct update {
    const struct conf *conf;
    struct state *state;           /* opened for writing */
    const struct fetcher *fetcher; /* of what the service answers (fetch.h) */
    const struct listener *listener;
    bool force; /* ask now, and fetch even what is in use */
    bool quiet; /* say only what a person must know */
};

enum update_done {
    UPDATE_DONE,   /* *ret says what became of it */
    UPDATE_EARLY,  /* nothing was asked: it is too early after the last try */
    UPDATE_FAILED, /* reported, with the time of the next try; what was in use stays in use */
};

/*
 * Asks, fetches, publishes or holds, and remembers in the status when to ask again. Sends the notices that are due. It
 * fails if another update is at work, the state folder is damaged or cannot be written, the service does not answer, a
 * document is refused, or a generation cannot be built. Cost: one request for each instance if nothing is new.
 */
enum update_done update_run(struct flow_result *ret, const struct update *update);

#endif
