// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_decide.c - see cmd_decide.h. */
#include "cmd_decide.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/place.h"
#include "base/utf8.h"
#include "lead/lead.h"
#include "update/flow.h"

#define SHOWN_MAX ((size_t)64 << 20)

static int
handle_option(void *arg, int code, const char *value, struct err *err)
{
    struct cmd_decide *asked = arg;
    if (code != CMD_ONLY)
        return cmd_state_option(&asked->cmd, code, value, err);
    if (asked->row_count == CMD_ROWS_MAX)
        return err_set(err, ERR_USAGE, "more than %d rows; decide about the whole, or in several commands",
                       CMD_ROWS_MAX);
    asked->rows[asked->row_count++] = value;
    return 0;
}

/* After --only the arguments are rows as well, but for the generation or digest. */
static int
take_rows(struct cmd_decide *asked, int *argc, char **argv, int first, struct err *err)
{
    int kept = first;
    for (int i = first; i < *argc && asked->row_count > 0; i++) {
        if (kept == first && decide_is_word(argv[i]))
            argv[kept++] = argv[i];
        else if (handle_option(asked, CMD_ONLY, argv[i], err) != 0)
            return -1;
    }
    if (asked->row_count > 0)
        *argc = kept;
    return 0;
}

bool
cmd_decide_open(struct cmd_decide *ret, const struct command *command, const char *what, int argc, char **argv)
{
    struct err err = {0};
    int first = cmd_parse(command, argc, argv, handle_option, ret);
    if (first < 0)
        return false;
    if (take_rows(ret, &argc, argv, first, &err) != 0) {
        cmd_trouble(&err);
        return false;
    }
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
                                  .note = ret->cmd.note,
                                  .force = ret->cmd.force};
    return true;
}

int
cmd_decide_finish(struct cmd_decide *decide, int exit_code)
{
    decide_clear(&decide->decide);
    return cmd_state_finish(&decide->cmd, exit_code);
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

/* Shows what waits and asks. Without a terminal it refuses: a decision lasts, and nobody may have looked. Then what was
 * shown is found again by its digest; the decision fails if anything was put into use, or began to wait, since it was
 * shown. 0: decide; 1: the answer was no; -1. */
static int
ask(struct decide *decide, const struct command *command, bool approves, struct err *err)
{
    char digest[DIGEST_TEXT_MAX];
    memcpy(digest, decide->compared.new_side.candidate.digest, sizeof digest);
    if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1)
        return err_set(err, ERR_USAGE,
                       "%s needs to know what you looked at: see 'm365ctl diff%s', then run 'm365ctl %s%s %.12s'",
                       command->name, place_option(), command->name, place_option(), digest);
    if (approves && !decide->force && decide_ask_gates(decide, err) != 0)
        return -1;
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

/* Decides about rows. 0: done; 1: a gate holds the result. */
static int
decide_rows(struct cmd_decide *asked, bool approves, struct err *err)
{
    struct decide *decide = &asked->decide;
    struct buf out, names;
    struct decide_rows rows = {asked->rows, asked->row_count, &names};
    struct flow_result done = {0};
    buf_init(&out, CMD_STATE_OUTPUT_MAX);
    buf_init(&names, CMD_STATE_OUTPUT_MAX);
    int result = decide_about_rows(&done, decide, &rows, approves, err);
    bool held = approves && (done.what == FLOW_PENDING || done.what == FLOW_WAITING);
    if (result == 0) {
        buf_add_text(&out, held ? "not in use, a gate holds it" : approves ? "approved by " : "rejected by ");
        if (!held)
            utf8_add_printable(&out, decide->who, strlen(decide->who));
        buf_add_text(&out, ": ");
        utf8_add_printable(&out, names.data, names.len);
        buf_add_char(&out, '\n');
        cmd_print(&out);
    }
    buf_clear(&out);
    buf_clear(&names);
    return result != 0 ? -1 : held;
}

/* The whole: shown and asked about, unless the digest says that it was looked at. 0: done; 1: no; -1. */
static int
decide_whole(struct cmd_decide *asked, const struct command *command, const struct cmd_decide_acts *acts,
             struct err *err)
{
    int answer = asked->word == NULL ? ask(&asked->decide, command, acts->approves, err) : 0;
    if (answer > 0)
        cmd_say("nothing is decided; generation %u still waits", asked->decide.generation);
    return answer != 0 ? answer : acts->whole(&asked->decide, err);
}

int
cmd_decide_run(const struct command *command, int argc, char **argv, const struct cmd_decide_acts *acts)
{
    struct cmd_decide asked = {0};
    struct err err = {0};
    if (!cmd_decide_open(&asked, command, "generation or digest", argc, argv))
        return CMD_TROUBLE;
    bool by_row = asked.row_count > 0;
    int done = decide_find(&asked.decide, asked.word, acts->rejected && !by_row, &err);
    if (done == 0 || (done > 0 && by_row && acts->approves))
        done = by_row ? decide_rows(&asked, acts->approves, &err) : decide_whole(&asked, command, acts, &err);
    else if (done > 0)
        cmd_say("nothing waits for approval");
    return cmd_decide_finish(&asked, done < 0 ? cmd_trouble(&err) : done > 0 ? CMD_NO : CMD_YES);
}
