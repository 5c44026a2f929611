// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_special.c - the situations that are about what the configuration itself has: the administrator's lists,
 * groups of clients, headers and methods that rules ask for, and more bypassed names. Part of outcome_build.h.
 */
#include <string.h>

#include "outcome_parts.h"

#define LISTS_FOR_GROUPS 4 /* that are asked about for each group of clients */

#define RULES_WITH_USERS 200 /* of ssl_bump that are looked at */

/* ---- lists ---- */

/* Whom a list is for: the usual client, or one of the networks that its rule names. */
struct whom {
    const struct client_group *group; /* NULL: the usual one */
    const char *address, *user, *title;
};

static struct whom
whom_of(struct build *build, const struct build_list *list)
{
    const struct client_group *group = list == NULL ? NULL : build_group_of(build, list->rule);
    struct whom ret = {
        .group = group, .address = group == NULL ? build->client : group->address, .user = "", .title = ""};
    if (group != NULL)
        ret.title = build_text(build, ", %s", group->who);
    if (build->asks && !build->listener->tls)
        ret.user = build_text(build, " user=%s", group == NULL ? build->user : group->user);
    return ret;
}

static void
add_listed(struct build *build, const struct build_list *list, unsigned want, const struct whom *whom,
           const char *title, const char *request)
{
    struct outcome_case *one = build_case(
        build, build->listener, build_text(build, "%s of your list `%s`%s", title, list->acl->name, whom->title),
        build_text(build, "%s%s from=%s", request, whom->user, whom->address));
    if (one == NULL)
        return;
    one->own = list->acl;
    one->rule = list->rule;
    one->wants = build->inspects || want == OUTCOME_DENIED ? want : 0;
}

/* A name of a list; a stranger that sends it as SNI; an address whose reverse name it is. */
static void
add_own_names(struct build *build, const struct build_list *list, const struct whom *whom)
{
    bool tls = build->listener->tls;
    const char *name = list->name;
    size_t index = list->index;
    unsigned inspect = whom->group == NULL || build_is_inspected(build, whom->group) ? OUTCOME_INSPECT : 0;
    add_listed(build, list, list->want, whom, "a name",
               tls ? build_text(build, "INTERCEPT 192.0.2.%zu:443 sni=%s", 100 + index, name)
                   : build_text(build, "CONNECT %s:443 sni=%s", name, name));
    add_listed(build, list, inspect, whom, "a stranger with an SNI",
               tls ? build_text(build, "INTERCEPT %s:443 sni=%s", outcome_stranger.address, name)
                   : build_text(build, "CONNECT %s:443 sni=%s", outcome_stranger.name, name));
    add_listed(build, list, inspect, whom, "an address with a reverse name",
               build_text(build, "%s 203.0.113.%zu:443", tls ? "INTERCEPT" : "CONNECT", 101 + index));
}

static void
add_own(struct build *build, const struct build_list *list)
{
    bool tls = build->listener->tls, v6 = strchr(list->name, ':') != NULL;
    if (!build->listener->port->bumps)
        return;
    const struct whom whom = whom_of(build, list);
    if (list->acl->kind != ACL_DST)
        add_own_names(build, list, &whom);
    else
        add_listed(build, list, list->want, &whom, "an address",
                   build_text(build, "%s %s%s%s:443", tls ? "INTERCEPT" : "CONNECT", v6 ? "[" : "", list->name,
                              v6 ? "]" : ""));
}

static void
add_own_host(struct build *build, const struct build_list *list)
{
    if (list->acl->kind != ACL_DST)
        buf_add_fmt(&build->reverse, "203.0.113.%zu %s\n192.0.2.%zu %s\n", 101 + list->index, list->name,
                    100 + list->index, list->name);
}

/* A bypassed name that the administrator denies, inspects or closes by a list. */
static void
add_kept(struct build *build, const struct build_list *list)
{
    const struct whom whom = whom_of(build, NULL);
    if (build->listener->explicit && !list->again && (list->want == OUTCOME_DENIED || build->listener->port->bumps))
        add_listed(build, list, list->want, &whom, "a bypassed name",
                   build_text(build, "CONNECT %s:443 sni=%s", list->name, list->name));
}

static void
add_kept_group(struct build *build, const struct build_list *list, const struct client_group *group, unsigned wants)
{
    struct outcome_case *one = build_case(
        build, build->listener, build_text(build, "a bypassed name of your list `%s`, %s", list->acl->name, group->who),
        build_text(build, "CONNECT %s:443 sni=%s%s from=%s", list->name, list->name,
                   build->asks ? build_text(build, " user=%s", group->user) : "", group->address));
    if (one != NULL)
        one->wants = wants;
}

/* The same for the clients that its rule is about, where the usual one is not among them: worth knowing. And for those
 * of each other group, who may have rules of their own before the list. No correction takes from them what they have. A
 * list by which ssl_bump inspects is left out there, as it may be reached or not. */
static void
add_kept_groups(struct build *build, const struct build_list *list)
{
    bool bumps = list->want == OUTCOME_KEPT;
    const struct client_group *about = build_group_of(build, list->rule);
    if (bumps && !build->listener->port->bumps)
        return;
    if (about != NULL)
        add_kept_group(build, list, about, OUTCOME_BYPASS | OUTCOME_THROUGH | OUTCOME_NOTE);
    if (list->again || list->index >= LISTS_FOR_GROUPS || (bumps && role_is(list->rule, "bump")))
        return;
    for (size_t i = 0; i < build->group_count && build->groups[i].named; i++) {
        if (&build->groups[i] != about)
            add_kept_group(build, list, &build->groups[i], OUTCOME_BYPASS | OUTCOME_THROUGH);
    }
}

/* ---- users whom ssl_bump closes or inspects by a rule of their own ---- */

struct bumping {
    struct build *build;
    const struct rule *rule;
};

static bool
is_there(const struct build *build, const char *title)
{
    const struct outcome_set *set = build->set;
    for (size_t i = set->count; i > 0 && strcmp(set->cases[i - 1].listener, build->listener->port->address) == 0; i--) {
        if (strcmp(set->cases[i - 1].title, title) == 0)
            return true;
    }
    return false;
}

/* One of them goes to a bypassed name: worth knowing, as for networks. The rows have the usual user and client. */
static void
add_bumped(void *arg, const struct acl *acl, bool negated)
{
    const struct bumping *bumping = arg;
    struct build *build = bumping->build;
    if (acl->kind != ACL_PROXY_AUTH || negated)
        return;
    const struct client_group *group = build_group_of(build, bumping->rule);
    const char *user = acl->required || acl->text_count == 0 ? build->user : acl->texts[0],
               *name = build->bypassed.name;
    const char *title = build_text(build, "a bypassed name, user of `%s`%s%s", acl->name, group == NULL ? "" : ", ",
                                   group == NULL ? "" : group->who);
    if ((group == NULL && strcmp(user, build->user) == 0) || is_there(build, title))
        return;
    struct outcome_case *one = build_case(build, build->listener, title,
                                          build_text(build, "CONNECT %s:443 sni=%s user=%s from=%s", name, name, user,
                                                     group == NULL ? build->client : group->address));
    if (one != NULL)
        one->wants = OUTCOME_BYPASS | OUTCOME_THROUGH | OUTCOME_NOTE;
}

static void
add_bumped_users(struct build *build)
{
    const struct rules *bump = &build->conf->bump;
    bool any = build->asks && build->more == NULL && build->bypassed.name != NULL && build->listener->port->bumps;
    for (size_t i = 0; any && i < bump->count && i < RULES_WITH_USERS; i++) {
        if (role_is_own_bump(&bump->rule[i]))
            build_each_acl(&bump->rule[i], add_bumped, &(struct bumping){build, &bump->rule[i]});
    }
}

/* A name of which an address is known keeps that one. */
static void
add_kept_host(struct build *build, const struct build_list *list)
{
    bool known = (build->bypassed.name != NULL && strcmp(build->bypassed.name, list->name) == 0) ||
                 build_is_listed(build, list->name);
    for (size_t i = 0; build->more != NULL && i < build->more->count; i++)
        known = known || (build->more->address[i] != NULL && strcmp(build->more->name[i], list->name) == 0);
    if (!known)
        buf_add_fmt(&build->reverse, NEUTRAL_ADDRESS " %s\n", list->name);
}

void
build_special_hosts(struct build *build)
{
    build_listed_hosts(build);
    build_each_kept(build, add_kept_host);
    build_each_own(build, add_own_host);
}

/* ---- what a client says by itself: an address, a header, a method ---- */

static const char *
with_user(struct build *build)
{
    return build->asks ? build_text(build, " user=%s", build->user) : "";
}

/* The usual client says that it is one whom rules let in, or splice, by its address. */
static void
add_claimed(struct build *build, const char *group, const char *address, const char *user)
{
    const char *other = outcome_other.name, *title = *user == '\0' ? "another name, no password" : "another name";
    struct outcome_case *one =
        build_case(build, build->listener, build_text(build, "%s; the claimed address of `%s`", title, group),
                   build_text(build, "CONNECT %s:443 sni=%s header=\"X-Forwarded-For: %s\"%s from=%s", other, other,
                              address, user, build->client));
    if (one == NULL)
        return;
    one->wants = OUTCOME_CLAIM;
    one->without = title;
}

static void
add_claim_of(struct build *build, const char *group, const char *address)
{
    if (build->asks)
        add_claimed(build, group, address, "");
    add_claimed(build, group, address, with_user(build));
}

static void
add_claims(struct build *build)
{
    if (build->conf->follow.count == 0)
        return;
    for (size_t i = 0; i < build->group_count && build->groups[i].named; i++)
        add_claim_of(build, build->groups[i].name, build->groups[i].address);
    add_claim_of(build, "localhost", "127.0.0.1");
}

/* It splices nothing. */
static void
add_splicing(struct build *build, const struct build_claim *claim)
{
    const char *name = outcome_other.name;
    if (claim->credentials) /* as in every request with a password */
        return;
    const char *request = build_text(build, "CONNECT %s:443 sni=%s header=\"%s: %s\"%s from=%s", name, name,
                                     claim->header, claim->value, with_user(build), build->client);
    struct outcome_case *one = build_case(
        build, build->listener, build_text(build, "another name, but the header of `%s`", claim->acl->name), request);
    if (one != NULL && build->inspects && build->listener->port->bumps)
        one->wants = OUTCOME_INSPECT;
}

/* Inside a decrypted connection there is no header with a password, so that is tried in plain HTTP; any text will do
 * for who only looks whether it is there. */
static const char *
claim_request(struct build *build, const struct build_claim *claim)
{
    const char *name = outcome_other.name;
    if (claim->path != NULL)
        return build_text(build, "GET http://%s%s", name, claim->path);
    if (claim->method != NULL)
        return build_text(build, "%s http://%s/", claim->method, name);
    if (claim->credentials)
        return build_text(build, "GET http://%s/ user=%s password=wrong", name, build->user);
    return build_text(build, "CONNECT %s:443 sni=%s header=\"%s: %s\"", name, name, claim->header, claim->value);
}

/* It lets nobody in. */
static void
add_entering(struct build *build, const struct build_claim *claim)
{
    const struct listener *listener = build->listener;
    const char *what = claim->path != NULL ? "path" : claim->method != NULL ? "method" : "header";
    const char *title = claim->credentials ? "another name, wrong password" : "another name, no password";
    const char *request = claim_request(build, claim);
    struct outcome_case *one =
        build_case(build, listener, build_text(build, "%s, but the %s of `%s`", title, what, claim->acl->name),
                   build_text(build, "%s from=%s", request, build->client));
    if (one != NULL)
        one->wants = listener->asks ? OUTCOME_PASSWORD : 0;
    if (build->foreign == NULL || build->lets_foreign || build_is_loopback(listener->port))
        return;
    one = build_case(
        build, listener,
        build_text(build, "another name, client of an unknown network, but the %s of `%s`", what, claim->acl->name),
        build_text(build, "%s from=%s", request, build->foreign));
    if (one != NULL)
        one->wants = OUTCOME_REFUSE;
}

static void
add_claim(struct build *build, const struct build_claim *claim)
{
    if (claim->splices)
        add_splicing(build, claim);
    else
        add_entering(build, claim);
}

/* ---- all of them ---- */

static void
add_more(struct build *build, const struct listener *listener, size_t index)
{
    const char *name = build->more->name[index], *address = build->more->address[index];
    if (listener->tls && (address == NULL || !build_takes_at(build, name, address)))
        return;
    struct outcome_case *one =
        build_case(build, listener, build_text(build, "the bypassed name %s", name),
                   listener->tls ? build_text(build, "INTERCEPT %s:443 sni=%s from=%s", address, name, build->client)
                                 : build_text(build, "CONNECT %s:443 sni=%s from=%s", name, name, build->client));
    if (one != NULL)
        one->wants = listener->closed ? 0 : OUTCOME_BYPASS;
    if (!listener->explicit || build->front == NULL)
        return;
    one = build_case(build, listener, build_text(build, "the bypassed name %s, through a proxy in front", name),
                     build_text(build, "CONNECT %s:443 sni=%s header=\"X-Forwarded-For: %s\" from=%s", name, name,
                                build->client, build->front));
    if (one != NULL)
        one->wants = listener->closed ? 0 : OUTCOME_BYPASS;
}

void
build_special(struct build *build, const struct listener *listener)
{
    bool reads = listener->explicit || listener->tls;
    for (size_t i = 0; reads && build->more != NULL && i < build->more->count; i++)
        add_more(build, listener, i);
    build_groups(build, listener);
    build_listed(build, listener);
    build_each_own(build, add_own);
    build_each_kept(build, add_kept);
    if (listener->explicit) {
        build_each_kept(build, add_kept_groups);
        add_bumped_users(build);
        build_each_claim(build, add_claim);
        add_claims(build);
    }
    build_ports(build, listener);
    build_proxied(build, listener);
}
