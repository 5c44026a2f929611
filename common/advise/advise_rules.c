// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * advise_rules.c - findings that no request shows: networks of clients that are wider than anybody's, ports and
 * times without inspection, and what becomes of requests after http_access. Part of advise_build.h.
 */
#include <string.h>

#include "advise_build.h"
#include "advise_worker.h"
#include "base/err.h"
#include "name/addr.h"
#include "name/addr_special.h"

#define PUBLIC_MAX (UINT64_C(1) << 24) /* addresses: a /8 */
#define V6_BITS_MIN 16                 /* no provider has more than that */
#define ACLS_MAX 64

/* ---- networks ---- */

static uint32_t
word_at(const uint8_t bytes[16])
{
    return (uint32_t)bytes[12] << 24 | (uint32_t)bytes[13] << 16 | (uint32_t)bytes[14] << 8 | bytes[15];
}

static bool
is_v4(const struct acl_net *net)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    return memcmp(net->low, mapped, sizeof mapped) == 0;
}

/* How many public addresses a network of IPv4 has. */
static uint64_t
count_public(const struct acl_net *net)
{
    return addr_public_v4(word_at(net->low), word_at(net->high) | ~word_at(net->mask));
}

static unsigned
count_bits(const struct acl_net *net)
{
    unsigned bits = 0;
    while (bits < 128 && (net->mask[bits / 8] & (0x80u >> bits % 8)) != 0)
        bits++;
    return bits;
}

/* True for a network of IPv6 that is wider than a provider's, and not one for local addresses. */
static bool
is_wide_v6(const struct acl_net *net)
{
    bool local = (net->low[0] & 0xfe) == 0xfc || (net->low[0] == 0xfe && (net->low[1] & 0xc0) == 0x80);
    return count_bits(net) < V6_BITS_MIN && !local;
}

/* The widest network of an ACL that lets in more than a /8 of public addresses in all; NULL: it does not. One with all
 * addresses is another matter: then no network is named. */
static const struct acl_net *
widest(const struct acl *acl)
{
    const struct acl_net *found = NULL;
    uint64_t most = 0, all = 0;
    for (size_t i = 0; !acl_nets_hold_all(acl) && i < acl->net_count; i++) {
        const struct acl_net *net = &acl->nets[i];
        if (!is_v4(net) && is_wide_v6(net))
            return net;
        uint64_t count = is_v4(net) ? count_public(net) : 0;
        all += count;
        if (count > most) {
            most = count;
            found = net;
        }
    }
    return all > PUBLIC_MAX ? found : NULL;
}

static const char *
text_of(struct advice *advice, const struct acl_net *net)
{
    bool v4 = is_v4(net);
    struct addr low = {.v6 = !v4}, high = {.v6 = !v4};
    char from[ADDR_TEXT_MAX], to[ADDR_TEXT_MAX];
    memcpy(low.bytes, net->low + (v4 ? 12 : 0), v4 ? 4 : 16);
    memcpy(high.bytes, net->high + (v4 ? 12 : 0), v4 ? 4 : 16);
    addr_format(from, &low);
    addr_format(to, &high);
    if (memcmp(net->low, net->high, sizeof net->low) != 0)
        return advise_text(advice, "%s-%s", from, to);
    return advise_text(advice, "%s/%u", from, count_bits(net) - (v4 ? 96 : 0));
}

/* ACLs that were looked at. */
struct looked {
    const struct acl *acl[ACLS_MAX];
    size_t count;
};

static bool
is_new(struct looked *looked, const struct acl *acl)
{
    for (size_t i = 0; i < looked->count; i++) {
        if (looked->acl[i] == acl)
            return false;
    }
    if (looked->count == ACLS_MAX)
        return false;
    looked->acl[looked->count++] = acl;
    return true;
}

static void
say_wide(struct advice *advice, const struct rule *rule, const struct acl *acl, const struct acl_net *net)
{
    bool access = rule >= advice->conf->access.rule && rule < advice->conf->access.rule + advice->conf->access.count;
    const char *text = advise_text(advice,
                                   "`%s` takes more public addresses than a /8 for %s of yours, among them "
                                   "all of %s (%s:%u); name your %s\n",
                                   acl->name, access ? "clients" : "proxies", text_of(advice, net), rule->file,
                                   rule->number, access ? "networks" : "proxies");
    advise_add(advice, &(struct heard){.file = acl->file, .number = acl->number, .counts = true, .text = text});
}

/* Networks that a rule lets in, or but for which a rule refuses. */
static void
check_networks(struct advice *advice, const struct rules *rules)
{
    struct looked looked = {.count = 0};
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->rule[i];
        bool allows = role_is(rule, "allow");
        for (size_t u = 0; u < rule->uses.count; u++) {
            const struct acl *acl = rule->uses.use[u].acl;
            if (acl->kind != ACL_SRC || rule->uses.use[u].negated == allows || !is_new(&looked, acl))
                continue;
            const struct acl_net *net = widest(acl);
            if (net != NULL)
                say_wide(advice, rule, acl, net);
        }
    }
}

/* ---- ports ---- */

/* A port that reads TLS and leaves all of it alone. */
static void
check_ports(struct advice *advice)
{
    static const char text[] =
        "this port has ssl-bump, but no rule of ssl_bump can decrypt or close a connection, so no "
        "TLS is ever inspected\n";
    for (size_t i = 0; i < advice->conf->port_count; i++) {
        const struct port *port = &advice->conf->ports[i];
        if (port->bumps && !advice->conf->inspects && !outcome_inspects(advice->conf))
            advise_add(advice, &(struct heard){.file = port->file, .number = port->number, .text = text});
    }
}

static bool
has_group(const struct advice *advice, const struct rule *rule)
{
    for (size_t i = 0; i < advice->group_count; i++) {
        if (advice->groups[i].rule == rule)
            return true;
    }
    return false;
}

/* The ACL of a rule that is about times, or has one inside; NULL: there is none. */
static const struct acl *
times_of(const struct rule *rule)
{
    for (size_t i = 0; rule != NULL && i < rule->uses.count; i++) {
        if (role_holds(rule->uses.use[i].acl, role_is_of_times))
            return rule->uses.use[i].acl;
    }
    return NULL;
}

/* A rule by which nothing is inspected at times. It may be meant, so it is no mistake. */
static void
say_times(struct advice *advice, const struct rule *rule)
{
    const struct acl *acl = times_of(rule);
    if (acl == NULL || has_group(advice, rule))
        return;
    const char *text = advise_text(
        advice, "while `%s` lets this rule decide, what it splices is not inspected, whatever its name\n", acl->name);
    advise_add(advice, &(struct heard){.file = rule->file, .number = rule->number, .text = text});
}

static void
check_times(struct advice *advice)
{
    for (size_t i = 0; i < advice->set.count; i++) {
        const struct outcome *outcome = &advice->outcomes[i];
        bool inspected = (advice->set.cases[i].wants & OUTCOME_INSPECT) != 0 && outcome->possible;
        for (size_t c = 0; inspected && c < outcome->courses.count; c++) {
            const struct course *course = &outcome->courses.course[c];
            const struct course_step *step = course->end == END_SPLICE ? outcome_blamed(OUTCOME_INSPECT, course) : NULL;
            if (step != NULL && step->rule != NULL)
                say_times(advice, step->rule);
        }
    }
}

/* ---- what comes after http_access ---- */

static bool
is_later(const struct course_step *step)
{
    return step->phase == PHASE_LATER || step->phase == PHASE_MISS || step->phase == PHASE_DIRECT;
}

/* The step at which a request ended that http_access let in, or NULL. */
static const struct course_step *
ended_later(const struct outcome *outcome)
{
    for (size_t i = 0; outcome->possible && i < outcome->courses.count; i++) {
        const struct course *course = &outcome->courses.course[i];
        const struct course_step *last = course->step_count == 0 ? NULL : &course->steps[course->step_count - 1];
        if (course->end == END_DENY && last != NULL && is_later(last) && last->rule != NULL)
            return last;
    }
    return NULL;
}

/* A list after http_access that lets nothing through, where no bypassed name says so. */
static void
check_end(struct advice *advice)
{
    const struct course_step *found = NULL;
    for (size_t i = 0; i < advice->set.count; i++) {
        if (outcome_through(&advice->outcomes[i]))
            return;
        found = found == NULL ? ended_later(&advice->outcomes[i]) : found;
    }
    if (found == NULL || has_group(advice, found->rule))
        return;
    const char *text =
        found->phase == PHASE_DIRECT
            ? "Squid may reach no server directly, and no cache_peer is a parent, so every request fails\n"
            : "this refuses every request that http_access lets in\n";
    advise_add(advice,
               &(struct heard){.file = found->rule->file, .number = found->rule->number, .counts = true, .text = text});
}

/* The rule that leads a course to a parent, or NULL. */
static const struct rule *
to_parent(const struct course *course)
{
    const struct rule *found = NULL;
    for (size_t i = 0; i < course->step_count; i++) {
        const struct course_step *step = &course->steps[i];
        if (step->phase == PHASE_DIRECT && strcmp(step->action, "parent") == 0)
            found = step->rule;
    }
    return found;
}

/* Bypassed names that another proxy gets to see. */
static void
check_parents(struct advice *advice)
{
    static const char text[] =
        "bypassed names go to a cache_peer by this line; that proxy must let them through without "
        "inspection and without a password, or an `always_direct allow` must name them\n";
    for (size_t i = 0; i < advice->set.count; i++) {
        const struct outcome *outcome = &advice->outcomes[i];
        bool bypassed = (advice->set.cases[i].wants & OUTCOME_BYPASS) != 0 && outcome->possible;
        for (size_t c = 0; bypassed && c < outcome->courses.count; c++) {
            const struct rule *rule = to_parent(&outcome->courses.course[c]);
            if (rule != NULL)
                advise_add(advice, &(struct heard){.file = rule->file, .number = rule->number, .text = text});
        }
    }
}

void
advise_rules(struct advice *advice)
{
    check_networks(advice, &advice->conf->access);
    check_networks(advice, &advice->conf->follow);
    check_networks(advice, &advice->conf->proxies);
    check_ports(advice);
    check_times(advice);
    check_end(advice);
    check_parents(advice);
    advise_names(advice);
}
