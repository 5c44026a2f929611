/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * counter_stage.h - processes that count in the folder of a test (unit.h), and what is read there.
 */
#ifndef TESTS_COUNTER_STAGE_H
#define TESTS_COUNTER_STAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "counter/counter.h"
#include "counter/tally.h"

/* The folder that is counted in. */
const char *stage_folder(void);

/* Starts a process that counts this many lines as the program, and so many answers no-rule, and then lives until
 * stage_end(). Returns after it has counted. `also` is called in it before it counts, if not NULL. */
pid_t stage_begin(enum counter_program program, uint64_t lines, void (*also)(struct counter *counter));

/* Ends it without a chance to do anything more (SIGKILL). */
void stage_end(pid_t pid);

/* The same from begin to end. */
void stage_run(enum counter_program program, uint64_t lines);

/* Reads the folder; fails the test if it cannot be read. The caller clears. */
struct tally stage_read(void);

/* Nobody else can fold while this process holds the folder. */
void stage_hold(bool hold);

/* How many files of the folder have names that end so. */
unsigned stage_files(const char *suffix);

/* The name of the one file with this end; valid until the next call. */
const char *stage_file(const char *suffix);

#endif
