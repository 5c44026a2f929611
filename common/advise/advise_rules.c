// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * advise_rules.c - findings that no request shows: networks of clients that are wider than anybody's, ports with
 * ssl-bump that inspect nothing, and lists that the model does not follow. Part of advise_build.h.
 */
#include <string.h>
#include <strings.h>

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
    const char *text = advise_text(advice,
                                   "`%s` takes more public addresses than a /8 for clients of yours, among them "
                                   "all of %s (%s:%u); name your networks\n",
                                   acl->name, text_of(advice, net), rule->file, rule->number);
    advise_add(advice, &(struct heard){.file = acl->file, .number = acl->number, .counts = true, .text = text});
}

/* Networks that a rule lets in, or but for which a rule refuses. */
static void
check_networks(struct advice *advice)
{
    struct looked looked = {.count = 0};
    for (size_t i = 0; i < advice->conf->access.count; i++) {
        const struct rule *rule = &advice->conf->access.rule[i];
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

/* ---- lists that the model does not follow: their first line, if it is about everything ---- */

/* The line that decides everything by this action, or NULL. */
static const struct squidconf_line *
catch_all(const struct advice *advice, const char *list, const char *action)
{
    size_t i = 0;
    while (i < advice->text.line_count && strcmp(advice->text.lines[i].words[0], list) != 0)
        i++;
    if (i == advice->text.line_count)
        return NULL;
    const struct squidconf_line *line = &advice->text.lines[i];
    bool all = line->count > 2 && strcmp(line->words[1], action) == 0;
    for (size_t word = 2; word < line->count; word++)
        all = all && strcasecmp(line->words[word], "all") == 0;
    return all ? line : NULL;
}

/* True if a port takes the PROXY protocol. */
static bool
takes_proxies(const struct advice *advice)
{
    for (size_t i = 0; i < advice->text.line_count; i++) {
        const struct squidconf_line *line = &advice->text.lines[i];
        for (size_t word = 2; strcmp(line->words[0], "http_port") == 0 && word < line->count; word++) {
            if (strcmp(line->words[word], "require-proxy-header") == 0)
                return true;
        }
    }
    return false;
}

static void
check_lists(struct advice *advice)
{
    const struct {
        const char *list, *action;
        bool counts;
        const char *text;
    } lists[] = {
        {"proxy_protocol_access", "allow", takes_proxies(advice),
         "whoever connects may say whose client it is, in the PROXY protocol, but no client may choose its address; "
         "name "
         "the proxies in front instead\n"},
        {"miss_access", "deny", true, "this refuses every request that http_access lets in, bypassed names as well\n"},
        {"adapted_http_access", "deny", true,
         "this refuses every request that http_access lets in, bypassed names as well\n"},
        {"never_direct", "allow", !advice->conf->has_peer,
         "Squid may reach no server directly, and there is no cache_peer, so every request fails\n"},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct squidconf_line *line = catch_all(advice, lists[i].list, lists[i].action);
        if (line != NULL && lists[i].counts)
            advise_add(advice, &(struct heard){
                                   .file = line->file, .number = line->number, .counts = true, .text = lists[i].text});
    }
}

void
advise_rules(struct advice *advice)
{
    check_networks(advice);
    check_ports(advice);
    check_lists(advice);
}
