// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_publish.c - `m365ctl publish`: puts into use what is configured, with the documents in use. */
#include "base/err.h"
#include "cmd_check.h"
#include "cmd_log.h"
#include "cmd_state.h"
#include "update/flow.h"
#include "update/publish.h"

enum publish_code { PUBLISH_DRY_RUN = CMD_STATE_CODE_FREE };

/* `m365ctl publish` while it runs. */
struct publishing {
    struct cmd_state cmd;
    bool dry_run;
};

static int
handle_option(void *arg, int code, const char *value, struct err *err)
{
    struct publishing *publishing = arg;
    if (code != PUBLISH_DRY_RUN)
        return cmd_state_option(&publishing->cmd, code, value, err);
    publishing->dry_run = true;
    return 0;
}

/* A dry run promises more than cmd_flow_exit(): 0 only if the result is in use afterwards, and no gate is against that.
 */
static int
exit_code(const struct flow_result *done, bool dry_run)
{
    if (!dry_run)
        return cmd_flow_exit(done);
    bool in_use = done->what == FLOW_PUBLISHED || done->what == FLOW_SAME;
    return in_use && !done->against_gates ? CMD_YES : CMD_NO;
}

static int
run_publish(const struct command *command, int argc, char **argv)
{
    struct publishing publishing = {.dry_run = false};
    struct cmd_state *cmd = &publishing.cmd;
    struct err err = {0};
    struct flow_result done = {0};
    if (cmd_parse_alone(command, argc, argv, handle_option, &publishing) != 0)
        return CMD_TROUBLE;
    if (cmd_state_open(cmd, !publishing.dry_run, &err) != 0)
        return cmd_trouble(&err);
    check_local(cmd->conf);
    const struct publish publish = {.conf = cmd->conf,
                                    .state = cmd->state,
                                    .listener = &cmd_listener,
                                    .now = cmd_now(),
                                    .dry_run = publishing.dry_run,
                                    .force = cmd->force,
                                    .by = cmd->by,
                                    .note = cmd->note};
    int result = publish_run(&done, &publish, &err);
    int code = result != 0                 ? cmd_trouble(&err)
               : done.what == FLOW_REFUSED ? CMD_NO
                                           : exit_code(&done, publishing.dry_run);
    if (!publishing.dry_run) {
        cmd_log_flow(cmd, &done, result == 0);
        return cmd_state_finish(cmd, code);
    }
    cmd_state_close(cmd);
    return code;
}

static const struct cmd_option options[] = {
    CMD_OPTION_CONFIG,
    {PUBLISH_DRY_RUN, "dry-run", NULL, "write nothing; say what would be published or held, and what would change"},
    {CMD_FORCE, "force", NULL, "publish even what the gates hold or a person rejected"},
    CMD_OPTION_NOTE,
    CMD_OPTION_BY,
    {0}};

const struct command cmd_publish = {
    .name = "publish",
    .summary = "puts the configured sources into use, without a network",
    .arguments = "",
    .options = options,
    .details =
        "Run this after editing a local rule. The documents in use, presets, local rules, lists and options of\n"
        "the configuration become a new generation, which is in use at once. Only the gates (shrink_limit,\n"
        "growth_limit, canaries, must_not_bypass, widest_prefix, special-use addresses) can hold it; it then\n"
        "waits for 'm365ctl approve', and the exit code is 1, as it is if what is in use already is against a\n"
        "gate. If any source is refused, nothing changes. A generation that waits for a decision is rebuilt with\n"
        "the new local rules and asked about again; if it still waits, the exit code is 0 all the same.\n"
        "A line that a person rejected stays as it is in use, and that is said; with --force it comes into use,\n"
        "and no longer counts as rejected.\n"
        "First it says what 'm365ctl check' finds in the local rules; the exit code does not depend on that.\n"
        "With --dry-run the exit code is 0 if the result would be in use, 1 if it would be held or was rejected,\n"
        "or is in use against a gate,\n"
        "2 if a source is refused.\n",
    .run = run_publish,
};
