// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_client.c - which clients the situations have: one that is served as most are, one of each group that
 * http_access allows by its address, and one of a network that the configuration does not know. Part of
 * outcome_build.h.
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "outcome_parts.h"

#define CLIENTS_MAX 128
#define NETS_MAX 256
#define CLIENTS_TRIED 16 /* at one port, or until one is found that is denied */

/* ---- addresses of networks ---- */

/* The networks that http_access names. */
struct nets {
    const struct acl_net *net[NETS_MAX];
    size_t count;
};

static void
last_of(uint8_t ret[16], const struct acl_net *net)
{
    for (size_t i = 0; i < 16; i++)
        ret[i] = (uint8_t)(net->high[i] | (uint8_t)~net->mask[i]);
}

static bool
holds(const struct acl_net *net, const uint8_t bytes[16])
{
    uint8_t last[16];
    last_of(last, net);
    return memcmp(bytes, net->low, 16) >= 0 && memcmp(bytes, last, 16) <= 0;
}

/* True if `inner` is a smaller network inside the other. */
static bool
is_inside(const struct acl_net *inner, const struct acl_net *net)
{
    uint8_t inner_last[16], last[16];
    last_of(inner_last, inner);
    last_of(last, net);
    return holds(net, inner->low) && holds(net, inner_last) &&
           (memcmp(inner->low, net->low, 16) != 0 || memcmp(inner_last, last, 16) != 0);
}

/* True for an address in a network that is inside another one: what is true of it may not be so of the others there. */
static bool
is_special(const struct nets *nets, const uint8_t bytes[16])
{
    for (size_t i = 0; i < nets->count; i++) {
        for (size_t k = 0; k < nets->count && holds(nets->net[i], bytes); k++) {
            if (is_inside(nets->net[i], nets->net[k]))
                return true;
        }
    }
    return false;
}

/* The address after a network. */
static void
after(uint8_t ret[16], const struct acl_net *net)
{
    last_of(ret, net);
    for (size_t i = 16; i-- > 0 && ++ret[i] == 0;)
        ;
}

/* Sets the highest bit that is not the network's. False: it has one address. */
static bool
middle(uint8_t ret[16], const struct acl_net *net)
{
    for (size_t i = 0; i < 16; i++) {
        uint8_t open = (uint8_t)~net->mask[i];
        ret[i] |= (uint8_t)(open ^ (open >> 1));
        if (open != 0)
            return true;
    }
    return false;
}

/* The n-th address to try in a network: not its first one, if it has more; one in its middle; one after each smaller
 * network inside. False: there are no more, or this one is not in it. */
static bool
nth_address(uint8_t ret[16], const struct acl_net *net, const struct nets *nets, size_t n)
{
    uint8_t was;
    memcpy(ret, net->low, 16);
    if (n == 1 && !middle(ret, net))
        return false;
    if (n > 1) {
        if (!is_inside(nets->net[n - 2], net))
            return false;
        after(ret, nets->net[n - 2]);
    }
    was = ret[15];
    ret[15] |= 5;
    if (!holds(net, ret))
        ret[15] = was;
    return holds(net, ret);
}

static const char *
text_of(struct build *build, const uint8_t bytes[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    struct addr addr = {.v6 = memcmp(bytes, mapped, sizeof mapped) != 0};
    char text[ADDR_TEXT_MAX];
    memcpy(addr.bytes, bytes + (addr.v6 ? 0 : 12), addr.v6 ? 16 : 4);
    addr_format(text, &addr);
    return build_text(build, "%s", text);
}

static void
add_nets(void *arg, const struct acl *acl, bool negated)
{
    struct nets *nets = arg;
    (void)negated;
    for (size_t i = 0; role_is_group(acl) && i < acl->net_count && nets->count < NETS_MAX; i++)
        nets->net[nets->count++] = &acl->nets[i];
}

/* An address of an ACL that is in no smaller network, if there is one. */
static const char *
address_in(struct build *build, const struct nets *nets, const struct acl *acl)
{
    uint8_t bytes[16];
    for (size_t i = 0; i < acl->net_count; i++) {
        for (size_t n = 0; n < nets->count + 2; n++) {
            if (nth_address(bytes, &acl->nets[i], nets, n) && !is_special(nets, bytes))
                return text_of(build, bytes);
        }
    }
    nth_address(bytes, &acl->nets[0], nets, 0);
    return text_of(build, bytes);
}

const char *
build_address(struct build *build, const struct acl *acl)
{
    static const struct nets none = {.count = 0};
    static const uint8_t all[16] = {0};
    for (size_t i = 0; i < acl->net_count; i++) {
        for (size_t n = 0; n < 2 && memcmp(acl->nets[i].mask, all, sizeof all) != 0; n++) {
            uint8_t bytes[16];
            const char *address = nth_address(bytes, &acl->nets[i], &none, n) ? text_of(build, bytes) : NULL;
            if (address != NULL && !build_takes_at(build, "-", address))
                return address;
        }
    }
    return NULL;
}

/* ---- clients ---- */

/* Addresses to choose from. */
struct clients {
    const char *address[CLIENTS_MAX];
    size_t count;
    const char *named; /* the first one that some rule names */
};

/* Those that are tried first, whatever the configuration has. */
static const char *const usual[] = {"10.1.0.5", "172.16.0.5", "192.168.0.5", "fd00::5"};

static void
add_client(struct clients *clients, const char *address)
{
    if (clients->count < CLIENTS_MAX)
        clients->address[clients->count++] = address;
}

static void
add_usual(struct clients *clients, const struct nets *nets, bool special)
{
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        struct addr addr;
        uint8_t bytes[16];
        if (!addr_parse(&addr, usual[i], strlen(usual[i])))
            continue;
        acl_net_bytes(bytes, &addr);
        if (is_special(nets, bytes) == special)
            add_client(clients, usual[i]);
    }
}

/* Addresses of the networks; of the loopback only Squid itself is a client. */
static void
add_named(struct clients *clients, struct build *build, const struct nets *nets, bool special)
{
    for (size_t i = 0; i < nets->count; i++) {
        uint8_t bytes[16];
        for (size_t n = 0; n < nets->count + 2 && clients->count < CLIENTS_MAX; n++) {
            if (!nth_address(bytes, nets->net[i], nets, n) || is_special(nets, bytes) != special)
                continue;
            const char *address = text_of(build, bytes);
            add_client(clients, address);
            if (clients->named == NULL && strncmp(address, "127.", 4) != 0)
                clients->named = address;
        }
    }
}

/* True if not every course of the request ends with a refusal. */
static bool
is_let(struct build *build, const char *request)
{
    struct situation situation;
    struct courses courses;
    struct err ignored = {0};
    const struct course_question question = {build->conf, &situation, build->no_hosts, false};
    if (situation_parse(&situation, request, build->arena, &ignored) != 0 ||
        course_find(&courses, &question, build->arena, &ignored) != 0) {
        build->failed = build->failed || ignored.kind == ERR_MEM;
        return false;
    }
    for (size_t i = 0; i < courses.count; i++) {
        if (courses.course[i].end != END_DENY && courses.course[i].end != END_CONFLICT)
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

/* The first client who is served for both names, or NULL. */
static const char *
first_served(struct build *build, const struct named *one, const struct named *other)
{
    for (size_t i = 0; one->name != NULL && other->name != NULL && i < build->clients->count; i++) {
        const char *address = build->clients->address[i];
        if (is_served(build, address, one) && (other == one || is_served(build, address, other)))
            return address;
    }
    return NULL;
}

/* First those that are in no smaller network, then the others. Before the bypass is there, some clients may be served
 * for one of the names only. */
static void
find_client(struct build *build, const struct nets *nets)
{
    struct clients *clients = build->clients;
    for (int special = 0; special < 2; special++) {
        add_usual(clients, nets, special);
        add_named(clients, build, nets, special);
    }
    const char *address = first_served(build, &outcome_other, &build->bypassed);
    if (address == NULL)
        address = first_served(build, &outcome_other, &outcome_other);
    if (address == NULL)
        address = first_served(build, &build->bypassed, &build->bypassed);
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

/* Whom no port serves, with a password or without. */
static void
find_denied(struct build *build)
{
    const char *address;
    for (size_t i = 0; build->denied == NULL && (address = nth_client(build, i)) != NULL; i++) {
        bool served = false;
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
    bool peeks;
};

static void
add_group(void *arg, const struct acl *acl, bool negated)
{
    const struct grouping *grouping = arg;
    struct build *build = grouping->build;
    struct addr client;
    if (!role_is_group(acl) || negated || acl->net_count == 0 || build->group_count == GROUPS_MAX ||
        (addr_parse(&client, build->client, strlen(build->client)) && acl_nets_hold(acl, &client)))
        return;
    for (size_t i = 0; i < build->group_count; i++) {
        if (build->group_names[i] == acl->name)
            return;
    }
    const char *address = address_in(build, grouping->nets, acl);
    if (strncmp(address, "127.", 4) == 0)
        return;
    build->group_names[build->group_count] = acl->name;
    build->group_peeks[build->group_count] = grouping->peeks;
    build->groups[build->group_count++] = address;
}

/* A proxy that follow_x_forwarded_for trusts by its address. */
static void
note_front(void *arg, const struct acl *acl, bool negated)
{
    const struct grouping *grouping = arg;
    struct build *build = grouping->build;
    bool named = role_is_group(acl) || (acl->kind == ACL_SRC && strcmp(acl->name, "localhost") == 0);
    if (build->front == NULL && named && !negated && acl->net_count > 0)
        build->front = address_in(build, grouping->nets, acl);
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

/* Clients that http_access lets in or ssl_bump splices or peeks by their address, and the proxies in front. */
static void
find_groups(struct build *build, const struct nets *nets)
{
    struct grouping grouping = {build, nets, false};
    const struct ruleset *conf = build->conf;
    for (size_t i = 0; i < conf->follow.count; i++) {
        if (role_is(&conf->follow.rule[i], "allow"))
            build_each_acl(&conf->follow.rule[i], note_front, &grouping);
    }
    for (size_t i = 0; i < conf->access.count; i++) {
        if (role_is(&conf->access.rule[i], "allow"))
            build_each_acl(&conf->access.rule[i], add_group, &grouping);
    }
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

void
build_clients(struct build *build)
{
    static const char *const foreign[] = {"198.51.100.77", "203.0.113.77", "192.0.2.77", "2001:db8:ffff::77"};
    struct nets *nets = arena_array(build->arena, 1, sizeof *nets);
    struct hosts *hosts = NULL;
    struct err ignored = {0};
    build->clients = arena_array(build->arena, 1, sizeof *build->clients);
    if (nets == NULL || build->clients == NULL || hosts_make(&hosts, "", false, build->arena, &ignored) != 0) {
        build->failed = true;
        return;
    }
    nets->count = 0;
    *build->clients = (struct clients){.count = 0};
    build->no_hosts = hosts;
    for (size_t i = 0; i < build->conf->access.count; i++)
        build_each_acl(&build->conf->access.rule[i], add_nets, nets);
    find_client(build, nets);
    if (build->conf->follow.count > 0 || build->proxied)
        find_denied(build);
    find_limits(build);
    find_groups(build, nets);
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign && build->foreign == NULL; i++)
        build->foreign = is_known(build->conf, foreign[i]) ? NULL : foreign[i];
    build->lets_foreign = build->foreign != NULL && is_served(build, build->foreign, &outcome_other);
}
