// SPDX-License-Identifier: GPL-2.0-or-later
/* advise_find.c - the situations that must end otherwise, grouped by the rule that is to blame. Part of advise_build.h.
 */
#include <string.h>

#include "advise_build.h"

#define MINORS_MAX 4 /* notes about smaller networks */

/* A list of the administrator's own is only a mistake where a bypass keeps requests from its rule. */
static bool
is_passed_over(const struct group *group, const struct outcome_case *one)
{
    return (group->broken & (OUTCOME_DENIED | OUTCOME_KEPT)) == 0 ||
           (group->rule != NULL && group->rule < one->rule && role_uses(group->rule, role_is_ours, true));
}

/* True if a rule is about a group of clients to which the usual one does not belong. */
static bool
is_of_others(const struct advice *advice, const struct rule *rule)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        const struct acl_use *use = &rule->uses.use[i];
        if (!use->negated && role_is_group(use->acl) && !acl_nets_hold(use->acl, &advice->set.client))
            return true;
    }
    return false;
}

/* True if an ACL takes everybody, such as `any-of some all`. */
static bool
is_everyone(const struct acl *acl, unsigned depth)
{
    bool found = role_is_everyone(acl);
    for (size_t line = 0; line < acl->line_count && depth > 0 && !found; line++) {
        const struct acl_uses *uses = &acl->lines[line];
        bool any = acl->kind == ACL_ANY_OF, all = uses->count > 0;
        for (size_t i = 0; i < uses->count; i++) {
            bool is = !uses->use[i].negated && is_everyone(uses->use[i].acl, depth - 1);
            found = found || (any && is);
            all = all && is;
        }
        found = found || (!any && all);
    }
    return found;
}

static bool
takes_everyone(const struct rule *rule)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        if (rule->uses.use[i].negated || !is_everyone(rule->uses.use[i].acl, ROLE_DEPTH))
            return false;
    }
    return true;
}

/* A bypassed name that the administrator denies, inspects or closes by what it is, or denies to a group of clients who
 * alone are served at a port: worth knowing, as it may be meant so, and `squid-conf --into` leaves it alone. */
static bool
is_meant_closed(const struct advice *advice, const struct group *group)
{
    if (group->broken != OUTCOME_BYPASS || group->rule == NULL ||
        (group->step->stopped && group->course->end != END_ASK))
        return false;
    if (group->step->phase == PHASE_BUMP)
        return role_is_own_bump(group->rule);
    return role_is(group->rule, "deny") && !takes_everyone(group->rule) &&
           (role_uses(group->rule, role_is_choosy, false) || is_of_others(advice, group->rule));
}

const struct rule *
advise_entry(const struct group *group)
{
    for (size_t i = 0; i < group->course->step_count; i++) {
        if (group->course->steps[i].phase == PHASE_ACCESS)
            return group->course->steps[i].rule;
    }
    return NULL;
}

/* True for an ACL of some users. */
static bool
is_list(const struct acl *acl)
{
    return role_is_password(acl) && !acl->required;
}

struct outcome_opened_about
advise_opened(const struct advice *advice)
{
    struct outcome_opened_about about = {
        .before = advice->conf, .set = &advice->set, .users = &advice->users, .apart = true, .arena = advice->arena};
    outcome_opened_passwords(&about, &advice->user);
    return about;
}

/* A bypassed name that only some users may reach, by a rule of the administrator's own that asks who it is: another one
 * is refused there even with the password, so nobody may get in without one. */
static bool
is_meant_for_others(struct advice *advice, const struct group *group)
{
    const struct outcome_case *one = &advice->set.cases[group->first];
    const struct rule *rule = group->broken == OUTCOME_BYPASS ? advise_entry(group) : NULL;
    if (rule == NULL || !role_uses(rule, is_list, false))
        return false;
    const struct outcome_opened_about about = advise_opened(advice);
    int kept = outcome_kept_out(&about, one, advice->err);
    advice->failed = advice->failed || kept < 0;
    return kept > 0;
}

/* True if the networks of a rule tell the client of a situation from the usual one. */
static bool
tells_apart(const struct advice *advice, const struct rule *rule, const struct addr *client)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        const struct acl *acl = rule->uses.use[i].acl;
        if (role_is_group(acl) && acl_nets_hold(acl, client) != acl_nets_hold(acl, &advice->set.client))
            return true;
    }
    return false;
}

/* A smaller network that is refused or asked, or inspected by a rule that is about it. */
static bool
is_meant_for_network(const struct advice *advice, const struct group *group)
{
    const struct addr *client = &advice->set.cases[group->first].situation.from;
    return group->course->end != END_BUMP ||
           (group->rule != NULL && !group->step->stopped && tells_apart(advice, group->rule, client));
}

/* What is broken, and which step is to blame; false if the situation ends as it must. */
static bool
blame(struct group *ret, struct advice *advice, size_t index)
{
    const struct outcome_case *one = &advice->set.cases[index];
    const struct course *course = outcome_wrong(one, &advice->outcomes[index]);
    if (course == NULL || outcome_is_entitled(&advice->set, advice->outcomes, index))
        return false;
    unsigned broken = outcome_broken(one->wants, course->end);
    *ret = (struct group){.broken = broken, .course = course, .first = index, .count = 1};
    ret->step = outcome_blamed(broken, course);
    ret->rule = ret->step == NULL ? NULL : ret->step->rule;
    ret->own = (broken & OUTCOME_OWNS) != 0 ? one->own : NULL;
    bool noted = (one->wants & OUTCOME_NOTE) != 0, network = (one->wants & OUTCOME_THROUGH) != 0;
    ret->minor = noted && network && is_meant_for_network(advice, ret);
    ret->note = (noted && !network) || ret->minor || is_meant_closed(advice, ret) || is_meant_for_others(advice, ret) ||
                advise_leaves_out(advice, ret);
    return is_passed_over(ret, one);
}

const struct rules *
advise_list_of(const struct advice *advice, const struct course_step *step)
{
    const struct ruleset *conf = advice->conf;
    switch (step == NULL ? PHASE_ACCESS : step->phase) {
    case PHASE_BUMP: return &conf->bump;
    case PHASE_FOLLOW: return &conf->follow;
    case PHASE_PROXY: return &conf->proxies;
    case PHASE_LATER: return &conf->adapted;
    case PHASE_MISS: return &conf->miss;
    case PHASE_DIRECT: return &conf->never;
    default: return &conf->access;
    }
}

/* What is said of most clients is not said again of fewer. */
static bool
is_like(const struct advice *advice, const struct group *a, const struct group *b)
{
    if (a->broken != b->broken || a->rule != b->rule || a->own != b->own || (a->note != b->note && !b->minor))
        return false;
    if (a->step == NULL || b->step == NULL)
        return a->step == b->step;
    return advise_list_of(advice, a->step) == advise_list_of(advice, b->step) && a->step->stopped == b->step->stopped;
}

/* A step at which an ACL about the step let the rule decide is meant so: `ssl_bump splice step1 m365`. */
static void
note_step(void *arg, const struct acl *acl)
{
    bool *has = arg;
    *has = *has || acl->kind == ACL_AT_STEP;
}

static bool
is_meant(const struct group *group, const struct outcome_case *one)
{
    bool has = false;
    if (group->rule == NULL || group->step->phase != PHASE_BUMP || group->step->step != 1 || one->own != NULL ||
        one->situation.kind != SITUATION_INTERCEPT || group->broken != OUTCOME_INSPECT)
        return false;
    for (size_t i = 0; i < group->rule->uses.count; i++)
        note_step(&has, group->rule->uses.use[i].acl);
    return has && role_uses(group->rule, role_is_bypass, true);
}

bool
advise_in_group(struct advice *advice, const struct group *group, size_t index)
{
    struct group one;
    return blame(&one, advice, index) && is_like(advice, group, &one);
}

bool
advise_is_minor(struct advice *advice, size_t index)
{
    struct group one;
    return blame(&one, advice, index) && one.minor;
}

bool
advise_is_healed(struct advice *advice, const struct group *group)
{
    for (size_t i = 0; i < advice->set.count; i++) {
        struct group one;
        if (!advice->healed[i] && blame(&one, advice, i) && is_like(advice, group, &one) &&
            (group->minor || !one.minor))
            return false;
    }
    return true;
}

/* The group that a situation belongs to. Of many smaller networks some will do: those that are left out count for the
 * last of them. */
static size_t
find_group(const struct advice *advice, const struct group *one)
{
    size_t at = 0, minors = 0, last = 0;
    while (at < advice->group_count && !is_like(advice, &advice->groups[at], one)) {
        minors += advice->groups[at].minor;
        last = advice->groups[at].minor ? at : last;
        at++;
    }
    return at == advice->group_count && one->minor && minors >= MINORS_MAX ? last : at;
}

void
advise_group(struct advice *advice)
{
    for (size_t i = 0; i < advice->set.count; i++) {
        struct group one;
        if (!blame(&one, advice, i) || is_meant(&one, &advice->set.cases[i]))
            continue;
        size_t at = find_group(advice, &one);
        if (at < advice->group_count)
            advice->groups[at].count++;
        else if (advice->group_count < GROUPS_MAX)
            advice->groups[advice->group_count++] = one;
    }
}
