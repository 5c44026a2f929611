// SPDX-License-Identifier: GPL-2.0-or-later
/* advise_try.c - tries a correction: reads the changed lines, asks all situations again, and compares. Part of
 * advise_build.h. */
#include <string.h>

#include "advise_build.h"
#include "base/arena.h"
#include "base/err.h"

#define TRIAL_MAX ((size_t)256 << 20)

static bool
terminates(const struct outcome *outcome)
{
    bool all = outcome->courses.count > 0;
    for (size_t i = 0; i < outcome->courses.count; i++)
        all = all && outcome->courses.course[i].end == END_TERMINATE;
    return all;
}

/* Nothing may become wrong, and what was right stays as it is: what is cut off is meant to be. It may be inspected
 * where it was refused, and refused while the helper is dead. */
static bool
is_worse(const struct outcome_case *one, const struct outcome *before, const struct outcome *after)
{
    if (outcome_wrong(one, after) != NULL)
        return outcome_wrong(one, before) == NULL;
    if (outcome_wrong(one, before) != NULL || (one->wants & OUTCOME_ANY) != 0)
        return false;
    enum outcome_openness was = outcome_openness(before), is = outcome_openness(after);
    bool stays = one->situation.helper == HELPER_ANSWERS && (one->wants & OUTCOME_SHOWN) == 0;
    return (terminates(before) && !terminates(after)) || (is > was && is == OUTCOME_OPEN) || (is < was && stays);
}

/* The rules have the same helpers, so their tables are lent. */
static bool
lend_tables(struct ruleset *conf, const struct ruleset *from)
{
    for (size_t i = 0; i < conf->helper_count && conf->helper_count == from->helper_count; i++) {
        conf->helpers[i].image = from->helpers[i].image;
        conf->helpers[i].today = from->helpers[i].today;
    }
    return conf->helper_count == from->helper_count;
}

/* True if some course comes by a rule. */
static bool
comes_by(const struct outcome *outcome, const struct rule *rule)
{
    for (size_t i = 0; i < outcome->courses.count; i++) {
        for (size_t s = 0; s < outcome->courses.course[i].step_count; s++) {
            if (outcome->courses.course[i].steps[s].rule == rule)
                return true;
        }
    }
    return false;
}

/* True if a rule of the administrator's own decides that must come before the bypass, and the bypass decided so far:
 * then the name that the situations are about is on its list. Clients with an exception of their own keep it. */
static bool
is_by_own(const struct advice *advice, const struct group *group, const struct outcome *before,
          const struct outcome *after)
{
    const struct rule *own = advice->set.cases[group->first].rule;
    bool all = (group->broken & (OUTCOME_DENIED | OUTCOME_KEPT)) != 0 && after->courses.count > 0 &&
               comes_by(before, group->rule);
    for (size_t i = 0; all && i < after->courses.count; i++) {
        const struct course_step *step = outcome_blamed(0, &after->courses.course[i]);
        all = step != NULL && step->rule != NULL && strcmp(step->rule->text, own->text) == 0;
    }
    return all;
}

/* True if nobody gets in without a password who is kept out with it, and no user loses anything; but for those of
 * unknown networks, if the correction is to keep them out. */
static bool
is_fair(struct advice *advice, const struct group *group, const struct ruleset *conf, struct arena *arena)
{
    struct outcome_opened_about about = advise_opened(advice);
    struct outcome_opening opening;
    about.after = conf;
    about.closes = (group->broken & OUTCOME_OWNS) != 0;
    about.unknown = group->broken != OUTCOME_REFUSE;
    about.arena = arena;
    if (outcome_opened(&opening, &about, advice->err) != 0)
        advice->failed = true;
    return !advice->failed && opening.request == NULL;
}

/* What a network that is smaller than the usual client's must have: it may be refused, or asked. */
static struct outcome_case
strict(const struct outcome_case *one)
{
    struct outcome_case ret = *one;
    if ((ret.wants & OUTCOME_THROUGH) != 0)
        ret.wants &= ~(unsigned)OUTCOME_NOTE;
    return ret;
}

/* A smaller network may get the bypass only where the rule at hand kept it from most clients, too. */
static bool
hurts(struct advice *advice, const struct group *group, size_t index, const struct outcome *after)
{
    const struct outcome *before = &advice->outcomes[index];
    const struct outcome_case one = strict(&advice->set.cases[index]);
    bool in = advise_in_group(advice, group, index);
    if (advise_is_minor(advice, index))
        return outcome_openness(after) == OUTCOME_OPEN
                   ? !in
                   : outcome_wrong(&one, after) != NULL && outcome_wrong(&one, before) == NULL;
    return (is_worse(&one, before, after) && !is_by_own(advice, group, before, after)) ||
           (in && outcome_wrong(&one, after) != NULL);
}

static bool
helps(struct advice *advice, const struct group *group, const struct edit *edit, const struct ruleset *conf)
{
    struct arena *arena = conf->arena;
    struct outcome *after = arena_array(arena, advice->set.count + 1, sizeof *after);
    struct err err = {0};
    if (after == NULL || outcome_find(after, &advice->set, conf, arena, &err) != 0) {
        err_set(advice->err, ERR_MEM, "no memory for the outcomes");
        advice->failed = true;
        return false;
    }
    for (size_t i = 0; i < advice->set.count; i++) {
        if (hurts(advice, group, i, &after[i]))
            return false;
    }
    if (!edit->helper && !is_fair(advice, group, conf, arena))
        return false;
    for (size_t i = 0; i < advice->set.count; i++) {
        const struct outcome_case *one = &advice->set.cases[i];
        advice->healed[i] = advice->healed[i] ||
                            (outcome_wrong(one, &advice->outcomes[i]) != NULL && outcome_wrong(one, &after[i]) == NULL);
    }
    return true;
}

bool
advise_try(struct advice *advice, const struct group *group, const struct edit *edit)
{
    if (advice->failed || edit->full || edit->count == 0 || ++advice->tries > TRIES_MAX || advice->budget == 0)
        return false;
    advice->budget--;
    struct arena *arena = arena_new(TRIAL_MAX);
    const struct ruleset_about about = {.version = advice->about->version, .arena = arena};
    struct squidconf_text text;
    struct ruleset *conf = NULL;
    struct err err = {0};
    bool good = arena != NULL && edit_apply(&text, &advice->text, edit, arena);
    if (good && ruleset_make(&conf, &text, &about, &err) == 0)
        good = lend_tables(conf, advice->conf) && helps(advice, group, edit, conf);
    else if (!good || err.kind == ERR_MEM)
        advice->failed = err_set(advice->err, ERR_MEM, "no memory to try a correction") != 0;
    ruleset_close(conf);
    bool kept = conf != NULL && good;
    arena_free(arena);
    return kept;
}
