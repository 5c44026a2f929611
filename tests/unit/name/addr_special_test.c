// SPDX-License-Identifier: GPL-2.0-or-later
/* addr_special_test.c - addr_special.h: which prefixes overlap special-use space, and what it is called. */
#include "name/addr_special.h"

#include <string.h>

#include "name/addr.h"
#include "unit.h"

/* `want` NULL: ordinary addresses. `also`: the answer without documentation ranges, where it is another. */
static const struct {
    const char *in, *want, *also;
} rows[] = {
    {.in = "0.0.0.0/8", .want = "this network", .also = "this network"},
    {.in = "10.0.0.0/8", .want = "private use (RFC 1918)", .also = "private use (RFC 1918)"},
    {.in = "10.1.2.3/32", .want = "private use", .also = "private use"},
    {.in = "9.255.255.255/32"},
    {.in = "11.0.0.0/8"},
    {.in = "10.0.0.0/7", .want = "private use", .also = "private use"},
    {.in = "100.64.0.0/10", .want = "shared address space (RFC 6598)", .also = "shared"},
    {.in = "100.127.255.0/24", .want = "shared", .also = "shared"},
    {.in = "100.63.255.0/24"},
    {.in = "100.128.0.0/24"},
    {.in = "127.0.0.0/8", .want = "loopback", .also = "loopback"},
    {.in = "126.0.0.0/8"},
    {.in = "169.254.0.0/16", .want = "link local", .also = "link local"},
    {.in = "169.254.169.254/32", .want = "link local", .also = "link local"},
    {.in = "169.253.0.0/16"},
    {.in = "172.16.0.0/12", .want = "private use", .also = "private use"},
    {.in = "172.31.255.0/24", .want = "private use", .also = "private use"},
    {.in = "172.32.0.0/12"},
    {.in = "192.0.0.0/24", .want = "IETF protocol assignments", .also = "IETF protocol assignments"},
    {.in = "192.0.1.0/24"},
    {.in = "192.0.2.0/24", .want = "documentation (RFC 5737)"},
    {.in = "192.0.2.128/25", .want = "documentation"},
    {.in = "192.0.0.0/16", .want = "IETF protocol assignments", .also = "IETF protocol assignments"},
    {.in = "192.0.2.0/23", .want = "documentation"},
    {.in = "192.31.196.0/24", .want = "AS112", .also = "AS112"},
    {.in = "192.52.193.0/24", .want = "AMT", .also = "AMT"},
    {.in = "192.88.99.0/24", .want = "6to4", .also = "6to4"},
    {.in = "192.168.0.0/16", .want = "private use", .also = "private use"},
    {.in = "192.169.0.0/16"},
    {.in = "192.175.48.0/24", .want = "AS112", .also = "AS112"},
    {.in = "198.18.0.0/15", .want = "benchmarks (RFC 2544)", .also = "benchmarks"},
    {.in = "198.20.0.0/16"},
    {.in = "198.51.100.0/24", .want = "documentation"},
    {.in = "203.0.113.0/24", .want = "documentation"},
    {.in = "203.0.112.0/24"},
    {.in = "224.0.0.0/4", .want = "multicast", .also = "multicast"},
    {.in = "239.1.0.0/16", .want = "multicast", .also = "multicast"},
    {.in = "223.255.255.0/24"},
    {.in = "240.0.0.0/4", .want = "limited broadcast", .also = "limited broadcast"},
    {.in = "250.0.0.0/8", .want = "reserved", .also = "reserved"},
    {.in = "255.255.255.255/32", .want = "limited broadcast (RFC 919)", .also = "limited broadcast"},
    {.in = "0.0.0.0/0", .want = "limited broadcast", .also = "limited broadcast"},
    {.in = "::/128", .want = "unspecified", .also = "unspecified"},
    {.in = "::1/128", .want = "loopback (RFC 4291)", .also = "loopback"},
    {.in = "::2/128", .want = "not global unicast", .also = "not global unicast"},
    {.in = "::ffff:10.0.0.0/104", .want = "private use", .also = "private use"},
    {.in = "::ffff:52.96.0.0/110"},
    {.in = "::fffe:0:0/95", .want = "IPv4-mapped addresses", .also = "IPv4-mapped addresses"},
    {.in = "64:ff9b::/96", .want = "IPv4/IPv6 translation (RFC 6052)", .also = "translation"},
    {.in = "64:ff9b:1::/48", .want = "local IPv4/IPv6 translation", .also = "local"},
    {.in = "64:ff9b:1:abcd::/64", .want = "local IPv4/IPv6 translation", .also = "local"},
    {.in = "100::/64", .want = "discard only", .also = "discard only"},
    {.in = "2001::/32", .want = "Teredo", .also = "Teredo"},
    {.in = "2001:1::/32", .want = "IETF protocol assignments (RFC 2928)", .also = "IETF"},
    {.in = "2001:1ff::/32", .want = "IETF protocol assignments", .also = "IETF"},
    {.in = "2001:200::/23"},
    {.in = "2001:db8::/32", .want = "documentation (RFC 3849)"},
    {.in = "2001:db8:1::/48", .want = "documentation"},
    {.in = "2001:db9::/32"},
    {.in = "2001:c00::/23", .want = "documentation"},
    {.in = "2002::/16", .want = "6to4", .also = "6to4"},
    {.in = "2002:c000:200::/40", .want = "6to4", .also = "6to4"},
    {.in = "2003::/16"},
    {.in = "2603:1006::/40"},
    {.in = "2620:1ec::/36"},
    {.in = "2620:4f:8000::/48", .want = "AS112", .also = "AS112"},
    {.in = "2a01:111:f400::/48"},
    {.in = "3fff::/20", .want = "documentation (RFC 9637)"},
    {.in = "3fff:1000::/20"},
    {.in = "3ffe::/16"},
    {.in = "4000::/16", .want = "not global unicast (RFC 4291)", .also = "not global unicast"},
    {.in = "5f00::/16", .want = "segment routing", .also = "segment routing"},
    {.in = "8000::/16", .want = "not global unicast", .also = "not global unicast"},
    {.in = "fc00::/7", .want = "unique local (RFC 4193)", .also = "unique local"},
    {.in = "fd12:3456::/32", .want = "unique local", .also = "unique local"},
    {.in = "fe80::/10", .want = "link local", .also = "link local"},
    {.in = "fec0::/10", .want = "site local", .also = "site local"},
    {.in = "ff00::/8", .want = "multicast", .also = "multicast"},
    {.in = "ff02::1/128", .want = "multicast", .also = "multicast"},
    {.in = "::/0", .want = "unspecified", .also = "unspecified"},
};

static void
check_name(const char *in, const char *got, const char *want)
{
    CHECK(in, (got == NULL) == (want == NULL));
    if (want != NULL)
        check_says(in, got, want);
}

static void
names(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct prefix prefix;
        CHECK(rows[i].in, prefix_parse(&prefix, rows[i].in, strlen(rows[i].in), NULL) == 0);
        check_name(rows[i].in, prefix_special(&prefix), rows[i].want);
        check_name(rows[i].in, prefix_special_but_documentation(&prefix), rows[i].also);
    }
}

/* A prefix overlaps special-use space if and only if an address of it is inside. */
static void
a_wider_prefix_is_special_too(void **state)
{
    (void)state;
    uint64_t seed = 11;
    unsigned ordinary = 0, special = 0;
    for (int i = 0; i < 100000; i++) {
        struct addr addr = {.v6 = next_random(&seed) % 2 != 0};
        for (size_t b = 0; b < (addr.v6 ? 16 : 4); b++)
            addr.bytes[b] = (uint8_t)next_random(&seed);
        if (addr.v6)
            addr.bytes[0] = (uint8_t)(0x20 | (addr.bytes[0] & 0x1f));
        struct prefix one, wider;
        unsigned bits = addr.v6 ? 128 : 32;
        prefix_around(&one, &addr, (uint8_t)bits);
        prefix_around(&wider, &addr, (uint8_t)(next_random(&seed) % (bits + 1)));
        char text[PREFIX_TEXT_MAX];
        prefix_format(text, &wider);
        CHECK(text, prefix_special(&wider) != NULL || prefix_special(&one) == NULL);
        CHECK(text, prefix_special(&wider) != NULL || prefix_special_but_documentation(&wider) == NULL);
        ordinary += prefix_special(&one) == NULL;
        special += prefix_special(&one) != NULL;
    }
    assert_true(ordinary > 40000 && special > 5000);
}

/* One address after the other, in ranges that begin and end anywhere near the edges of special-use space. */
static void
public_addresses_are_counted(void **state)
{
    static const uint32_t edges[] = {0,          0x0a000000, 0x0b000000, 0x64400000, 0x7effff00, 0xc0000000,
                                     0xc0000200, 0xc0a80000, 0xc6120000, 0xdfffff00, 0xefffff80, 0xffffff00};
    uint64_t seed = 12, all = 0;
    (void)state;
    for (unsigned i = 0; i < 600; i++) {
        uint32_t first = edges[i % ROWS(edges)] + (uint32_t)(next_random(&seed) % 200), span = 0, naive = 0;
        for (span = (uint32_t)(next_random(&seed) % 700); span > 0xffffffff - first; span /= 2)
            ;
        for (uint32_t n = 0; n <= span; n++) {
            uint32_t word = first + n;
            struct prefix one = {
                .addr.bytes = {(uint8_t)(word >> 24), (uint8_t)(word >> 16), (uint8_t)(word >> 8), (uint8_t)word},
                .len = 32};
            naive += prefix_special(&one) == NULL;
        }
        assert_int_equal(addr_public_v4(first, first + span), naive);
        all += naive;
    }
    assert_true(all > 10000);
    assert_int_equal(addr_public_v4(5, 4), 0);
    assert_int_equal(addr_public_v4(0x08000000, 0x09ffffff), 1 << 25);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(a_wider_prefix_is_special_too),
        cmocka_unit_test(public_addresses_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
