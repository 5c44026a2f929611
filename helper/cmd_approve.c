// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_approve.c - `m365ctl approve [GENERATION|DIGEST]`: a person looked, and what waits is put to use.
 *
 * The decision is written before the table is in use: what is in use without a decision would be worse than a decision
 * whose table is not, and the latter is approved again.
 */
#include <string.h>

#include "cmd_decide.h"
#include "err.h"
#include "flow.h"
#include "utf8.h"

#define NOTICE_TEXT_MAX ((size_t)32 << 20)

static void
tell(const struct cmd_decide *decide)
{
    const struct flow flow = {.conf = decide->cmd.conf,
                              .state = decide->cmd.state,
                              .by = "approve",
                              .listener = &cmd_listener,
                              .now = cmd_now()};
    char subject[300];
    struct buf text;
    buf_init(&text, NOTICE_TEXT_MAX);
    snprintf(subject, sizeof subject, "%s is approved and published", decide->compare.new_side.name);
    buf_add_text(&text, "approved by ");
    utf8_add_printable(&text, decide->by, strlen(decide->by));
    if (decide->cmd.note != NULL) {
        buf_add_text(&text, ": ");
        utf8_add_printable(&text, decide->cmd.note, strlen(decide->cmd.note));
    }
    buf_add_char(&text, '\n');
    diff_summary(decide->compare.diff, &text);
    buf_add_text(&text, "\n\n");
    diff_print(decide->compare.diff, &text);
    if (buf_ok(&text))
        flow_tell(&flow, NOTICE_PUBLISHED, decide->generation, subject, text.data, text.len);
    buf_clear(&text);
}

static int
approve(struct cmd_decide *decide, struct err *err)
{
    uint32_t pending;
    if (cmd_decide_record(decide, "approved", err) != 0)
        return err_add(err, "generation %u is not approved, the decision cannot be written down", decide->generation);
    if (state_publish(decide->cmd.state, decide->generation, err) != 0)
        return err_add(err, "generation %u is approved but not published; approve it again", decide->generation);
    if (state_get(decide->cmd.state, STATE_PENDING, &pending, NULL) == 0 && pending != 0 &&
        pending < decide->generation)
        cmd_say("generation %u waits still", pending);
    printf("generation %u is in use, approved by ", decide->generation);
    struct buf by;
    buf_init(&by, 4 * sizeof decide->by);
    utf8_add_printable(&by, decide->by, strlen(decide->by));
    cmd_print(&by);
    buf_clear(&by);
    printf("\ndigest %s\n", decide->compare.new_side.candidate.digest);
    tell(decide);
    cmd_prune(&decide->cmd);
    return 0;
}

static int
run_approve(const struct command *command, int argc, char **argv)
{
    return cmd_decide_run(command, argc, argv, true, approve);
}

static const struct cmd_option options[] = {CMD_OPTION_CONFIG, CMD_OPTION_NOTE, CMD_OPTION_BY, {0}};

const struct command cmd_approve = {
    .name = "approve",
    .summary = "puts to use what waits for approval",
    .arguments = "[GENERATION|DIGEST]",
    .options = options,
    .details = "With the number, or the first 8 or more digits of the digest that 'm365ctl diff' and the notice show,\n"
               "only that very content is approved; if something else waits meanwhile, nothing happens. A number may\n"
               "also be that of a generation that was rejected, if nothing newer is in use.\n"
               "Who, when, the note and the diff are kept with the generation. Exit code 1: nothing waits.\n",
    .run = run_approve,
};
