// SPDX-License-Identifier: GPL-2.0-or-later
/* outcome_user.c - see outcome_user.h. */
#include "outcome_user.h"

#include <string.h>
#include <strings.h>

#include "outcome_parts.h"

/* Names that lists are unlikely to have. */
static const char *const ordinary[] = {"alice", "somebody", "nobody-else"};

struct users {
    struct build build;
    struct outcome_users *ret;
    bool allows;
};

static bool
is_list(const struct acl *acl)
{
    return role_is_password(acl) && !acl->required && acl->kind != ACL_MAX_USER_IP;
}

/* True if the list is known to take the name. */
static bool
knows(const struct acl *acl, const char *name)
{
    if (acl->kind == ACL_PROXY_AUTH_REGEX)
        return acl_regexes_hold(acl, name);
    return acl->kind == ACL_PROXY_AUTH && acl_users_hold(acl, name);
}

/* True if some list in the rules of http_access takes the name, other than this one. */
struct search {
    const char *name;
    const struct acl *but;
    bool found;
};

static void
note_known(void *arg, const struct acl *acl, bool negated)
{
    struct search *search = arg;
    (void)negated;
    search->found = search->found || (acl != search->but && is_list(acl) && knows(acl, search->name));
}

static bool
is_known(const struct ruleset *conf, const char *name, const struct acl *but)
{
    struct search search = {name, but, false};
    for (size_t i = 0; i < conf->access.count; i++)
        build_each_acl(&conf->access.rule[i], note_known, &search);
    return search.found;
}

/* A name of a list, if possible one that is in no other. */
static const char *
name_of(struct users *users, const struct acl *acl)
{
    const char *name = NULL;
    for (size_t i = 0; acl->kind == ACL_PROXY_AUTH && i < acl->text_count; i++) {
        if (!is_known(users->build.conf, acl->texts[i], acl))
            return acl->texts[i];
        name = name == NULL ? acl->texts[i] : name;
    }
    for (size_t i = 0; acl->kind == ACL_PROXY_AUTH_REGEX && i < acl->regex_count && name == NULL; i++) {
        name = build_sample(&users->build, &acl->regexes[i]);
        if (name != NULL && role_user_case(users->build.conf) == ROLE_CASE_LOWER)
            name = role_lower(name, users->build.arena);
    }
    return name == NULL || strpbrk(name, " \t\"") != NULL ? users->ret->user[0].name : name;
}

/* True if all of its names are those that no user can have. */
static bool
is_nobody(const struct acl *acl)
{
    return acl->kind == ACL_PROXY_AUTH && acl->text_count == 0 && acl->lost != NULL && !acl->doubtful;
}

/* `allow exec` and `deny !exec` let the users of the list in. */
static void
add_list(void *arg, const struct acl *acl, bool negated)
{
    struct users *users = arg;
    struct outcome_users *ret = users->ret;
    if (negated == users->allows || !is_list(acl) || is_nobody(acl) ||
        ret->count == sizeof ret->user / sizeof *ret->user)
        return;
    for (size_t i = 1; i < ret->count; i++) {
        if (ret->user[i].list == acl)
            return;
    }
    ret->user[ret->count++] = (struct outcome_user){name_of(users, acl), acl};
}

bool
outcome_users_find(struct outcome_users *ret, const struct ruleset *conf, struct arena *arena)
{
    struct users users = {.build = {.conf = conf, .arena = arena}, .ret = ret};
    size_t n = 0;
    while (n + 1 < sizeof ordinary / sizeof *ordinary && is_known(conf, ordinary[n], NULL))
        n++;
    *ret = (struct outcome_users){.user = {{ordinary[n], NULL}}, .count = 1};
    for (size_t i = 0; i < conf->access.count; i++) {
        users.allows = role_is(&conf->access.rule[i], "allow");
        build_each_acl(&conf->access.rule[i], add_list, &users);
    }
    return !users.build.failed;
}

/* ---- whether an ACL takes a user ---- */

static enum outcome_takes takes(const struct acl *acl, const struct outcome_user *user, unsigned depth);

/* All of a line, or any of it. */
static enum outcome_takes
line_takes(const struct acl_uses *uses, const struct outcome_user *user, bool any, unsigned depth)
{
    enum outcome_takes decides = any ? TAKES_ALWAYS : TAKES_NOT, other = any ? TAKES_NOT : TAKES_ALWAYS;
    bool open = false;
    for (size_t i = 0; i < uses->count; i++) {
        enum outcome_takes one = takes(uses->use[i].acl, user, depth - 1);
        if (uses->use[i].negated && one != TAKES_ELSE)
            one = one == TAKES_NOT ? TAKES_ALWAYS : TAKES_NOT;
        if (one == decides)
            return decides;
        open = open || one == TAKES_ELSE;
    }
    return open ? TAKES_ELSE : other;
}

static enum outcome_takes
takes(const struct acl *acl, const struct outcome_user *user, unsigned depth)
{
    if (user->list != NULL && strcasecmp(user->list->name, acl->name) == 0)
        return TAKES_ALWAYS;
    if (role_is_password(acl))
        return acl->required || (is_list(acl) && knows(acl, user->name)) ? TAKES_ALWAYS : TAKES_NOT;
    if ((acl->kind != ACL_ANY_OF && acl->kind != ACL_ALL_OF) || depth == 0)
        return TAKES_ELSE;
    enum outcome_takes most = TAKES_NOT;
    for (size_t i = 0; i < acl->line_count && most != TAKES_ALWAYS; i++) {
        enum outcome_takes one = line_takes(&acl->lines[i], user, acl->kind == ACL_ANY_OF, depth);
        most = one == TAKES_NOT ? most : one;
    }
    return most;
}

enum outcome_takes
outcome_user_takes(const struct acl *acl, const struct outcome_user *user)
{
    return takes(acl, user, ROLE_DEPTH);
}

static bool
has_others(const struct acl *acl, const struct outcome_user *user, unsigned depth)
{
    bool has = role_is_password(acl) && outcome_user_takes(acl, user) == TAKES_NOT;
    for (size_t line = 0; line < acl->line_count && depth > 0; line++) {
        for (size_t i = 0; i < acl->lines[line].count && !has; i++)
            has = has_others(acl->lines[line].use[i].acl, user, depth - 1);
    }
    return has;
}

bool
outcome_has_others(const struct rule *rule, const struct outcome_user *user)
{
    bool has = false;
    for (size_t i = 0; i < rule->uses.count && !has; i++)
        has = has_others(rule->uses.use[i].acl, user, ROLE_DEPTH);
    return has;
}
