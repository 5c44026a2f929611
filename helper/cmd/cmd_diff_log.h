/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_diff_log.h - the logs of `m365ctl diff --log`.
 *
 * Where it sits: private to room cmd, below cmd_diff.c.
 */
#ifndef HELPER_CMD_DIFF_LOG_H
#define HELPER_CMD_DIFF_LOG_H

#include <stddef.h>

struct arena;
struct diff;
struct err;
struct replay;

#define DIFF_LOGS_MAX 100 /* options --log */

struct diff_logs {
    const char *words[DIFF_LOGS_MAX]; /* paths and patterns (glob(7)) */
    size_t count;
    const char *format; /* of --logformat, or NULL */
    struct arena *arena;
    struct replay *replay; /* once they are counted */
};

/*
 * Counts the logs, before the command gives up the rights with which it was started. Nothing if there are none. -1 with
 * ERR_USAGE (no such format, a pattern that no file has), or as replay_count(). Close in any case.
 */
int cmd_diff_count(struct diff_logs *logs, struct err *err);
void cmd_diff_logs_close(struct diff_logs *logs);

/* Adds to the comparison what the logs had, once they are counted. -1 as evidence_judge(). */
int cmd_diff_judge(struct diff_logs *logs, struct diff *diff, struct err *err);

#endif
