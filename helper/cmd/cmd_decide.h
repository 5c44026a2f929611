/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_decide.h - what approve, reject and rollback share: at most one argument, and a state folder opened for writing.
 *
 * Where it sits: room cmd, above cmd_state.h. What a decision does is in room update (decide.h).
 */
#ifndef HELPER_CMD_DECIDE_H
#define HELPER_CMD_DECIDE_H

#include "cmd_state.h"
#include "decide/decide.h"

#define CMD_ROWS_MAX 200 /* rows of one command */

enum cmd_decide_code { CMD_ONLY = CMD_STATE_CODE_FREE };

#define CMD_OPTION_ONLY                                                                                                \
    {                                                                                                                  \
        CMD_ONLY, "only", "PATTERN", "decide about this row alone; the others keep waiting; repeatable"                \
    }

struct cmd_decide {
    struct cmd_state cmd;
    const char *word;               /* the argument; NULL: none */
    const char *rows[CMD_ROWS_MAX]; /* of --only, and the arguments after it */
    size_t row_count;
    struct decide decide;
};

/* What approve and reject do. */
struct cmd_decide_acts {
    int (*whole)(struct decide *decide, struct err *err);
    bool approves;
    bool rejected; /* the whole may be a rejected generation */
};

/* Reads options and at most one argument (`what` names its kind) and opens the state folder. On success the caller
 * closes. False after reporting the error. */
bool cmd_decide_open(struct cmd_decide *ret, const struct command *command, const char *what, int argc, char **argv);
int cmd_decide_finish(struct cmd_decide *decide, int exit_code); /* closes as cmd_state_finish() does */

/* Runs approve or reject: finds the generation that is meant, and decides about the whole or about rows. Without an
 * argument it shows what waits and asks, which needs a terminal. Returns the exit code. */
int cmd_decide_run(const struct command *command, int argc, char **argv, const struct cmd_decide_acts *acts);

#endif
