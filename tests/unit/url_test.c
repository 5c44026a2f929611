// SPDX-License-Identifier: GPL-2.0-or-later
/* url_test.c - url.h: where host and port stand in what a person or Squid writes. */
#include "url.h"

#include <string.h>

#include "unit.h"

static const struct {
    const char *why, *in, *host, *port; /* port NULL: none */
    uint16_t default_port;
    bool has_scheme;
} urls[] = {
    {"a host", "example.com", "example.com", NULL, 443, false},
    {"a host and port", "example.com:8443", "example.com", "8443", 443, false},
    {"CONNECT's form", "outlook.office365.com:443", "outlook.office365.com", "443", 443, false},
    {"an address", "1.2.3.4", "1.2.3.4", NULL, 443, false},
    {"an address and port", "1.2.3.4:80", "1.2.3.4", "80", 443, false},
    {"a bare IPv6 address", "2603::1", "2603::1", NULL, 443, false},
    {"a bare IPv6 address that looks like a port", "2603::443", "2603::443", NULL, 443, false},
    {"IPv6 in brackets", "[2603::1]", "[2603::1]", NULL, 443, false},
    {"IPv6 and port", "[2603::1]:8443", "[2603::1]", "8443", 443, false},
    {"https", "https://example.com/", "example.com", NULL, 443, true},
    {"http", "http://example.com", "example.com", NULL, 80, true},
    {"HTTP", "HTTP://example.com", "example.com", NULL, 80, true},
    {"ws", "ws://example.com", "example.com", NULL, 80, true},
    {"wss", "wss://example.com", "example.com", NULL, 443, true},
    {"ftp", "ftp://example.com/file", "example.com", NULL, 21, true},
    {"an unknown scheme", "gopher://example.com", "example.com", NULL, 443, true},
    {"a scheme that only begins like one", "httpx://example.com", "example.com", NULL, 443, true},
    {"a port in a URL", "http://example.com:8080/x", "example.com", "8080", 80, true},
    {"an empty port in a URL is the default", "http://example.com:/x", "example.com", NULL, 80, true},
    {"an empty port elsewhere is one that is bad", "example.com:", "example.com", "", 443, false},
    {"user and password", "https://user:pass@example.com/", "example.com", NULL, 443, true},
    {"two at signs: the last one counts", "https://a@b@example.com/", "example.com", NULL, 443, true},
    {"a user that looks like the host", "https://outlook.office365.com@evil.example/", "evil.example", NULL, 443, true},
    {"an at sign in the path", "https://example.com/@evil.example", "example.com", NULL, 443, true},
    {"a question mark ends the host", "https://example.com?@evil.example", "example.com", NULL, 443, true},
    {"a number sign too", "https://example.com#@evil.example", "example.com", NULL, 443, true},
    {"a backslash does not, and is no host byte", "https://example.com\\@evil.example", "evil.example", NULL, 443,
     true},
    {"IPv6 in a URL", "https://[2603::1]:444/x", "[2603::1]", "444", 443, true},
    {"nothing is decoded", "https://ex%61mple.com/", "ex%61mple.com", NULL, 443, true},
    {"a port that is none", "example.com:https", "example.com", "https", 443, false},
    {"two ports", "example.com:1:2", "example.com:1", "2", 443, false},
    {"a path without scheme stays in the host", "example.com/x", "example.com/x", NULL, 443, false},
    {"an empty host in a URL", "https:///x", "", NULL, 443, true},
    {"an empty host with port", ":443", "", "443", 443, false},
    {"no scheme before the slashes", "://example.com", "", "//example.com", 443, false},
    {"nothing", "", "", NULL, 443, false},
    {"an open bracket", "[2603::1", "[2603:", "1", 443, false},
    {"urn of a cache, no slashes", "urn:x", "urn", "x", 443, false},
};

static void
split(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(urls); i++) {
        size_t len = strlen(urls[i].in);
        char *in = guard_new(urls[i].in, len);
        struct authority got;
        url_split(&got, in, len);
        check_text(urls[i].why, got.host, got.host_len, urls[i].host);
        CHECK(urls[i].why, (got.port != NULL) == (urls[i].port != NULL));
        if (got.port != NULL)
            check_text(urls[i].why, got.port, got.port_len, urls[i].port);
        CHECK(urls[i].why, got.default_port == urls[i].default_port);
        CHECK(urls[i].why, got.has_scheme == urls[i].has_scheme);
        guard_free(in, len);
    }
}

/* Any bytes give slices of the given bytes. */
static void
any_bytes(void **state)
{
    (void)state;
    static const char letters[] = "ab:/@[]?#.%1\\- ";
    uint64_t seed = 3;
    for (int round = 0; round < 20000; round++) {
        char text[24];
        size_t len = next_random(&seed) % sizeof text;
        for (size_t i = 0; i < len; i++)
            text[i] = next_random(&seed) % 20 == 0 ? (char)next_random(&seed)
                                                   : letters[next_random(&seed) % (sizeof letters - 1)];
        if (round % 3 == 0 && len > 8)
            memcpy(text, "http://", 7);
        char *in = guard_new(text, len);
        struct authority got;
        url_split(&got, in, len);
        CHECK("the host is inside", got.host >= in && got.host_len <= len - (size_t)(got.host - in));
        if (got.port != NULL)
            CHECK("the port is inside", got.port >= in && got.port_len <= len - (size_t)(got.port - in));
        guard_free(in, len);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(split),
        cmocka_unit_test(any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
