/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * work.h - counts logs on all cores.
 *
 * Where it sits: private to room replay, above count.h and below replay.c.
 */
#ifndef COMMON_WORK_H
#define COMMON_WORK_H

#include "replay.h"

#define WORK_RUNS_MAX 64 /* of all threads: as many as are merged at once, and one for each thread */

struct work_result {
    size_t run_count;
    int runs[WORK_RUNS_MAX]; /* open files, each a run; the caller closes them */
    uint64_t totals[REPLAY_TOTALS];
};

/* Counts as replay_count() does. -1: nothing is open. */
int work_count(struct work_result *ret, const struct replay_job *job, struct err *err);

#endif
