// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_decide.c - see cmd_decide.h. */
#include "cmd_decide.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "change/lead.h"

#define SHOWN_MAX ((size_t)64 << 20)

bool
cmd_decide_open(struct cmd_decide *ret, const struct command *command, const char *what, int argc, char **argv)
{
    struct err err = {0};
    int first = cmd_parse(command, argc, argv, cmd_state_option, &ret->cmd);
    if (first < 0)
        return false;
    if (argc - first > 1) {
        cmd_say("%s takes only one %s, but '%s' is a second; see 'm365ctl help %s'", command->name, what,
                argv[first + 1], command->name);
        return false;
    }
    if (cmd_state_open(&ret->cmd, true, &err) != 0) {
        cmd_trouble(&err);
        return false;
    }
    ret->word = first < argc ? argv[first] : NULL;
    ret->decide = (struct decide){.conf = ret->cmd.conf,
                                  .state = ret->cmd.state,
                                  .listener = &cmd_listener,
                                  .now = cmd_now(),
                                  .by = ret->cmd.by,
                                  .note = ret->cmd.note};
    return true;
}

void
cmd_decide_close(struct cmd_decide *decide)
{
    decide_clear(&decide->decide);
    cmd_state_close(&decide->cmd);
}

/* What a person must see: the lead with every opening, why it is held, and how to say yes. */
static bool
show(const struct decide *decide, const char *verb)
{
    struct buf out;
    const struct compared *compared = &decide->compared;
    const char *digest = compared->new_side.candidate.digest;
    buf_init(&out, SHOWN_MAX);
    lead_print(compared->diff, digest, LEAD_ALL, &out);
    buf_add_fmt(&out, "\n--- %s\n+++ %s\n", compared->old_side.name, compared->new_side.name);
    compare_add_reasons(&out, decide->state, decide->generation);
    buf_add_fmt(&out, "\nType 'yes' to %s generation %u, digest %.12s: ", verb, decide->generation, digest);
    bool good = cmd_print(&out);
    buf_clear(&out);
    fflush(stdout);
    return good;
}

static bool
is_yes(void)
{
    char answer[16];
    return fgets(answer, sizeof answer, stdin) != NULL && strcmp(answer, "yes\n") == 0;
}

/* Shows what waits and asks. Then it is found again by the digest that was shown; the decision fails if anything was
 * put into use, or began to wait, since it was shown. 0: decide; 1: the answer was no; -1. */
static int
ask(struct decide *decide, const struct command *command, struct err *err)
{
    char digest[DIGEST_TEXT_MAX];
    memcpy(digest, decide->compared.new_side.candidate.digest, sizeof digest);
    if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1)
        return err_set(err, ERR_USAGE,
                       "%s needs to know what you looked at: see 'm365ctl diff', then run 'm365ctl %s %.12s'",
                       command->name, command->name, digest);
    if (!show(decide, command->name))
        return err_set(err, ERR_IO, "what waits cannot be shown");
    if (!is_yes())
        return 1;
    struct state_mark seen = decide->seen;
    decide_clear(decide);
    int found = decide_find(decide, digest, false, err);
    decide->seen = seen;
    decide->now = cmd_now();
    return found > 0 ? err_set(err, ERR_USAGE, "what you looked at no longer waits; nothing is decided") : found;
}

int
cmd_decide_run(const struct command *command, int argc, char **argv, bool rejected,
               int (*act)(struct decide *decide, struct err *err))
{
    int answer = 0;
    struct cmd_decide asked = {0};
    struct err err = {0};
    if (!cmd_decide_open(&asked, command, "generation or digest", argc, argv))
        return CMD_TROUBLE;
    int found = decide_find(&asked.decide, asked.word, rejected, &err);
    if (found == 0 && asked.word == NULL)
        answer = ask(&asked.decide, command, &err);
    if (answer < 0 || (found == 0 && answer == 0 && act(&asked.decide, &err) != 0))
        found = -1;
    if (answer > 0)
        cmd_say("nothing is decided; generation %u still waits", asked.decide.generation);
    if (found > 0)
        cmd_say("nothing waits for approval");
    cmd_decide_close(&asked);
    return found < 0 ? cmd_trouble(&err) : found > 0 || answer > 0 ? CMD_NO : CMD_YES;
}
