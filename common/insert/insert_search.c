// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * insert_search.c - which places are tried, and in which order. Part of insert_build.h.
 *
 * http_access: as late as possible, so that the denials that come first stay first: before the first rule that decides
 * about a bypassed name, or that asks for a password. A rule further up that lets some of these names in without asking
 * the helper gets one before it that asks, because ssl_bump needs the helper's note. Whom the rule lets in: everybody
 * who gets that far; if that lets in a network that was not, those that the file knows; else private ones.
 * Where unknown networks get through already, the known ones are tried first.
 *
 * ssl_bump: before the rule that decides about a bypassed name, then further up.
 */
#include <string.h>

#include "base/err.h"
#include "insert_build.h"

#define ALSO_MAX 6
#define UP_MAX 10 /* rules of ssl_bump further up that are tried */

/* What one place is made of. */
struct plan {
    enum insert_clients clients;
    bool also;
    size_t access;           /* index of the rule; SIZE_MAX: no line is needed */
    const struct rule *bump; /* NULL: no line, or after the last one */
    bool bumps, peek;
};

/* ---- making a patch ---- */

static void
put_also(struct insert *insert, const struct plan *plan, struct patch *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->access && i < insert->conf->access.count; i++) {
        const struct rule *rule = &insert->conf->access.rule[i];
        if (lines_lets_in(rule) && ++count <= ALSO_MAX)
            place_before(insert, ret, place_line(insert, rule), lines_also(insert, rule));
    }
    ret->failed = ret->failed || count > ALSO_MAX;
}

static void
put_access(struct insert *insert, const struct plan *plan, struct patch *ret)
{
    const struct rules *access = &insert->conf->access;
    if (plan->access == SIZE_MAX)
        return;
    if (plan->also && insert->wish.bump)
        put_also(insert, plan, ret);
    const char *text = lines_access(insert, plan->clients, plan->access);
    if (plan->access < access->count)
        place_before(insert, ret, place_line(insert, &access->rule[plan->access]), text);
    else
        place_after(insert, ret, &access->rule[access->count - 1], text);
}

/* The line that the definitions come before: the first rule of all. */
static size_t
first_line(const struct insert *insert)
{
    size_t first = insert->text.line_count - 1;
    const struct rules *all[] = {&insert->conf->access, &insert->conf->bump};
    for (size_t i = 0; i < 2; i++) {
        size_t line = all[i]->count == 0 ? first : place_line(insert, &all[i]->rule[0]);
        first = line < first ? line : first;
    }
    return first;
}

static int
make(struct insert *insert, const struct plan *plan, struct patch *ret, struct err *err)
{
    const struct rules *bump = &insert->conf->bump;
    *ret = (struct patch){.count = 0};
    bool adds = plan->access != SIZE_MAX || plan->bumps || insert->wish.extras != 0;
    const char *defs = adds ? lines_defs(insert, plan->clients, plan->bumps && plan->peek) : NULL;
    if (lines_check_names(insert, defs, err) != 0)
        return -1;
    place_before(insert, ret, first_line(insert), defs);
    put_access(insert, plan, ret);
    if (plan->bumps && plan->bump != NULL)
        place_before(insert, ret, place_line(insert, plan->bump), lines_bump(insert, plan->peek));
    else if (plan->bumps)
        place_after(insert, ret, &bump->rule[bump->count - 1], lines_bump(insert, plan->peek));
    return extras_place(insert, ret, err);
}

/* ---- http_access: where ---- */

static size_t
earlier(size_t at, const struct rules *rules, const struct rule *rule)
{
    size_t index = rule == NULL ? rules->count : (size_t)(rule - rules->rule);
    return index < at ? index : at;
}

/* The first rule that decides about a bypassed name as the file is. */
static size_t
deciding(const struct insert *insert, const struct trial *trial)
{
    const struct rules *access = &insert->conf->access;
    size_t at = access->count;
    for (size_t i = 0; i < trial->set.count; i++) {
        const struct courses *courses = &trial->before[i].courses;
        for (size_t c = 0; judge_must(&trial->set.cases[i], &trial->before[i]) && c < courses->count; c++) {
            const struct course *course = &courses->course[c];
            size_t step = 0;
            while (step < course->step_count && course->steps[step].phase != PHASE_ACCESS)
                step++;
            if (step < course->step_count)
                at = earlier(at, access, course->steps[step].rule);
        }
    }
    const struct rule *asks = lines_rule(access, "allow", lines_is_password);
    return asks == NULL ? at : earlier(at, access, asks);
}

/* ---- ssl_bump: where ---- */

/* The rule to blame that a bypassed name is not spliced: false if it is not one of ssl_bump. */
static bool
blamed(const struct trial *trial, size_t *ret_index, bool *ret_peek)
{
    bool found = false;
    *ret_index = trial->conf->bump.count;
    *ret_peek = false;
    for (size_t i = 0; i < trial->set.count; i++) {
        const struct outcome_case *one = &trial->set.cases[i];
        const struct course *course = judge_must(one, &trial->after[i]) ? outcome_wrong(one, &trial->after[i]) : NULL;
        const struct course_step *step = course == NULL ? NULL : outcome_blamed(one->wants, course);
        if (step == NULL || step->phase != PHASE_BUMP)
            continue;
        found = true;
        *ret_index = earlier(*ret_index, &trial->conf->bump, step->rule);
        *ret_peek = *ret_peek || step->step == 1;
    }
    return found;
}

/* 1: the place is good, and its trial is kept. 0: it is not. -1: *err. */
static int
try_plan(struct insert *insert, const struct plan *plan, struct patch *ret, struct trial *trial, struct err *err)
{
    *trial = (struct trial){.arena = NULL};
    if (make(insert, plan, ret, err) != 0)
        return -1;
    bool good = insert_try(insert, ret, trial) && insert_judge(insert, trial);
    if (insert->failed)
        return -1;
    if (good)
        insert->best = *trial;
    return good;
}

/* Tries one rule of ssl_bump, with a peek at step 1 and without. */
static int
try_at(struct insert *insert, struct plan *plan, size_t index, bool peek, struct patch *ret, struct err *err)
{
    const struct rules *bump = &insert->conf->bump;
    plan->bumps = true;
    plan->bump = index < bump->count ? &bump->rule[index] : NULL;
    for (unsigned n = 0; n < 2; n++) {
        struct trial trial;
        plan->peek = (n == 0) == peek;
        int result = try_plan(insert, plan, ret, &trial, err);
        if (result != 0) {
            if (result < 0)
                trial_free(&trial);
            return result;
        }
        trial_free(&trial);
    }
    return 0;
}

/* Without a line of ssl_bump, then with one at the rule that is to blame, then further up. */
static int
try_access(struct insert *insert, struct plan *plan, bool bumps, struct patch *ret, struct err *err)
{
    struct trial trial;
    size_t index = 0;
    bool peek = false;
    int result = try_plan(insert, plan, ret, &trial, err);
    if (result > 0)
        return result;
    bool curable = result == 0 && bumps && trial.after != NULL && blamed(&trial, &index, &peek);
    trial_free(&trial);
    for (size_t n = 0; curable && result == 0 && n < UP_MAX; n++) {
        result = try_at(insert, plan, index, peek, ret, err);
        if (index == 0)
            break;
        index = n + 2 == UP_MAX ? 0 : index - 1;
    }
    plan->bumps = false;
    return result;
}

/* -1: some helper has no table. */
static int
check_tables(const struct insert *insert, struct err *err)
{
    const struct ruleset *conf = insert->first.conf;
    for (size_t i = 0; i < conf->helper_count; i++) {
        bool own = insert->conf->helper_count == conf->helper_count;
        if (conf->helpers[i].image == NULL)
            return err_set(
                err, ERR_SYNTAX,
                "%s:%u: the helper has no table, so nothing can be proven; publish one, or name it with --table",
                own ? conf->helpers[i].file : insert->about->path, own ? conf->helpers[i].number : 1);
    }
    return 0;
}

/* A first trial tells how bypassed names end as the file is, with all rules at its top; a second one asks about more
 * names. */
static int
look(struct insert *insert, bool access, struct err *err)
{
    const struct plan plan = {.access = access ? 0 : SIZE_MAX};
    struct patch patch;
    if (make(insert, &plan, &patch, err) != 0)
        return -1;
    if (!insert_try(insert, &patch, &insert->first))
        return insert->failed ? -1 : err_set(err, ERR_SYNTAX, "%s", insert->why);
    if (check_tables(insert, err) != 0 ||
        outcome_names(&insert->names, &insert->first.set, insert->first.conf, insert->conf, err) != 0)
        return -1;
    if (!insert_try(insert, &patch, &insert->named))
        return insert->failed ? -1 : err_set(err, ERR_SYNTAX, "%s", insert->why);
    for (size_t i = 0; i < insert->named.set.count; i++) {
        if (judge_must(&insert->named.set.cases[i], &insert->named.before[i]))
            return 0;
    }
    return err_set(err, ERR_SYNTAX,
                   "%s:1: the table bypasses no name at the ports of the file, so nothing can be proven",
                   insert->about->path);
}

/* True if clients of unknown networks get through as the file is, at least to some names. */
static bool
is_open(const struct trial *trial)
{
    for (size_t i = 0; i < trial->set.count; i++) {
        if ((trial->set.cases[i].wants & OUTCOME_REFUSE) != 0 && judge_gets_through(&trial->before[i]))
            return true;
    }
    return false;
}

/* Where unknown networks are let in, the line is first tried for the known ones only. */
static int
try_clients(struct insert *insert, bool bumps, size_t access, struct patch *ret, struct err *err)
{
    static const enum insert_clients usual[] = {CLIENTS_ALL, CLIENTS_KNOWN, CLIENTS_LOCALNET, CLIENTS_PRIVATE};
    static const enum insert_clients careful[] = {CLIENTS_KNOWN, CLIENTS_LOCALNET, CLIENTS_ALL, CLIENTS_PRIVATE};
    const enum insert_clients *order = is_open(&insert->named) ? careful : usual;
    int result = 0;
    for (unsigned also = 2; also-- > 0 && result == 0;) {
        for (size_t i = 0; i < CLIENTS_END && result == 0; i++) {
            struct plan plan = {.clients = order[i], .also = also == 1, .access = access};
            bool has = order[i] == CLIENTS_ALL || insert->clients[order[i]] != NULL;
            bool once = order[i] == CLIENTS_ALL && also == 1;
            if (has && (access != SIZE_MAX || once))
                result = try_access(insert, &plan, bumps, ret, err);
        }
    }
    return result;
}

int
insert_search(struct insert *insert, struct patch *ret, struct err *err)
{
    const struct rule *has = lines_rule(&insert->conf->access, "allow", lines_is_bypass);
    bool bumps = insert->wish.bump && lines_rule(&insert->conf->bump, "splice", lines_is_bypass) == NULL;
    if (insert->conf->access.count == 0)
        return err_set(err, ERR_SYNTAX,
                       "%s:1: the file has no http_access, so Squid refuses everything; write those rules "
                       "first",
                       insert->about->path);
    if (look(insert, has == NULL, err) != 0)
        return -1;
    lines_clients(insert);
    size_t access = has != NULL ? SIZE_MAX : deciding(insert, &insert->named);
    int result = try_clients(insert, bumps, access, ret, err);
    if (result > 0)
        return 0;
    if (result == 0)
        err_set(err, ERR_SYNTAX, "%s%s", insert->why == NULL ? "no place for the lines was found" : insert->why,
                has == NULL ? "" : "; the bypass is there already: see what m365ctl doctor says");
    return -1;
}
