// SPDX-License-Identifier: GPL-2.0-or-later
/* addr_test.c - addr.h: what is an address, and which addresses a prefix contains. The text is checked against
 * inet_pton(3). */
#include "name/addr.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/err.h"
#include "unit.h"

static const struct {
    const char *why, *in, *want; /* want NULL: no address */
} addresses[] = {
    {"a dotted quad", "52.96.0.1", "52.96.0.1"},
    {"zero", "0.0.0.0", "0.0.0.0"},
    {"all ones", "255.255.255.255", "255.255.255.255"},
    {"256", "1.2.3.256", NULL},
    {"a leading zero, which some read as octal", "1.2.3.010", NULL},
    {"two zeros", "1.2.3.00", NULL},
    {"three parts", "1.2.3", NULL},
    {"five parts", "1.2.3.4.5", NULL},
    {"a number", "16909060", NULL},
    {"hexadecimal", "0x1.2.3.4", NULL},
    {"a dot at the end", "1.2.3.4.", NULL},
    {"a dot at the start", ".1.2.3.4", NULL},
    {"an empty part", "1..3.4", NULL},
    {"a space", "1.2.3.4 ", NULL},
    {"a sign", "1.2.3.+4", NULL},
    {"a part of four digits", "1.2.3.0004", NULL},
    {"a part that wraps", "1.2.3.4294967297", NULL},
    {"IPv6", "2603:1006::1", "2603:1006::1"},
    {"IPv6 in capitals and zeros", "2603:1006:0000:0:0:0:0:00AB", "2603:1006::ab"},
    {"no address", "::", "::"},
    {"loopback", "::1", "::1"},
    {"eight groups", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
    {"nine groups", "1:2:3:4:5:6:7:8:9", NULL},
    {"seven groups", "1:2:3:4:5:6:7", NULL},
    {"two gaps", "1::2::3", NULL},
    {"five digits", "12345::", NULL},
    {"a zone", "fe80::1%eth0", NULL},
    {"a mapped address is IPv4", "::ffff:52.96.0.1", "52.96.0.1"},
    {"... in hexadecimal too", "::FFFF:3460:1", "52.96.0.1"},
    {"a compatible address is not", "::52.96.0.1", "::52.96.0.1"},
    {"a quad with a leading zero inside IPv6", "::ffff:1.2.3.04", NULL},
    {"brackets are for tokens", "[::1]", NULL},
    {"nothing", "", NULL},
    {"a colon", ":", NULL},
    {"a name", "example.com", NULL},
    {"a name of hexadecimal digits", "dead.beef", NULL},
    {"a port", "1.2.3.4:443", NULL},
};

static const struct {
    const char *why, *in, *want;
} tokens[] = {
    {"plain IPv4", "1.2.3.4", "1.2.3.4"},
    {"plain IPv6", "2603::1", "2603::1"},
    {"brackets", "[2603::1]", "2603::1"},
    {"brackets, mapped", "[::ffff:1.2.3.4]", "1.2.3.4"},
    {"brackets as Squid escapes them", "%5B2603::1%5D", "2603::1"},
    {"... in lower case", "%5b2603::1%5d", "2603::1"},
    {"one bracket", "[2603::1", NULL},
    {"the other bracket", "2603::1]", NULL},
    {"mixed brackets", "[2603::1%5D", NULL},
    {"IPv4 in brackets", "[1.2.3.4]", NULL},
    {"nothing in brackets", "[]", NULL},
    {"nothing in escaped brackets", "%5B%5D", NULL},
    {"brackets twice", "[[2603::1]]", NULL},
    {"a port after it", "[2603::1]:443", NULL},
    {"other escapes are not decoded", "%5B2603%3A%3A1%5D", NULL},
    {"an escaped dot is not decoded", "1%2E2.3.4", NULL},
    {"a dash", "-", NULL},
};

static void
check_address(const char *why, bool (*parse)(struct addr *, const char *, size_t), const char *text, const char *want)
{
    size_t len = strlen(text);
    char *in = guard_new(text, len);
    struct addr got, before;
    memset(&before, 0x5a, sizeof before);
    memcpy(&got, &before, sizeof got);
    bool ok = parse(&got, in, len);
    CHECK(why, ok == (want != NULL));
    if (ok) {
        char printed[ADDR_TEXT_MAX];
        addr_format(printed, &got);
        check_text(why, printed, strlen(printed), want);
    } else {
        CHECK("left alone", memcmp(&got, &before, sizeof got) == 0);
    }
    guard_free(in, len);
}

static void
parse_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(addresses); i++) {
        check_address(addresses[i].why, addr_parse, addresses[i].in, addresses[i].want);
        if (addresses[i].in[0] != '[')
            check_address(addresses[i].why, addr_parse_token, addresses[i].in, addresses[i].want);
    }
    for (size_t i = 0; i < ROWS(tokens); i++)
        check_address(tokens[i].why, addr_parse_token, tokens[i].in, tokens[i].want);
}

/* The length counts, and a NUL does not end the text. */
static void
bytes_after_a_nul_count(void **state)
{
    (void)state;
    struct addr addr;
    assert_false(addr_parse(&addr, "1.2.3.4\0", 8));
    assert_false(addr_parse(&addr, "::1\0", 4));
    assert_false(addr_parse(&addr, "::1\0x", 5));
    assert_false(addr_parse_token(&addr, "[::1\0]", 6));
}

/* Random texts made of the letters of addresses, and damaged addresses: the answer is always inet_pton's. */
static void
agrees_with_the_c_library(void **state)
{
    (void)state;
    static const char letters[] = "0123456789abcdefF:::..1";
    uint64_t seed = 7;
    unsigned good = 0;
    for (int i = 0; i < 300000; i++) {
        char text[64] = "";
        uint8_t raw[16];
        bool v6 = i % 3 != 0;
        for (size_t b = 0; b < sizeof raw; b++)
            raw[b] = (uint8_t)(next_random(&seed) % 4 == 0 ? 0 : next_random(&seed));
        if (i % 2 == 0)
            inet_ntop(v6 ? AF_INET6 : AF_INET, raw, text, sizeof text);
        size_t len = i % 2 == 0 ? strlen(text) : next_random(&seed) % 20;
        for (unsigned n = i % 2 == 0 ? next_random(&seed) % 3 : (unsigned)len; n > 0 && len > 0; n--)
            text[i % 2 == 0 ? next_random(&seed) % len : n - 1] = letters[next_random(&seed) % (sizeof letters - 1)];
        text[len] = '\0';
        uint8_t want[16] = {0};
        bool is4 = inet_pton(AF_INET, text, want) == 1;
        bool is6 = !is4 && inet_pton(AF_INET6, text, want) == 1;
        static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
        bool is_mapped = is6 && memcmp(want, mapped, 12) == 0;
        struct addr got;
        if (addr_parse(&got, text, len) != (is4 || is6))
            fail_msg("'%s': %d", text, is4 || is6);
        if (!is4 && !is6)
            continue;
        good++;
        assert_int_equal(got.v6, is6 && !is_mapped);
        assert_memory_equal(got.bytes, is_mapped ? want + 12 : want, got.v6 ? 16 : 4);
    }
    assert_true(good > 50000);
}

static const struct {
    const char *why, *in, *want, *says; /* says: part of the refusal */
} prefixes[] = {
    {"IPv4", "52.96.0.0/14", .want = "52.96.0.0/14"},
    {"an address alone", "52.96.0.1", .want = "52.96.0.1/32"},
    {"an IPv6 address alone", "2603::1", .want = "2603::1/128"},
    {"everything", "0.0.0.0/0", .want = "0.0.0.0/0"},
    {"all of IPv6", "::/0", .want = "::/0"},
    {"IPv6", "2603:1006::/40", .want = "2603:1006::/40"},
    {"mapped", "::ffff:52.96.0.0/110", .want = "52.96.0.0/14"},
    {"mapped, one address", "::ffff:52.96.0.1/128", .want = "52.96.0.1/32"},
    {"mapped, all of IPv4", "::ffff:0.0.0.0/96", .want = "0.0.0.0/0"},
    {"wider than the mapped ones", "::ffff:0.0.0.0/95", .says = "IPv4"},
    {"host bits", "52.96.0.1/14", .says = "52.96.0.0/14"},
    {"the last host bit", "52.96.0.1/31", .says = "52.96.0.0/31"},
    {"IPv6 host bits", "2603:1006::1/40", .says = "2603:1006::/40"},
    {"mapped host bits", "::ffff:52.96.0.1/110", .says = "52.96.0.0/14"},
    {"too long", "10.0.0.0/33", .says = "33"},
    {"too long for IPv6", "2603::/129", .says = "129"},
    {"no number", "10.0.0.0/x", .says = "'x'"},
    {"no length", "10.0.0.0/", .says = "''"},
    {"negative", "10.0.0.0/-1", .says = "'-1'"},
    {"a leading zero", "10.0.0.0/08", .says = "'08'"},
    {"a length that wraps", "10.0.0.0/256", .says = "256"},
    {"many digits", "10.0.0.0/4294967304", .says = "4294967304"},
    {"two slashes", "10.0.0.0/8/8", .says = "8/8"},
    {"a netmask", "10.0.0.0/255.0.0.0", .says = "255.0.0.0"},
    {"no address", "/8", .says = "'/8'"},
    {"a name", "example.com/8", .says = "example.com"},
    {"a short address", "10/8", .says = "10/8"},
    {"nothing", "", .says = "''"},
};

static void
parse_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(prefixes); i++) {
        size_t len = strlen(prefixes[i].in);
        char *in = guard_new(prefixes[i].in, len);
        struct prefix got = {.len = 99};
        struct err err = {0};
        int rc = prefix_parse(&got, in, len, &err);
        CHECK(prefixes[i].why, (rc == 0) == (prefixes[i].want != NULL));
        if (rc == 0) {
            char printed[PREFIX_TEXT_MAX];
            prefix_format(printed, &got);
            check_text(prefixes[i].why, printed, strlen(printed), prefixes[i].want);
            CHECK(prefixes[i].why, err.kind == ERR_NONE);
        } else {
            CHECK(prefixes[i].why, err.kind == ERR_SYNTAX && got.len == 99);
            check_says(prefixes[i].why, err.text, prefixes[i].says);
        }
        guard_free(in, len);
    }
}

static void
flip(struct addr *addr, unsigned bit)
{
    addr->bytes[bit / 8] ^= (uint8_t)(0x80u >> bit % 8);
}

/* A random prefix contains an address that differs from it in the first bit after it, and none that differs in its
 * last.
 */
static void
the_bit_outside_and_the_bit_inside(void **state)
{
    (void)state;
    uint64_t seed = 4711;
    for (int i = 0; i < 100000; i++) {
        struct prefix prefix = {0};
        prefix.addr.v6 = next_random(&seed) % 2 != 0;
        unsigned bits = prefix.addr.v6 ? 128 : 32;
        prefix.len = (uint8_t)(next_random(&seed) % (bits + 1));
        struct addr addr = {.v6 = prefix.addr.v6};
        for (unsigned bit = 0; bit < bits; bit++) {
            bool one = next_random(&seed) % 2 != 0;
            if (one)
                flip(&addr, bit);
            if (one && bit < prefix.len)
                flip(&prefix.addr, bit);
        }
        char text[PREFIX_TEXT_MAX];
        prefix_format(text, &prefix);
        CHECK(text, prefix_holds(&prefix, &addr));
        if (prefix.len < bits) {
            flip(&addr, prefix.len);
            CHECK(text, prefix_holds(&prefix, &addr));
        }
        if (prefix.len > 0) {
            flip(&addr, prefix.len - 1u);
            CHECK(text, !prefix_holds(&prefix, &addr));
            flip(&addr, prefix.len - 1u);
            flip(&addr, next_random(&seed) % prefix.len);
            CHECK(text, !prefix_holds(&prefix, &addr));
        }
        addr.v6 = !addr.v6;
        CHECK(text, !prefix_holds(&prefix, &addr));
        struct prefix back;
        CHECK(text, prefix_parse(&back, text, strlen(text), NULL) == 0);
        bool mapped = prefix.addr.v6 && !back.addr.v6;
        CHECK(text, mapped || (back.len == prefix.len && memcmp(&back.addr, &prefix.addr, sizeof back.addr) == 0));
    }
}

/* In order: each address comes before all that follow it. */
static const char *const in_order[] = {
    "0.0.0.0", "0.0.0.255", "0.0.1.0", "127.255.255.255", "128.0.0.0", "255.255.255.255",
    "::",      "::ff",      "::100",   "7fff::",          "8000::",    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};

static void
order(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(in_order); i++) {
        for (size_t k = 0; k < ROWS(in_order); k++) {
            struct addr a, b;
            assert_true(addr_parse(&a, in_order[i], strlen(in_order[i])));
            assert_true(addr_parse(&b, in_order[k], strlen(in_order[k])));
            int got = addr_compare(&a, &b);
            CHECK(in_order[i], (got > 0) == (i > k) && (got < 0) == (i < k));
        }
    }
}

static const struct {
    const char *from, *to;
    bool goes_on; /* false: `to` is at the other end of the space */
} steps[] = {
    {"0.0.0.0", "0.0.0.1", true},
    {"192.0.2.255", "192.0.3.0", true},
    {"9.255.255.255", "10.0.0.0", true},
    {"255.255.255.255", "0.0.0.0", false},
    {"::", "::1", true},
    {"2001:db8::ffff:ffff", "2001:db8::1:0:0", true},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::", false},
};

static void
step_and_step_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(steps); i++) {
        struct addr from, to, at;
        assert_true(addr_parse(&from, steps[i].from, strlen(steps[i].from)));
        assert_true(addr_parse(&to, steps[i].to, strlen(steps[i].to)));
        at = from;
        CHECK(steps[i].from, addr_step(&at) == steps[i].goes_on && addr_compare(&at, &to) == 0);
        at = to;
        CHECK(steps[i].to, addr_step_back(&at) == steps[i].goes_on && addr_compare(&at, &from) == 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_addresses),
        cmocka_unit_test(bytes_after_a_nul_count),
        cmocka_unit_test(agrees_with_the_c_library),
        cmocka_unit_test(parse_prefixes),
        cmocka_unit_test(the_bit_outside_and_the_bit_inside),
        cmocka_unit_test(order),
        cmocka_unit_test(step_and_step_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
