/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * merge.h - many sorted runs as one: entries of the same key are added up.
 *
 * Where it sits: private to room replay, above run.h. Adding up is associative and commutative: whatever the runs and
 * their order, the result is the same.
 */
#ifndef COMMON_MERGE_H
#define COMMON_MERGE_H

#include <stddef.h>

#include "run.h"

#define MERGE_MAX 32 /* runs read at once; each takes LOG_BLOCK bytes and some more */

struct merge;

/* A merge of no runs, with memory of its own. NULL without memory. merge_free() closes the runs; NULL is allowed. */
struct merge *merge_new(void);
void merge_free(struct merge *merge);

/* How many more runs it takes. */
size_t merge_room(const struct merge *merge);

/* A reader for a file that is open and at its start; `name` (kept by the caller) names it. The descriptor is taken
 * over, also if this fails. NULL with ERR_IO, ERR_MEM or ERR_LIMIT. */
struct run_reader *merge_open(struct merge *merge, int fd, const char *name, struct err *err);

/* Takes in a reader that merge_open() gave, once the lines before its first entry are read. -1 as run_next(). */
int merge_add(struct merge *merge, struct run_reader *reader, struct err *err);

/* The next key, with the sum of its entries. 1, 0 at the end, or -1 as run_next() or with ERR_SYNTAX if a run is not
 * sorted. *ret is valid until the next call. */
int merge_next(struct merge *merge, const struct ledger_entry **ret, struct err *err);

/* Writes all that is left to an open file, as one run. -1 as merge_next(), or with ERR_IO. */
int merge_write(struct merge *merge, int fd, struct err *err);

#endif
