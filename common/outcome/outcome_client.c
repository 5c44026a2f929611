// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_client.c - which clients the situations have: one that is served as most are, one of each group that
 * http_access allows by its address, and one of a network that the configuration does not know. Part of
 * outcome_build.h.
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "outcome_net.h"
#include "outcome_parts.h"
#include "outcome_user.h"

#define CLIENTS_MAX 128
#define CLIENTS_TRIED 16 /* at one port, or until one is found that is denied */

/* ---- clients ---- */

/* Addresses to choose from: first those that the rules treat as most. */
struct clients {
    const char *address[CLIENTS_MAX];
    uint64_t size[CLIENTS_MAX];
    size_t count;
    const char *named; /* the first one that some rule names */
};

/* Those that are tried first, whatever the configuration has. */
static const char *const usual[] = {"10.1.0.5", "172.16.0.5", "192.168.0.5", "fd00::5"};

/* Those of the same size remain in their order. */
static void
add_client(struct clients *clients, const char *address, uint64_t size)
{
    size_t at = clients->count;
    if (clients->count == CLIENTS_MAX)
        return;
    for (; at > 0 && clients->size[at - 1] < size; at--) {
        clients->address[at] = clients->address[at - 1];
        clients->size[at] = clients->size[at - 1];
    }
    clients->address[at] = address;
    clients->size[at] = size;
    clients->count++;
}

static void
add_usual(struct clients *clients, const struct nets *nets)
{
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        struct addr addr;
        uint8_t bytes[16];
        if (!addr_parse(&addr, usual[i], strlen(usual[i])))
            continue;
        acl_net_bytes(bytes, &addr);
        add_client(clients, usual[i], nets_size(nets, bytes));
    }
}

/* Addresses of the networks; of the loopback only Squid itself is a client. */
static void
add_named(struct clients *clients, struct build *build, const struct nets *nets)
{
    for (size_t i = 0; i < nets->count; i++) {
        uint8_t bytes[16];
        for (size_t n = 0; n < nets->count + 2 && clients->count < CLIENTS_MAX; n++) {
            if (!nets_nth(bytes, nets->net[i], nets, n))
                continue;
            const char *address = nets_text(build, bytes);
            add_client(clients, address, nets_size(nets, bytes));
            if (clients->named == NULL && strncmp(address, "127.", 4) != 0)
                clients->named = address;
        }
    }
}

/* True if some course of the request does not end with a refusal. Whoever is asked in spite of a password has none that
 * is good there; but nobody can be asked on an intercepting port. */
static bool
is_let(struct build *build, const char *request)
{
    struct courses courses;
    bool found = build_courses(&courses, build, request), intercepted = strncmp(request, "INTERCEPT ", 10) == 0;
    for (size_t i = 0; found && i < courses.count; i++) {
        enum course_end end = courses.course[i].end;
        if (end != END_DENY && end != END_CONFLICT && (end != END_ASK || intercepted))
            return true;
    }
    return false;
}

bool
build_is_let(struct build *build, const char *request)
{
    return is_let(build, request);
}

/* A client is served at a port that lets the name through, or asks for a password. */
static bool
is_served_at(struct build *build, const struct port *port, const char *address, const struct named *named)
{
    const char *tail = build_text(build, "from=%s user=%s port=%s", address, build->user, port->name);
    return is_let(build, build_text(build, "GET http://%s/ %s", named->name, tail)) ||
           is_let(build, build_text(build, "CONNECT %s:443 %s", named->name, tail)) ||
           is_let(build, build_text(build, "INTERCEPT %s:443 sni=%s %s", named->address, named->name, tail));
}

static bool
is_served(struct build *build, const char *address, const struct named *named)
{
    for (size_t i = 0; i < build->conf->port_count; i++) {
        if (is_served_at(build, &build->conf->ports[i], address, named))
            return true;
    }
    return false;
}

static bool
is_served_anything(struct build *build, const struct port *port, const char *address)
{
    return is_served_at(build, port, address, &outcome_other) ||
           (build->bypassed.name != NULL && is_served_at(build, port, address, &build->bypassed));
}

/* True if the client gets to another name with this user's password only. */
static bool
needs_password(struct build *build, const char *address)
{
    const char *request = build_text(build, "GET http://%s/ from=%s", outcome_other.name, address);
    const char *port;
    for (size_t i = 0; i < build->conf->port_count; i++) {
        port = build->conf->ports[i].name;
        if (!is_let(build, build_text(build, "%s port=%s", request, port)) &&
            is_served_at(build, &build->conf->ports[i], address, &outcome_other))
            return true;
    }
    return false;
}

/* The first client who is served for the name, or NULL. Of those with as many alike it is the first who needs a
 * password: the others may be guests. */
static const char *
first_served(struct build *build, const struct named *named)
{
    const struct clients *clients = build->clients;
    size_t first = 0;
    if (named->name == NULL)
        return NULL;
    while (first < clients->count && !is_served(build, clients->address[first], named))
        first++;
    if (first == clients->count)
        return NULL;
    for (size_t i = first; build->asks && i < clients->count && clients->size[i] == clients->size[first]; i++) {
        if (needs_password(build, clients->address[i]))
            return clients->address[i];
    }
    return clients->address[first];
}

/* The ordinary user, if some client gets through only with that password; otherwise the first user that is served. */
static void
find_user(struct build *build)
{
    const struct clients *clients = build->clients;
    struct outcome_users users;
    const char *usual_user = build->user;
    build->failed = build->failed || !outcome_users_find(&users, build->conf, build->arena);
    if (build->failed || !build->asks)
        return;
    build->user = users.user[0].name;
    for (size_t i = 0; i < clients->count; i++) {
        if (needs_password(build, clients->address[i]))
            return;
    }
    for (size_t i = 0; i < clients->count; i++) {
        for (size_t u = 0; u < users.count; u++) {
            build->user = users.user[u].name;
            if (is_served(build, clients->address[i], &outcome_other))
                return;
        }
    }
    build->user = usual_user;
}

/* One who is served as most are. Some clients may be served for one of the names only: most of them are denied the
 * bypassed one, or the file is as it is before the bypass is there. */
static void
find_client(struct build *build)
{
    struct clients *clients = build->clients;
    const char *address = first_served(build, &outcome_other);
    if (address == NULL)
        address = first_served(build, &build->bypassed);
    build->serves = address != NULL;
    build->client = address != NULL ? address : clients->named == NULL ? usual[0] : clients->named;
}

/* The n-th client to try when the usual one will not do, or NULL: first those of the smallest networks. */
static const char *
nth_client(const struct build *build, size_t n)
{
    return n < build->clients->count && n < CLIENTS_TRIED ? build->clients->address[build->clients->count - 1 - n]
                                                          : NULL;
}

/* Whether lists of proxies in front name a client. */
struct fronts {
    struct addr client, usual;
    bool named;
};

static void
note_fronts(void *arg, const struct acl *acl, bool negated)
{
    struct fronts *fronts = arg;
    fronts->named = fronts->named || (!negated && role_is_group(acl) && acl_nets_hold(acl, &fronts->client) &&
                                      !acl_nets_hold(acl, &fronts->usual));
}

static void
each_trusted(const struct rules *rules, struct fronts *fronts)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (role_is(&rules->rule[i], "allow"))
            build_each_acl(&rules->rule[i], note_fronts, fronts);
    }
}

/* True for a proxy in front, which speaks for others: a rule trusts it by a network without the usual client. */
static bool
is_front(const struct build *build, const char *address)
{
    struct fronts fronts = {.named = false};
    if (!addr_parse(&fronts.client, address, strlen(address)) ||
        !addr_parse(&fronts.usual, build->client, strlen(build->client)))
        return false;
    each_trusted(&build->conf->follow, &fronts);
    each_trusted(&build->conf->proxies, &fronts);
    return fronts.named;
}

/* Whom no port serves, with a password or without; no proxy in front. */
static void
find_denied(struct build *build)
{
    const char *address;
    for (size_t i = 0; build->denied == NULL && (address = nth_client(build, i)) != NULL; i++) {
        bool served = is_front(build, address);
        for (size_t p = 0; p < build->conf->port_count && !served; p++)
            served = is_served_anything(build, &build->conf->ports[p], address);
        build->denied = served ? NULL : address;
    }
}

const char *
build_client_of(struct build *build, const struct port *port)
{
    const char *address = build->client;
    for (size_t i = 0; address != NULL && !is_served_anything(build, port, address); i++)
        address = nth_client(build, i);
    return address;
}

static bool
is_known(const struct ruleset *conf, const char *text)
{
    struct addr addr;
    if (!addr_parse(&addr, text, strlen(text)))
        return true;
    for (size_t b = 0; b < ACL_BUCKETS; b++) {
        for (const struct acl *acl = conf->buckets[b]; acl != NULL; acl = acl->next) {
            if (role_is_group(acl) && acl_nets_hold(acl, &addr))
                return true;
        }
    }
    return false;
}

/* What the groups are chosen among. */
struct grouping {
    struct build *build;
    const struct nets *nets;
    bool peeks, asks;
    const char *user; /* whom the rule lets in, or but for whom it refuses */
    bool denies;
};

static void
note_user(void *arg, const struct acl *acl, bool negated)
{
    struct grouping *grouping = arg;
    grouping->asks = grouping->asks || role_is_password(acl);
    if (acl->kind == ACL_PROXY_AUTH && acl->text_count > 0 && negated == grouping->denies)
        grouping->user = acl->texts[0];
}

static void
add_group(void *arg, const struct acl *acl, bool negated)
{
    const struct grouping *grouping = arg;
    struct build *build = grouping->build;
    struct addr client;
    if (!role_is_group(acl) || negated || acl->net_count == 0 || build->group_count == GROUPS_NAMED_MAX ||
        (addr_parse(&client, build->client, strlen(build->client)) && acl_nets_hold(acl, &client)))
        return;
    for (size_t i = 0; i < build->group_count; i++) {
        if (build->groups[i].name != acl->name)
            continue;
        build->groups[i].asks = build->groups[i].asks || grouping->asks;
        return;
    }
    const char *address = nets_address(build, grouping->nets, acl);
    if (strncmp(address, "127.", 4) != 0)
        build->groups[build->group_count++] =
            (struct client_group){.name = acl->name,
                                  .who = build_text(build, "client of `%s`", acl->name),
                                  .address = address,
                                  .user = grouping->user,
                                  .named = true,
                                  .peeks = grouping->peeks,
                                  .asks = grouping->asks};
}

/* A proxy that follow_x_forwarded_for trusts by its address. */
static void
note_front(void *arg, const struct acl *acl, bool negated)
{
    const struct grouping *grouping = arg;
    struct build *build = grouping->build;
    bool named = role_is_group(acl) || (acl->kind == ACL_SRC && strcmp(acl->name, "localhost") == 0);
    if (build->front == NULL && named && !negated && acl->net_count > 0)
        build->front = nets_address(build, grouping->nets, acl);
}

/* A rule about the networks that are served: those of the usual client. */
struct limit {
    struct addr client;
    bool allows, limits;
};

static void
note_limit(void *arg, const struct acl *acl, bool negated)
{
    struct limit *limit = arg;
    if (role_is_group(acl) && negated != limit->allows && acl_nets_hold(acl, &limit->client))
        limit->limits = true;
}

static void
find_limits(struct build *build)
{
    struct limit limit = {.limits = false};
    if (!addr_parse(&limit.client, build->client, strlen(build->client)))
        return;
    for (size_t i = 0; i < build->conf->access.count; i++) {
        limit.allows = role_is(&build->conf->access.rule[i], "allow");
        limit.limits = false;
        build_each_acl(&build->conf->access.rule[i], note_limit, &limit);
        build->limits = build->limits || limit.limits;
        build->shuts = build->shuts || (limit.limits && role_is_firm(&build->conf->access.rule[i]));
    }
}

bool
build_is_bare(struct build *build, const struct port *port)
{
    const char *tail = build_text(build, "from=%s user=%s port=%s", build->client, build->user, port->name);
    return is_let(build, build_text(build, "CONNECT %s:443 %s", outcome_other.name, tail)) &&
           !is_let(build, build_text(build, "GET http://%s/ %s", outcome_other.name, tail));
}

/* Clients that http_access lets in or asks for a password, or ssl_bump splices or peeks, by their address; and the
 * proxies in front. */
static void
find_groups(struct build *build, const struct nets *nets)
{
    struct grouping grouping = {.build = build, .nets = nets};
    const struct ruleset *conf = build->conf;
    for (size_t i = 0; i < conf->follow.count; i++) {
        if (role_is(&conf->follow.rule[i], "allow"))
            build_each_acl(&conf->follow.rule[i], note_front, &grouping);
    }
    for (size_t i = 0; i < conf->access.count; i++) {
        grouping.asks = false;
        grouping.user = build->user;
        grouping.denies = role_is(&conf->access.rule[i], "deny");
        build_each_acl(&conf->access.rule[i], note_user, &grouping);
        if (grouping.asks || role_is(&conf->access.rule[i], "allow"))
            build_each_acl(&conf->access.rule[i], add_group, &grouping);
    }
    grouping.asks = false;
    grouping.user = build->user;
    for (size_t i = 0; i < conf->bump.count; i++) {
        if (role_is(&conf->bump.rule[i], "splice"))
            build_each_acl(&conf->bump.rule[i], add_group, &grouping);
    }
    grouping.peeks = true;
    for (size_t i = 0; i < conf->bump.count; i++) {
        if (role_is(&conf->bump.rule[i], "peek"))
            build_each_acl(&conf->bump.rule[i], add_group, &grouping);
    }
}

/* Unknown networks, to choose from. */
static const char *const foreign[] = {"198.51.100.77", "203.0.113.77", "192.0.2.77", "2001:db8:ffff::77"};

/* The networks, the clients to choose from, first those that the rules treat as most, and one of an unknown network.
 * NULL: no memory. */
static struct nets *
start(struct build *build)
{
    struct nets *nets = arena_array(build->arena, 1, sizeof *nets);
    build->clients = arena_array(build->arena, 1, sizeof *build->clients);
    if (nets == NULL || build->clients == NULL) {
        build->failed = true;
        return NULL;
    }
    nets_find(nets, build->conf);
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign && build->foreign == NULL; i++)
        build->foreign = is_known(build->conf, foreign[i]) ? NULL : foreign[i];
    *build->clients = (struct clients){.count = 0};
    add_usual(build->clients, nets);
    add_named(build->clients, build, nets);
    return nets;
}

size_t
build_addresses(const char *ret[], size_t max, struct build *build, bool unknown)
{
    size_t count = 0;
    if (start(build) == NULL)
        return 0;
    if (unknown && build->foreign != NULL && max > 0)
        ret[count++] = build->foreign;
    for (size_t i = build->clients->count; i > 0 && count < max; i--) {
        if (unknown || is_known(build->conf, build->clients->address[i - 1]))
            ret[count++] = build->clients->address[i - 1];
    }
    return count;
}

void
build_clients(struct build *build)
{
    struct nets *nets = start(build);
    struct hosts *hosts = NULL;
    struct err ignored = {0};
    if (nets == NULL || hosts_make(&hosts, "", false, build->arena, &ignored) != 0) {
        build->failed = true;
        return;
    }
    build->no_hosts = hosts;
    find_user(build);
    find_client(build);
    if (build->conf->follow.count > 0 || build->proxied)
        find_denied(build);
    find_limits(build);
    find_groups(build, nets);
    build_classes(build);
    build->lets_foreign = build->foreign != NULL && is_served(build, build->foreign, &outcome_other);
}
