// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_reject.c - `m365ctl reject [GENERATION|DIGEST]`: a person has looked at what waits, and does not want it. The
 * same content is not proposed again. */
#include "cmd_decide.h"

static int
reject(struct decide *decide, struct err *err)
{
    if (decide_reject(decide, err) != 0)
        return -1;
    printf("generation %u is rejected\ndigest %s\n", decide->generation, decide->compared.new_side.candidate.digest);
    decide_announce(decide, NOTICE_REJECTED, decide->generation);
    return 0;
}

static int
run_reject(const struct command *command, int argc, char **argv)
{
    static const struct cmd_decide_acts acts = {.whole = reject};
    return cmd_decide_run(command, argc, argv, &acts);
}

static const struct cmd_option options[] = {CMD_OPTION_CONFIG, CMD_OPTION_NOTE, CMD_OPTION_BY, CMD_OPTION_ONLY, {0}};

const struct command cmd_reject = {
    .name = "reject",
    .summary = "rejects what waits for approval",
    .arguments = "[GENERATION|DIGEST] [--only PATTERN...]",
    .options = options,
    .details = "Which one is named as for approve. Without an argument it shows what opens and asks, which needs a\n"
               "terminal.\n"
               "What is in use stays in use. The same content is not proposed again; a later version of Microsoft's\n"
               "list is. Under 'review parts' the rows that were held stay as they are in later versions too, until\n"
               "'m365ctl approve --only' names them. With --only, these rows alone; the rest keeps waiting.\n"
               "A rejected generation can still be approved by its number. Exit code 1: nothing waits, or the answer\n"
               "was not 'yes'.\n",
    .run = run_reject,
};
