// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_publish.c - `m365ctl publish`: puts to use what is configured, with the documents in use. */
#include "cmd_state.h"
#include "err.h"
#include "flow.h"
#include "publish.h"

static int
run_publish(const struct command *command, int argc, char **argv)
{
    struct cmd_state cmd = {0};
    struct err err = {0};
    struct flow_result done;
    if (cmd_parse_alone(command, argc, argv, cmd_state_take, &cmd) != 0)
        return CMD_TROUBLE;
    if (cmd_state_open(&cmd, true, &err) != 0)
        return cmd_trouble(&err);
    const struct publish publish = {.conf = cmd.conf,
                                    .state = cmd.state,
                                    .listener = &cmd_listener,
                                    .now = cmd_now(),
                                    .force = cmd.force,
                                    .by = cmd.by,
                                    .note = cmd.note};
    int result = publish_run(&done, &publish, &err);
    cmd_state_close(&cmd);
    return result == 0 ? cmd_flow_exit(&done) : cmd_trouble(&err);
}

static const struct cmd_option options[] = {
    CMD_OPTION_CONFIG,
    {CMD_FORCE, "force", NULL, "also what the gates hold, or what was rejected"},
    CMD_OPTION_NOTE,
    CMD_OPTION_BY,
    {0}};

const struct command cmd_publish = {
    .name = "publish",
    .summary = "puts the configured sources to use, without a network",
    .arguments = "",
    .options = options,
    .details = "What to run after editing a local rule: the documents in use, presets, local rules, lists and options\n"
               "of the configuration become a new generation, which is in use at once. Only the gates hold it\n"
               "(shrink_limit, canaries, must_not_bypass, widest_prefix): then it waits for 'm365ctl approve', exit\n"
               "code 1. If any source is refused, nothing changes. What waits for a decision goes on waiting, built\n"
               "again with the new local rules.\n",
    .run = run_publish,
};
