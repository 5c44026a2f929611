/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * counter.h - counts what a helper does, in a file of its own that others may read at any time.
 *
 *     loop, verdicts --> counter --> mapped file in the run folder --> tally
 *
 * There is one writer, so counting takes no lock, and the file is mapped, so it takes no system call: what was counted
 * is there even after a crash. If the file is cut short, counting goes on where nobody sees it, and answering with it.
 *
 * Where it sits: room counter, above verdict and image. The loop of the helpers decides when to count.
 */
#ifndef COMMON_COUNTER_H
#define COMMON_COUNTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "counts.h"

struct counter;
struct err;

/*
 * Begins to count in this folder, after what earlier processes left there was folded. *ret is NULL if there is no such
 * folder: then nothing is counted. -1 with ERR_IO if the folder cannot be written. At most one may be open in a
 * process. Cost: some system calls, and five for each process that ended since the last one began.
 */
int counter_open(struct counter **ret, const char *folder, enum counter_program program, struct err *err);

/* Ends counting; the file stays. NULL is allowed. */
void counter_close(struct counter *counter);

/* Adds to one of the plain numbers. Cost: a load and a store. */
void counter_add(struct counter *counter, enum counts_what what, uint64_t more);

/* Adds one to the answers of each verdict, by why and category. Cost: about a nanosecond for each. */
void counter_add_verdicts(struct counter *counter, const struct verdict *verdicts, size_t count);

/* Raises one of the plain numbers to at least this value. */
void counter_raise(struct counter *counter, enum counts_what what, uint64_t value);

/* Notes which table is in use, by the name that replies have (image_name.h); NULL: none. */
void counter_set_table(struct counter *counter, const char *name);

/* True if the file was cut short, so that nobody can read what is counted from now on. */
bool counter_is_lost(const struct counter *counter);

#endif
