// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * advise_own.c - corrections about the administrator's own lists of names to splice. Part of advise_build.h.
 *
 * A list of names that the client sends (ssl::server_name) gets a list of the same hosts beside it: the lines of its
 * ACL as they are, with another name and another type, so that quotes, `-i` and files stay.
 */
#include <string.h>

#include "advise_build.h"
#include "squidconf/squidconf_text.h"

/* Cuts a word off. */
static const char *
skip_word(const char *at)
{
    at += strcspn(at, " \t");
    return at + strspn(at, " \t");
}

/* True for a line `acl NAME ...`; *ret_rest is what follows the type. */
static bool
is_line_of(const struct squidconf_line *line, const struct acl *acl, const char **ret_rest)
{
    if (line->count < 3 || strcmp(line->words[0], "acl") != 0)
        return false;
    const char *name = skip_word(line->text), *type = skip_word(name);
    size_t len = strcspn(name, " \t");
    if (len != strlen(acl->name) || strncmp(name, acl->name, len) != 0)
        return false;
    *ret_rest = skip_word(type);
    return true;
}

void
advise_retype(struct advice *advice, struct edit *edit, const struct acl *acl, const char *name, const char *type,
              size_t before)
{
    for (size_t i = 0; i < advice->text.line_count; i++) {
        const char *rest;
        if (!is_line_of(&advice->text.lines[i], acl, &rest))
            continue;
        const char *text = advise_text(advice, "acl %s %s %s", name, type, rest);
        edit_add(edit, before == SIZE_MAX ? EDIT_REPLACE : EDIT_BEFORE, before == SIZE_MAX ? i : before, text);
    }
}

const struct acl *
advise_list(const struct rule *rule)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        const struct acl *acl = rule->uses.use[i].acl;
        bool named = acl->kind == ACL_SERVER_NAME || acl->kind == ACL_SERVER_NAME_REGEX || acl->kind == ACL_DSTDOMAIN ||
                     acl->kind == ACL_DSTDOM_REGEX;
        if (named && !rule->uses.use[i].negated)
            return acl;
    }
    return NULL;
}

/* The values of ssl::server_name may have options of its own, which other types refuse. */
static bool
has_options(const struct advice *advice, const struct acl *acl)
{
    for (size_t i = 0; i < advice->text.line_count; i++) {
        const char *rest;
        if (is_line_of(&advice->text.lines[i], acl, &rest) && strncmp(rest, "--", 2) == 0)
            return true;
    }
    return false;
}

const char *
advise_host_list(struct advice *advice, struct edit *edit, const struct acl *acl, size_t before)
{
    const char *name = advise_new_name(advice, advise_text(advice, "%s_host", acl->name));
    edit->full = edit->full || has_options(advice, acl);
    advise_retype(advice, edit, acl, name, acl->kind == ACL_SERVER_NAME ? "dstdomain -n" : "dstdom_regex -n", before);
    return name;
}

/* One rule for explicit ports with the hosts, one for intercepting ports without, where Squid verifies the name. */
bool
advise_other_port(struct advice *advice, const struct group *group, struct edit *ret)
{
    const struct acl *own = advise_list(group->rule);
    const struct acl *port = advise_port(advice, group->first, 0);
    for (size_t i = 0; i < advice->set.count && port != NULL; i++) {
        const struct acl *other = advise_port(advice, i, 0);
        if (advice->set.cases[i].situation.kind != SITUATION_INTERCEPT || other == NULL || other == port)
            continue;
        size_t line = advise_line(advice, group->rule);
        *ret = (struct edit){.count = 0};
        const char *host = advise_host_list(advice, ret, own, line);
        edit_add(ret, EDIT_REPLACE, line,
                 advise_insert(advice, group->rule, advise_text(advice, "%s %s", port->name, host)));
        edit_add(ret, EDIT_AFTER, line, advise_insert(advice, group->rule, other->name));
        return advise_try(advice, group, ret);
    }
    return false;
}

/* The list is behind a rule that takes all of its names: before that rule, and if it is one of names that the client
 * sends, with the hosts. */
bool
advise_own(struct advice *advice, const struct group *group, struct edit *ret)
{
    const struct outcome_case *one = &advice->set.cases[group->first];
    *ret = (struct edit){.count = 0};
    if (group->rule == NULL || one->rule <= group->rule)
        return false;
    edit_move(advice, ret, one->rule, EDIT_BEFORE, group->rule);
    if (advise_try(advice, group, ret))
        return true;
    *ret = (struct edit){.count = 0};
    edit_move(advice, ret, group->rule, EDIT_AFTER, one->rule);
    if (advise_try(advice, group, ret))
        return true;
    if (group->broken != OUTCOME_OWN || (one->own->kind != ACL_SERVER_NAME && one->own->kind != ACL_SERVER_NAME_REGEX))
        return false;
    size_t line = advise_line(advice, one->rule);
    *ret = (struct edit){.count = 0};
    const char *host = advise_host_list(advice, ret, one->own, line);
    edit_add(ret, EDIT_REPLACE, line, advise_insert(advice, one->rule, host));
    edit_move(advice, ret, group->rule, EDIT_AFTER, one->rule);
    return advise_try(advice, group, ret);
}
