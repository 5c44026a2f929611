/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_decide.h - what approve, reject and rollback share: one word after the options, the folder opened for writing.
 *
 * Where it sits: floor 7, part of cmd. What a decision is and does is decide.h's.
 */
#ifndef HELPER_CMD_DECIDE_H
#define HELPER_CMD_DECIDE_H

#include "cmd_state.h"
#include "decide.h"

struct cmd_decide {
    struct cmd_state cmd;
    const char *word; /* the argument; NULL: none */
    struct decide decide;
};

/* Reads options and at most one argument (`takes` says of what kind) and opens the folder. False, having said why. On
 * success the caller closes. */
bool cmd_decide_open(struct cmd_decide *ret, const struct command *command, const char *takes, int argc, char **argv);
void cmd_decide_close(struct cmd_decide *decide);

/* Runs approve or reject: finds what is meant and calls act(). Returns the exit code. */
int cmd_decide_run(const struct command *command, int argc, char **argv, bool rejected,
                   int (*act)(struct decide *decide, struct err *err));

#endif
