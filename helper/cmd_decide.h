/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_decide.h - what approve and reject share: which content a person means, and what is written down about it.
 *
 * Where it sits: floor 7, part of cmd. A decision is for one exact content: its digest is computed again from the files
 * of the generation, under the lock, before anything is done.
 */
#ifndef HELPER_CMD_DECIDE_H
#define HELPER_CMD_DECIDE_H

#include "buf.h"
#include "cmd_compare.h"

struct cmd_decide {
    struct cmd_state cmd;
    uint32_t current;
    uint32_t generation; /* the one that is meant */
    struct cmd_compare compare;
    char by[64];
};

/*
 * Finds what `word` means: NULL what waits; a number or the first 8 or more hex digits of a digest, which must be those
 * of what waits. With `rejected` a number may also name a generation that was rejected and is newer than what is in
 * use. Verifies it and compares it with what is in use. 0; 1 if nothing waits (said); -1. The caller clears.
 */
int cmd_decide_find(struct cmd_decide *decide, const char *word, bool rejected, struct err *err);
void cmd_decide_clear(struct cmd_decide *decide);

/* Writes the decision, with the diff, into the generation. */
int cmd_decide_record(struct cmd_decide *decide, const char *what, struct err *err);

/* Runs a command with at most one word behind its options; `decide` is filled but for what is found. */
int cmd_decide_run(const struct command *command, int argc, char **argv, bool rejected,
                   int (*act)(struct cmd_decide *decide, struct err *err));

#endif
