// SPDX-License-Identifier: GPL-2.0-or-later
/* insert_law.c - which rules of the administrator's stand above the bypass, and which it goes around. See insert_law.h.
 */
#include "insert_law.h"

#include <string.h>
#include <strings.h>

/* The index of the first ACL with such a one in it; `plain`: and without `!`. */
static size_t
first(const struct rule *rule, role_test *test, bool plain)
{
    size_t i = 0;
    while (i < rule->uses.count && ((plain && rule->uses.use[i].negated) || !role_holds(rule->uses.use[i].acl, test)))
        i++;
    return i;
}

static bool
has(const struct rule *rule, role_test *test, bool plain)
{
    return first(rule, test, plain) < rule->uses.count;
}

static bool
is_name(const struct acl *acl, const char *name)
{
    return strcasecmp(acl->name, name) == 0;
}

bool
law_has_password(const struct rule *rule)
{
    return has(rule, role_is_password, false);
}

bool
law_is_choosy(const struct rule *rule)
{
    return has(rule, role_is_choosy, false);
}

/* `!users`: nothing is asked but that there is a user. */
static bool
only_asks(const struct rule *rule)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        const struct acl *acl = rule->uses.use[i].acl;
        if (role_holds(acl, role_is_password) && !(rule->uses.use[i].negated && acl->required))
            return false;
    }
    return true;
}

/* `users` in a rule that denies: whoever has a password is denied, so nobody gets through. */
static bool
is_anybody(const struct acl_use *use)
{
    return !use->negated && use->acl->kind == ACL_PROXY_AUTH && use->acl->required;
}

static bool
denies_anybody(const struct rule *rule)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        if (role_holds(rule->uses.use[i].acl, role_is_password) && !is_anybody(&rule->uses.use[i]))
            return false;
    }
    return true;
}

/* `!exec` of named users, also inside any-of and all-of, where an even number of `!` cancels out. */
static bool
excepts_named(const struct acl_use *use, bool negated, unsigned depth)
{
    const struct acl *acl = use->acl;
    negated = negated != use->negated;
    if (role_is_password(acl))
        return negated && !acl->required;
    for (size_t line = 0; line < acl->line_count && depth > 0; line++) {
        for (size_t i = 0; i < acl->lines[line].count; i++) {
            if (excepts_named(&acl->lines[line].use[i], negated, depth - 1))
                return true;
        }
    }
    return false;
}

static bool
excepts_users(const struct rule *rule)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        if (excepts_named(&rule->uses.use[i], false, ROLE_DEPTH))
            return true;
    }
    return false;
}

static bool
is_selecting(const struct acl *acl)
{
    return role_is_narrowing(acl) && !role_is_password(acl);
}

/* Also `!secure`; but what is not the machine itself is everybody. */
static bool
selects(const struct acl_use *use)
{
    bool rest = use->negated &&
                (is_name(use->acl, "localhost") || is_name(use->acl, "to_localhost") || is_name(use->acl, "manager"));
    return !rest && role_holds(use->acl, is_selecting);
}

/* The index of the first ACL by which the rule is about some requests only. */
static size_t
first_selecting(const struct rule *rule)
{
    size_t i = 0;
    while (i < rule->uses.count && !selects(&rule->uses.use[i]))
        i++;
    return i;
}

/* `deny secure !exec`: what the rule is about is for some users only. */
static bool
is_reserving(const struct rule *rule)
{
    return first_selecting(rule) < rule->uses.count && excepts_users(rule);
}

enum law_deny
law_deny(const struct rule *rule)
{
    if (denies_anybody(rule))
        return DENY_PLAIN;
    if (is_reserving(rule))
        return DENY_NAMED;
    return has(rule, role_is_choosy, true) && !only_asks(rule) ? DENY_NAMED : DENY_ASKS;
}

bool
law_is_about_users(const struct rule *rule)
{
    return role_is(rule, "deny") && law_has_password(rule) && law_deny(rule) == DENY_ASKS &&
           (has(rule, role_is_password, true) || excepts_users(rule));
}

bool
law_leaves_out_users(const struct rule *rule)
{
    for (size_t i = 0; role_is(rule, "allow") && i < rule->uses.count; i++) {
        if (rule->uses.use[i].negated && role_holds(rule->uses.use[i].acl, role_is_password))
            return true;
    }
    return false;
}

/* Whether an ACL of a rule takes the user. */
static enum outcome_takes
takes(const struct acl_use *use, const struct outcome_user *user)
{
    enum outcome_takes one = outcome_user_takes(use->acl, user);
    return !use->negated || one == TAKES_ELSE ? one : one == TAKES_NOT ? TAKES_ALWAYS : TAKES_NOT;
}

bool
law_is_for_others(const struct rule *rule, const struct outcome_user *user)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        if (role_holds(rule->uses.use[i].acl, role_is_password) && takes(&rule->uses.use[i], user) == TAKES_NOT)
            return true;
    }
    return false;
}

bool
law_ends(const struct rule *rule, const struct outcome_user *user)
{
    if (!role_is(rule, "deny") || role_takes_all(rule))
        return role_is(rule, "deny");
    bool hits = law_has_password(rule) && law_deny(rule) == DENY_ASKS;
    for (size_t i = 0; i < rule->uses.count && hits; i++)
        hits = !role_holds(rule->uses.use[i].acl, role_is_password) || takes(&rule->uses.use[i], user) == TAKES_ALWAYS;
    return hits;
}

/* True for one of some users. */
static bool
is_list(const struct acl *acl)
{
    return role_is_password(acl) && !acl->required;
}

bool
law_asks(const struct rule *rule)
{
    size_t password = first(rule, role_is_password, false);
    if (password == rule->uses.count)
        return false;
    if (!role_is(rule, "deny"))
        return has(rule, is_list, false) || first(rule, role_is_choosy, true) > password;
    if (law_deny(rule) == DENY_ASKS)
        return true;
    return (is_reserving(rule) ? first_selecting(rule) : first(rule, role_is_choosy, true)) > password;
}

/* True if all that the rule takes was asked for a password, here or before: the ACLs before that one take it all. */
static bool
was_asked(const struct rules *access, const struct rule *rule)
{
    bool asked = law_has_password(rule);
    for (const struct rule *early = access->rule; early < rule && !asked; early++) {
        struct rule question = *early;
        question.uses.count = first(early, role_is_password, false);
        asked = law_asks(early) && role_takes(&question, rule, NULL, NULL);
    }
    return asked;
}

bool
law_serves(const struct rules *access, const struct outcome_user *user)
{
    for (size_t i = 0; i < access->count && !law_ends(&access->rule[i], user); i++) {
        const struct rule *rule = &access->rule[i];
        if (law_lets_in(rule, false) && !law_is_for_others(rule, user) && was_asked(access, rule))
            return true;
    }
    return false;
}

/* ---- who is let in ---- */

static bool
has_text(const struct acl *acl, const char *text)
{
    for (size_t i = 0; i < acl->text_count; i++) {
        if (strcasecmp(acl->texts[i], text) == 0)
            return true;
    }
    return false;
}

static bool
is_narrow(const struct acl *acl, bool local)
{
    if (acl->kind == ACL_METHOD)
        return !has_text(acl, "CONNECT") && !has_text(acl, "GET");
    return (acl->kind == ACL_PROTO && !has_text(acl, "http") && !has_text(acl, "https")) || is_name(acl, "manager") ||
           is_name(acl, "to_localhost") || (!local && is_name(acl, "localhost"));
}

bool
law_lets_in(const struct rule *rule, bool local)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        const struct acl_use *use = &rule->uses.use[i];
        if (role_is_ours(use->acl) || (!use->negated && is_narrow(use->acl, local)))
            return false;
    }
    return role_is(rule, "allow");
}

bool
law_is_group(const struct acl *acl)
{
    return role_is_group(acl) && acl->net_count > 0;
}

/* A group, or any of several. */
static bool
is_groups(const struct acl *acl)
{
    bool all = acl->kind == ACL_ANY_OF && acl->line_count == 1;
    for (size_t i = 0; all && i < acl->lines[0].count; i++)
        all = !acl->lines[0].use[i].negated && law_is_group(acl->lines[0].use[i].acl);
    return all || law_is_group(acl);
}

bool
law_has_group(const struct rule *rule)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        if (!rule->uses.use[i].negated && is_groups(rule->uses.use[i].acl))
            return true;
    }
    return false;
}

bool
law_names_machines(const struct rule *rule)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        const char *type = rule->uses.use[i].acl->type;
        if (!rule->uses.use[i].negated && (strcmp(type, "arp") == 0 || strcmp(type, "eui64") == 0))
            return true;
    }
    return false;
}

/* ---- ssl_bump ---- */

bool
law_is_last_bump(const struct rule *rule)
{
    return !role_is(rule, "peek") && !role_is(rule, "stare") && !has(rule, role_is_narrowing, false);
}

bool
law_is_client_bump(const struct rule *rule)
{
    return (role_is(rule, "terminate") || role_is(rule, "bump")) && has(rule, role_is_narrowing, false) &&
           !has(rule, role_is_choosy, false);
}

bool
law_is_except_bump(const struct rules *bump, const struct rule *rule)
{
    size_t i = 0;
    while (i < bump->count && strcmp(bump->rule[i].text, rule->text) != 0)
        i++;
    while (i < bump->count && (!law_is_last_bump(&bump->rule[i]) || has(&bump->rule[i], role_is_ours, false)))
        i++;
    return i < bump->count && role_is(&bump->rule[i], "bump") && role_is(rule, "bump") && !law_is_last_bump(rule);
}

static bool
is_certain_at(const void *arg, const struct acl_use *use)
{
    const int *step = arg;
    return role_at_step(use, *step) == 1;
}

static bool
is_reached_at(const struct rules *bump, const struct rule *rule, int step)
{
    bool reached = true;
    for (size_t i = 0; i < rule->uses.count; i++)
        reached = reached && role_at_step(&rule->uses.use[i], step) != 0;
    for (const struct rule *early = bump->rule; early < rule && reached; early++)
        reached = (step > 1 && role_is(early, "none")) || !role_takes(early, rule, is_certain_at, &step);
    return reached;
}

bool
law_is_late_bump(const struct rules *bump, const struct rule *rule)
{
    bool names = true;
    for (size_t i = 0; i < rule->uses.count; i++) {
        const struct acl *acl = rule->uses.use[i].acl;
        names = names && (outcome_is_list(acl, false) || acl->kind == ACL_AT_STEP || role_is_everyone(acl));
    }
    return names && !is_reached_at(bump, rule, 1) && !is_reached_at(bump, rule, 2);
}

/* ---- the words of a rule ---- */

static void
add_word(struct buf *ret, const struct acl_use *use)
{
    buf_add_fmt(ret, " %s%s", use->negated ? "!" : "", use->acl->name);
}

static bool add_rest(struct buf *ret, const struct acl *acl, const struct outcome_user *user, unsigned depth);

static bool
add_use(struct buf *ret, const struct acl_use *use, const struct outcome_user *user, unsigned depth)
{
    if (!role_holds(use->acl, role_is_password))
        add_word(ret, use);
    else if (takes(use, user) != TAKES_ALWAYS)
        return takes(use, user) == TAKES_ELSE && !use->negated && add_rest(ret, use->acl, user, depth);
    return true;
}

/* The one ACL of a line on which it hangs whether any matches; NULL: there are several. */
static const struct acl_use *
only_one(const struct acl_uses *uses, const struct outcome_user *user)
{
    const struct acl_use *found = NULL;
    for (size_t i = 0; i < uses->count; i++) {
        if (takes(&uses->use[i], user) == TAKES_NOT)
            continue;
        if (found != NULL)
            return NULL;
        found = &uses->use[i];
    }
    return found;
}

/* What is left of an any-of or an all-of once the password is given. */
static bool
add_rest(struct buf *ret, const struct acl *acl, const struct outcome_user *user, unsigned depth)
{
    bool good = acl->line_count == 1 && depth > 0;
    if (good && acl->kind == ACL_ANY_OF) {
        const struct acl_use *one = only_one(&acl->lines[0], user);
        return one != NULL && add_use(ret, one, user, depth - 1);
    }
    for (size_t i = 0; good && i < acl->lines[0].count; i++)
        good = add_use(ret, &acl->lines[0].use[i], user, depth - 1);
    return good;
}

bool
law_words(struct buf *ret, const struct rule *rule, const struct outcome_user *user)
{
    bool good = true;
    for (size_t i = 0; good && i < rule->uses.count; i++)
        good = add_use(ret, &rule->uses.use[i], user, ROLE_DEPTH);
    return good;
}

static void
add_subject(struct buf *ret, const struct acl_use *use, unsigned depth)
{
    const struct acl *acl = use->acl;
    if (!role_holds(acl, role_is_password))
        add_word(ret, use);
    bool all = acl->kind == ACL_ALL_OF && acl->line_count == 1 && !use->negated && depth > 0;
    for (size_t i = 0; role_holds(acl, role_is_password) && all && i < acl->lines[0].count; i++)
        add_subject(ret, &acl->lines[0].use[i], depth - 1);
}

void
law_subject(struct buf *ret, const struct rule *rule)
{
    for (size_t i = 0; i < rule->uses.count; i++)
        add_subject(ret, &rule->uses.use[i], ROLE_DEPTH);
}

void
law_all_words(struct buf *ret, const struct rule *rule)
{
    for (unsigned password = 0; password < 2; password++) {
        for (size_t i = 0; !(password && denies_anybody(rule)) && i < rule->uses.count; i++) {
            if (role_holds(rule->uses.use[i].acl, role_is_password) == (password != 0))
                add_word(ret, &rule->uses.use[i]);
        }
    }
}
