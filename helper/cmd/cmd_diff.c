// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_diff.c - `m365ctl diff`: how two tables differ, in entries and in verdicts.
 *
 * Where it sits: room cmd. Tables are found and compared in room change (compare.h, diff.h); which ones is chosen here.
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "change/compare.h"
#include "change/diff.h"
#include "change/later.h"
#include "change/opening.h"
#include "cmd_diff_log.h"
#include "cmd_owner.h"
#include "cmd_state.h"
#include "conf/conf.h"
#include "evidence/evidence.h"
#include "lead/lead.h"
#include "seen/seen.h"
#include "state/state.h"
#include "store/generation_named.h"

#define DIFF_OUTPUT_MAX ((size_t)1 << 30)

enum diff_code { DIFF_OPENED = CMD_STATE_CODE_FREE, DIFF_WHOLE, DIFF_LOG, DIFF_FORMAT, DIFF_HTML };

enum diff_answered { SAME = '0', DIFFERS = '1' };

struct diff_options {
    struct cmd_state cmd;
    bool opened, all;
    const char *old_word, *new_word, *html;
    struct diff_logs logs;
    bool differs; /* once it is written */
};

static int
handle_option(void *arg, int code, const char *value, struct err *err)
{
    struct diff_options *asked = arg;
    switch (code) {
    case DIFF_OPENED: asked->opened = true; return 0;
    case DIFF_WHOLE: asked->all = true; return 0;
    case DIFF_HTML: asked->html = value; return 0;
    case DIFF_FORMAT: asked->logs.format = value; return 0;
    case DIFF_LOG: break;
    default: return cmd_state_option(&asked->cmd, code, value, err);
    }
    if (asked->logs.count == DIFF_LOGS_MAX)
        return err_set(err, ERR_USAGE, "at most %d --log", DIFF_LOGS_MAX);
    asked->logs.words[asked->logs.count++] = value;
    return 0;
}

static bool
read_words(struct diff_options *asked, int count, char **words)
{
    if (count > 2) {
        cmd_say("diff compares two tables, but '%s' is a third; see 'm365ctl help diff'", words[2]);
        return false;
    }
    asked->old_word = count > 0 ? words[0] : NULL;
    asked->new_word = count > 1 ? words[1] : NULL;
    return true;
}

/* Without words: compares current with pending; if nothing is pending, previous with current. */
static int
choose_words(struct diff_options *asked, struct err *err)
{
    uint32_t pending, previous;
    const struct state *state = asked->cmd.state;
    if (asked->new_word != NULL)
        return 0;
    if (asked->old_word != NULL) {
        bool is_pending = strcmp(asked->old_word, "pending") == 0;
        asked->new_word = is_pending ? "pending" : "current";
        asked->old_word = is_pending ? "current" : asked->old_word;
        return 0;
    }
    if (state_get(state, STATE_PENDING, &pending, err) != 0 || state_get(state, STATE_PREVIOUS, &previous, err) != 0)
        return -1;
    if (pending == 0 && previous == 0)
        return err_set(err, ERR_USAGE, "no table waits for approval, and none was in use before; name two tables");
    asked->old_word = pending != 0 ? "current" : "previous";
    asked->new_word = pending != 0 ? "pending" : "current";
    return 0;
}

static bool
is_word_of_state(const char *word)
{
    return word == NULL || generation_is_name(word);
}

/* Comparing two files needs no state folder. */
static int
open_state(struct diff_options *asked, struct err *err)
{
    if (is_word_of_state(asked->old_word) || is_word_of_state(asked->new_word))
        return cmd_state_open(&asked->cmd, false, err);
    return conf_read(&asked->cmd.conf, asked->cmd.config, err);
}

/* Whether the new side is what waits for a decision. */
static bool
waits(const struct diff_options *asked, const struct compared *compared)
{
    uint32_t pending = 0, generation = compared->new_side.generation;
    return generation != 0 && state_get(asked->cmd.state, STATE_PENDING, &pending, NULL) == 0 && pending == generation;
}

static void
add_text(struct buf *out, const struct diff_options *asked, const struct compared *compared)
{
    const struct diff *diff = compared->diff;
    bool waiting = waits(asked, compared);
    lead_print(diff, waiting ? compared->new_side.candidate.digest : NULL,
               asked->all || asked->opened ? LEAD_ALL : LEAD_SHOWN, out);
    buf_add_fmt(out, "\n--- %s\n+++ %s%s\n", compared->old_side.name, compared->new_side.name,
                waiting ? ", waits for approval" : "");
    if (waiting)
        compare_add_reasons(out, asked->cmd.state, compared->new_side.generation);
    buf_add_fmt(out, "%zu rule%s -> %zu\n", diff->old_rules, diff->old_rules == 1 ? "" : "s", diff->new_rules);
    if (asked->all)
        diff_print(diff, out);
    else if (asked->opened)
        diff_print_opened(diff, out);
    else
        diff_print_brief(diff, SIZE_MAX, true, out);
    seen_print_days(out, diff->seen);
}

/* Whether something opens, now or on a later day, or may open: what could not be compared. */
static bool
may_open(const struct diff *diff, const struct later_found *later)
{
    bool opens = diff->opening_count > 0 || diff->ranges_opened > 0 || later->count > 0 || later->partial;
    for (size_t i = 0; i < diff->entry_count && !opens; i++)
        opens = opening_by_regex(diff, &diff->entries[i]);
    return opens;
}

/* Adds what the log had: of --log, else of the logs that the configuration names. */
static int
add_log(struct diff_options *asked, struct compared *compared, struct err *err)
{
    if (asked->logs.count > 0)
        return cmd_diff_judge(&asked->logs, compared->diff, err);
    evidence_show(compared->diff, asked->cmd.conf, cmd_today(), &cmd_listener);
    return 0;
}

static void
add_page(struct buf *out, const struct diff_options *asked, const struct compared *compared)
{
    struct buf reasons;
    bool waiting = waits(asked, compared);
    buf_init(&reasons, CMD_STATE_OUTPUT_MAX);
    if (waiting)
        compare_add_reasons(&reasons, asked->cmd.state, compared->new_side.generation);
    const struct lead_page page = {.old_name = compared->old_side.name,
                                   .new_name = compared->new_side.name,
                                   .digest = waiting ? compared->new_side.candidate.digest : NULL,
                                   .reasons = &reasons};
    lead_print_page(compared->diff, &page, out);
    buf_clear(&reasons);
}

/* Appends what is asked for. 0 with asked->differs, or -1. */
static int
write_diff(struct buf *out, struct diff_options *asked, const struct compared *compared, struct err *err)
{
    const struct diff *diff = compared->diff;
    struct later_found later = {0};
    if ((asked->opened || asked->cmd.json) && later_find(&later, diff->arena, diff, err) != 0)
        return -1;
    asked->differs = asked->opened ? may_open(diff, &later) : !diff_is_empty(diff);
    if (asked->html != NULL)
        add_page(out, asked, compared);
    else if (asked->cmd.json)
        diff_print_json(diff, &later, compared->old_side.generation, compared->new_side.generation, out);
    else if (asked->differs)
        add_text(out, asked, compared);
    return 0;
}

/* Finds both tables and compares them. The last byte of a page says whether they differ: it may be made in another
 * process (cmd_apart()). */
static int
make_diff(void *arg, struct buf *out, struct err *err)
{
    struct diff_options *asked = arg;
    struct compared compared = {0};
    if (open_state(asked, err) != 0)
        return -1;
    const struct compare_with with = {asked->cmd.conf, asked->cmd.state, cmd_today(), &cmd_listener};
    int result = choose_words(asked, err);
    if (result == 0)
        result = compare_words(&compared, &with, asked->old_word, asked->new_word, err);
    if (result == 0)
        result = add_log(asked, &compared, err);
    if (result == 0)
        result = write_diff(out, asked, &compared, err);
    compare_clear(&compared);
    cmd_state_close(&asked->cmd);
    if (asked->html != NULL)
        buf_add_char(out, asked->differs ? DIFFERS : SAME);
    return result == 0 && !buf_ok(out) ? err_set(err, ERR_LIMIT, "the comparison is too long to be shown") : result;
}

static int
print_diff(struct diff_options *asked, struct err *err)
{
    struct buf out;
    buf_init(&out, DIFF_OUTPUT_MAX);
    int result = asked->html != NULL ? cmd_apart(make_diff, asked, &out, err) : make_diff(asked, &out, err);
    if (result == 0 && asked->html != NULL) {
        asked->differs = out.data[out.len - 1] == DIFFERS;
        result = file_write(asked->html, out.data, out.len - 1, err);
    } else if (result == 0 && !cmd_print(&out)) {
        result = err_set(err, ERR_IO, "the comparison is not complete");
    }
    buf_clear(&out);
    return result;
}

static int
run_diff(const struct command *command, int argc, char **argv)
{
    struct diff_options asked = {0};
    struct err err = {0};
    int first = cmd_parse(command, argc, argv, handle_option, &asked);
    if (first < 0 || !read_words(&asked, argc - first, argv + first))
        return CMD_TROUBLE;
    int result = cmd_diff_count(&asked.logs, &err);
    if (result == 0)
        result = print_diff(&asked, &err);
    cmd_diff_logs_close(&asked.logs);
    return result != 0 ? cmd_trouble(&err) : asked.differs ? CMD_NO : CMD_YES;
}

static const struct cmd_option options[] = {
    CMD_OPTION_CONFIG,
    {CMD_JSON, "json", NULL, "one JSON object"},
    {DIFF_WHOLE, "all", NULL, "every opening, and notes, attributes and rows that are bypassed on neither side"},
    {DIFF_OPENED, "opened", NULL, "show only what is bypassed now and was inspected before"},
    {DIFF_HTML, "html", "FILE", "write a page to a file instead, for those who agree to changes"},
    {DIFF_LOG, "log", "LOG", "say what this access log had of each row; a pattern such as 'access.log*'; repeatable"},
    {DIFF_FORMAT, "logformat", "FORMAT", "of these: squid, m365, combined, common, or the text of a logformat"},
    {0},
};

const struct command cmd_diff = {
    .name = "diff",
    .summary = "shows what changes between two tables, in entries and in verdicts",
    .arguments = "[A [B]]",
    .options = options,
    .details = "A and B are generation numbers, current, previous, pending, FILE or VERB:FILE. Without B,\n"
               "A is compared with what is in use. Without both, what is in use is compared with what waits\n"
               "for approval or, if nothing waits, what was in use before with what is in use now.\n"
               "Exit code: 0 the same (with --opened: nothing opens, now or later), 1 differs, 2 trouble.\n",
    .run = run_diff,
};
