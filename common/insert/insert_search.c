// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * insert_search.c - which places are tried, and in which order. Part of insert_build.h.
 *
 * http_access: the places are given (insert_rule.c). Whom a rule lets in that asks everybody: everybody who gets that
 * far; if that lets in a network without a password that needed one, those that the file knows; else private ones.
 * Where unknown networks get through already, the known ones are tried first.
 *
 * ssl_bump: before the rule that decides about a bypassed name, then further up; not above what the administrator
 * closes, or inspects by name.
 */
#include <string.h>

#include "base/err.h"
#include "insert_build.h"
#include "insert_judge.h"
#include "insert_law.h"
#include "insert_lines.h"

#define UP_MAX 10            /* rules of ssl_bump further up that are tried */
#define WHY_CERTAIN SIZE_MAX /* as insert->reached: the reason has nothing to do with the place */

/* ---- ssl_bump: where ---- */

static size_t
earlier(size_t at, const struct rules *rules, const struct rule *rule)
{
    size_t index = rule == NULL ? rules->count : (size_t)(rule - rules->rule);
    return index < at ? index : at;
}

/* A course in which a bypassed name ends wrong, or NULL. */
static const struct course *
wrong(struct insert *insert, const struct outcome_case *one, const struct outcome *before, const struct outcome *after)
{
    for (size_t i = 0; judge_must(one, after) && i < after->courses.count; i++) {
        if (judge_is_wrong(insert, one, before, &after->courses.course[i]))
            return &after->courses.course[i];
    }
    return NULL;
}

/* The rule to blame that a bypassed name is not spliced: false if it is not one of ssl_bump. */
static bool
blamed(struct insert *insert, const struct trial *trial, size_t *ret_index, bool *ret_peek)
{
    bool found = false;
    *ret_index = trial->conf->bump.count;
    *ret_peek = false;
    for (size_t i = 0; i < trial->set.count; i++) {
        const struct outcome_case *one = &trial->set.cases[i];
        const struct course *course = wrong(insert, one, &trial->before[i], &trial->after[i]);
        const struct course_step *step = course == NULL ? NULL : outcome_blamed(one->wants, course);
        if (step == NULL || step->phase != PHASE_BUMP)
            continue;
        found = true;
        *ret_index = earlier(*ret_index, &trial->conf->bump, step->rule);
        *ret_peek = *ret_peek || step->step == 1;
    }
    return found;
}

/* Reads and judges. Where none of the names that were asked about gets through, those about which other rules decide
 * are asked about, too: `deny some_names` keeps only some closed. 0: the place is not good. -1: *err. */
static int
try_patch(struct insert *insert, const struct patch *patch, struct trial *trial, struct err *err)
{
    bool good = insert_try(insert, patch, trial) && insert_judge(insert, trial);
    bool more = !good && !insert->failed && insert->all_closed;
    if (more && insert_more_names(insert, trial, err) != 0)
        return -1;
    if (more && insert->names.count > 0) {
        trial_free(trial);
        good = insert_try(insert, patch, trial) && insert_judge(insert, trial);
    }
    return insert->failed ? -1 : good;
}

/* Keeps the reason of the place that came nearest. */
static void
note_why(struct insert *insert, size_t reached)
{
    if (insert->why == NULL || (insert->best_why != NULL && reached <= insert->best_reached))
        return;
    insert->best_why = insert->why;
    insert->best_reached = reached;
}

/* 1: the place is good. 0: it is not. -1: *err. */
static int
try_once(struct insert *insert, const struct plan *plan, struct patch *ret, struct trial *trial, struct err *err)
{
    *trial = (struct trial){.arena = NULL};
    int made = plan_make(insert, plan, ret, err);
    if (made == 0)
        note_why(insert, WHY_CERTAIN);
    if (made <= 0 || insert->failed)
        return insert->failed ? -1 : made;
    insert->reached = 0;
    return try_patch(insert, ret, trial, err);
}

/* 1: the place is good, and its trial is kept. 0: it is not. -1: *err. */
static int
try_plan(struct insert *insert, const struct plan *plan, struct patch *ret, struct trial *trial, struct err *err)
{
    struct plan more = *plan;
    int good = try_once(insert, plan, ret, trial, err);
    if (good >= 0 && plan_front(insert, trial, ret, &more)) {
        trial_free(trial);
        good = try_once(insert, &more, ret, trial, err);
        if (good == 0) {
            trial_free(trial);
            good = try_once(insert, plan, ret, trial, err);
        }
    }
    if (good > 0 && insert_prune(insert, ret, trial)) {
        trial_free(trial);
        good = try_patch(insert, ret, trial, err);
    }
    if (good > 0)
        insert->best = *trial;
    else if (good == 0)
        note_why(insert, insert->reached);
    return good;
}

/* Tries one rule of ssl_bump, with a peek at step 1 and without. A peek for all shows other connections' names to the
 * rules of the file, too; where they had better not see them, only what has the note is peeked at: an intercepted
 * connection has none at step 1. */
static int
try_at(struct insert *insert, struct plan *plan, size_t index, bool peek, struct patch *ret, struct err *err)
{
    const struct rules *bump = &insert->conf->bump;
    plan->bumps = true;
    plan->bump = index < bump->count ? &bump->rule[index] : NULL;
    const enum insert_peek peeks[] = {peek ? PEEK_ALL : PEEK_NONE, peek ? PEEK_NONE : PEEK_ALL, PEEK_NOTED};
    for (size_t n = 0; n < (peek && insert->wish.explicit_port != 0 ? 3 : 2); n++) {
        struct trial trial;
        plan->peek = peeks[n];
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

/* A rule of the administrator's that closes or inspects some, and that the splice has to stay below. Where it is about
 * names and comes to step 3 only, the situations tell whether it is about bypassed ones; those are of explicit ports.
 */
static bool
is_own(const struct insert *insert, const struct rule *rule)
{
    return role_is_own_bump(rule) && (insert->wish.explicit_port == 0 || !law_is_late_bump(&insert->conf->bump, rule));
}

/* The last one of those that is reached. NULL: none. */
static const struct rule *
last_own(const struct insert *insert)
{
    const struct rules *bump = &insert->conf->bump;
    const struct rule *own = NULL;
    for (size_t i = 0; i < bump->count && !law_is_last_bump(&bump->rule[i]); i++)
        own = is_own(insert, &bump->rule[i]) ? &bump->rule[i] : own;
    return own;
}

/* False, and why: the rule that must come after the splice comes before one that must come before it. */
static bool
agree(struct insert *insert, size_t index)
{
    const struct rules *bump = &insert->conf->bump;
    const struct rule *own = last_own(insert), *after = &bump->rule[index < bump->count ? index : bump->count - 1];
    if (own == NULL || index >= bump->count || after > own)
        return true;
    insert->why = insert_text(insert,
                              "%s:%u: '%s' decides about bypassed names before %s:%u, '%s', below which the splice has "
                              "its place; put the two in the other order",
                              after->file, after->number, after->text, own->file, own->number, own->text);
    note_why(insert, WHY_CERTAIN);
    return false;
}

/* Below the rules of the administrator's that close or inspect some names. */
static size_t
lowest(const struct insert *insert, size_t index)
{
    while (index > 0 && !is_own(insert, &insert->conf->bump.rule[index - 1]))
        index--;
    return index;
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
    bool curable =
        result == 0 && bumps && trial.after != NULL && blamed(insert, &trial, &index, &peek) && agree(insert, index);
    trial_free(&trial);
    size_t floor = lowest(insert, index < insert->conf->bump.count ? index : insert->conf->bump.count);
    for (size_t n = 0; curable && result == 0 && n < UP_MAX; n++) {
        result = try_at(insert, plan, index, peek, ret, err);
        if (index == floor)
            break;
        index = n + 2 == UP_MAX ? floor : index - 1;
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
    const struct plan plan = {.access = access, .probe = true};
    struct patch patch;
    if (plan_make(insert, &plan, &patch, err) < 0)
        return -1;
    if (!insert_try(insert, &patch, &insert->first))
        return insert->failed ? -1 : err_set(err, ERR_SYNTAX, "%s", insert->why);
    if (check_tables(insert, err) != 0 || insert_more_names(insert, &insert->first, err) != 0 ||
        insert_more_clients(insert, err) != 0)
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
        if ((trial->set.cases[i].wants & OUTCOME_REFUSE) != 0 && outcome_through(&trial->before[i]))
            return true;
    }
    return false;
}

/* Where unknown networks are let in, the line is first tried for the known ones only. */
static int
try_clients(struct insert *insert, bool bumps, bool access, struct patch *ret, struct err *err)
{
    static const enum insert_clients usual[] = {CLIENTS_ALL, CLIENTS_KNOWN, CLIENTS_LOCALNET, CLIENTS_PRIVATE};
    static const enum insert_clients careful[] = {CLIENTS_KNOWN, CLIENTS_LOCALNET, CLIENTS_ALL, CLIENTS_PRIVATE};
    const enum insert_clients *order = is_open(&insert->named) ? careful : usual;
    int result = 0;
    for (size_t i = 0; i < CLIENTS_END && result == 0; i++) {
        struct plan plan = {.clients = order[i], .access = access};
        bool has = order[i] == CLIENTS_ALL || insert->clients[order[i]] != NULL;
        if (has && (access || order[i] == CLIENTS_ALL))
            result = try_access(insert, &plan, bumps, ret, err);
    }
    return result;
}

/* Why no list takes the place of the password that everybody has. */
static void
say_lists(struct insert *insert)
{
    const struct rules *all = &insert->conf->access;
    const struct rule *rule = all->rule;
    while (rule < all->rule + all->count &&
           !(law_lets_in(rule, false) && outcome_has_others(rule, &insert->users.user[0])))
        rule++;
    if (rule == all->rule + all->count)
        return;
    insert->why =
        insert_text(insert,
                    "%s:%u: '%s' lets in some users, and other rules let in others elsewhere, so whoever gets "
                    "through without a password might be one whom the file keeps out; the lines have no place",
                    rule->file, rule->number, rule->text);
    note_why(insert, WHY_CERTAIN);
}

/* Where the file lets ordinary users in by a password, or has no lists, the ordinary one counts. Otherwise a list takes
 * the place of the password that everybody has: one whose users get in only where those of all others do; or else each
 * list where users of the others get in or do not come from, as for sites with groups of their own; or else one such.
 */
static int
try_users(struct insert *insert, bool bumps, bool access, struct patch *ret, struct err *err)
{
    const struct rules *rules = &insert->conf->access;
    size_t tried = 0, count = law_serves(rules, &insert->users.user[0]) ? 1 : insert->users.count;
    int result = 0;
    for (unsigned pass = 0; pass < (count > 2 ? 3 : 1); pass++) {
        insert->apart = pass > 0;
        insert->each = pass == 1;
        for (size_t i = 1; i < count && result == 0; i++) {
            insert->user = insert->users.user[i];
            if (!law_serves(rules, &insert->user))
                continue;
            tried++;
            result = try_clients(insert, bumps, access, ret, err);
            if (insert->each)
                break;
        }
        if (result != 0)
            break;
    }
    if (tried > 1 && result == 0)
        say_lists(insert);
    if (tried > 0)
        return result;
    insert->user = insert->users.user[0];
    return try_clients(insert, bumps, access, ret, err);
}

static int
find_names(struct insert *insert, struct err *err)
{
    lines_clients(insert);
    if (!outcome_users_find(&insert->users, insert->conf, insert->arena))
        return err_set(err, ERR_MEM, "no memory for the users");
    insert->user = insert->users.user[0];
    insert->front = insert->conf->follow.count > 0;
    if (name_find(insert, lines_wanted(insert, CLIENTS_PRIVATE, true), err) != 0 ||
        name_find(insert, lines_wanted(insert, CLIENTS_KNOWN, true), err) != 0 ||
        name_find(insert, extras_text(insert, insert->wish.extras), err) != 0)
        return -1;
    insert->clients[CLIENTS_PRIVATE] = name_of(insert, "m365_clients");
    if (insert->known_line != NULL)
        insert->clients[CLIENTS_KNOWN] = insert->clients[CLIENTS_PRIVATE];
    return 0;
}

static bool
lets_anybody_in(const struct insert *insert, bool local)
{
    for (size_t i = 0; i < insert->conf->access.count; i++) {
        if (law_lets_in(&insert->conf->access.rule[i], local))
            return true;
    }
    return false;
}

/* -1: there is no rule that lets clients in. */
static int
check_rules(const struct insert *insert, struct err *err)
{
    const struct rules *access = &insert->conf->access;
    if (access->count == 0)
        return err_set(err, ERR_SYNTAX,
                       "%s:1: the file has no http_access, so Squid refuses everything; write those rules "
                       "first",
                       insert->about->path);
    if (lets_anybody_in(insert, false))
        return 0;
    const struct rule *last = &access->rule[access->count - 1];
    if (role_is(last, "deny") && !role_takes_all(last))
        return err_set(
            err, ERR_SYNTAX,
            "%s:%u: the last http_access denies and is not 'deny all', so Squid allows everybody whatever no "
            "rule is about, and a line after it would turn that round; end with a rule that allows your "
            "clients and 'http_access deny all'",
            last->file, last->number);
    return err_set(err, ERR_SYNTAX,
                   "%s:%u: http_access lets %s in, so the lines have no place; allow your clients first", last->file,
                   last->number, lets_anybody_in(insert, true) ? "only this machine" : "no client");
}

/* Asks again about the names that the result treats in different ways. 0: one of them ends wrong. */
static int
confirm(struct insert *insert, const struct patch *patch, struct err *err)
{
    struct trial *again = &insert->again;
    if (patch->count == 0)
        return 1;
    if (insert_more_names(insert, &insert->best, err) != 0)
        return -1;
    bool good = insert_try(insert, patch, again) && insert_judge(insert, again);
    if (!good)
        note_why(insert, WHY_CERTAIN);
    const struct trial first = insert->best;
    insert->best = *again;
    *again = first;
    return insert->failed ? -1 : good;
}

int
insert_search(struct insert *insert, struct patch *ret, struct err *err)
{
    const struct rule *has = lines_rule(&insert->conf->access, "allow", lines_is_bypass);
    bool bumps = insert->wish.bump && lines_rule(&insert->conf->bump, "splice", lines_is_bypass) == NULL;
    if ((insert->conf->access.count == 0 || has == NULL) && check_rules(insert, err) != 0)
        return -1;
    if (find_names(insert, err) != 0 || look(insert, has == NULL, err) != 0)
        return -1;
    int result = try_users(insert, bumps, has == NULL, ret, err);
    if (result > 0)
        result = confirm(insert, ret, err);
    if (result > 0)
        return 0;
    if (result == 0)
        err_set(err, ERR_SYNTAX, "%s%s",
                insert->best_why == NULL ? "no place for the lines was found" : insert->best_why,
                has == NULL ? "" : "; the bypass is there already: see what m365ctl doctor says");
    return -1;
}
