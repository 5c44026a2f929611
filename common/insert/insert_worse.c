// SPDX-License-Identifier: GPL-2.0-or-later
/* insert_worse.c - whether a situation ends less safe than before. Part of insert_build.h. */
#include <string.h>

#include "insert_judge.h"
#include "insert_law.h"

size_t
judge_denials(const struct outcome *outcome)
{
    size_t count = 0;
    for (size_t i = 0; outcome->possible && i < outcome->courses.count; i++)
        count += outcome->courses.course[i].end == END_DENY;
    return count;
}

bool
judge_is_denied(const struct outcome_case *one, const struct outcome *outcome)
{
    return one->situation.user == NULL && outcome->possible && judge_denials(outcome) == outcome->courses.count;
}

/* True for an intercepted connection that goes to a bypassed name and says so, from a client of an unknown network. */
static bool
is_foreign(const struct outcome_set *set, const struct outcome_case *one)
{
    const struct situation *situation = &one->situation;
    return one->wants == 0 && situation->kind == SITUATION_INTERCEPT && situation->helper == HELPER_ANSWERS &&
           situation->sni != NULL && set->bypassed != NULL && strcmp(situation->sni, set->bypassed) == 0 &&
           strcmp(situation->host, set->bypassed_address) == 0;
}

/* True if a rule of ssl_bump that is about some names or clients inspects or closes it, in some course: after a stare
 * it is not known which name the certificate has. */
static bool
is_bumped_by_own(const struct outcome_case *one, const struct outcome *outcome)
{
    for (size_t i = 0; outcome->possible && i < outcome->courses.count; i++) {
        const struct course_step *step = outcome_blamed(one->wants, &outcome->courses.course[i]);
        if (step != NULL && step->rule != NULL && step->phase == PHASE_BUMP && role_is_own_bump(step->rule))
            return true;
    }
    return false;
}

/* The same for a bypassed name that is in a list by which the administrator denies, inspects or closes. The rule of
 * the list may be about some clients only, or come too late; for the others the name is as any bypassed one. */
static bool
is_listed_worse(const struct outcome_case *one, const struct outcome *before, const struct outcome *after)
{
    enum outcome_openness was = outcome_openness(before), is = outcome_openness(after);
    if (judge_denials(before) == before->courses.count)
        return is != OUTCOME_CLOSED;
    if ((one->wants & OUTCOME_KEPT) == 0 || is != OUTCOME_OPEN)
        return false;
    return was == OUTCOME_CLOSED || (was == OUTCOME_INSPECTED && is_bumped_by_own(one, before));
}

/* True if what gets through does so by a rule that names machines, as `allow pcs users` does: who has another one gets
 * in nowhere. */
static bool
is_of_machines(const struct outcome_case *one, const struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->courses.count; i++) {
        const struct course *course = &outcome->courses.course[i];
        const struct course_step *step = outcome_blamed(one->wants | OUTCOME_REFUSE, course);
        if (outcome_broken(OUTCOME_REFUSE, course->end) != 0 &&
            (step == NULL || step->rule == NULL || !law_names_machines(step->rule)))
            return false;
    }
    return true;
}

/* A client of an unknown network who was kept out and is not any more. */
static bool
is_opened(struct insert *insert, const struct outcome_case *one, const struct outcome *before,
          const struct outcome *after)
{
    if (outcome_openness(before) != OUTCOME_CLOSED || outcome_openness(after) == OUTCOME_CLOSED)
        return false;
    int was = is_of_machines(one, after)
                  ? outcome_lets_in(insert->conf, &insert->first.set, one, &insert->user, insert->err)
                  : 0;
    insert->failed = insert->failed || was < 0;
    return was == 0;
}

bool
judge_is_worse(struct insert *insert, const struct trial *trial, const struct outcome_case *one,
               const struct outcome *before, const struct outcome *after)
{
    enum outcome_openness was = outcome_openness(before), is = outcome_openness(after);
    if (!before->possible || !after->possible)
        return before->possible != after->possible;
    if ((one->wants & (OUTCOME_REFUSE | OUTCOME_CLAIM)) != 0 || is_foreign(&trial->set, one))
        return is_opened(insert, one, before, after); /* it may be let in as it was */
    if ((one->wants & (OUTCOME_DENIED | OUTCOME_KEPT)) != 0)
        return is_listed_worse(one, before, after);
    if (outcome_wrong(one, after) != NULL && outcome_wrong(one, before) == NULL)
        return true;
    if ((one->wants & OUTCOME_ANY) != 0)
        return false;
    return is > was || (is < was && one->situation.helper == HELPER_ANSWERS);
}
