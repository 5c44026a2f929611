// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_ports.c - ports of servers by which http_access allows, or does not ask: the client chooses the port. Part of
 * outcome_parts.h.
 */
#include <string.h>

#include "outcome_parts.h"

#define PORTS_MAX 6        /* that are asked about */
#define PORTS_OF_ACL_MAX 3 /* of one ACL */
#define PORT_HTTP 80
#define PORT_TLS 443

struct chosen {
    const struct acl *acl;
    unsigned port;
};

struct choosing {
    bool allows;
    struct chosen chosen[PORTS_MAX];
    size_t count;
};

static bool
holds(const struct acl *acl, unsigned port)
{
    for (size_t i = 0; i < acl->range_count; i++) {
        if (port >= acl->ranges[i].low && port <= acl->ranges[i].high)
            return true;
    }
    return false;
}

/* The usual ones are asked about anyway. False: this one is not asked about. */
static bool
choose(struct choosing *choosing, const struct acl *acl, unsigned port)
{
    bool asked = port == PORT_HTTP || port == PORT_TLS || port == 0 || choosing->count == PORTS_MAX;
    for (size_t i = 0; i < choosing->count && !asked; i++)
        asked = choosing->chosen[i].port == port;
    if (!asked)
        choosing->chosen[choosing->count++] = (struct chosen){acl, port};
    return !asked;
}

/* Of each range the first one; of a range that begins with a usual one the next. */
static void
choose_inside(struct choosing *choosing, const struct acl *acl)
{
    size_t count = 0;
    for (size_t i = 0; i < acl->range_count && count < PORTS_OF_ACL_MAX; i++) {
        unsigned port = acl->ranges[i].low;
        while (port < acl->ranges[i].high && (port == 0 || port == PORT_HTTP || port == PORT_TLS))
            port++;
        count += choose(choosing, acl, port);
    }
}

static void
choose_outside(struct choosing *choosing, const struct acl *acl)
{
    static const unsigned usual[] = {8080, 8443, 1025, 21};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        if (!holds(acl, usual[i]) && choose(choosing, acl, usual[i]))
            return;
    }
}

/* A rule that asks is about other ports than those that it lets pass. */
static void
note_port(void *arg, const struct acl *acl, bool negated)
{
    struct choosing *choosing = arg;
    if (acl->kind != ACL_PORT)
        return;
    if (negated != choosing->allows)
        choose_inside(choosing, acl);
    else
        choose_outside(choosing, acl);
}

static void
find(struct choosing *ret, const struct rules *rules)
{
    ret->count = 0;
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->rule[i];
        ret->allows = role_is(rule, "allow");
        if (ret->allows || role_uses(rule, role_is_password, false))
            build_each_acl(rule, note_port, ret);
    }
}

static void
add(struct build *build, const char *title, const char *request, unsigned want)
{
    struct outcome_case *one = build_case(build, build->listener, title, request);
    if (one != NULL)
        one->wants = want;
}

static void
add_port(struct build *build, const struct listener *listener, const struct chosen *chosen)
{
    const char *name = outcome_other.name, *acl = chosen->acl->name;
    unsigned port = chosen->port, want = build->asks && !listener->apart ? OUTCOME_PASSWORD : 0;
    add(build, build_text(build, "plain HTTP to another name, no password, but port %u of `%s`", port, acl),
        build_text(build, "GET http://%s:%u/ from=%s", name, port, build->client), want);
    add(build, build_text(build, "another name, no password, but port %u of `%s`", port, acl),
        build_text(build, "CONNECT %s:%u sni=%s from=%s", name, port, name, build->client), want);
    if (build->foreign == NULL || build->lets_foreign || build_is_loopback(listener->port))
        return;
    add(build, build_text(build, "plain HTTP, client of an unknown network, but port %u of `%s`", port, acl),
        build_text(build, "GET http://%s:%u/ from=%s", name, port, build->foreign), OUTCOME_REFUSE);
    add(build, build_text(build, "another name, client of an unknown network, but port %u of `%s`", port, acl),
        build_text(build, "CONNECT %s:%u sni=%s from=%s", name, port, name, build->foreign), OUTCOME_REFUSE);
}

void
build_ports(struct build *build, const struct listener *listener)
{
    struct choosing choosing;
    if (!listener->explicit || build->more != NULL)
        return;
    find(&choosing, &build->conf->access);
    for (size_t i = 0; i < choosing.count; i++)
        add_port(build, listener, &choosing.chosen[i]);
}
