// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_decide.c - see cmd_decide.h. */
#include "cmd_decide.h"

#include "base/err.h"

bool
cmd_decide_open(struct cmd_decide *ret, const struct command *command, const char *what, int argc, char **argv)
{
    struct err err = {0};
    int first = cmd_parse(command, argc, argv, cmd_state_option, &ret->cmd);
    if (first < 0)
        return false;
    if (argc - first > 1) {
        cmd_say("%s takes only one %s, but '%s' is a second; see 'm365ctl help %s'", command->name, what,
                argv[first + 1], command->name);
        return false;
    }
    if (cmd_state_open(&ret->cmd, true, &err) != 0) {
        cmd_trouble(&err);
        return false;
    }
    ret->word = first < argc ? argv[first] : NULL;
    ret->decide = (struct decide){.conf = ret->cmd.conf,
                                  .state = ret->cmd.state,
                                  .listener = &cmd_listener,
                                  .now = cmd_now(),
                                  .by = ret->cmd.by,
                                  .note = ret->cmd.note};
    return true;
}

void
cmd_decide_close(struct cmd_decide *decide)
{
    decide_clear(&decide->decide);
    cmd_state_close(&decide->cmd);
}

int
cmd_decide_run(const struct command *command, int argc, char **argv, bool rejected,
               int (*act)(struct decide *decide, struct err *err))
{
    struct cmd_decide asked = {0};
    struct err err = {0};
    if (!cmd_decide_open(&asked, command, "generation or digest", argc, argv))
        return CMD_TROUBLE;
    int found = decide_find(&asked.decide, asked.word, rejected, &err);
    if (found == 0 && act(&asked.decide, &err) != 0)
        found = -1;
    if (found > 0)
        cmd_say("nothing waits for approval");
    cmd_decide_close(&asked);
    return found < 0 ? cmd_trouble(&err) : found > 0 ? CMD_NO : CMD_YES;
}
