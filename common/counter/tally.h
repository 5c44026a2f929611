/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally.h - what all helpers counted: each running process, and sums that include those which ended.
 *
 *     files of the run folder --> tally --> status, metrics
 *
 * Where it sits: room counter, above counter.h. The folder belongs to Squid's user, and whoever reads may be root: no
 * link is followed, no pipe waited for, and every size has a limit. What cannot be read becomes a sentence.
 */
#ifndef COMMON_TALLY_H
#define COMMON_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "counts.h"
#include "image/image_name.h"

#define TALLY_FILES_MAX 4096 /* files read in one folder */
#define TALLY_TROUBLE_MAX 16 /* sentences; of more, only the number is known */

struct arena;
struct err;

/* A process that runs. */
struct tally_process {
    enum counter_program program;
    uint64_t pid;                   /* as it sees itself: in a container another one */
    int64_t began;                  /* seconds since 1970 */
    bool has_table;                 /* false: every answer is no-table */
    char table[IMAGE_NAME_MAX + 1]; /* the name in its replies; "" if the table has none */
    struct counts counts;
};

struct tally {
    struct tally_process *processes; /* those that run, by program and begin; in the arena */
    size_t count;
    size_t running[COUNTER_PROGRAMS];
    uint64_t ended[COUNTER_PROGRAMS];
    struct counts sums[COUNTER_PROGRAMS]; /* of all that ever counted here; they never go down unless something is
                                             damaged, of which there is a sentence below */
    const char *trouble[TALLY_TROUBLE_MAX];
    size_t trouble_count; /* may be more than TALLY_TROUBLE_MAX */
    struct arena *arena;
};

/*
 * Reads a folder, after folding what may be folded (which needs write access, and is left out without). -1 if the
 * folder cannot be read, with errno ENOENT if there is none, or without memory. The caller clears. Cost: some system
 * calls for each file.
 */
int tally_read(struct tally *ret, const char *folder, struct err *err);
void tally_clear(struct tally *tally);

#endif
