// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_client.c - which clients the situations have: one that is served as most are, one of each group that
 * http_access allows by its address, and one of a network that the configuration does not know. Part of
 * outcome_build.h.
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "outcome_build.h"

#define CLIENTS_MAX 64
#define USUAL 4 /* of them are tried first, whatever the configuration has */

/* ---- clients ---- */

/* Addresses to choose from. */
struct clients {
    struct build *build;
    const char *address[CLIENTS_MAX];
    size_t count;
    const struct rule *rule;
};

/* An address of a network: not its first one, if it has more; `high`: one near its end. */
static const char *
address_near(struct build *build, const struct acl *acl, size_t net, bool high)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    struct addr addr = {.v6 = memcmp(acl->nets[net].low, mapped, sizeof mapped) != 0};
    size_t skip = addr.v6 ? 0 : 12;
    char text[ADDR_TEXT_MAX];
    for (size_t i = 0; i < 16 - skip; i++)
        addr.bytes[i] = (uint8_t)(acl->nets[net].low[skip + i] | (high ? ~acl->nets[net].mask[skip + i] : 0));
    uint8_t *last = &addr.bytes[addr.v6 ? 15 : 3], was = *last;
    *last = (uint8_t)(high ? was & ~5 : was | 5);
    if (!acl_nets_hold(acl, &addr))
        *last = was;
    addr_format(text, &addr);
    return build_text(build, "%s", text);
}

static const char *
address_in(struct build *build, const struct acl *acl, size_t net)
{
    return address_near(build, acl, net, false);
}

/* A rule may refuse some of a network, so there is another client of each. */
static void
add_ends(void *arg, const struct acl *acl, bool negated)
{
    struct clients *clients = arg;
    (void)negated;
    for (size_t i = 0; build_is_group(acl) && i < acl->net_count && clients->count < CLIENTS_MAX; i++)
        clients->address[clients->count++] = address_near(clients->build, acl, i, true);
}

static void
add_networks(void *arg, const struct acl *acl, bool negated)
{
    struct clients *clients = arg;
    (void)negated;
    for (size_t i = 0; build_is_group(acl) && i < acl->net_count && clients->count < CLIENTS_MAX; i++)
        clients->address[clients->count++] = address_in(clients->build, acl, i);
}

/* True if not every course of the request ends with a refusal. */
static bool
is_let(struct build *build, const struct hosts *hosts, const char *request)
{
    struct situation situation;
    struct courses courses;
    struct err ignored = {0};
    const struct course_question question = {build->conf, &situation, hosts, false};
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

/* A client is served if some port lets the name through, or asks for a password. */
static bool
is_served(struct build *build, const struct hosts *hosts, const char *address, const struct named *named)
{
    for (size_t i = 0; i < build->conf->port_count; i++) {
        const char *tail =
            build_text(build, "from=%s user=%s port=%s", address, build->user, build->conf->ports[i].name);
        if (is_let(build, hosts, build_text(build, "GET http://%s/ %s", named->name, tail)) ||
            is_let(build, hosts, build_text(build, "CONNECT %s:443 %s", named->name, tail)) ||
            is_let(build, hosts, build_text(build, "INTERCEPT %s:443 sni=%s %s", named->address, named->name, tail)))
            return true;
    }
    return false;
}

/* The first client that is served with both names. */
static bool
choose_client(struct build *build, const struct hosts *hosts, const struct clients *clients, const struct named *a,
              const struct named *b)
{
    for (size_t i = 0; i < clients->count; i++) {
        const char *address = clients->address[i];
        if (!is_served(build, hosts, address, a) || (a != b && !is_served(build, hosts, address, b)))
            continue;
        build->client = address;
        return true;
    }
    return false;
}

static void
find_client(struct build *build, const struct hosts *hosts)
{
    struct clients clients = {
        .build = build, .address = {"10.1.0.5", "172.16.0.5", "192.168.0.5", "fd00::5"}, .count = USUAL};
    for (size_t i = 0; i < build->conf->access.count; i++)
        build_each_acl(&build->conf->access.rule[i], add_networks, &clients);
    build->client = clients.address[0]; /* if nobody is served: one that some rule names */
    for (size_t i = clients.count; i-- > USUAL;) {
        if (strncmp(clients.address[i], "127.", 4) != 0)
            build->client = clients.address[i];
    }
    for (size_t i = 0; i < build->conf->access.count; i++)
        build_each_acl(&build->conf->access.rule[i], add_ends, &clients);
    const struct named *both = build->bypassed.name == NULL ? &outcome_other : &build->bypassed;
    if (!choose_client(build, hosts, &clients, &outcome_other, both) &&
        !choose_client(build, hosts, &clients, &outcome_other, &outcome_other))
        choose_client(build, hosts, &clients, both, both);
}

static bool
is_known(const struct ruleset *conf, const char *text)
{
    struct addr addr;
    if (!addr_parse(&addr, text, strlen(text)))
        return true;
    for (size_t b = 0; b < ACL_BUCKETS; b++) {
        for (const struct acl *acl = conf->buckets[b]; acl != NULL; acl = acl->next) {
            if (build_is_group(acl) && acl_nets_hold(acl, &addr))
                return true;
        }
    }
    return false;
}

static void
add_group(void *arg, const struct acl *acl, bool negated)
{
    struct build *build = arg;
    struct addr client;
    if (!build_is_group(acl) || negated || acl->net_count == 0 || build->group_count == GROUPS_MAX ||
        (addr_parse(&client, build->client, strlen(build->client)) && acl_nets_hold(acl, &client)))
        return;
    for (size_t i = 0; i < build->group_count; i++) {
        if (build->group_names[i] == acl->name)
            return;
    }
    const char *address = address_in(build, acl, 0);
    if (strncmp(address, "127.", 4) == 0)
        return;
    build->group_names[build->group_count] = acl->name;
    build->groups[build->group_count++] = address;
}

/* A proxy that follow_x_forwarded_for trusts by its address. */
static void
note_front(void *arg, const struct acl *acl, bool negated)
{
    struct build *build = arg;
    bool named = build_is_group(acl) || (acl->kind == ACL_SRC && strcmp(acl->name, "localhost") == 0);
    if (build->front == NULL && named && !negated && acl->net_count > 0)
        build->front = address_in(build, acl, 0);
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
    if (build_is_group(acl) && negated != limit->allows && acl_nets_hold(acl, &limit->client))
        limit->limits = true;
}

static void
find_limits(struct build *build)
{
    struct limit limit = {.limits = false};
    if (!addr_parse(&limit.client, build->client, strlen(build->client)))
        return;
    for (size_t i = 0; i < build->conf->access.count; i++) {
        limit.allows = strcmp(build->conf->access.rule[i].action, "allow") == 0;
        build_each_acl(&build->conf->access.rule[i], note_limit, &limit);
    }
    build->limits = limit.limits;
}

void
build_clients(struct build *build)
{
    static const char *const foreign[] = {"198.51.100.77", "203.0.113.77", "192.0.2.77", "2001:db8:ffff::77"};
    struct hosts *hosts;
    struct err ignored = {0};
    if (hosts_make(&hosts, "", false, build->arena, &ignored) != 0) {
        build->failed = true;
        return;
    }
    find_client(build, hosts);
    find_limits(build);
    for (size_t i = 0; i < build->conf->follow.count; i++) {
        if (strcmp(build->conf->follow.rule[i].action, "allow") == 0)
            build_each_acl(&build->conf->follow.rule[i], note_front, build);
    }
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign && build->foreign == NULL; i++)
        build->foreign = is_known(build->conf, foreign[i]) ? NULL : foreign[i];
    for (size_t i = 0; i < build->conf->access.count; i++) {
        if (strcmp(build->conf->access.rule[i].action, "allow") == 0)
            build_each_acl(&build->conf->access.rule[i], add_group, build);
    }
}
