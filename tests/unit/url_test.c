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

static const struct {
    const char *why, *text;
    bool url, connect; /* a target of a request, of a CONNECT */
} targets[] = {
    {"http", "http://a.example", true, false},
    {"https with everything", "HTTPS://A.example:8443/x?y#z", true, false},
    {"an address", "http://192.0.2.1/", true, false},
    {"an IPv6 address in brackets", "http://[2001:db8::1]:80/", true, false},
    {"an IPv6 address without", "http://2001:db8::1/", false, false},
    {"brackets around another", "http://[192.0.2.1]/", false, false},
    {"another scheme", "ftp://a.example/", false, false},
    {"no scheme", "a.example", false, false},
    {"a path", "/x", false, false},
    {"a user part", "http://u@a.example/", false, false},
    {"no host", "http:///x", false, false},
    {"a scheme alone", "http://", false, false},
    {"a bad host", "http://a_*.example/", false, false},
    {"port 0", "http://a.example:0/", false, false},
    {"a port too high", "http://a.example:65536/", false, false},
    {"host and port", "a.example:443", false, true},
    {"an address and port", "192.0.2.1:443", false, true},
    {"an IPv6 address and port", "[2001:db8::1]:443", false, true},
    {"host and bad port", "a.example:x", false, false},
    {"empty", "", false, false},
};

static void
is_target(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        size_t len = strlen(targets[i].text);
        char *in = guard_new(targets[i].text, len + 1);
        CHECK(targets[i].why, url_is_target(in, len, false) == targets[i].url);
        CHECK(targets[i].why, url_is_target(in, len, true) == targets[i].connect);
        guard_free(in, len + 1);
    }
}

/* RFC 3986, 2.2 and 2.3, and the percent sign of 2.1. */
static void
is_byte(void **state)
{
    (void)state;
    static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%";
    size_t count = 0;
    for (unsigned byte = 0; byte < 256; byte++)
        count += url_is_byte((unsigned char)byte);
    assert_int_equal(count, sizeof all - 1);
    for (size_t i = 0; i < sizeof all - 1; i++)
        CHECK("a URL byte", url_is_byte((unsigned char)all[i]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(split),
        cmocka_unit_test(any_bytes),
        cmocka_unit_test(is_target),
        cmocka_unit_test(is_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
