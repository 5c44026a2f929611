// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * advise_bump.c - corrections of ssl_bump: what must be spliced is inspected, or what must be inspected is spliced.
 * Part of advise_build.h.
 */
#include <string.h>

#include "advise_build.h"

static bool
try_lines(struct advice *advice, const struct group *group, struct edit *ret, const struct rule *at,
          const char *const *lines)
{
    *ret = (struct edit){.count = 0};
    for (; *lines != NULL; lines++) {
        if (**lines != '\0')
            edit_add(ret, EDIT_BEFORE, advise_line(advice, at), *lines);
    }
    return advise_try(advice, group, ret);
}

/* ---- must be spliced ---- */

/* The splice rules of the bypass, before the rule that decides. */
static bool
try_move(struct advice *advice, const struct group *group, struct edit *ret)
{
    const struct rules *all = &advice->conf->bump;
    for (const struct rule *rule = group->rule + 1; rule < all->rule + all->count; rule++) {
        if (!role_is(rule, "splice") || !role_uses(rule, role_is_bypass, true))
            continue;
        *ret = (struct edit){.count = 0};
        edit_move(advice, ret, rule, EDIT_BEFORE, group->rule);
        if (advise_try(advice, group, ret))
            return true;
        *ret = (struct edit){.count = 0};
        edit_move(advice, ret, group->rule, EDIT_AFTER, rule);
        if (advise_try(advice, group, ret))
            return true;
    }
    return false;
}

/* ` ACL...` of a rule: those of networks. */
static const char *
networks_of(struct advice *advice, const struct rule *rule)
{
    const char *words = "";
    for (size_t i = 0; i < rule->uses.count; i++) {
        const struct acl_use *use = &rule->uses.use[i];
        if (role_is_group(use->acl))
            words = advise_text(advice, "%s %s%s", words, use->negated ? "!" : "", use->acl->name);
    }
    return words;
}

/* A splice rule where there is none; alone, and behind the guard that a helper without an answer needs. That one is for
 * all, or for the networks of the rule at hand: others may be inspected nowhere. */
static bool
try_splice_by(struct advice *advice, const struct group *group, struct edit *ret, const char *acls)
{
    const char *definition, *noted = advise_noted(advice, &definition);
    const char *splice = advise_text(advice, "ssl_bump splice %s", acls);
    const char *const alone[] = {splice, NULL};
    const char *const guarded[] = {definition == NULL ? "" : definition,
                                   advise_text(advice, "ssl_bump bump !%s", noted), splice, NULL};
    const char *networks = networks_of(advice, group->rule);
    const char *const some[] = {guarded[0], advise_text(advice, "ssl_bump bump%s !%s", networks, noted), splice, NULL};
    return try_lines(advice, group, ret, group->rule, alone) || try_lines(advice, group, ret, group->rule, guarded) ||
           (*networks != '\0' && try_lines(advice, group, ret, group->rule, some));
}

static bool
try_splice(struct advice *advice, const struct group *group, struct edit *ret)
{
    const struct acl *acl, *port = advise_port(advice, group->first, 0);
    for (size_t n = 0; n < BYPASSES_MAX && (acl = advise_bypass(advice, n)) != NULL; n++) {
        if (try_splice_by(advice, group, ret, acl->name) ||
            (port != NULL && try_splice_by(advice, group, ret, advise_text(advice, "%s %s", port->name, acl->name))))
            return true;
    }
    return false;
}

/* ---- must be inspected ---- */

static bool
is_step(const struct acl *acl)
{
    return acl->kind == ACL_AT_STEP;
}

/* A rule that reads the ClientHello again and again, kept to step 1. */
static bool
try_step(struct advice *advice, const struct group *group, struct edit *ret)
{
    if (role_uses(group->rule, is_step, false))
        return false;
    const char *definition, *step = advise_step1(advice, &definition);
    bool plain = group->rule->uses.count == 0 ||
                 (group->rule->uses.count == 1 && strcmp(group->rule->uses.use[0].acl->name, "all") == 0);
    size_t line = advise_line(advice, group->rule);
    *ret = (struct edit){.count = 0};
    if (definition != NULL)
        edit_add(ret, EDIT_BEFORE, line, definition);
    edit_add(ret, EDIT_REPLACE, line,
             plain ? advise_text(advice, "ssl_bump %s %s", group->rule->action, step)
                   : advise_insert(advice, group->rule, step));
    return advise_try(advice, group, ret);
}

/* What the helper did not let pass at the CONNECT is inspected without asking again. */
static bool
try_guard(struct advice *advice, const struct group *group, struct edit *ret)
{
    const char *definition, *noted = advise_noted(advice, &definition);
    const struct acl *port = advise_port(advice, group->first, 0);
    const char *first = definition == NULL ? "" : definition;
    const char *const all[] = {first, advise_text(advice, "ssl_bump bump !%s", noted), NULL};
    if (try_lines(advice, group, ret, group->rule, all))
        return true;
    if (port == NULL)
        return false;
    const char *const one[] = {first, advise_text(advice, "ssl_bump bump %s !%s", port->name, noted), NULL};
    return try_lines(advice, group, ret, group->rule, one);
}

/* The ClientHello is read first. */
static bool
try_peek(struct advice *advice, const struct group *group, struct edit *ret)
{
    const char *definition, *step = advise_step1(advice, &definition);
    const char *const lines[] = {definition == NULL ? "" : definition, advise_text(advice, "ssl_bump peek %s", step),
                                 NULL};
    return try_lines(advice, group, ret, &advice->conf->bump.rule[0], lines);
}

/* Lists of hosts that are not to be looked up backwards: the name of an address is up to its owner. */
static bool
try_no_lookup(struct advice *advice, const struct group *group, struct edit *ret)
{
    const struct acl *own = advise_list(group->rule);
    if (own == NULL || (own->kind != ACL_DSTDOMAIN && own->kind != ACL_DSTDOM_REGEX) || own->no_lookup)
        return false;
    *ret = (struct edit){.count = 0};
    advise_retype(advice, ret, own, own->name, advise_text(advice, "%s -n", own->type), SIZE_MAX);
    return advise_try(advice, group, ret);
}

/* A list of names that the client sends, and with it the hosts that it asks for. */
static bool
try_host(struct advice *advice, const struct group *group, struct edit *ret)
{
    const struct acl *port = advise_port(advice, group->first, 0), *own = advise_list(group->rule);
    if (own == NULL || (own->kind != ACL_SERVER_NAME && own->kind != ACL_SERVER_NAME_REGEX))
        return false;
    size_t line = advise_line(advice, group->rule);
    for (size_t n = 0; n == 0 || (n == 1 && port != NULL); n++) {
        *ret = (struct edit){.count = 0};
        const char *host = advise_host_list(advice, ret, own, line);
        const char *words = n == 0 ? host : advise_text(advice, "%s %s", port->name, host);
        edit_add(ret, EDIT_REPLACE, line, advise_insert(advice, group->rule, words));
        if (advise_try(advice, group, ret))
            return true;
    }
    return port != NULL && advise_other_port(advice, group, ret);
}

/* True if the rule has a list of servers of which no situation asks, so that nobody knows what it is for. */
static bool
has_unknown_list(const struct advice *advice, const struct rule *rule)
{
    for (size_t i = 0; rule != NULL && i < rule->uses.count; i++) {
        const struct acl *acl = rule->uses.use[i].acl;
        bool asked = !outcome_is_list(acl, false) || rule->uses.use[i].negated;
        for (size_t k = 0; !asked && k < advice->set.count; k++)
            asked = advice->set.cases[k].own == acl;
        if (!asked)
            return true;
    }
    return false;
}

/* Without the rule that decides, unless that is a list of the administrator's own; with a last rule where none
 * matches. */
static bool
try_without(struct advice *advice, const struct group *group, struct edit *ret)
{
    const struct rules *all = &advice->conf->bump;
    *ret = (struct edit){.count = 0};
    if (has_unknown_list(advice, group->rule))
        return false;
    if (group->rule != NULL)
        edit_add(ret, EDIT_REMOVE, advise_line(advice, group->rule), NULL);
    else if (all->count > 0)
        edit_add(ret, EDIT_AFTER, advise_line(advice, &all->rule[all->count - 1]), "ssl_bump bump all");
    return advise_try(advice, group, ret);
}

static bool
is_reading(const struct rule *rule)
{
    return role_is(rule, "peek") || role_is(rule, "stare");
}

static bool
inspect(struct advice *advice, const struct group *group, struct edit *ret)
{
    if (group->rule == NULL)
        return try_without(advice, group, ret);
    if (group->step->stopped)
        return try_guard(advice, group, ret) || advise_access(advice, group, ret);
    return (is_reading(group->rule) && try_step(advice, group, ret)) || try_host(advice, group, ret) ||
           try_no_lookup(advice, group, ret) || (group->step->step == 1 && try_peek(advice, group, ret)) ||
           (!role_uses(group->rule, role_is_bypass, true) && try_without(advice, group, ret));
}

bool
advise_bump(struct advice *advice, const struct group *group, struct edit *ret)
{
    if (group->broken == OUTCOME_INSPECT)
        return inspect(advice, group, ret);
    if (group->rule == NULL)
        return false;
    return try_move(advice, group, ret) || try_splice(advice, group, ret) || advise_access(advice, group, ret);
}
