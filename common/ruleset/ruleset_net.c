// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_net.c - the addresses of src, dst and localip (src/acl/Ip.cc, acl_ip_data::FactoryParse): `10.0.0.1`,
 * `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `10.0.0.1-10.0.0.9`, `10.0.0.0-10.9.0.0/16`, `all`, `ipv4`, `ipv6`, or a name
 * that is looked up when Squid starts. Part of ruleset_reading.h.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "ruleset_reading.h"

#define NAME_MAX_BYTES 64

static void
set_mask(struct acl_net *net, unsigned bits)
{
    memset(net->mask, 0, sizeof net->mask);
    for (unsigned i = 0; i < bits && i < 128; i++)
        net->mask[i / 8] |= (uint8_t)(0x80u >> i % 8);
}

/* The number of bits of a mask: `8`, or `255.0.0.0`, of which Squid takes the leading ones. */
static bool
read_bits(unsigned *ret, bool v6, const char *text)
{
    struct addr addr;
    if (text[strspn(text, "0123456789")] == '\0' && *text != '\0' && strlen(text) < 4) {
        *ret = (unsigned)atoi(text);
        return *ret <= (v6 ? 128u : 32u);
    }
    if (!addr_parse(&addr, text, strlen(text)))
        return false;
    unsigned bits = 0;
    while (bits < (addr.v6 ? 128u : 32u) && (addr.bytes[bits / 8] & (0x80u >> bits % 8)) != 0)
        bits++;
    *ret = bits;
    return true;
}

static void
apply(struct acl_net *net)
{
    for (size_t i = 0; i < sizeof net->mask; i++) {
        net->low[i] &= net->mask[i];
        net->high[i] &= net->mask[i];
    }
}

/* FROM[-TO][/MASK]. False if it is not that. */
static bool
parse_net(struct acl_net *net, const char *text)
{
    const char *slash = strchr(text, '/'), *dash = strchr(text, '-');
    size_t len = slash == NULL ? strlen(text) : (size_t)(slash - text);
    if (dash != NULL && dash >= text + len)
        dash = NULL;
    struct addr low, high;
    if (!addr_parse(&low, text, dash == NULL ? len : (size_t)(dash - text)))
        return false;
    high = low;
    if (dash != NULL && !addr_parse(&high, dash + 1, (size_t)(text + len - dash - 1)))
        return false;
    unsigned bits = low.v6 ? 128 : 32;
    if (high.v6 != low.v6 || (slash != NULL && !read_bits(&bits, low.v6, slash + 1)))
        return false;
    net->v6 = low.v6;
    memcpy(net->low, low.bytes, sizeof net->low);
    memcpy(net->high, high.bytes, sizeof net->high);
    set_mask(net, bits);
    apply(net);
    return true;
}

static bool
starts_in(const struct acl_net *net, const struct acl_net *other)
{
    uint8_t masked[16];
    for (size_t i = 0; i < sizeof masked; i++)
        masked[i] = other->low[i] & net->mask[i];
    return net->v6 == other->v6 && memcmp(masked, net->low, sizeof masked) >= 0 &&
           memcmp(masked, net->high, sizeof masked) <= 0;
}

/*
 * Adds a range. Before Squid 7 one that overlaps with an earlier one is left out, even if it is the wider one
 * (ACLIP::parse, acl_ip_data::NetworkCompare).
 */
static int
add_net(struct reading *reading, struct acl *acl, const struct acl_net *net)
{
    for (size_t i = 0; i < acl->net_count && reading->conf->version < 7; i++) {
        if (starts_in(&acl->nets[i], net) || starts_in(net, &acl->nets[i]))
            return 0;
    }
    struct acl_net *nets =
        arena_grow(reading->conf->arena, acl->nets, &acl->net_room, acl->net_count + 1, sizeof *nets);
    if (nets == NULL)
        return reading_no_memory(reading);
    acl->nets = nets;
    nets[acl->net_count++] = *net;
    return 0;
}

static int
add_text(struct reading *reading, struct acl *acl, const char *text)
{
    struct acl_net net = {0};
    return parse_net(&net, text) ? add_net(reading, acl, &net) : -1;
}

/* The words that Squid takes for whole families; false adds nothing. `all` is one value, so it is left out as one. */
static bool
add_family(struct reading *reading, struct acl *acl, const char *text)
{
    static const char *const old_all[] = {
        "all", "0/0", "0.0.0.0/0", "0.0.0.0/0.0.0.0", "0.0.0.0-255.255.255.255", "0.0.0.0-0.0.0.0/0"};
    static const char *const v6[] = {"1000::/4", "2000::/3", "4000::/2", "8000::/2",
                                     "c000::/3", "e000::/4", "fc00::/7", "fe80::/10"};
    bool all = false, is_v4 = strcmp(text, "ipv4") == 0, is_v6 = strcmp(text, "ipv6") == 0;
    for (size_t i = 0; i < sizeof old_all / sizeof *old_all; i++)
        all = all || strcmp(text, old_all[i]) == 0;
    bool left_out = all && acl->net_count > 0 && reading->conf->version < 7;
    if ((all || is_v4) && !left_out)
        (void)add_text(reading, acl, "0.0.0.0/0");
    if (all && !left_out)
        (void)add_text(reading, acl, "::/0");
    for (size_t i = 0; is_v6 && i < sizeof v6 / sizeof *v6; i++)
        (void)add_text(reading, acl, v6[i]);
    return all || is_v4 || is_v6;
}

int
read_nets(struct reading *reading, struct acl *acl)
{
    const char *word;
    while ((word = words_next_value(&reading->words)) != NULL) {
        if (add_family(reading, acl, word))
            continue;
        struct acl_net net = {0};
        size_t host = strspn(word, "0123456789abcdefABCDEF.:-/");
        if (!parse_net(&net, word)) {
            if (word[host] == '\0' && strchr(word, '/') != NULL)
                return reading_refuse(reading, "'%.60s' is not an address, so Squid does not start", word);
            acl->doubtful = true; /* a name that Squid looks up when it starts */
            continue;
        }
        if (add_net(reading, acl, &net) != 0)
            return -1;
    }
    return 0;
}
