// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_publish.c - `m365ctl publish`: puts into use what is configured, with the documents in use. */
#include "base/err.h"
#include "cmd_state.h"
#include "update/flow.h"
#include "update/publish.h"

static int
run_publish(const struct command *command, int argc, char **argv)
{
    struct cmd_state cmd = {0};
    struct err err = {0};
    struct flow_result done;
    if (cmd_parse_alone(command, argc, argv, cmd_state_option, &cmd) != 0)
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
    if (result == 0 && done.what == FLOW_REFUSED)
        return CMD_NO;
    return result == 0 ? cmd_flow_exit(&done) : cmd_trouble(&err);
}

static const struct cmd_option options[] = {
    CMD_OPTION_CONFIG,
    {CMD_FORCE, "force", NULL, "publish even what the gates hold or a person rejected"},
    CMD_OPTION_NOTE,
    CMD_OPTION_BY,
    {0}};

const struct command cmd_publish = {
    .name = "publish",
    .summary = "puts the configured sources into use, without a network",
    .arguments = "",
    .options = options,
    .details = "Run this after editing a local rule. The documents in use, presets, local rules, lists and options of\n"
               "the configuration become a new generation, which is in use at once. Only the gates (shrink_limit,\n"
               "growth_limit, canaries, must_not_bypass, widest_prefix, special-use addresses) can hold it; it then\n"
               "waits for 'm365ctl approve', and the exit code is 1, as it is if what is in use already is against a\n"
               "gate. If any source is refused, nothing changes. A generation that waits for a decision is rebuilt with\n"
               "the new local rules and asked about again; if it still waits, the exit code is 0 all the same.\n",
    .run = run_publish,
};
