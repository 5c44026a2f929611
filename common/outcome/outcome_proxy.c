// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_proxy.c - the situations of a port with require-proxy-header: whoever proxy_protocol_access allows may say
 * whose connection it is, so no client may be allowed. Part of outcome_parts.h.
 */
#include <string.h>

#include "base/err.h"
#include "outcome_parts.h"

/* A network with more bits is one that the administrator means, and not half of the Internet. */
#define NAMED_BITS_V4 (96 + 8)
#define NAMED_BITS_V6 16

/* Addresses that nobody has (RFC 5737, RFC 3849). */
static const char *const nobody[] = {"198.51.100.77", "203.0.113.77", "192.0.2.77", "2001:db8:ffff::77"};

struct naming {
    uint8_t bytes[16];
    bool named;
};

static unsigned
count_bits(const struct acl_net *net)
{
    unsigned bits = 0;
    while (bits < 128 && (net->mask[bits / 8] & (0x80u >> bits % 8)) != 0)
        bits++;
    return bits;
}

/* A network with the address that is no wider than an organisation's. */
static void
note_named(void *arg, const struct acl *acl, bool negated)
{
    struct naming *naming = arg;
    (void)negated;
    for (size_t i = 0; acl->kind == ACL_SRC && i < acl->net_count; i++) {
        const struct acl_net *net = &acl->nets[i];
        uint8_t masked[16];
        for (size_t k = 0; k < sizeof masked; k++)
            masked[k] = naming->bytes[k] & net->mask[k];
        bool holds = memcmp(masked, net->low, sizeof masked) >= 0 && memcmp(masked, net->high, sizeof masked) <= 0;
        bool v6 = count_bits(net) <= 96 || net->low[0] != 0;
        naming->named = naming->named || (holds && count_bits(net) > (v6 ? NAMED_BITS_V6 : NAMED_BITS_V4));
    }
}

/* True if the list itself names the address: then it is that of a proxy. */
static bool
is_named(const struct build *build, const char *text)
{
    struct naming naming = {.named = false};
    struct addr addr;
    if (!addr_parse(&addr, text, strlen(text)))
        return true;
    acl_net_bytes(naming.bytes, &addr);
    for (size_t i = 0; i < build->conf->proxies.count; i++)
        build_each_acl(&build->conf->proxies.rule[i], note_named, &naming);
    return naming.named;
}

/* True if the connection may say whose it is. */
static bool
is_believed(struct build *build, const struct listener *listener, const char *via)
{
    struct situation situation;
    struct courses courses;
    struct err ignored = {0};
    const struct course_question question = {build->conf, &situation, build->no_hosts, false};
    const char *request = build_text(build, "GET http://%s/ from=%s via=%s port=%s", outcome_other.name, build->client,
                                     via, listener->port->name);
    if (situation_parse(&situation, request, build->arena, &ignored) != 0 ||
        course_find(&courses, &question, build->arena, &ignored) != 0) {
        build->failed = build->failed || ignored.kind == ERR_MEM;
        return false;
    }
    for (size_t i = 0; i < courses.count; i++) {
        const struct course *course = &courses.course[i];
        if (course->step_count > 0 && course->steps[0].phase == PHASE_PROXY &&
            strcmp(course->steps[0].action, "allow") == 0)
            return true;
    }
    return false;
}

/* Somebody of the Internet: one who is believed, if there is one. */
static const char *
stranger(struct build *build, const struct listener *listener)
{
    const char *found = NULL;
    for (size_t i = 0; i < sizeof nobody / sizeof *nobody; i++) {
        if (is_named(build, nobody[i]))
            continue;
        if (is_believed(build, listener, nobody[i]))
            return nobody[i];
        found = found == NULL ? nobody[i] : found;
    }
    return found;
}

static void
add_claiming(struct build *build, const struct listener *listener, const char *who, const char *via)
{
    const char *other = outcome_other.name, *bypassed = build->bypassed.name;
    const char *user = build->asks ? build_text(build, " user=%s", build->user) : "";
    const char *tail = build_text(build, "from=%s via=%s", build->client, via);
    const char *target = !listener->explicit ? build_text(build, "GET http://%s/", other)
                                             : build_text(build, "CONNECT %s:443 sni=%s%s", other, other, user);
    struct outcome_case *one =
        build_case(build, listener, build_text(build, "another name, %s that says it is another one", who),
                   build_text(build, "%s %s", target, tail));
    if (one != NULL)
        one->wants = OUTCOME_CLAIM;
    if (bypassed == NULL || !listener->explicit)
        return;
    one = build_case(build, listener, build_text(build, "a bypassed name, %s that says it is another one", who),
                     build_text(build, "CONNECT %s:443 sni=%s %s", bypassed, bypassed, tail));
    if (one != NULL)
        one->wants = OUTCOME_CLAIM;
}

void
build_proxied(struct build *build, const struct listener *listener)
{
    if (!listener->port->proxied || build_is_loopback(listener->port))
        return;
    const char *via = stranger(build, listener);
    if (via != NULL)
        add_claiming(build, listener, "a client of an unknown network", via);
    if (build->denied != NULL)
        add_claiming(build, listener, "a client that is denied", build->denied);
}
