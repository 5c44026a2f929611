/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decide.h - a person decides: approves or rejects what waits, or goes back to what was in use before.
 *
 * Where it sits: floor 6, above compare.h and flow.h. A decision is for one exact content: its digest is computed again
 * from the files of the generation, under the lock, before anything is done. Which words a person typed, and what is
 * printed, belongs to the commands.
 */
#ifndef COMMON_DECIDE_H
#define COMMON_DECIDE_H

#include "compare.h"

struct decide {
    const struct conf *conf;
    struct state *state; /* opened for writing */
    const struct listener *listener;
    int64_t now;      /* seconds since 1970 */
    const char *by;   /* who; NULL: the user */
    const char *note; /* why; or NULL */
    /* Filled in by decide_find(). */
    uint32_t current;
    uint32_t generation; /* the one that is meant */
    struct compared compared;
    char who[64]; /* `by`, or the name of the user */
};

/*
 * Finds what `word` means: NULL what waits; a number or the first 8 or more hex digits of a digest, which must be those
 * of what waits. With `rejected` a number may also name a generation that was rejected and is newer than what is in
 * use. Verifies it and compares it with what is in use. 0; 1 if nothing waits; -1: the word means something else, or a
 * generation is damaged. To be cleared in any case.
 */
int decide_find(struct decide *decide, const char *word, bool rejected, struct err *err);
void decide_clear(struct decide *decide);

/* Writes the decision down and puts the generation to use. -1: not written down, so nothing changed, or written down
 * but not in use; the sentence says which. */
int decide_approve(struct decide *decide, struct err *err);

/* Tells by notice and feed what was approved, and removes generations that are too old. Failures are only said. */
void decide_announce(const struct decide *decide);

/* Writes the decision down; nothing waits from then on. -1: not written down, so it still waits. */
int decide_reject(struct decide *decide, struct err *err);

/*
 * Puts a generation to use again: the one `word` names, or for NULL the last one that was in use before. It must work
 * when little else does: with a full disk the decision cannot be written down, and that is said, but the table is put
 * back. 0; 1 if it is in use already; -1: it was never in use, is damaged, or there is none. *ret is the generation
 * (for 0 and 1), *ret_left the one that was in use (0: none, or unreadable). Needs no decide_find().
 */
int decide_roll_back(uint32_t *ret, uint32_t *ret_left, const struct decide *decide, const char *word, struct err *err);

#endif
