// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_decide.c - see cmd_decide.h. */
#include "cmd_decide.h"

#include <stdlib.h>
#include <string.h>

#include "candidate.h"
#include "decision.h"
#include "err.h"
#include "record.h"

#define PREFIX_LEAST 8 /* hex digits of a digest; fewer are the number of a generation, or too few to mean one */
#define TEXT_MAX ((size_t)32 << 20) /* of what is printed and kept with the decision */

static bool
is_digest_prefix(const char *word)
{
    size_t len = strlen(word);
    return len >= PREFIX_LEAST && len < DIGEST_TEXT_MAX && strspn(word, "0123456789abcdef") == len;
}

/* True if the last word about a generation was `rejected`. */
static bool
is_rejected(const struct state *state, uint32_t generation)
{
    struct buf text;
    char what[32] = "";
    buf_init(&text, RECORD_MAX);
    for (uint32_t index = 1; decision_read(state, generation, index, &text, NULL) == 1; index++) {
        record_get(&text, "what", what, sizeof what);
        buf_reset(&text);
    }
    buf_clear(&text);
    return strcmp(what, "rejected") == 0;
}

/* The generation that is meant; 0 if nothing waits. */
static int
find_generation(struct cmd_decide *decide, const char *word, bool rejected, struct err *err)
{
    struct state *state = decide->cmd.state;
    uint32_t pending, named;
    if (state_get(state, STATE_PENDING, &pending, err) != 0 ||
        state_get(state, STATE_CURRENT, &decide->current, err) != 0)
        return -1;
    decide->generation = pending;
    if (word == NULL || is_digest_prefix(word))
        return 0;
    if (cmd_take_generation(state, &named, word, err) != 0)
        return -1;
    if (named == pending)
        return 0;
    if (rejected && named > decide->current && is_rejected(state, named)) {
        decide->generation = named;
        return 0;
    }
    if (pending == 0)
        return err_set(err, ERR_USAGE, "generation %u does not wait for approval; nothing does", named);
    return err_set(err, ERR_USAGE, "generation %u does not wait for approval, generation %u does; look at it first",
                   named, pending);
}

int
cmd_decide_find(struct cmd_decide *decide, const char *word, bool rejected, struct err *err)
{
    struct state *state = decide->cmd.state;
    if (find_generation(decide, word, rejected, err) != 0)
        return -1;
    if (decide->generation == 0) {
        cmd_say("nothing waits for approval");
        return 1;
    }
    if (generation_verify(state, decide->generation, err) != 0 ||
        cmd_compare_generations(&decide->compare, state, decide->current, decide->generation, err) != 0)
        return err_add(err, "generation %u cannot be decided about", decide->generation);
    const char *digest = decide->compare.new_side.candidate.digest;
    if (word != NULL && is_digest_prefix(word) && strncmp(digest, word, strlen(word)) != 0)
        return err_set(err, ERR_USAGE,
                       "what waits is generation %u with digest %.16s, not '%.64s'; look at it with 'm365ctl diff'",
                       decide->generation, digest, word);
    return 0;
}

void
cmd_decide_clear(struct cmd_decide *decide)
{
    cmd_compare_clear(&decide->compare);
    cmd_state_close(&decide->cmd);
}

int
cmd_decide_record(struct cmd_decide *decide, const char *what, struct err *err)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    buf_add_fmt(&text, "--- %s\n+++ %s\n", decide->compare.old_side.name, decide->compare.new_side.name);
    cmd_compare_add_reasons(&text, decide->cmd.state, decide->generation);
    diff_summary(decide->compare.diff, &text);
    buf_add_text(&text, "\n\n");
    diff_print(decide->compare.diff, &text);
    const struct decision decision = {
        .what = what, .by = decide->cmd.by, .note = decide->cmd.note, .at = cmd_now(), .text = &text};
    int result = buf_ok(&text) ? decision_write(decide->cmd.state, decide->generation, &decision, err)
                               : err_set(err, ERR_LIMIT, "the record of the decision is too long");
    buf_clear(&text);
    return result;
}

int
cmd_decide_run(const struct command *command, int argc, char **argv, bool rejected,
               int (*act)(struct cmd_decide *decide, struct err *err))
{
    struct cmd_decide decide = {0};
    struct err err = {0};
    int first = cmd_parse(command, argc, argv, cmd_state_take, &decide.cmd);
    if (first < 0)
        return CMD_TROUBLE;
    if (argc - first > 1) {
        cmd_say("%s takes one generation or digest, and '%s' is another; see 'm365ctl help %s'", command->name,
                argv[first + 1], command->name);
        return CMD_TROUBLE;
    }
    if (cmd_state_open(&decide.cmd, true, &err) != 0)
        return cmd_trouble(&err);
    decision_by(decide.by, decide.cmd.by);
    int found = cmd_decide_find(&decide, first < argc ? argv[first] : NULL, rejected, &err);
    if (found == 0 && act(&decide, &err) != 0)
        found = -1;
    cmd_decide_clear(&decide);
    return found < 0 ? cmd_trouble(&err) : found > 0 ? CMD_NO : CMD_YES;
}
