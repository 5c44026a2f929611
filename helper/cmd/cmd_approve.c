// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_approve.c - `m365ctl approve [GENERATION|DIGEST]`: a person has looked at what waits, and it is put into use. */
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "cmd_decide.h"

static int
approve(struct decide *decide, struct err *err)
{
    struct buf who;
    if (decide_approve(decide, err) != 0)
        return -1;
    printf("generation %u is in use, approved by ", decide->generation);
    buf_init(&who, 4 * sizeof decide->who);
    utf8_add_printable(&who, decide->who, strlen(decide->who));
    cmd_print(&who);
    buf_clear(&who);
    printf("\ndigest %s\n", decide->compared.new_side.candidate.digest);
    decide_announce(decide, NOTICE_PUBLISHED, decide->generation);
    return 0;
}

static int
run_approve(const struct command *command, int argc, char **argv)
{
    static const struct cmd_decide_acts acts = {.whole = approve, .approves = true, .rejected = true};
    return cmd_decide_run(command, argc, argv, &acts);
}

static const struct cmd_option options[] = {
    CMD_OPTION_CONFIG,
    {CMD_FORCE, "force", NULL, "approve it also against a gate that was not among the reasons when it began to wait"},
    CMD_OPTION_NOTE,
    CMD_OPTION_BY,
    CMD_OPTION_ONLY,
    {0}};

const struct command cmd_approve = {
    .name = "approve",
    .summary = "puts into use what waits for approval",
    .arguments = "[GENERATION|DIGEST] [--only PATTERN...]",
    .options = options,
    .details =
        "With the number, or the first 8 or more digits of the digest that 'm365ctl diff' and the notice show,\n"
        "only exactly that content is approved; if something else waits by then, nothing happens. The number\n"
        "may also be that of a rejected generation, if nothing newer is in use. Without an argument it shows\n"
        "what opens and asks, which needs a terminal.\n"
        "With --only, rows are approved and the rest keeps waiting: patterns or prefixes as 'm365ctl diff' writes\n"
        "them. Rows that only make sense together are approved together, such as the addresses of an endpoint set\n"
        "with its names. Rows that were rejected before can be named as well, and come into use in no other way;\n"
        "names whose addresses were rejected are refused without them.\n"
        "The gates are asked once more. One that was not among the reasons when it began to wait refuses the\n"
        "approval: 'm365ctl publish' puts it among them, or --force approves it all the same.\n"
        "Who, when, the note and the diff are stored with the generation. Exit code 1: nothing waits, or the\n"
        "answer was not 'yes'.\n",
    .run = run_approve,
};
