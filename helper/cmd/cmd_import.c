// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_import.c - `m365ctl import`: a document that came another way than through the network. See import.h. */
#include <string.h>

#include "base/err.h"
#include "cmd_state.h"
#include "name/instance.h"
#include "update/flow.h"
#include "update/import.h"
#include "update/service.h"

enum { QUIET = CMD_STATE_CODE_FREE, INSTANCE, VERSION };

struct request {
    struct cmd_state cmd;
    const char *instance;
    const char *version;
    bool quiet;
};

static int
take_instance(struct request *request, const char *value, struct err *err)
{
    request->instance = instance_find(value);
    if (request->instance != NULL)
        return 0;
    return err_set(err, ERR_USAGE,
                   "there is no instance '%.40s'; it is one of Worldwide, China, USGovDoD, USGovGCCHigh", value);
}

static int
take_option(void *arg, int code, const char *value, struct err *err)
{
    struct request *request = arg;
    switch (code) {
    case QUIET: request->quiet = true; return 0;
    case INSTANCE: return take_instance(request, value, err);
    case VERSION: request->version = value; break;
    default: return cmd_state_option(&request->cmd, code, value, err);
    }
    return service_is_version(value, strlen(value))
               ? 0
               : err_set(err, ERR_USAGE, "'%.40s' is no version of 10 digits, YYYYMMDDNN", value);
}

static int
run_import(const struct command *command, int argc, char **argv)
{
    struct request request = {0};
    struct err err = {0};
    int first = cmd_parse(command, argc, argv, take_option, &request);
    if (first < 0)
        return CMD_TROUBLE;
    if (first != argc - 1) {
        cmd_say("import takes one file; see 'm365ctl help import'");
        return CMD_TROUBLE;
    }
    if (cmd_state_open(&request.cmd, true, &err) != 0)
        return cmd_trouble(&err);
    const struct import import = {.conf = request.cmd.conf,
                                  .state = request.cmd.state,
                                  .listener = &cmd_listener,
                                  .now = cmd_now(),
                                  .instance = request.instance,
                                  .version = request.version,
                                  .quiet = request.quiet};
    struct flow_result done;
    int result = import_run(&done, &import, argv[first], &err);
    cmd_state_close(&request.cmd);
    return result == 0 ? cmd_flow_exit(&done) : cmd_trouble(&err);
}

static const struct cmd_option options[] = {
    CMD_OPTION_CONFIG,
    {INSTANCE, "instance", "NAME", "whose document it is; may be left out if one instance is configured"},
    {VERSION, "version", "VERSION", "its version, ten digits; default the one in the name of the file"},
    {QUIET, "quiet", NULL, "say only what a person must know"},
    {0},
};

const struct command cmd_import = {
    .name = "import",
    .summary = "takes a document of the web service from a file, on machines without a network",
    .arguments = "FILE",
    .options = options,
    .details = "FILE is the JSON answer of /endpoints; '-' is standard input. It goes through the same\n"
               "review as an update. Exit codes as of update.\n",
    .run = run_import,
};
