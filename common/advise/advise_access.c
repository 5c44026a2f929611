// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * advise_access.c - corrections of http_access: the bypass, the password, or the networks of the clients come too late
 * or are missing. Part of advise_build.h.
 */
#include <string.h>

#include "advise_build.h"

#define NETWORKS "src 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 127.0.0.0/8 fc00::/7 ::1"

static bool
allows(const struct rule *rule)
{
    return role_is(rule, "allow");
}

/* The first rule of a list from `start` on that is about something, or NULL. */
static const struct rule *
next_rule(const struct rules *rules, size_t *start, role_test *test, bool plain)
{
    for (; *start < rules->count; ++*start) {
        if (role_uses(&rules->rule[*start], test, plain))
            return &rules->rule[(*start)++];
    }
    return NULL;
}

/* True if one of the rules from `first` on to before `end` denies and asks nobody. */
static bool
has_firm(const struct rule *first, const struct rule *end)
{
    while (first < end && !role_is_firm(first))
        first++;
    return first < end;
}

static bool
has_allow(const struct rule *first, const struct rule *end)
{
    while (first < end && !allows(first))
        first++;
    return first < end;
}

/* True if the rule lets in some users, and not the usual one: what it is about is not for everybody. */
static bool
is_for_others(const struct advice *advice, const struct rule *rule)
{
    return rule != NULL && allows(rule) && outcome_has_others(rule, &advice->user);
}

/* Takes `rule` to before the one that decides, or that one to after `rule`: where ACLs are defined between the two,
 * only one of them can be read. */
static bool
try_swap(struct advice *advice, const struct group *group, const struct rule *rule, const struct rule *decides,
         struct edit *ret)
{
    *ret = (struct edit){.count = 0};
    if (!allows(rule) || !has_firm(decides, rule)) {
        edit_move(advice, ret, rule, EDIT_BEFORE, decides);
        if (advise_try(advice, group, ret))
            return true;
    }
    *ret = (struct edit){.count = 0};
    if (role_is_firm(decides) && has_allow(decides, rule + 1))
        return false;
    edit_move(advice, ret, decides, EDIT_AFTER, rule);
    return advise_try(advice, group, ret);
}

/* Puts lines at the rule that decides, or at the end of the list if none does. */
static void
put_line(struct advice *advice, struct edit *edit, const struct rule *rule, const char *text)
{
    const struct rules *all = &advice->conf->access;
    if (rule != NULL)
        edit_add(edit, EDIT_BEFORE, advise_line(advice, rule), text);
    else if (all->count > 0)
        edit_add(edit, EDIT_AFTER, advise_line(advice, &all->rule[all->count - 1]), text);
    else
        edit_add(edit, EDIT_AFTER, advice->text.line_count - 1, text);
}

/* After a splice Squid asks http_access about a CONNECT of its own, which has no X-Forwarded-For: the client is the
 * proxy in front, which may then go to bypassed names. */
static bool
try_front(struct advice *advice, const struct group *group, const struct acl *front, struct edit *ret)
{
    const struct acl *acl;
    for (size_t n = 0; n < BYPASSES_MAX && (acl = advise_bypass(advice, n)) != NULL; n++) {
        *ret = (struct edit){.count = 0};
        put_line(advice, ret, group->rule, advise_text(advice, "http_access allow %s %s", front->name, acl->name));
        if (advise_try(advice, group, ret))
            return true;
    }
    return false;
}

/* The same for each ACL of follow_x_forwarded_for that the proxy in front is of. */
static bool
try_fronts(struct advice *advice, const struct group *group, struct edit *ret)
{
    const struct addr *from = &advice->set.cases[group->first].situation.from;
    for (size_t i = 0; i < advice->conf->follow.count && group->rule != NULL; i++) {
        const struct acl_uses *uses = &advice->conf->follow.rule[i].uses;
        for (size_t u = 0; u < uses->count; u++) {
            const struct acl *front = uses->use[u].acl;
            if (front->kind == ACL_SRC && acl_nets_hold(front, from) && try_front(advice, group, front, ret))
                return true;
        }
    }
    return false;
}

/* True if a line before the rule that decides would be above a rule that refuses without a password. */
static bool
is_above_firm(const struct advice *advice, const struct rule *decides)
{
    const struct rules *all = &advice->conf->access;
    const struct rule *rule = decides;
    while (rule != NULL && rule < all->rule + all->count && !allows(rule) && !role_is_firm(rule))
        rule++;
    return rule != NULL && rule < all->rule + all->count && role_is_firm(rule);
}

/* ` ACL...` of a rule that lets clients in, but for the password and the bypass: a line before it lets in the same
 * clients. */
static const char *
clients_of(struct advice *advice, const struct rule *rule)
{
    const char *words = "";
    for (size_t i = 0; rule != NULL && allows(rule) && i < rule->uses.count; i++) {
        const struct acl_use *use = &rule->uses.use[i];
        if (!role_is_password(use->acl) && !role_is_bypass(use->acl))
            words = advise_text(advice, "%s %s%s", words, use->negated ? "!" : "", use->acl->name);
    }
    return words;
}

/* The same of the next rule that lets in the usual user, who is asked before. */
static const char *
clients_after(struct advice *advice, const struct rule *decides)
{
    const struct rules *all = &advice->conf->access;
    while (decides + 1 < all->rule + all->count && (!allows(decides) || is_for_others(advice, decides)))
        decides++;
    return clients_of(advice, decides);
}

/* True if the first ACL has a network that the other one has not. */
static bool
is_wider(const struct acl *acl, const struct acl *other)
{
    for (size_t i = 0; i < acl->net_count; i++) {
        static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
        const uint8_t *low = acl->nets[i].low;
        struct addr addr = {.v6 = memcmp(low, mapped, sizeof mapped) != 0};
        memcpy(addr.bytes, low + (addr.v6 ? 0 : 12), addr.v6 ? 16 : 4);
        if (!acl_nets_hold(other, &addr))
            return true;
    }
    return false;
}

/* Networks that a rule lets in, or but for which one refuses, whatever they want: with the usual client in them, who
 * must not be refused. Other ACLs of networks have a purpose of their own. */
static const struct acl *
networks_of(const struct advice *advice, const struct rule *rule)
{
    for (size_t i = 0; i < rule->uses.count && !role_uses(rule, role_is_choosy, false); i++) {
        const struct acl_use *use = &rule->uses.use[i];
        if (use->negated != allows(rule) && role_is_group(use->acl) && acl_nets_hold(use->acl, &advice->set.client))
            return use->acl;
    }
    return NULL;
}

/* The widest of those that are not `before`, or NULL. */
static const struct acl *
next_networks(const struct advice *advice, const struct acl *before)
{
    const struct rules *access = &advice->conf->access;
    const struct acl *found = NULL;
    for (size_t i = 0; access->rule != NULL && i < access->count; i++) {
        const struct acl *acl = networks_of(advice, &access->rule[i]);
        if (acl != NULL && acl != before && (found == NULL || is_wider(acl, found)))
            found = acl;
    }
    return found;
}

/* A rule that allows bypassed names without a password, before the one that decides: with these ACLs and a bypass. */
static bool
try_line(struct advice *advice, const struct group *group, const char *acls, struct edit *ret)
{
    *ret = (struct edit){.count = 0};
    put_line(advice, ret, advise_entry(group), advise_text(advice, "http_access allow%s", acls));
    return advise_try(advice, group, ret);
}

/* The same for all ports, or for the port at hand; where the rule that decides names no networks, for those that others
 * name. */
static bool
try_lines(struct advice *advice, const struct group *group, struct edit *ret)
{
    const struct rule *decides = advise_entry(group);
    const struct acl *acl, *port = advise_port(advice, group->first, 0), *networks = next_networks(advice, NULL);
    const char *words = is_for_others(advice, decides) ? clients_after(advice, decides) : clients_of(advice, decides);
    if (is_above_firm(advice, decides))
        return false;
    for (size_t n = 0; n < BYPASSES_MAX && (acl = advise_bypass(advice, n)) != NULL; n++) {
        if (try_line(advice, group, advise_text(advice, "%s %s", words, acl->name), ret) ||
            (port != NULL &&
             try_line(advice, group, advise_text(advice, "%s %s %s", words, port->name, acl->name), ret)) ||
            (networks != NULL &&
             try_line(advice, group, advise_text(advice, " %s%s %s", networks->name, words, acl->name), ret)))
            return true;
    }
    return false;
}

/* The bypass further up. */
static bool
try_bypass(struct advice *advice, const struct group *group, struct edit *ret)
{
    const struct rule *decides = advise_entry(group), *rule;
    for (size_t at = 0;
         decides != NULL && (rule = next_rule(&advice->conf->access, &at, role_is_bypass, true)) != NULL;) {
        if (rule > decides && allows(rule) && try_swap(advice, group, rule, decides, ret))
            return true;
    }
    return try_lines(advice, group, ret);
}

/* A rule that asks for a password, further up; or without the rule that lets in. */
static bool
try_password(struct advice *advice, const struct group *group, struct edit *ret)
{
    const struct rule *rule;
    for (size_t at = 0;
         group->rule != NULL && (rule = next_rule(&advice->conf->access, &at, role_is_password, false)) != NULL;) {
        if (rule > group->rule && try_swap(advice, group, rule, group->rule, ret))
            return true;
    }
    *ret = (struct edit){.count = 0};
    if (group->rule == NULL)
        return false;
    edit_add(ret, EDIT_REMOVE, advise_line(advice, group->rule), NULL);
    return advise_try(advice, group, ret);
}

/* True if the rule is only about clients that the ACL has not. */
static bool
is_but(const struct rule *rule, const struct acl *acl)
{
    for (size_t i = 0; rule != NULL && i < rule->uses.count; i++) {
        if (rule->uses.use[i].negated && rule->uses.use[i].acl == acl)
            return true;
    }
    return false;
}

/* A rule that refuses whom http_access does not name: by its clients' networks, or by private ones. A rule that is only
 * about others goes, as below that one nothing would reach it. */
static bool
try_networks(struct advice *advice, const struct group *group, struct edit *ret)
{
    const struct acl *acl = NULL;
    for (size_t n = 0; n < 2 && (acl = next_networks(advice, acl)) != NULL; n++) {
        *ret = (struct edit){.count = 0};
        if (is_but(group->rule, acl))
            edit_add(ret, EDIT_REMOVE, advise_line(advice, group->rule), NULL);
        else
            put_line(advice, ret, group->rule, advise_text(advice, "http_access deny !%s", acl->name));
        if (advise_try(advice, group, ret))
            return true;
    }
    const char *name = advise_new_name(advice, "m365_clients");
    *ret = (struct edit){.count = 0};
    put_line(advice, ret, group->rule, advise_text(advice, "acl %s " NETWORKS, name));
    put_line(advice, ret, group->rule, advise_text(advice, "http_access deny !%s", name));
    return advise_try(advice, group, ret);
}

bool
advise_access(struct advice *advice, const struct group *group, struct edit *ret)
{
    if (group->broken == OUTCOME_PASSWORD)
        return try_password(advice, group, ret);
    if (group->broken == OUTCOME_REFUSE)
        return try_networks(advice, group, ret);
    bool again = group->step->phase == PHASE_AGAIN && advice->set.cases[group->first].situation.header_count > 0;
    return (again && try_fronts(advice, group, ret)) || try_bypass(advice, group, ret);
}
