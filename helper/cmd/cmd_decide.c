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
#include "cmd_log.h"
#include "evidence/evidence.h"
#include "lead/lead.h"
#include "seen/seen.h"
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
    evidence_show(compared->diff, decide->conf, cmd_today(), &cmd_listener);
    lead_print(compared->diff, digest, LEAD_ALL, &out);
    buf_add_fmt(&out, "\n--- %s\n+++ %s\n", compared->old_side.name, compared->new_side.name);
    compare_add_reasons(&out, decide->state, decide->generation);
    seen_print_days(&out, compared->diff->seen);
    buf_add_fmt(&out, "\nType 'yes' to %s generation %u, digest %.12s: ", verb, decide->generation, digest);
    bool good = cmd_print(&out);
    buf_clear(&out);
    fflush(stdout);
    return good;
}

/* Whether a person can see the question and answer it. */
static bool
is_asking(void)
{
    return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
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
    if (!is_asking())
        return err_set(err, ERR_USAGE,
                       "%s needs to know what you looked at: see 'm365ctl diff%s', then run 'm365ctl %s%s %.12s'",
                       command->name, place_option(), command->name, place_option(), digest);
    if (approves && decide_check(decide, err) != 0)
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

static void
add_rows(struct buf *out, const struct decide_rows *rows)
{
    utf8_add_printable(out, rows->names->data, rows->names->len);
    if (rows->with->len == 0)
        return;
    buf_add_text(out, "; and with that: ");
    utf8_add_printable(out, rows->with->data, rows->with->len);
}

/* Appends the command that decides about these rows as they are now. */
static void
add_row_command(struct buf *text, const struct cmd_decide *asked, const char *command)
{
    buf_add_fmt(text, "m365ctl %s%s %u --only", command, place_option(), asked->decide.newest);
    for (size_t i = 0; i < asked->row_count; i++) {
        buf_add_char(text, ' ');
        place_add_word(text, asked->rows[i]);
    }
    buf_add_char(text, '\0');
}

/* The word named another generation than the one that has the newest rows. */
static void
say_row_command(const struct cmd_decide *asked, const char *command)
{
    struct buf text;
    buf_init(&text, SHOWN_MAX);
    add_row_command(&text, asked, command);
    if (buf_ok(&text))
        cmd_say("if that is still what you want, run: %s", text.data);
    buf_clear(&text);
}

/* Without a terminal the generation has to be named: the same rows may say something else by now. */
static int
demand_generation(const struct cmd_decide *asked, const char *command, struct err *err)
{
    struct buf text;
    buf_init(&text, SHOWN_MAX);
    add_row_command(&text, asked, command);
    err_set(err, ERR_USAGE, "%s --only needs to know what you looked at: see 'm365ctl %s%s', then run: %s", command,
            asked->decide.generation != 0 ? "diff" : "table", place_option(),
            buf_ok(&text) ? text.data : "the same with the number of the generation");
    buf_clear(&text);
    return -1;
}

/* Shows what opens and asks. 0: yes; 1: no; -1. */
static int
confirm(void *arg, const struct decide_rows *rows, const struct diff *diff, struct err *err)
{
    struct cmd_decide *asked = arg;
    struct buf out;
    buf_init(&out, SHOWN_MAX);
    if (diff != NULL)
        lead_print(diff, NULL, LEAD_ALL, &out);
    buf_add_text(&out, diff != NULL ? "\nType 'yes' to approve " : "Type 'yes' to reject ");
    add_rows(&out, rows);
    buf_add_fmt(&out, " (generation %u): ", asked->decide.newest);
    bool good = cmd_print(&out);
    buf_clear(&out);
    fflush(stdout);
    if (!good)
        return err_set(err, ERR_IO, "what would change cannot be shown");
    bool yes = is_yes();
    asked->decide.now = cmd_now();
    if (!yes)
        cmd_say("nothing is decided");
    return !yes;
}

static void
say_rows(const struct decide *decide, const struct decide_rows *rows, const char *how, bool held)
{
    struct buf out;
    buf_init(&out, SHOWN_MAX);
    buf_add_text(&out, how);
    if (!held)
        utf8_add_printable(&out, decide->who, strlen(decide->who));
    buf_add_text(&out, ": ");
    add_rows(&out, rows);
    buf_add_char(&out, '\n');
    cmd_print(&out);
    buf_clear(&out);
}

/* A gate holds the rows that were approved. */
static bool
is_held(bool approves, const struct flow_result *done)
{
    return approves && (done->what == FLOW_PENDING || done->what == FLOW_WAITING);
}

/* Says, and logs, what was decided about rows. */
static void
tell_rows(struct cmd_decide *asked, const struct decide_rows *rows, bool approves, const struct flow_result *done)
{
    bool held = is_held(approves, done);
    const char *what = held ? "held" : approves ? "approved-part" : "rejected-part";
    say_rows(&asked->decide, rows,
             held       ? "not in use, a gate holds it"
             : approves ? "approved by "
                        : "rejected by ",
             held);
    buf_add_char(rows->names, '\0');
    if (buf_ok(rows->names))
        cmd_log_decision(&asked->cmd, what, approves && done->generation != 0 ? done->generation : asked->decide.newest,
                         rows->names->data);
}

/* Decides about rows. 0: done; 1: a gate holds the result, or the answer was no; -1. */
static int
decide_rows(struct cmd_decide *asked, const char *command, bool approves, struct err *err)
{
    struct decide *decide = &asked->decide;
    struct buf names, with;
    struct decide_rows rows = {
        .patterns = asked->rows, .count = asked->row_count, .names = &names, .with = &with, .arg = asked};
    struct flow_result done = {0};
    if (asked->word == NULL && decide->newest != 0) {
        if (!is_asking())
            return demand_generation(asked, command, err);
        rows.confirm = confirm;
    }
    buf_init(&names, CMD_STATE_OUTPUT_MAX);
    buf_init(&with, CMD_STATE_OUTPUT_MAX);
    int result = decide_about_rows(&done, decide, &rows, approves, err);
    bool held = is_held(approves, &done);
    if (result == 0)
        tell_rows(asked, &rows, approves, &done);
    buf_clear(&names);
    buf_clear(&with);
    return result != 0 ? result : held;
}

/* The whole: shown and asked about, unless the digest says that it was looked at. 0: done; 1: no; -1. */
static int
decide_whole(struct cmd_decide *asked, const struct command *command, const struct cmd_decide_acts *acts,
             struct err *err)
{
    int answer = asked->word == NULL ? ask(&asked->decide, command, acts->approves, err) : 0;
    if (answer > 0)
        cmd_say("nothing is decided; generation %u still waits", asked->decide.generation);
    if (answer != 0)
        return answer;
    if (acts->whole(&asked->decide, err) != 0)
        return -1;
    cmd_log_decision(&asked->cmd, acts->approves ? "approved" : "rejected", asked->decide.generation, NULL);
    return 0;
}

int
cmd_decide_run(const struct command *command, int argc, char **argv, const struct cmd_decide_acts *acts)
{
    struct cmd_decide asked = {0};
    struct err err = {0};
    if (!cmd_decide_open(&asked, command, "generation or digest", argc, argv))
        return CMD_TROUBLE;
    bool by_row = asked.row_count > 0;
    int found = by_row ? decide_find_rows(&asked.decide, asked.word, &err)
                       : decide_find(&asked.decide, asked.word, acts->rejected, &err);
    int done = found;
    if (found == 0 || (found > 0 && by_row && acts->approves))
        done = by_row ? decide_rows(&asked, command->name, acts->approves, &err)
                      : decide_whole(&asked, command, acts, &err);
    else if (found > 0)
        cmd_say("nothing waits for approval");
    if (done < 0)
        cmd_trouble(&err);
    if (found < 0 && acts->approves && asked.decide.newest != 0)
        say_row_command(&asked, command->name);
    return cmd_decide_finish(&asked, done < 0 ? CMD_TROUBLE : done > 0 ? CMD_NO : CMD_YES);
}
