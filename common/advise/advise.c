// SPDX-License-Identifier: GPL-2.0-or-later
/* advise.c - reads a squid.conf, asks what becomes of the situations, and has each mistake corrected. See advise.h. */
#include "advise.h"

#include <string.h>

#include "advise_build.h"
#include "advise_worker.h"
#include "base/arena.h"
#include "base/err.h"
#include "ruleset/ruleset_worker.h"

#define ARENA_MAX ((size_t)1 << 30)
#define TYPE_BYTES_MAX 65536

/* What Squid would refuse, unless something was found there already. */
static void
say_refused(struct advice *advice, const struct ruleset_place *place)
{
    if (place->why == NULL || squidconf_has(advice->found, place->file, place->number))
        return;
    advise_add(advice, &(struct heard){.file = place->file,
                                       .number = place->number,
                                       .counts = true,
                                       .text = advise_text(advice, "%s\n", place->why)});
}

/* 0: the rules are there, or Squid would refuse them: then advice->conf is NULL. */
static int
open_rules(struct advice *advice, struct err *err)
{
    struct ruleset_place place = {.why = NULL};
    const struct ruleset_about about = {advice->about->version, advice->arena, &place};
    struct err refused = {0};
    if (ruleset_make(&advice->conf, &advice->text, &about, &refused) == 0) {
        advice->about->load(advice->conf);
        return 0;
    }
    if (refused.kind != ERR_SYNTAX)
        return err_set(err, refused.kind, "%s", refused.text);
    say_refused(advice, &place);
    return 0;
}

static int
ask(struct advice *advice, struct err *err)
{
    if (outcome_cases(&advice->set, advice->conf, advice->arena, err) != 0)
        return -1;
    if (!outcome_users_find(&advice->users, advice->conf, advice->arena))
        return err_set(err, ERR_MEM, "no memory for the users");
    if (outcome_usual_user(&advice->user, &advice->set, &advice->users, advice->conf, err) != 0)
        return -1;
    advice->outcomes = arena_array(advice->arena, advice->set.count + 1, sizeof *advice->outcomes);
    advice->healed = arena_array(advice->arena, advice->set.count + 1, sizeof *advice->healed);
    if (advice->outcomes == NULL || advice->healed == NULL)
        return err_set(err, ERR_MEM, "no memory for the outcomes");
    return outcome_find(advice->outcomes, &advice->set, advice->conf, advice->arena, err);
}

static void
note_touched(struct advice *advice, const struct edit *edit)
{
    for (size_t i = 0; i < edit->count; i++) {
        bool takes = edit->steps[i].kind == EDIT_REMOVE || edit->steps[i].kind == EDIT_REPLACE;
        if (takes && advice->touched_count < TOUCHED_MAX)
            advice->touched[advice->touched_count++] = edit->steps[i].line;
    }
}

/* The line of a helper. */
static size_t
helper_line(const struct advice *advice, const struct ruleset_helper *helper)
{
    size_t i = 0;
    while (i < advice->text.line_count &&
           (advice->text.lines[i].number != helper->number || strcmp(advice->text.lines[i].file, helper->file) != 0))
        i++;
    return i;
}

/* Whether a helper's line as it should be corrects it. Then the finding is that about the line, if there is one. */
static bool
is_of_helper(struct advice *advice, const struct group *group, struct edit *ret)
{
    for (size_t i = 0; i < advice->conf->helper_count; i++) {
        const struct ruleset_helper *helper = &advice->conf->helpers[i];
        size_t line = helper_line(advice, helper);
        struct buf text;
        buf_init(&text, TYPE_BYTES_MAX);
        bool made = squidconf_correct_type(&text, advice->found, helper->file, helper->number);
        buf_add_char(&text, '\0');
        *ret = (struct edit){.helper = true};
        if (made && buf_ok(&text) && line < advice->text.line_count)
            edit_add(ret, EDIT_REPLACE, line, advise_text(advice, "%s", text.data));
        advice->failed = advice->failed || (!buf_ok(&text) && err_set(advice->err, ERR_MEM, "no memory") != 0);
        buf_clear(&text);
        if (ret->count > 0 && advise_try(advice, group, ret))
            return true;
    }
    return false;
}

/* True if the finding about the helper's line says it all. */
static bool
is_said(const struct advice *advice, const struct edit *edit)
{
    const struct squidconf_line *line = &advice->text.lines[edit->steps[0].line];
    return squidconf_has(advice->found, line->file, line->number);
}

/* A list of the administrator's own is a finding only if a correction proves that it is dead: its rule may be for
 * another port, or for some clients. */
static void
advise_one(struct advice *advice, const struct group *group)
{
    struct edit edit = {.count = 0};
    bool access = (group->broken & (OUTCOME_PASSWORD | OUTCOME_REFUSE)) != 0 ||
                  (group->step != NULL && group->step->phase != PHASE_BUMP && group->step->phase != PHASE_VERIFY);
    bool own = (group->broken & OUTCOME_OWNS) != 0;
    bool later = group->step != NULL && (group->step->phase == PHASE_LATER || group->step->phase == PHASE_MISS ||
                                         group->step->phase == PHASE_DIRECT);
    advice->tries = 0;
    if (advise_is_healed(advice, group))
        return;
    bool kept = group->note && group->broken != OUTCOME_REFUSE; /* a correction would undo the rule */
    if (kept || group->broken == OUTCOME_CLAIM) {               /* only a person knows the proxies in front */
        advise_say(advice, group, NULL);
        return;
    }
    bool corrected = own      ? advise_own(advice, group, &edit)
                     : later  ? advise_later(advice, group, &edit)
                     : access ? advise_access(advice, group, &edit)
                              : advise_bump(advice, group, &edit);
    if (!corrected && !own) {
        corrected = is_of_helper(advice, group, &edit);
        if (corrected && is_said(advice, &edit))
            return;
    }
    if (corrected)
        note_touched(advice, &edit);
    if (corrected || !own)
        advise_say(advice, group, corrected ? &edit : NULL);
}

/* Mistakes come before notes, which the correction of a mistake may answer. */
static void
advise_all(struct advice *advice, bool notes)
{
    for (size_t i = 0; i < advice->group_count && !advice->failed; i++) {
        if (advice->groups[i].note == notes)
            advise_one(advice, &advice->groups[i]);
    }
}

static int
examine(struct advice *advice, struct err *err)
{
    if (ask(advice, err) != 0)
        return -1;
    advice->budget = LINES_TRIED_MAX / (advice->text.line_count + 1);
    advise_group(advice);
    advise_all(advice, false);
    advise_all(advice, true);
    if (!advice->failed) {
        advise_reach(advice);
        advise_rules(advice);
        advise_ports(advice);
    }
    if (advice->failed)
        return -1;
    return arena_ok(advice->arena) ? 0 : err_set(err, ERR_MEM, "no memory to check it");
}

/* ---- workers ---- */

/* Everything about a file. */
struct work {
    struct ruleset_texts texts;
    struct advice workers[RULESET_WORKERS_MAX];
    struct hearing hearing;
};

/* *ret_open is false if some worker would refuse the rules. */
static int
open_workers(struct work *work, bool *ret_open, struct err *err)
{
    *ret_open = true;
    for (size_t i = 0; i < work->texts.count; i++) {
        struct advice *advice = &work->workers[i];
        advice->text = work->texts.worker[i].text;
        if (open_rules(advice, err) != 0)
            return -1;
        *ret_open = *ret_open && advice->conf != NULL;
    }
    return 0;
}

/* What is refused by the master, which reads the rules as well. */
static int
read_texts(struct work *work, const struct advise_about *about, struct err *err)
{
    struct ruleset_place place = {.why = NULL};
    struct advice *first = &work->workers[0];
    const struct ruleset_about conf = {about->version, first->arena, &place};
    struct err refused = {0};
    if (ruleset_read_texts(&work->texts, about->path, &conf, &refused) == 0)
        return 0;
    if (refused.kind != ERR_SYNTAX)
        return err_set(err, refused.kind, "%s", refused.text);
    work->texts.count = 0;
    say_refused(first, &place);
    return 0;
}

static int
work_all(struct work *work, struct err *err)
{
    struct advice *first = &work->workers[0];
    bool open = false;
    if (read_texts(work, first->about, err) != 0 || open_workers(work, &open, err) != 0)
        return -1;
    bool inspects = false;
    for (size_t i = 0; open && i < work->texts.count; i++)
        inspects = inspects || outcome_inspects(work->workers[i].conf);
    for (size_t i = 0; open && i < work->texts.count; i++) {
        work->workers[i].conf->inspects = inspects;
        if (examine(&work->workers[i], err) != 0)
            return -1;
    }
    advise_tell(first->found, &work->hearing, &work->texts, first->arena);
    return arena_ok(first->arena) ? 0 : err_set(err, ERR_MEM, "no memory to check it");
}

int
advise_examine(void *arg, struct squidconf *conf, struct err *err)
{
    struct work *work;
    struct arena *arena = arena_new(ARENA_MAX);
    if (arena == NULL || (work = arena_alloc(arena, sizeof *work)) == NULL) {
        arena_free(arena);
        return err_set(err, ERR_MEM, "no memory");
    }
    *work = (struct work){.hearing = {.count = 0}};
    for (size_t i = 0; i < RULESET_WORKERS_MAX; i++)
        work->workers[i] = (struct advice){
            .about = arg, .found = conf, .arena = arena, .err = err, .worker = i, .hearing = &work->hearing};
    int result = work_all(work, err);
    const struct err cause = *err;
    if (result != 0 && cause.kind == ERR_MEM)
        err_set(err, ERR_MEM, "%s: %s", work->workers[0].about->path, cause.text);
    for (size_t i = 0; i < RULESET_WORKERS_MAX; i++) {
        if (work->workers[i].conf == NULL)
            continue;
        work->workers[i].about->unload(work->workers[i].conf);
        ruleset_close(work->workers[i].conf);
    }
    arena_free(arena);
    return result;
}
