// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_list.c - the law of lists: http_access and ssl_bump are walked from the top, and the first rule whose ACLs all
 * match decides. Part of course_walk.h.
 *
 * Source: src/acl/Checklist.cc (matchAndFinish, calcImplicitAnswer), src/acl/BoolOps.cc (AndNode, NotNode, OrNode),
 * src/acl/Tree.cc. If no rule matches, the answer is the opposite of the last rule; for ssl_bump, whose rules all
 * allow, that is `not allowed`.
 */
#include <string.h>

#include "base/arena.h"
#include "course_walk.h"

static bool
is_banned(const char *action, const char *const *banned)
{
    for (; *banned != NULL; banned++) {
        if (strcmp(action, *banned) == 0)
            return true;
    }
    return false;
}

/* Notes a rule whose ACL `use` did not fit (NULL: its action is not possible). walk->last is the one inside that ACL
 * that decided. */
static void
pass_over(struct walk *walk, struct decision *decision, const struct rule *rule, const struct acl_use *use)
{
    if (decision->passed == NULL)
        return;
    struct course_passed *passed = &decision->passed[decision->passed_count++];
    *passed = (struct course_passed){.rule = rule};
    if (use == NULL)
        return;
    passed->acl = use->acl->name;
    passed->matches = use->negated;
    passed->inner = walk->last == use->acl ? NULL : walk->last->name;
    passed->why = walk->why;
}

/* A list that ends in the middle. */
static void
stop(struct walk *walk, struct decision *ret, const struct rule *rule, enum answer answer)
{
    ret->kind = DECIDED_STOP;
    ret->rule = rule;
    ret->ask = answer == ANSWER_ASK;
    ret->why = walk_text(walk, "`%s` ends the list: %s", walk->last->name,
                         walk->why != NULL ? walk->why : "Squid needs a password");
}

/* ANSWER_YES: the rule decides. */
static enum answer
try_rule(struct walk *walk, const struct view *view, const struct rule *rule, struct decision *ret)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        const struct acl_use *use = &rule->uses.use[i];
        enum answer answer = match_acl(walk, view, use->acl);
        if (answer > ANSWER_YES)
            return answer;
        if ((answer == ANSWER_YES) == use->negated) {
            pass_over(walk, ret, rule, use);
            return ANSWER_NO;
        }
    }
    return ANSWER_YES;
}

static bool
allows(const struct rule *rule)
{
    return strcmp(rule->action, "deny") != 0;
}

/* calcImplicitAnswer() */
static void
decide_at_end(const struct rules *rules, struct decision *ret)
{
    bool denies = rules->count > 0 && !allows(&rules->rule[rules->count - 1]);
    ret->kind = denies ? DECIDED_ALLOW : DECIDED_DENY;
    ret->why = rules->count == 0 ? "there is no rule"
               : denies          ? "no rule matches, and the last one denies"
                                 : "no rule matches, and the last one allows";
}

void
list_decide(struct walk *walk, const struct view *view, const struct rules *rules, const char *const *banned,
            struct decision *ret)
{
    *ret = (struct decision){.passed = NULL};
    if (walk->explain)
        ret->passed = arena_array(walk->arena, rules->count + 1, sizeof *ret->passed);
    walk->last = NULL;
    walk->epoch++;
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->rule[i];
        if (is_banned(rule->action, banned)) {
            pass_over(walk, ret, rule, NULL);
            continue;
        }
        enum answer answer = try_rule(walk, view, rule, ret);
        if (answer == ANSWER_YES) {
            ret->kind = allows(rule) ? DECIDED_ALLOW : DECIDED_DENY;
            ret->rule = rule;
            return;
        }
        if (answer != ANSWER_NO) {
            stop(walk, ret, rule, answer);
            return;
        }
    }
    decide_at_end(rules, ret);
}
