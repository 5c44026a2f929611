// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_import.c - `m365ctl import`: takes a document that was not fetched over the network. See import.h. */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "cloud/instance.h"
#include "cmd_log.h"
#include "cmd_state.h"
#include "service/service.h"
#include "update/flow.h"
#include "update/import.h"

enum { INSTANCE = CMD_STATE_CODE_FREE, VERSION };

struct import_options {
    struct cmd_state cmd;
    const char *instance;
    const char *version;
};

static int
parse_instance(struct import_options *asked, const char *value, struct err *err)
{
    asked->instance = instance_find(value);
    if (asked->instance != NULL)
        return 0;
    return err_set(err, ERR_USAGE, "there is no instance '%.40s'; name one of Worldwide, China, USGovDoD, USGovGCCHigh",
                   value);
}

static int
handle_option(void *arg, int code, const char *value, struct err *err)
{
    struct import_options *asked = arg;
    switch (code) {
    case INSTANCE: return parse_instance(asked, value, err);
    case VERSION: asked->version = value; break;
    default: return cmd_state_option(&asked->cmd, code, value, err);
    }
    return service_is_version(value, strlen(value))
               ? 0
               : err_set(err, ERR_USAGE, "'%.40s' is not a version of 10 digits, YYYYMMDDNN", value);
}

static int
run_import(const struct command *command, int argc, char **argv)
{
    struct import_options asked = {0};
    struct err err = {0};
    int first = cmd_parse(command, argc, argv, handle_option, &asked);
    if (first < 0)
        return CMD_TROUBLE;
    if (first != argc - 1) {
        cmd_say("import takes one file; see 'm365ctl help import'");
        return CMD_TROUBLE;
    }
    struct buf bytes;
    if (import_read(&bytes, argv[first], &err) != 0 || cmd_state_open(&asked.cmd, true, &err) != 0) {
        buf_clear(&bytes);
        return cmd_trouble(&err);
    }
    const struct import import = {.conf = asked.cmd.conf,
                                  .state = asked.cmd.state,
                                  .listener = &cmd_listener,
                                  .now = cmd_now(),
                                  .file = argv[first],
                                  .bytes = &bytes,
                                  .instance = asked.instance,
                                  .version = asked.version,
                                  .quiet = asked.cmd.quiet};
    struct flow_result done = {0};
    int result = import_run(&done, &import, &err);
    buf_clear(&bytes);
    cmd_log_flow(&asked.cmd, &done, result == 0);
    return cmd_state_finish(&asked.cmd, result == 0 ? cmd_flow_exit(&done) : cmd_trouble(&err));
}

static const struct cmd_option options[] = {
    CMD_OPTION_CONFIG,
    {INSTANCE, "instance", "NAME", "the instance of the document; may be omitted if only one is configured"},
    {VERSION, "version", "VERSION", "its version, ten digits; default: the one in the file name"},
    CMD_OPTION_QUIET,
    {0},
};

const struct command cmd_import = {
    .name = "import",
    .summary = "takes a document of the web service from a file, on machines without a network",
    .arguments = "FILE",
    .options = options,
    .details = "FILE is the JSON answer of /endpoints; '-' is standard input. It goes through the same\n"
               "review as an update, and the exit codes are the same.\n",
    .run = run_import,
};
