// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_rollback.c - `m365ctl rollback [GEN]`: back to a generation that was in use before.
 *
 * It must work when little else does: with a full disk the decision cannot be written down, and that is said, but the
 * table is put back.
 */
#include <string.h>

#include "candidate.h"
#include "cmd_state.h"
#include "decision.h"
#include "err.h"

static bool
was_published(const uint32_t *published, size_t count, uint32_t generation)
{
    for (size_t i = 0; i < count; i++) {
        if (published[i] == generation)
            return true;
    }
    return false;
}

/* The last generation in use that is neither the current one nor gone. */
static int
choose(struct cmd_state *cmd, uint32_t current, uint32_t *ret, struct err *err)
{
    const uint32_t *published;
    size_t count;
    if (state_get(cmd->state, STATE_PREVIOUS, ret, NULL) == 0 && *ret != 0 && *ret != current)
        return 0;
    if (state_published(cmd->state, &published, &count, err) != 0)
        return -1;
    while (count > 0) {
        *ret = published[--count];
        if (*ret != current && state_has(cmd->state, *ret, "image"))
            return 0;
    }
    return err_set(err, ERR_USAGE, "no other generation was in use before; there is nothing to go back to");
}

static int
find_target(struct cmd_state *cmd, const char *word, uint32_t current, uint32_t *ret, struct err *err)
{
    const uint32_t *published;
    size_t count;
    if (word == NULL)
        return choose(cmd, current, ret, err);
    if (cmd_take_generation(cmd->state, ret, word, err) != 0 ||
        state_published(cmd->state, &published, &count, err) != 0)
        return -1;
    if (!was_published(published, count, *ret))
        return err_set(err, ERR_USAGE, "generation %u was never in use; what waits is published with 'm365ctl approve'",
                       *ret);
    return 0;
}

static void
record(struct cmd_state *cmd, uint32_t generation, const char *what, uint32_t other)
{
    char note[700];
    struct err err = {0};
    snprintf(note, sizeof note, "%s generation %u%s%.600s", strcmp(what, "rollback") == 0 ? "from" : "to", other,
             cmd->note == NULL ? "" : ": ", cmd->note == NULL ? "" : cmd->note);
    const struct decision decision = {.what = what, .by = cmd->by, .note = note, .at = cmd_now()};
    if (decision_write(cmd->state, generation, &decision, &err) != 0)
        cmd_say("the roll-back is not written down: %s", err.text);
}

static int
roll_back(struct cmd_state *cmd, const char *word, struct err *err)
{
    uint32_t current = 0, target;
    struct err why = {0};
    if (state_get(cmd->state, STATE_CURRENT, &current, &why) != 0)
        cmd_say("%s", why.text);
    if (find_target(cmd, word, current, &target, err) != 0)
        return CMD_TROUBLE;
    if (target == current) {
        cmd_say("generation %u is in use already", target);
        return CMD_NO;
    }
    if (generation_verify(cmd->state, target, err) != 0) {
        err_add(err, "cannot go back to generation %u", target);
        return CMD_TROUBLE;
    }
    record(cmd, target, "rollback", current);
    if (current != 0)
        record(cmd, current, "rolled-back", target);
    if (state_publish(cmd->state, target, err) != 0)
        return CMD_TROUBLE;
    cmd_say("generation %u is in use again, in place of %u", target, current);
    return CMD_YES;
}

static int
run_rollback(const struct command *command, int argc, char **argv)
{
    struct cmd_state cmd = {0};
    struct err err = {0};
    int first = cmd_parse(command, argc, argv, cmd_state_take, &cmd);
    if (first < 0)
        return CMD_TROUBLE;
    if (argc - first > 1) {
        cmd_say("rollback takes one generation, and '%s' is another; see 'm365ctl help rollback'", argv[first + 1]);
        return CMD_TROUBLE;
    }
    if (cmd_state_open(&cmd, true, &err) != 0)
        return cmd_trouble(&err);
    int result = roll_back(&cmd, first < argc ? argv[first] : NULL, &err);
    cmd_state_close(&cmd);
    return err.kind == ERR_NONE ? result : cmd_trouble(&err);
}

static const struct cmd_option options[] = {CMD_OPTION_CONFIG, CMD_OPTION_NOTE, CMD_OPTION_BY, {0}};

const struct command cmd_rollback = {
    .name = "rollback",
    .summary = "puts the table back that was in use before",
    .arguments = "[GENERATION]",
    .options = options,
    .details = "Without a number: the previous one. Only what was in use before can be gone back to, and only if\n"
               "its image still verifies. An update does not publish by itself again what was rolled back.\n",
    .run = run_rollback,
};
