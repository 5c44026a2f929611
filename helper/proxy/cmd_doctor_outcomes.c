// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_doctor_outcomes.c - `m365ctl doctor --outcomes` and `--against`. See cmd_doctor.h. Room proxy.
 *
 * The situations and their ends are those of room outcome.
 */
#include "cmd_doctor.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd_rules.h"
#include "outcome/outcome.h"
#include "ruleset/ruleset.h"

#define ARENA_MAX ((size_t)1 << 30)

/* One configuration and the situations that it makes. */
struct side {
    struct ruleset *conf;
    struct outcome_set set;
    struct outcome *outcomes;
};

static int
open_side(struct side *ret, const char *path, unsigned version, struct arena *arena, struct err *err)
{
    const struct ruleset_about about = {.version = version, .arena = arena};
    if (ruleset_open(&ret->conf, path, &about, err) != 0)
        return -1;
    cmd_rules_load(ret->conf, true);
    return outcome_cases(&ret->set, ret->conf, arena, err);
}

/* Finds the ends of the situations of `set`. */
static int
ask(struct side *side, const struct outcome_set *set, struct arena *arena, struct err *err)
{
    side->outcomes = arena_array(arena, set->count + 1, sizeof *side->outcomes);
    if (side->outcomes == NULL)
        return err_set(err, ERR_MEM, "no memory for the outcomes");
    return outcome_find(side->outcomes, set, side->conf, arena, err);
}

static int
print_one(struct buf *ret, const struct side *side, bool json)
{
    (json ? outcome_print_json : outcome_print)(ret, &side->set, side->outcomes);
    for (size_t i = 0; i < side->set.count; i++) {
        if (outcome_marked(&side->set, side->outcomes, i))
            return CMD_NO;
    }
    return CMD_YES;
}

static int
print_both(struct buf *ret, const struct side *before, const struct side *after, bool json)
{
    size_t count = (json ? outcome_print_changes_json : outcome_print_changes)(ret, &after->set, before->outcomes,
                                                                               after->outcomes);
    return count > 0 ? CMD_NO : CMD_YES;
}

static int
run(struct buf *ret, const struct doctor_outcomes *asked, struct side *before, struct side *after, struct arena *arena,
    struct err *err)
{
    if (open_side(after, asked->path, asked->version, arena, err) != 0)
        return CMD_TROUBLE;
    if (asked->against != NULL &&
        (open_side(before, asked->against, asked->version, arena, err) != 0 ||
         outcome_add(&after->set, &before->set, err) != 0 || ask(before, &after->set, arena, err) != 0))
        return CMD_TROUBLE;
    if (ask(after, &after->set, arena, err) != 0)
        return CMD_TROUBLE;
    return asked->against == NULL ? print_one(ret, after, asked->json) : print_both(ret, before, after, asked->json);
}

int
doctor_outcomes(struct buf *ret, const struct doctor_outcomes *asked, struct err *err)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct side before = {.conf = NULL}, after = {.conf = NULL};
    int result = CMD_TROUBLE;
    if (arena == NULL)
        err_set(err, ERR_MEM, "no memory");
    else
        result = run(ret, asked, &before, &after, arena, err);
    cmd_rules_close(before.conf);
    cmd_rules_close(after.conf);
    arena_free(arena);
    return result;
}
