// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_net.c - the addresses of src, dst and localip (src/acl/Ip.cc, acl_ip_data::FactoryParse): `10.0.0.1`,
 * `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `10.0.0.1-10.0.0.9`, `10.0.0.0-10.9.0.0/16`, `all`, `ipv4`, `ipv6`, or a name
 * that is looked up when Squid starts. Part of ruleset_reading.h.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "ruleset_reading.h"

#define NAME_MAX_BYTES 64

void
acl_net_bytes(uint8_t ret[16], const struct addr *addr)
{
    static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff};
    memcpy(ret, addr->v6 ? addr->bytes : mapped, 16);
    if (!addr->v6)
        memcpy(ret + 12, addr->bytes, 4);
}

/* A mask of /0 is none at all (Ip::Address::applyMask): the range is then a single address. */
static void
set_mask(struct acl_net *net, bool v6, unsigned bits)
{
    bits = bits == 0 ? 128 : v6 ? bits : 96 + bits;
    memset(net->mask, 0, sizeof net->mask);
    for (unsigned i = 0; i < bits; i++)
        net->mask[i / 8] |= (uint8_t)(0x80u >> i % 8);
}

/* The number of bits of a mask: `8`, or `255.0.0.0`, of which Squid takes the leading ones. More than 128 are 0. */
static bool
read_bits(unsigned *ret, bool v6, const char *text)
{
    struct addr addr;
    size_t digits = strspn(text, "0123456789");
    if (text[digits] == '\0' && digits > 0 && (digits < 4 || v6)) {
        unsigned long bits = strtoul(text, NULL, 10);
        *ret = bits > 128 && v6 ? 0 : (unsigned)bits;
        return v6 || bits <= 32;
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
    acl_net_bytes(net->low, &low);
    acl_net_bytes(net->high, &high);
    set_mask(net, low.v6, bits);
    apply(net);
    return true;
}

static bool
starts_in(const struct acl_net *net, const struct acl_net *other)
{
    uint8_t masked[16];
    for (size_t i = 0; i < sizeof masked; i++)
        masked[i] = other->low[i] & net->mask[i];
    return memcmp(masked, net->low, sizeof masked) >= 0 && memcmp(masked, net->high, sizeof masked) <= 0;
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

/* Before Squid 7 `ipv4` becomes a range of /0, so it matches the address :: only, and `ipv6` is a list of prefixes. */
static int
add_family(struct reading *reading, struct acl *acl, bool v6)
{
    static const char *const old_v6[] = {"1000::/4", "2000::/3", "4000::/2", "8000::/2",
                                         "c000::/3", "e000::/4", "fc00::/7", "fe80::/10"};
    if (reading->conf->version >= 7) {
        acl->any_v4 = acl->any_v4 || !v6;
        acl->any_v6 = acl->any_v6 || v6;
        return 0;
    }
    if (!v6)
        return add_text(reading, acl, "::");
    int result = 0;
    for (size_t i = 0; i < sizeof old_v6 / sizeof *old_v6 && result == 0; i++)
        result = add_text(reading, acl, old_v6[i]);
    return result;
}

/* `all`, and what Squid takes for it. */
static bool
is_all(const char *text)
{
    static const char *const words[] = {
        "all", "0/0", "0.0.0.0/0", "0.0.0.0/0.0.0.0", "0.0.0.0-255.255.255.255", "0.0.0.0-0.0.0.0/0"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i]) == 0)
            return true;
    }
    return false;
}

#define V4_BYTES "0123456789."
#define V6_BYTES "0123456789ABCDEFabcdef:"

/* How much of `FROM[-TO][/MASK]` Squid reads, of these bytes; 0: it is nothing of that kind. */
static size_t
read_length(const char *word, const char *bytes, const char *mask_bytes)
{
    size_t from = strspn(word, bytes), to = word[from] == '-' ? strspn(word + from + 1, bytes) : 0;
    size_t end = to > 0 ? from + 1 + to : from;
    size_t mask = word[end] == '/' ? strspn(word + end + 1, mask_bytes) : 0;
    if (from == 0 || (to == 0 && mask == 0))
        return 0;
    return mask > 0 ? end + 1 + mask : end;
}

/* The word without what Squid does not read of it, as sscanf() ends there: `10.0.0.0/8,10.1.0.0/16` is 10.0.0.0/8. */
static const char *
cut(const struct reading *reading, const char *word)
{
    size_t len = read_length(word, V4_BYTES, V4_BYTES), digits = strspn(word, V4_BYTES);
    if (len == 0 && digits > 0 && word[digits] == '/' && word[digits + 1] != '\0')
        len = digits;
    if (len == 0)
        len = read_length(word, V6_BYTES, "0123456789");
    return len == 0 ? word : arena_text(reading->conf->arena, word, len);
}

/* True for an address of IPv4 with something behind it that makes no name of it, as a name ends in a label with a
 * letter in front: `10.0.0.1-`, `10.0.0.1_`. */
static bool
is_spoilt(const char *word)
{
    unsigned numbers = 0;
    const char *at = word;
    while (*at >= '0' && *at <= '9') {
        at += strspn(at, "0123456789");
        numbers++;
        if (numbers == 4 || *at != '.')
            break;
        at++;
    }
    return numbers == 4 && *at != '\0' && strchr(at, '.') == NULL && strchr(at, '/') == NULL;
}

/* True for what may be a name: Squid looks it up when it starts, and what is none has no address. */
static bool
is_host(const char *word)
{
    struct in_addr number;
    bool odd = *word == '!' || (strchr(word, ':') != NULL && strchr(word, '%') == NULL) ||
               (strchr(word, '/') != NULL ? word[strspn(word, "0123456789abcdefABCDEF.:-/")] == '\0'
                                          : strpbrk(word, "!,*;()[]{}<>|\\\"'@=+?&$^~`#") != NULL);
    bool digits = word[strspn(word, "0123456789.")] == '\0';
    return !odd && !is_spoilt(word) && strcmp(word, "none") != 0 && (!digits || inet_aton(word, &number) != 0);
}

/* One value. */
static int
read_net(struct reading *reading, struct acl *acl, const char *word)
{
    static const struct acl_net all = {.mask = {0}};
    struct acl_net net = {0};
    if (is_all(word))
        return add_net(reading, acl, &all);
    word = cut(reading, word);
    if (word == NULL)
        return reading_no_memory(reading);
    if (strcmp(word, "ipv4") == 0 || strcmp(word, "ipv6") == 0)
        return add_family(reading, acl, word[3] == '6');
    if (parse_net(&net, word))
        return add_net(reading, acl, &net);
    if (!is_host(word) && reading->words.refused == NULL)
        return reading_refuse(reading, "'%.60s' is not an address, so Squid does not start", word);
    return read_text(reading, acl, word); /* a name that Squid looks up when it starts */
}

int
read_nets(struct reading *reading, struct acl *acl)
{
    const char *word;
    while ((word = words_next_value(&reading->words)) != NULL) {
        if (read_net(reading, acl, word) != 0)
            return -1;
    }
    return 0;
}

bool
acl_nets_hold_all(const struct acl *acl)
{
    static const uint8_t none[16] = {0};
    for (size_t i = 0; i < acl->net_count; i++) {
        if (memcmp(acl->nets[i].mask, none, sizeof none) == 0)
            return true;
    }
    return acl->any_v4 && acl->any_v6;
}

bool
acl_nets_hold(const struct acl *acl, const struct addr *addr)
{
    uint8_t bytes[16], masked[16];
    acl_net_bytes(bytes, addr);
    for (size_t i = 0; i < acl->net_count; i++) {
        const struct acl_net *net = &acl->nets[i];
        for (size_t b = 0; b < sizeof masked; b++)
            masked[b] = bytes[b] & net->mask[b];
        if (memcmp(masked, net->low, sizeof masked) >= 0 && memcmp(masked, net->high, sizeof masked) <= 0)
            return true;
    }
    return addr->v6 ? acl->any_v6 : acl->any_v4;
}
