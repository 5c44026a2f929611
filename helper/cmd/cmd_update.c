// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_update.c - `m365ctl update`: asks the web service once. What is asked, and whether it is time, is in update.h. */
#include "base/err.h"
#include "cmd_log.h"
#include "cmd_state.h"
#include "service/fetch.h"
#include "traffic/traffic.h"
#include "update/flow.h"
#include "update/update.h"

static int
run_update(const struct command *command, int argc, char **argv)
{
    struct cmd_state cmd = {0};
    struct err err = {0};
    if (cmd_parse_alone(command, argc, argv, cmd_state_option, &cmd) != 0)
        return CMD_TROUBLE;
    if (cmd_state_open(&cmd, true, &err) != 0)
        return cmd_trouble(&err);
    const struct update update = {.conf = cmd.conf,
                                  .state = cmd.state,
                                  .fetcher = &fetch_curl,
                                  .listener = &cmd_listener,
                                  .force = cmd.force,
                                  .quiet = cmd.quiet};
    struct flow_result result = {0};
    enum update_done done = update_run(&result, &update);
    cmd_log_flow(&cmd, &result, done == UPDATE_DONE);
    int code = cmd_state_follow(&cmd, done == UPDATE_FAILED  ? CMD_TROUBLE
                                      : done == UPDATE_EARLY ? CMD_YES
                                                             : cmd_flow_exit(&result));
    traffic_take(&(struct traffic){cmd.conf, cmd.state, &cmd_listener, cmd_now()});
    cmd_state_close(&cmd);
    return code;
}

static const struct cmd_option options[] = {
    CMD_OPTION_CONFIG,
    {CMD_FORCE, "force", NULL, "ask now, even if the service should be left alone, and fetch even known versions"},
    CMD_OPTION_QUIET,
    {0},
};

const struct command cmd_update = {
    .name = "update",
    .summary = "asks Microsoft's web service, and publishes or holds what has changed",
    .arguments = "",
    .options = options,
    .details = "At the end it counts what is new in the access logs that m365.conf names.\n"
               "Exit code: 0 everything is up to date or the new table is published, 1 something waits for\n"
               "approval, 2 trouble; the table in use then stays in use.\n",
    .run = run_update,
};
