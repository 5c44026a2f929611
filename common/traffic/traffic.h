/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * traffic.h - the counts of Squid's access logs, by day, for the last 30 days.
 *
 *     STATE/evidence/2026-11-30.1796083200   counts of that day up to this moment (seconds since 1970), destinations
 *                                            only, in the form of m365-replay(7)
 *     STATE/evidence/key                     what turns clients into hashes; 0600
 *     STATE/evidence/place                   which logs were counted, and up to when there are no more lines
 *     STATE/evidence/damaged                 the last file that could not be read; it goes after 30 days, too
 *
 * Where it sits: room traffic. A day's file is written anew under a new name, synced, and renamed into place; then the
 * old one is removed. Its name says up to when lines are in it. So a crash, a rotation or a packed log counts nothing
 * twice: a crash may leave two files of a day, of which that with the later moment counts.
 */
#ifndef COMMON_TRAFFIC_H
#define COMMON_TRAFFIC_H

#include <stdint.h>

struct conf;
struct err;
struct listener;
struct state;

#define TRAFFIC_DAYS 30
#define TRAFFIC_FOLDER "evidence"             /* in the state folder */
#define TRAFFIC_DAY_MAX ((size_t)64 << 20)    /* bytes of a day's file, which then grows no further */
#define TRAFFIC_SECONDS 5                     /* then the rest is left to the next time */
#define TRAFFIC_LATE 60                       /* seconds after which a line of the log is taken for written */
#define STATUS_TRAFFIC_ERROR "evidence_error" /* in the status: why nothing was counted; absent if it was */
#define STATUS_TRAFFIC_MIXED "evidence_mixed" /* in the status: a log whose lines were in no order */

struct traffic {
    const struct conf *conf;
    struct state *state; /* opened for writing */
    const struct listener *listener;
    int64_t now;
};

/*
 * Counts the lines of the logs of the configuration that were not counted yet, and forgets days before the last 30.
 * Without `log` in the configuration, it only forgets. Whatever goes wrong is said to the listener in a sentence and
 * remembered in the status, as the update that calls this is not to fail by it. Cost: in an hour, the lines of an hour;
 * it stops after TRAFFIC_SECONDS and goes on the next time. No lock is held that others wait for.
 */
void traffic_take(const struct traffic *traffic);

/* What is there. */
struct traffic_reach {
    uint32_t days;  /* 0: none */
    uint32_t since; /* the first day, since 1970-01-01 */
    int64_t until;  /* seconds since 1970; 0: nothing was looked through */
};

/* Looks at the names in the folder and the place; a folder that is missing is empty. -1 with ERR_IO. Cost: reads the
 * folder. */
int traffic_look(struct traffic_reach *ret, const struct state *state, struct err *err);

#endif
