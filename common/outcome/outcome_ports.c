// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_ports.c - ports of servers by which http_access allows or does not ask, or which ssl_bump tells apart: the
 * client chooses the port. Part of outcome_parts.h.
 */
#include <string.h>

#include "outcome_parts.h"

#define PORTS_MAX 6        /* that are asked about */
#define PORTS_OF_ACL_MAX 3 /* of one ACL */
#define PORT_HTTP 80
#define PORT_TLS 443
#define PORT_LAST 65535
#define POINTS_MAX 32
#define RANGES_MAX 16 /* of one ACL that are looked at */

struct chosen {
    const struct acl *acl;
    unsigned port;
    const char *method; /* that the rule has as well */
};

struct choosing {
    struct build *build;
    const struct listener *listener;
    unsigned points[POINTS_MAX]; /* where some rule begins or ends to be about a port, and somebody is let in */
    size_t point_count;
    bool tunnels; /* only a CONNECT counts */
    bool allows;
    const char *method; /* of the rule at hand */
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

/* True if some request with this port, of a user, is not refused. */
static bool
is_open(const struct choosing *choosing, unsigned port)
{
    struct build *build = choosing->build;
    const char *tail =
        build_text(build, "from=%s user=%s port=%s", build->client, build->user, choosing->listener->port->name);
    return (!choosing->tunnels &&
            build_is_let(build, build_text(build, "GET http://%s:%u/ %s", outcome_other.name, port, tail))) ||
           build_is_let(build, build_text(build, "CONNECT %s:%u %s", outcome_other.name, port, tail));
}

/* The usual ones are asked about anyway. */
static void
add_point(struct choosing *choosing, unsigned port)
{
    bool known =
        port == PORT_HTTP || port == PORT_TLS || port == 0 || port > PORT_LAST || choosing->point_count == POINTS_MAX;
    for (size_t i = 0; i < choosing->point_count && !known; i++)
        known = choosing->points[i] == port;
    if (!known && is_open(choosing, port))
        choosing->points[choosing->point_count++] = port;
}

static void
add_points(void *arg, const struct acl *acl, bool negated)
{
    (void)negated;
    for (size_t i = 0; acl->kind == ACL_PORT && i < acl->range_count && i < RANGES_MAX; i++) {
        add_point(arg, acl->ranges[i].low);
        add_point(arg, acl->ranges[i].high);
        add_point(arg, acl->ranges[i].high + 1);
    }
}

static void
choose(struct choosing *choosing, const struct acl *acl, unsigned port)
{
    for (size_t i = 0; i < choosing->count; i++) {
        if (choosing->chosen[i].port == port && strcmp(choosing->chosen[i].method, choosing->method) == 0)
            return;
    }
    if (choosing->count < PORTS_MAX)
        choosing->chosen[choosing->count++] = (struct chosen){acl, port, choosing->method};
}

/* A rule that asks is about other ports than those that it lets pass. */
static void
note_port(void *arg, const struct acl *acl, bool negated)
{
    struct choosing *choosing = arg;
    bool inside = negated != choosing->allows;
    size_t count = 0;
    for (size_t i = 0; acl->kind == ACL_PORT && i < choosing->point_count && count < PORTS_OF_ACL_MAX; i++) {
        if (holds(acl, choosing->points[i]) != inside)
            continue;
        choose(choosing, acl, choosing->points[i]);
        count++;
    }
}

static void
note_method(void *arg, const struct acl *acl, bool negated)
{
    struct choosing *choosing = arg;
    if (acl->kind == ACL_METHOD && !negated && acl->text_count > 0 && strcmp(acl->texts[0], "CONNECT") != 0)
        choosing->method = acl->texts[0];
}

static bool
is_port(const struct acl *acl)
{
    return acl->kind == ACL_PORT;
}

static void
find_points(struct choosing *ret, const struct rules *rules)
{
    static const unsigned usual[] = {8080, 8443, 1025, 21};
    for (size_t i = 0; i < rules->count && ret->point_count < POINTS_MAX; i++)
        build_each_acl(&rules->rule[i], add_points, ret);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        add_point(ret, usual[i]);
}

static void
find(struct choosing *ret, const struct rules *rules)
{
    for (size_t i = 0; i < rules->count && ret->count < PORTS_MAX; i++) {
        const struct rule *rule = &rules->rule[i];
        ret->allows = role_is(rule, "allow");
        if (!role_uses(rule, is_port, false) || (!ret->allows && !role_uses(rule, role_is_password, false)))
            continue;
        if (ret->point_count == 0)
            find_points(ret, rules);
        ret->method = "GET";
        build_each_acl(rule, note_method, ret);
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
    const char *plain = strcmp(chosen->method, "GET") == 0 ? "plain HTTP" : chosen->method;
    unsigned port = chosen->port, want = build->asks && !listener->apart ? OUTCOME_PASSWORD : 0;
    add(build, build_text(build, "%s to another name, no password, but port %u of `%s`", plain, port, acl),
        build_text(build, "%s http://%s:%u/ from=%s", chosen->method, name, port, build->client), want);
    add(build, build_text(build, "another name, no password, but port %u of `%s`", port, acl),
        build_text(build, "CONNECT %s:%u sni=%s from=%s", name, port, name, build->client), want);
    if (build->foreign == NULL || build->lets_foreign || build_is_loopback(listener->port))
        return;
    add(build, build_text(build, "%s, client of an unknown network, but port %u of `%s`", plain, port, acl),
        build_text(build, "%s http://%s:%u/ from=%s", chosen->method, name, port, build->foreign), OUTCOME_REFUSE);
    add(build, build_text(build, "another name, client of an unknown network, but port %u of `%s`", port, acl),
        build_text(build, "CONNECT %s:%u sni=%s from=%s", name, port, name, build->foreign), OUTCOME_REFUSE);
}

/* ---- TLS of another port than 443 ---- */

static bool
has_port(const struct rules *rules)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (role_uses(&rules->rule[i], is_port, false))
            return true;
    }
    return false;
}

static const char *
tunnel(struct build *build, unsigned port)
{
    const char *name = outcome_other.name, *user = build->asks ? build_text(build, " user=%s", build->user) : "";
    return build_text(build, "CONNECT %s:%u sni=%s%s from=%s", name, port, name, user, build->client);
}

/* The first course of the tunnel that ends as a splice, if there is one; *ret_step is what it is owed to. */
static bool
is_spliced(struct build *build, unsigned port, const struct course_step **ret_step)
{
    struct courses courses;
    const char *request = build_text(build, "%s port=%s", tunnel(build, port), build->listener->port->name);
    bool found = build_courses(&courses, build, request);
    for (size_t i = 0; found && i < courses.count; i++) {
        *ret_step = outcome_blamed(OUTCOME_INSPECT, &courses.course[i]);
        if (courses.course[i].end == END_SPLICE)
            return true;
    }
    return false;
}

/* A rule that says `splice` may be meant for the port, as on 443 the same is inspected. Where none matches, one peeks
 * again or the helper gives no answer, the port was forgotten. */
static void
add_tunnel(struct build *build, unsigned port)
{
    const struct course_step *step = NULL;
    bool spliced = is_spliced(build, port, &step);
    bool ruled = spliced && step != NULL && step->rule != NULL && !step->stopped;
    bool meant = ruled && (role_is(step->rule, "splice") || role_is(step->rule, "none"));
    add(build, build_text(build, "another name, port %u", port), tunnel(build, port),
        meant ? OUTCOME_INSPECT | OUTCOME_NOTE : OUTCOME_INSPECT);
    if (!meant)
        add(build, build_text(build, "another name, port %u, helper busy during ssl_bump", port),
            build_text(build, "%s helper=busy", tunnel(build, port)), OUTCOME_INSPECT);
}

static void
add_tunnels(struct build *build, const struct listener *listener)
{
    struct choosing choosing = {.build = build, .listener = listener, .tunnels = true};
    const struct course_step *step = NULL;
    if (!listener->port->bumps || !build->inspects || !has_port(&build->conf->bump) ||
        is_spliced(build, PORT_TLS, &step))
        return;
    find_points(&choosing, &build->conf->bump);
    for (size_t i = 0; i < build->conf->access.count; i++)
        build_each_acl(&build->conf->access.rule[i], add_points, &choosing);
    for (size_t i = 0; i < choosing.point_count && i < PORTS_MAX; i++)
        add_tunnel(build, choosing.points[i]);
}

void
build_ports(struct build *build, const struct listener *listener)
{
    struct choosing choosing = {.build = build, .listener = listener};
    if (!listener->explicit || build->more != NULL)
        return;
    find(&choosing, &build->conf->access);
    for (size_t i = 0; i < choosing.count; i++)
        add_port(build, listener, &choosing.chosen[i]);
    add_tunnels(build, listener);
}
