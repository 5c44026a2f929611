/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * repair.h - what becomes of a generation that is damaged: a file of it is missing, is no regular file, or is not what
 * was sealed.
 *
 *     it waits     it no longer does, and what it was made of is fetched again
 *     it is in use `publish` replaces it, from its own documents and with the rows that it holds, as far as these can
 * be read or found again; else from the documents of what was in use before
 *
 * Where it sits: room update, private, above flow.h. What cannot be read at the moment is a failure, never damage.
 */
#ifndef COMMON_REPAIR_H
#define COMMON_REPAIR_H

#include <stdbool.h>
#include <stdint.h>

struct documents;
struct err;
struct flow;
struct listener;
struct state;

/* Sets aside what waits if it is damaged, and says so; a dry run only says it. 0; 1: it is damaged; -1 with ERR_IO, or
 * as state_lock(). Cost: reads what waits. */
int repair_waiting(struct state *state, const struct listener *listener, bool dry_run, struct err *err);

/* What helpers do while what is in use is damaged: "still answer from it", or that they have no table. NULL if it is
 * not damaged, or cannot be read at the moment. Cost: reads what is in use. */
const char *repair_helpers(const struct state *state);

/* Appends to a sentence about a command that changed nothing what that means for helpers: what was in use stays in use;
 * or it is damaged, and what repairs it. Cost: as
 * above. */
void repair_append_stays(struct err *err, const struct state *state);

/* Loads the documents in use, with the rows that are held; of a damaged generation as above, which is said. *ret is the
 * generation that they are of; 0: nothing was ever in use. The caller clears the documents. 0: what is in use is whole;
 * 1: it is damaged; -1 with ERR_IO, ERR_LIMIT or
 * ERR_MEM, and there is nothing to clear. Cost: reads what is in use; if its held rows are damaged, as a review. */
int repair_load(struct documents *documents, uint32_t *ret, const struct flow *flow, struct err *err);

/* Finds anew which rows of these documents, its own or older ones, a generation holds, from its own table: all that
 * would open something next to that. They go to documents->held. With `sealed` the table must be what was sealed. 1:
 * found; 0: its table is damaged, too, or nothing can be told; -1 with ERR_MEM. Cost: as a review. */
int flow_find_held(struct documents *documents, const struct flow *flow, uint32_t generation, bool sealed,
                   struct err *err);

#endif
