// SPDX-License-Identifier: GPL-2.0-or-later
/* addr_special.c - the list of addr_special.h, and what overlaps it. */
#include "addr_special.h"

#include <string.h>

#include "addr.h"

struct special {
    struct prefix prefix;
    const char *name;
    bool documentation;
};

#define V4(a, b, c, d, bits)                                                                                           \
    {                                                                                                                  \
        .addr = {.bytes = {(a), (b), (c), (d)}}, .len = (bits)                                                         \
    }

/* The first three groups of an IPv6 address; the rest is zero. */
#define V6(a, b, c, bits)                                                                                              \
    {                                                                                                                  \
        .addr = {.v6 = true, .bytes = {(a) >> 8, (a)&0xff, (b) >> 8, (b)&0xff, (c) >> 8, (c)&0xff}}, .len = (bits)     \
    }

/* What lies inside another range, or has a name that says more, comes first. */
static const struct special specials[] = {
    {V4(255, 255, 255, 255, 32), "limited broadcast (RFC 919)", false},
    {V4(10, 0, 0, 0, 8), "private use (RFC 1918)", false},
    {V4(172, 16, 0, 0, 12), "private use (RFC 1918)", false},
    {V4(192, 168, 0, 0, 16), "private use (RFC 1918)", false},
    {V4(127, 0, 0, 0, 8), "loopback (RFC 1122)", false},
    {V4(169, 254, 0, 0, 16), "link local (RFC 3927)", false},
    {V4(100, 64, 0, 0, 10), "shared address space (RFC 6598)", false},
    {V4(0, 0, 0, 0, 8), "this network (RFC 791)", false},
    {V4(192, 0, 0, 0, 24), "IETF protocol assignments (RFC 6890)", false},
    {V4(192, 0, 2, 0, 24), "documentation (RFC 5737)", true},
    {V4(198, 51, 100, 0, 24), "documentation (RFC 5737)", true},
    {V4(203, 0, 113, 0, 24), "documentation (RFC 5737)", true},
    {V4(192, 31, 196, 0, 24), "AS112 (RFC 7535)", false},
    {V4(192, 52, 193, 0, 24), "AMT relays (RFC 7450)", false},
    {V4(192, 88, 99, 0, 24), "6to4 relays (RFC 7526)", false},
    {V4(192, 175, 48, 0, 24), "AS112 (RFC 7534)", false},
    {V4(198, 18, 0, 0, 15), "benchmarks (RFC 2544)", false},
    {V4(224, 0, 0, 0, 4), "multicast (RFC 5771)", false},
    {V4(240, 0, 0, 0, 4), "reserved (RFC 1112)", false},
    {{.addr = {.v6 = true}, .len = 128}, "unspecified address (RFC 4291)", false},
    {{.addr = {.v6 = true, .bytes = {[15] = 1}}, .len = 128}, "loopback (RFC 4291)", false},
    {{.addr = {.v6 = true, .bytes = {[10] = 0xff, [11] = 0xff}}, .len = 96}, "IPv4-mapped addresses (RFC 4291)", false},
    {V6(0x64, 0xff9b, 0, 96), "IPv4/IPv6 translation (RFC 6052)", false},
    {V6(0x64, 0xff9b, 1, 48), "local IPv4/IPv6 translation (RFC 8215)", false},
    {V6(0x100, 0, 0, 64), "discard only (RFC 6666)", false},
    {V6(0x2001, 0, 0, 32), "Teredo (RFC 4380)", false},
    {V6(0x2001, 0, 0, 23), "IETF protocol assignments (RFC 2928)", false},
    {V6(0x2001, 0xdb8, 0, 32), "documentation (RFC 3849)", true},
    {V6(0x3fff, 0, 0, 20), "documentation (RFC 9637)", true},
    {V6(0x2002, 0, 0, 16), "6to4 (RFC 3056)", false},
    {V6(0x2620, 0x4f, 0x8000, 48), "AS112 (RFC 7534)", false},
    {V6(0x5f00, 0, 0, 16), "segment routing (RFC 9602)", false},
    {V6(0xfc00, 0, 0, 7), "unique local (RFC 4193)", false},
    {V6(0xfe80, 0, 0, 10), "link local (RFC 4291)", false},
    {V6(0xfec0, 0, 0, 10), "site local (RFC 3879)", false},
    {V6(0xff00, 0, 0, 8), "multicast (RFC 4291)", false},
    /* Global unicast is 2000::/3; the rest is not assigned. */
    {V6(0, 0, 0, 3), "not global unicast (RFC 4291)", false},
    {V6(0x4000, 0, 0, 2), "not global unicast (RFC 4291)", false},
    {V6(0x8000, 0, 0, 1), "not global unicast (RFC 4291)", false},
};

/* Two prefixes overlap if one contains the other. */
static bool
overlap(const struct prefix *a, const struct prefix *b)
{
    return a->len <= b->len ? prefix_holds(a, &b->addr) : prefix_holds(b, &a->addr);
}

static const char *
find(const struct prefix *prefix, bool documentation)
{
    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++) {
        if ((documentation || !specials[i].documentation) && overlap(prefix, &specials[i].prefix))
            return specials[i].name;
    }
    return NULL;
}

static uint32_t
word_of(const struct prefix *prefix)
{
    const uint8_t *bytes = prefix->addr.bytes;
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* True if another entry of the list holds this one and is wider. */
static bool
is_inside(const struct special *special)
{
    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++) {
        if (specials[i].prefix.len < special->prefix.len && overlap(&specials[i].prefix, &special->prefix))
            return true;
    }
    return false;
}

uint64_t
addr_public_v4(uint32_t first, uint32_t last)
{
    uint64_t count = last < first ? 0 : (uint64_t)last - first + 1;
    for (size_t i = 0; i < sizeof specials / sizeof specials[0] && count > 0; i++) {
        const struct prefix *prefix = &specials[i].prefix;
        if (prefix->addr.v6 || is_inside(&specials[i]))
            continue;
        uint32_t low = word_of(prefix), high = low | (uint32_t)(UINT64_C(0xffffffff) >> prefix->len);
        uint32_t from = first > low ? first : low, to = last < high ? last : high;
        count -= from <= to ? (uint64_t)to - from + 1 : 0;
    }
    return count;
}

const char *
prefix_special(const struct prefix *prefix)
{
    return find(prefix, true);
}

const char *
prefix_special_but_documentation(const struct prefix *prefix)
{
    return find(prefix, false);
}
