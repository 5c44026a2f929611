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

enum law_deny
law_deny(const struct rule *rule)
{
    if (denies_anybody(rule))
        return DENY_PLAIN;
    return has(rule, role_is_choosy, true) && !only_asks(rule) ? DENY_NAMED : DENY_ASKS;
}

bool
law_is_about_users(const struct rule *rule)
{
    return role_is(rule, "deny") && law_has_password(rule) && law_deny(rule) == DENY_ASKS &&
           has(rule, role_is_password, true);
}

bool
law_asks(const struct rule *rule)
{
    if (!law_has_password(rule))
        return false;
    if (role_is(rule, "deny") && law_deny(rule) == DENY_ASKS)
        return true;
    return first(rule, role_is_choosy, true) > first(rule, role_is_password, false);
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

/* ---- the words of a rule ---- */

static void
add_word(struct buf *ret, const struct acl_use *use)
{
    buf_add_fmt(ret, " %s%s", use->negated ? "!" : "", use->acl->name);
}

/* What is left of an any-of or an all-of once the password is given. */
static bool
add_rest(struct buf *ret, const struct acl *acl)
{
    for (size_t i = 0; acl->kind == ACL_ANY_OF && acl->line_count == 1 && i < acl->lines[0].count; i++) {
        if (role_is_password(acl->lines[0].use[i].acl) && !acl->lines[0].use[i].negated)
            return true;
    }
    if (acl->kind != ACL_ALL_OF || acl->line_count != 1)
        return false;
    for (size_t i = 0; i < acl->lines[0].count; i++) {
        const struct acl_use *use = &acl->lines[0].use[i];
        if (!role_holds(use->acl, role_is_password))
            add_word(ret, use);
        else if (!role_is_password(use->acl))
            return false;
    }
    return true;
}

bool
law_words(struct buf *ret, const struct rule *rule, bool all)
{
    bool good = true;
    for (size_t i = 0; i < rule->uses.count; i++) {
        const struct acl_use *use = &rule->uses.use[i];
        if (!role_holds(use->acl, role_is_password))
            add_word(ret, use);
        else if (!all && !role_is_password(use->acl))
            good = good && !use->negated && add_rest(ret, use->acl);
    }
    for (size_t i = 0; all && !denies_anybody(rule) && i < rule->uses.count; i++) {
        if (role_holds(rule->uses.use[i].acl, role_is_password))
            add_word(ret, &rule->uses.use[i]);
    }
    return good;
}
