// SPDX-License-Identifier: GPL-2.0-or-later
/* advise_meant.c - what the rule of the bypass itself leaves out. Part of advise_build.h. */
#include <string.h>

#include "advise_build.h"

/* What a course takes for granted of an ACL: 1 it matches, 0 it does not, -1 nothing. */
static int
assumed(const struct course *course, const struct acl *acl)
{
    size_t len = strlen(acl->name);
    for (size_t i = 0; i < course->assumption_count; i++) {
        const struct course_assumption *one = &course->assumptions[i];
        if (one->subject[0] == '`' && strncmp(one->subject + 1, acl->name, len) == 0 &&
            strcmp(one->subject + 1 + len, "`") == 0)
            return one->value;
    }
    return -1;
}

static int takes(const struct acl *acl, const struct outcome_case *one, const struct course *course, unsigned depth);

static int
line_takes(const struct acl_uses *uses, const struct outcome_case *one, const struct course *course, bool any,
           unsigned depth)
{
    int found = !any;
    for (size_t i = 0; i < uses->count; i++) {
        int is = takes(uses->use[i].acl, one, course, depth);
        is = is < 0 ? -1 : is != uses->use[i].negated;
        if (is == (any ? 1 : 0))
            return is;
        found = is < 0 ? -1 : found;
    }
    return found;
}

/* Whether an ACL of a client, a name, or of what is assumed matches: 1, 0, or -1 if that is not known. */
static int
takes(const struct acl *acl, const struct outcome_case *one, const struct course *course, unsigned depth)
{
    switch (acl->kind) {
    case ACL_SRC: return acl_nets_hold(acl, &one->situation.from);
    case ACL_DSTDOMAIN: return acl_names_hold(acl, one->situation.host, false);
    case ACL_DSTDOM_REGEX: return acl_regexes_hold(acl, one->situation.host);
    case ACL_ANY_OF:
    case ACL_ALL_OF:
        return acl->line_count != 1 || depth == 0
                   ? -1
                   : line_takes(&acl->lines[0], one, course, acl->kind == ACL_ANY_OF, depth - 1);
    default: return assumed(course, acl);
    }
}

/* True if the rule has the bypass, and is about this client, but not about the name or what the course assumes. */
static bool
leaves_out(const struct rule *rule, const struct outcome_case *one, const struct course *course)
{
    bool off = false;
    for (size_t i = 0; i < rule->uses.count; i++) {
        const struct acl_use *use = &rule->uses.use[i];
        if (takes(use->acl, one, course, ROLE_DEPTH) != use->negated)
            continue;
        if (!role_holds(use->acl, role_is_choosy))
            return false;
        off = true;
    }
    return off && role_is(rule, "allow") && role_uses(rule, role_is_bypass, true);
}

/* The rule by which the request got in, or did not; NULL: none. */
static const struct rule *
entry(const struct course *course)
{
    for (size_t i = 0; i < course->step_count; i++) {
        if (course->steps[i].phase == PHASE_ACCESS)
            return course->steps[i].rule;
    }
    return NULL;
}

bool
advise_leaves_out(const struct advice *advice, const struct group *group)
{
    const struct outcome_case *one = &advice->set.cases[group->first];
    const struct rules *access = &advice->conf->access;
    const struct rule *last = entry(group->course);
    bool refused = group->course->end == END_ASK || group->course->end == END_DENY;
    if (group->broken != OUTCOME_BYPASS || last == NULL || one->situation.kind == SITUATION_INTERCEPT ||
        (refused ? group->rule != last : group->course->end != END_BUMP || role_uses(last, role_is_bypass, true)))
        return false;
    for (const struct rule *rule = access->rule; rule < last; rule++) {
        if (leaves_out(rule, one, group->course))
            return true;
    }
    return false;
}
