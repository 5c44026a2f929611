// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_update.c - `m365ctl update`: asks the web service once. What is asked and when is update.h's. */
#include "base/err.h"
#include "cmd_state.h"
#include "update/fetch.h"
#include "update/flow.h"
#include "update/update.h"

enum { QUIET = CMD_STATE_CODE_FREE };

struct request {
    struct cmd_state cmd;
    bool quiet;
};

static int
take_option(void *arg, int code, const char *value, struct err *err)
{
    struct request *request = arg;
    if (code != QUIET)
        return cmd_state_take(&request->cmd, code, value, err);
    request->quiet = true;
    return 0;
}

static int
run_update(const struct command *command, int argc, char **argv)
{
    struct request request = {0};
    struct err err = {0};
    if (cmd_parse_alone(command, argc, argv, take_option, &request) != 0)
        return CMD_TROUBLE;
    if (cmd_state_open(&request.cmd, true, &err) != 0)
        return cmd_trouble(&err);
    const struct update update = {.conf = request.cmd.conf,
                                  .state = request.cmd.state,
                                  .fetcher = &fetch_curl,
                                  .listener = &cmd_listener,
                                  .force = request.cmd.force,
                                  .quiet = request.quiet};
    struct flow_result result;
    enum update_done done = update_run(&result, &update);
    cmd_state_close(&request.cmd);
    return done == UPDATE_FAILED ? CMD_TROUBLE : done == UPDATE_EARLY ? CMD_YES : cmd_flow_exit(&result);
}

static const struct cmd_option options[] = {
    CMD_OPTION_CONFIG,
    {CMD_FORCE, "force", NULL, "ask now, even while the service is left alone, and fetch even what is in use"},
    {QUIET, "quiet", NULL, "say only what a person must know"},
    {0},
};

const struct command cmd_update = {
    .name = "update",
    .summary = "asks Microsoft's web service and publishes, or holds, what changed",
    .arguments = "",
    .options = options,
    .details = "Ends with 0 if all is up to date or the new table is published, 1 if something waits for\n"
               "approval, 2 on trouble; then what was in use stays in use.\n",
    .run = run_update,
};
