/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * count.h - one thread's counting: parts of logs into a ledger, full ledgers into runs.
 *
 * Where it sits: private to room replay, below work.c and above ledger.h, run.h and merge.h.
 */
#ifndef COMMON_COUNT_H
#define COMMON_COUNT_H

#include <stdatomic.h>

#include "base/err.h"
#include "merge.h"
#include "replay.h"

#define COUNT_RUNS_MAX 16  /* of one thread; then they become one */
#define COUNT_SAID_MAX 100 /* sentences; later ones are only counted */

/* What one thread says to the one that started it. */
struct count_shared {
    atomic_ullong totals[REPLAY_TOTALS]; /* read while it counts */
    size_t said_count;                   /* read once it has ended */
    struct err said[COUNT_SAID_MAX];     /* about single logs */
};

/* A log; its parts may be counted by several threads. */
struct count_log {
    const char *path;
    atomic_bool damaged; /* a part could not be read, or only in part */
};

struct count_part {
    struct count_log *log;
    int fd; /* the open log; -1: it is opened here */
    uint64_t from, to;
};

/* Open files at their starts, which the caller closes. */
struct count_runs {
    size_t count;
    int fd[COUNT_RUNS_MAX];
};

struct counting;

/* Starts counting in the arena, as one of so many threads, which share REPLAY_LEDGER. NULL without memory. */
struct counting *counting_new(struct arena *arena, const struct replay_job *job, unsigned threads,
                              struct count_shared *shared);

/* Counts the lines of a part. A log that cannot be read, or only in part, is counted and named in shared->said: once,
 * however many of its parts that is true of. -1 with ERR_IO or
 * ERR_MEM if counting itself cannot go on. */
int counting_add(struct counting *counting, const struct count_part *part, struct err *err);

/* Gives everything that was counted as at most so many runs (at least one is allowed), and frees the memory. -1 as
 * counting_add(); then ret->count is 0. */
int counting_end(struct counting *counting, struct count_runs *ret, size_t most, struct err *err);

/* Frees the memory. */
void counting_close(struct counting *counting);

/* A temporary file that has no name, in $TMPDIR or /tmp. The descriptor, or -1 with ERR_IO. */
int count_temporary(struct err *err);

#endif
