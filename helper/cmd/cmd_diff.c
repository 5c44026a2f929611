// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_diff.c - `m365ctl diff`: how two tables differ, in entries and in verdicts.
 *
 * Where it sits: room cmd. Tables are found and compared in room change (compare.h, diff.h); which ones is chosen here.
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "change/compare.h"
#include "change/diff.h"
#include "change/later.h"
#include "change/opening.h"
#include "cmd_state.h"
#include "conf/conf.h"
#include "lead/lead.h"
#include "state/state.h"
#include "store/generation_named.h"

#define DIFF_OUTPUT_MAX ((size_t)1 << 30)

enum diff_code { DIFF_OPENED = CMD_STATE_CODE_FREE, DIFF_WHOLE };

struct diff_options {
    struct cmd_state cmd;
    bool opened, all;
    const char *old_word, *new_word;
};

static int
handle_option(void *arg, int code, const char *value, struct err *err)
{
    struct diff_options *asked = arg;
    if (code != DIFF_OPENED && code != DIFF_WHOLE)
        return cmd_state_option(&asked->cmd, code, value, err);
    asked->opened = asked->opened || code == DIFF_OPENED;
    asked->all = asked->all || code == DIFF_WHOLE;
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
        diff_print_brief(diff, SIZE_MAX, out);
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

static int
print_diff(const struct diff_options *asked, const struct compared *compared)
{
    const struct diff *diff = compared->diff;
    struct later_found later = {0};
    struct err err = {0};
    if ((asked->opened || asked->cmd.json) && later_find(&later, diff->arena, diff, &err) != 0)
        return cmd_trouble(&err);
    bool differs = asked->opened ? may_open(diff, &later) : !diff_is_empty(diff);
    struct buf out;
    buf_init(&out, DIFF_OUTPUT_MAX);
    if (asked->cmd.json)
        diff_print_json(diff, &later, compared->old_side.generation, compared->new_side.generation, &out);
    else if (differs)
        add_text(&out, asked, compared);
    bool good = cmd_print(&out);
    buf_clear(&out);
    return !good ? CMD_TROUBLE : differs ? CMD_NO : CMD_YES;
}

static int
run_diff(const struct command *command, int argc, char **argv)
{
    struct diff_options asked = {0};
    struct compared compared = {0};
    struct err err = {0};
    int first = cmd_parse(command, argc, argv, handle_option, &asked);
    if (first < 0 || !read_words(&asked, argc - first, argv + first))
        return CMD_TROUBLE;
    if (open_state(&asked, &err) != 0)
        return cmd_trouble(&err);
    const struct compare_with with = {asked.cmd.conf, asked.cmd.state, cmd_today(), &cmd_listener};
    int result = CMD_TROUBLE;
    if (choose_words(&asked, &err) == 0 && compare_words(&compared, &with, asked.old_word, asked.new_word, &err) == 0)
        result = print_diff(&asked, &compared);
    else
        cmd_trouble(&err);
    compare_clear(&compared);
    cmd_state_close(&asked.cmd);
    return result;
}

static const struct cmd_option options[] = {
    CMD_OPTION_CONFIG,
    {CMD_JSON, "json", NULL, "one JSON object"},
    {DIFF_WHOLE, "all", NULL, "every opening, and notes, attributes and rows that are bypassed on neither side"},
    {DIFF_OPENED, "opened", NULL, "show only what is bypassed now and was inspected before"},
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
