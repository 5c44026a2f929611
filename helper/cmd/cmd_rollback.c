// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_rollback.c - `m365ctl rollback [GENERATION]`: returns to a generation that was in use before. */
#include "base/err.h"
#include "cmd_decide.h"
#include "cmd_log.h"

static int
run_rollback(const struct command *command, int argc, char **argv)
{
    struct cmd_decide asked = {0};
    struct err err = {0};
    uint32_t target, left;
    if (!cmd_decide_open(&asked, command, "generation", argc, argv))
        return CMD_TROUBLE;
    int result = decide_roll_back(&target, &left, &asked.decide, asked.word, &err);
    if (result < 0)
        cmd_trouble(&err);
    else if (result > 0)
        cmd_say("generation %u is already in use", target);
    else if (left == 0)
        cmd_say("generation %u is in use again", target);
    else
        cmd_say("generation %u is in use again, in place of %u", target, left);
    if (result == 0) {
        cmd_log_decision(&asked.cmd, "rollback", target, NULL);
        decide_announce(&asked.decide, NOTICE_ROLLED_BACK, target);
        decide_say_unused(&asked.decide, target);
    }
    return cmd_decide_finish(&asked, result < 0 ? CMD_TROUBLE : result > 0 ? CMD_NO : CMD_YES);
}

static const struct cmd_option options[] = {CMD_OPTION_CONFIG, CMD_OPTION_NOTE, CMD_OPTION_BY, {0}};

const struct command cmd_rollback = {
    .name = "rollback",
    .summary = "returns to a table that was in use before",
    .arguments = "[GENERATION]",
    .options = options,
    .details = "The default is the previous generation. It must have been in use before, and its files must still be\n"
               "intact. A later update does not publish by itself the documents or the table that were rolled back.\n"
               "But your own files stay as they are: it says which local lines and settings are in them and not in\n"
               "use, or the reverse, since the next new document brings them. What waits is compared anew.\n",
    .run = run_rollback,
};
