// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_class.c - clients of each class of addresses that the rules tell apart: what is true of the usual client need
 * not be so of another network. Part of outcome_parts.h.
 *
 * Those of a network that a rule names are always asked about; of the others only what a rule decides that does not
 * decide about the usual client.
 */
#include <string.h>

#include "base/arena.h"
#include "outcome_net.h"
#include "outcome_parts.h"

#define CLASSES_ASKED 32 /* the largest ones */
#define PAIRS_MAX 96     /* of a client and a port, but for networks that a rule names */

/* ---- which there are ---- */

static const struct nets_class *
class_of(const struct nets *nets, const char *address)
{
    struct addr addr;
    uint8_t bytes[16];
    if (!addr_parse(&addr, address, strlen(address)))
        return NULL;
    acl_net_bytes(bytes, &addr);
    return nets_class(nets, bytes);
}

/* True if http_access lets some request of these courses in, whatever becomes of it. */
static bool
is_entered(const struct courses *courses)
{
    for (size_t i = 0; i < courses->count; i++) {
        const struct course *course = &courses->course[i];
        for (size_t s = 0; s < course->step_count; s++) {
            if (course->steps[s].phase == PHASE_ACCESS && strcmp(course->steps[s].action, "allow") == 0)
                return true;
        }
    }
    return false;
}

static bool
enters(struct build *build, const struct port *port, const struct client_group *group, const struct named *named)
{
    struct courses courses;
    const char *tail = build_text(build, "from=%s user=%s port=%s", group->address, group->user, port->name);
    return named->name != NULL &&
           ((!port->intercepts &&
             build_courses(&courses, build, build_text(build, "CONNECT %s:443 %s", named->name, tail)) &&
             is_entered(&courses)) ||
            (port->intercepts && port->https &&
             build_courses(&courses, build,
                           build_text(build, "INTERCEPT %s:443 sni=%s %s", named->address, named->name, tail)) &&
             is_entered(&courses)));
}

static bool
enters_any(struct build *build, const struct port *port, const struct client_group *group)
{
    return enters(build, port, group, &outcome_other) || enters(build, port, group, &build->bypassed);
}

static bool
is_let_in(struct build *build, const struct client_group *group)
{
    for (size_t i = 0; i < build->conf->port_count; i++) {
        if (enters_any(build, &build->conf->ports[i], group))
            return true;
    }
    return false;
}

static bool
has_name(const struct build *build, const char *name)
{
    for (size_t i = 0; i < build->group_count; i++) {
        if (build->groups[i].name == name)
            return true;
    }
    return false;
}

static void
add_class(struct build *build, const struct nets *nets, const struct nets_class *one, const struct nets_class *usual)
{
    const struct acl *acl = nets_own(nets, one, usual == NULL ? 0 : usual->acls);
    struct client_group group = {
        .name = acl == NULL ? NULL : acl->name, .address = nets_class_text(build, one), .user = build->user};
    if (acl == NULL || has_name(build, acl->name))
        group.who = build_text(build, "client %s", group.address);
    else
        group.who = build_text(build, "client of `%s`", acl->name);
    /* Squid's stock `localnet` has addresses that hardly anybody has. */
    if ((one->private || acl != NULL) && is_let_in(build, &group))
        build->groups[build->group_count++] = group;
}

/* The largest class that was not asked about, and is asked about now. */
static const struct nets_class *
next_class(const struct nets *nets, bool asked[NETS_CLASSES_MAX])
{
    size_t best = nets->class_count;
    for (size_t i = 0; i < nets->class_count; i++) {
        if (!asked[i] && (best == nets->class_count || nets->classes[i].size > nets->classes[best].size))
            best = i;
    }
    if (best == nets->class_count)
        return NULL;
    asked[best] = true;
    return &nets->classes[best];
}

/* Those of the usual client and of the groups are there. */
static void
find_classes(struct build *build, const struct nets *nets)
{
    const struct nets_class *usual = class_of(nets, build->client), *one;
    bool asked[NETS_CLASSES_MAX] = {false};
    if (usual != NULL)
        asked[usual - nets->classes] = true;
    for (size_t i = 0; i < build->group_count; i++) {
        one = class_of(nets, build->groups[i].address);
        if (one != NULL)
            asked[one - nets->classes] = true;
        build->groups[i].large = one != NULL && usual != NULL && one->size >= usual->size;
    }
    for (size_t n = 0; n < CLASSES_ASKED && build->group_count < GROUPS_MAX && (one = next_class(nets, asked)) != NULL;
         n++) {
        size_t count = build->group_count;
        add_class(build, nets, one, usual);
        if (build->group_count > count)
            build->groups[count].large = usual != NULL && one->size >= usual->size;
    }
}

void
build_classes(struct build *build)
{
    struct nets *nets;
    if (build->more != NULL || build->failed)
        return;
    nets = arena_array(build->arena, 1, sizeof *nets);
    build->failed = nets == NULL;
    if (nets == NULL)
        return;
    nets_find_all(nets, build->conf);
    find_classes(build, nets);
}

/* ---- their situations ---- */

/* A client of a group at a port. */
struct asking {
    struct build *build;
    const struct listener *listener;
    const struct client_group *group;
    bool inspected; /* other names are, and none of them is spliced */
    bool enters;    /* http_access lets in something */
};

/* A situation of a client. */
struct wish {
    const char *what, *request; /* of the title and of the REQUEST */
    bool password;
    unsigned wants;
    bool always; /* also if the same rules decide as about the usual client */
};

static bool
is_alike(const struct courses *a, const struct courses *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        const struct course *x = &a->course[i], *y = &b->course[i];
        same = x->end == y->end && x->step_count == y->step_count;
        for (size_t s = 0; same && s < x->step_count; s++)
            same = x->steps[s].rule == y->steps[s].rule && x->steps[s].stopped == y->steps[s].stopped;
    }
    return same;
}

static const char *
request_of(const struct asking *asking, const struct wish *wish, const char *address, const char *user)
{
    struct build *build = asking->build;
    const char *password = wish->password && build->asks ? build_text(build, " user=%s", user) : "";
    return build_text(build, "%s%s from=%s", wish->request, password, address);
}

/* True if the same rules decide about the usual client. */
static bool
is_usual(const struct asking *asking, const struct wish *wish, const char *request)
{
    struct build *build = asking->build;
    const char *port = asking->listener->port->name, *usual = request_of(asking, wish, build->client, build->user);
    struct courses is, was;
    return !build_courses(&is, build, build_text(build, "%s port=%s", request, port)) ||
           !build_courses(&was, build, build_text(build, "%s port=%s", usual, port)) || is_alike(&is, &was);
}

static void
add(const struct asking *asking, const struct wish *wish)
{
    struct build *build = asking->build;
    const char *request = request_of(asking, wish, asking->group->address, asking->group->user);
    if (!wish->always && is_usual(asking, wish, request))
        return;
    struct outcome_case *one =
        build_case(build, asking->listener, build_text(build, "%s, %s", wish->what, asking->group->who), request);
    if (one != NULL)
        one->wants = wish->wants;
}

/* True if some TLS of the client to another name is inspected, and none is spliced. */
static bool
inspects(const struct asking *asking)
{
    struct build *build = asking->build;
    const char *name = outcome_other.name,
               *tail = build_text(build, "from=%s port=%s", asking->group->address, asking->listener->port->name);
    bool inspected = false;
    struct courses courses;
    if (!build_courses(
            &courses, build,
            asking->listener->tls
                ? build_text(build, "INTERCEPT %s:443 sni=%s %s", outcome_other.address, name, tail)
                : build_text(build, "CONNECT %s:443 sni=%s user=%s %s", name, name, asking->group->user, tail)))
        return false;
    for (size_t i = 0; i < courses.count; i++) {
        if (courses.course[i].end == END_SPLICE)
            return false;
        inspected = inspected || courses.course[i].end == END_BUMP;
    }
    return inspected && build->inspects && asking->listener->port->bumps;
}

/* A network that is let in has the bypass; of a smaller one than the usual client's it is only worth knowing that it
 * has none. */
static unsigned
bypass_of(const struct asking *asking)
{
    unsigned worth = asking->group->large ? OUTCOME_BYPASS : OUTCOME_BYPASS | OUTCOME_THROUGH | OUTCOME_NOTE;
    return asking->enters && asking->build->more == NULL ? worth : OUTCOME_BYPASS | OUTCOME_THROUGH;
}

static void
add_explicit(const struct asking *asking)
{
    struct build *build = asking->build;
    const struct client_group *group = asking->group;
    const struct listener *listener = asking->listener;
    const char *bypassed = build->bypassed.name, *other = outcome_other.name, *stranger = outcome_stranger.name;
    unsigned want = group->peeks && build->inspects && listener->port->bumps ? OUTCOME_INSPECT : 0,
             asks = group->asks && build_asks(build, group->address, listener->port, true) ? OUTCOME_PASSWORD : 0;
    const char *plain = build_text(build, "CONNECT %s:443 sni=%s", other, other);
    if (bypassed != NULL)
        add(asking, &(struct wish){"a bypassed name", build_text(build, "CONNECT %s:443 sni=%s", bypassed, bypassed),
                                   false, bypass_of(asking), group->named});
    add(asking, &(struct wish){"another name, no password", plain, false, want | asks, group->named});
    if (build->asks)
        add(asking, &(struct wish){"another name", plain, true, want, group->named});
    if (!asking->inspected)
        return;
    if (bypassed != NULL)
        add(asking, &(struct wish){"a stranger with a bypassed SNI",
                                   build_text(build, "CONNECT %s:443 sni=%s", stranger, bypassed), true,
                                   OUTCOME_INSPECT, false});
    add(asking, &(struct wish){"another name, helper busy during ssl_bump", build_text(build, "%s helper=busy", plain),
                               true, OUTCOME_INSPECT, false});
}

static void
add_tls(const struct asking *asking)
{
    struct build *build = asking->build;
    const struct named *bypassed = &build->bypassed;
    unsigned want = build->by_address ? bypass_of(asking) : 0;
    if (bypassed->name != NULL)
        add(asking, &(struct wish){"a bypassed name",
                                   build_text(build, "INTERCEPT %s:443 sni=%s", bypassed->address, bypassed->name),
                                   false, want, false});
    add(asking, &(struct wish){"another name",
                               build_text(build, "INTERCEPT %s:443 sni=%s", outcome_other.address, outcome_other.name),
                               false, 0, false});
    if (asking->inspected && bypassed->name != NULL)
        add(asking,
            &(struct wish){"a stranger with a bypassed SNI",
                           build_text(build, "INTERCEPT %s:443 sni=%s", outcome_stranger.address, bypassed->name),
                           false, OUTCOME_INSPECT, false});
}

void
build_groups(struct build *build, const struct listener *listener)
{
    bool more = build->more == NULL && !build_is_loopback(listener->port);
    size_t most = PAIRS_MAX / (build->conf->port_count + 1) + 1;
    for (size_t i = 0; i < build->group_count; i++) {
        struct asking asking = {.build = build, .listener = listener, .group = &build->groups[i]};
        bool plays = more && i < most;
        asking.enters = plays && enters_any(build, listener->port, asking.group);
        asking.inspected = plays && inspects(&asking);
        if (listener->explicit && (plays || asking.group->named))
            add_explicit(&asking);
        else if (listener->tls && plays)
            add_tls(&asking);
    }
}

bool
build_is_inspected(struct build *build, const struct client_group *group)
{
    return inspects(&(struct asking){.build = build, .listener = build->listener, .group = group});
}

/* ---- which one a rule is about ---- */

static int takes(const struct acl *acl, const struct addr *addr, unsigned depth);

static int
line_takes(const struct acl_uses *uses, const struct addr *addr, bool any, unsigned depth)
{
    int found = !any;
    for (size_t i = 0; i < uses->count; i++) {
        int is = takes(uses->use[i].acl, addr, depth);
        is = is < 0 ? -1 : is != uses->use[i].negated;
        if (is == (any ? 1 : 0))
            return is;
        found = is < 0 ? -1 : found;
    }
    return found;
}

/* Whether the networks of an ACL have an address: 1, 0, or -1 if that is not up to networks. */
static int
takes(const struct acl *acl, const struct addr *addr, unsigned depth)
{
    int found = 0;
    if (role_is_group(acl))
        return acl_nets_hold(acl, addr);
    if (acl->line_count == 0 || depth == 0)
        return -1;
    for (size_t line = 0; line < acl->line_count; line++) {
        int is = line_takes(&acl->lines[line], addr, acl->kind == ACL_ANY_OF, depth - 1);
        if (is == 1)
            return 1;
        found = is < 0 ? -1 : found;
    }
    return found;
}

static bool
is_about(const struct rule *rule, const char *address)
{
    struct addr addr;
    return !addr_parse(&addr, address, strlen(address)) || line_takes(&rule->uses, &addr, false, ROLE_DEPTH) != 0;
}

const struct client_group *
build_group_of(const struct build *build, const struct rule *rule)
{
    if (build->more != NULL || is_about(rule, build->client))
        return NULL;
    for (size_t i = 0; i < build->group_count; i++) {
        if (is_about(rule, build->groups[i].address))
            return &build->groups[i];
    }
    return NULL;
}
