// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * url_test.c - url.h: host and port of a URL are those that a client would connect to, however the URL is disguised.
 */
#include "name/url.h"

#include <string.h>

#include "unit.h"

static const struct {
    const char *why, *in, *host, *port; /* port NULL: none */
    uint16_t default_port;
    bool has_scheme;
} urls[] = {
    {"a host", "example.com", .host = "example.com", .default_port = 443},
    {"a host and port", "example.com:8443", .host = "example.com", .port = "8443", .default_port = 443},
    {"CONNECT's form", "outlook.office365.com:443", .host = "outlook.office365.com", .port = "443",
     .default_port = 443},
    {"an address", "1.2.3.4", .host = "1.2.3.4", .default_port = 443},
    {"an address and port", "1.2.3.4:80", .host = "1.2.3.4", .port = "80", .default_port = 443},
    {"a bare IPv6 address", "2603::1", .host = "2603::1", .default_port = 443},
    {"a bare IPv6 address that looks like a port", "2603::443", .host = "2603::443", .default_port = 443},
    {"IPv6 in brackets", "[2603::1]", .host = "[2603::1]", .default_port = 443},
    {"IPv6 and port", "[2603::1]:8443", .host = "[2603::1]", .port = "8443", .default_port = 443},
    {"https", "https://example.com/", .host = "example.com", .default_port = 443, .has_scheme = true},
    {"http", "http://example.com", .host = "example.com", .default_port = 80, .has_scheme = true},
    {"HTTP", "HTTP://example.com", .host = "example.com", .default_port = 80, .has_scheme = true},
    {"ws", "ws://example.com", .host = "example.com", .default_port = 80, .has_scheme = true},
    {"wss", "wss://example.com", .host = "example.com", .default_port = 443, .has_scheme = true},
    {"ftp", "ftp://example.com/file", .host = "example.com", .default_port = 21, .has_scheme = true},
    {"an unknown scheme", "gopher://example.com", .host = "example.com", .default_port = 443, .has_scheme = true},
    {"a scheme that only begins like one", "httpx://example.com", .host = "example.com", .default_port = 443,
     .has_scheme = true},
    {"a port in a URL", "http://example.com:8080/x", .host = "example.com", .port = "8080", .default_port = 80,
     .has_scheme = true},
    {"an empty port in a URL is the default", "http://example.com:/x", .host = "example.com", .default_port = 80,
     .has_scheme = true},
    {"an empty port elsewhere is one that is bad", "example.com:", .host = "example.com", .port = "",
     .default_port = 443},
    {"user and password", "https://user:pass@example.com/", .host = "example.com", .default_port = 443,
     .has_scheme = true},
    {"two at signs: the last one counts", "https://a@b@example.com/", .host = "example.com", .default_port = 443,
     .has_scheme = true},
    {"a user that looks like the host", "https://outlook.office365.com@evil.example/", .host = "evil.example",
     .default_port = 443, .has_scheme = true},
    {"an at sign in the path", "https://example.com/@evil.example", .host = "example.com", .default_port = 443,
     .has_scheme = true},
    {"a question mark ends the host", "https://example.com?@evil.example", .host = "example.com", .default_port = 443,
     .has_scheme = true},
    {"a number sign too", "https://example.com#@evil.example", .host = "example.com", .default_port = 443,
     .has_scheme = true},
    {"a backslash does not, and is not a host byte", "https://example.com\\@evil.example", .host = "evil.example",
     .default_port = 443, .has_scheme = true},
    {"IPv6 in a URL", "https://[2603::1]:444/x", .host = "[2603::1]", .port = "444", .default_port = 443,
     .has_scheme = true},
    {"nothing is decoded", "https://ex%61mple.com/", .host = "ex%61mple.com", .default_port = 443, .has_scheme = true},
    {"not a port", "example.com:https", .host = "example.com", .port = "https", .default_port = 443},
    {"two ports", "example.com:1:2", .host = "example.com:1", .port = "2", .default_port = 443},
    {"a path without scheme stays in the host", "example.com/x", .host = "example.com/x", .default_port = 443},
    {"an empty host in a URL", "https:///x", .host = "", .default_port = 443, .has_scheme = true},
    {"an empty host with port", ":443", .host = "", .port = "443", .default_port = 443},
    {"no scheme before the slashes", "://example.com", .host = "", .port = "//example.com", .default_port = 443},
    {"nothing", "", .host = "", .default_port = 443},
    {"an open bracket", "[2603::1", .host = "[2603:", .port = "1", .default_port = 443},
    {"urn of a cache, no slashes", "urn:x", .host = "urn", .port = "x", .default_port = 443},
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

static const struct {
    const char *why, *in, *host, *port;
    uint16_t default_port;
} pastes[] = {
    {"a host", "example.com", "example.com", NULL, 443},
    {"without scheme, with a path", "outlook.office.com/mail/inbox", "outlook.office.com", NULL, 443},
    {"with a port", "example.com:8443/x", "example.com", "8443", 443},
    {"with an empty port", "example.com:", "example.com", NULL, 443},
    {"with a slash", "example.com/", "example.com", NULL, 443},
    {"with a dot, which host_parse() drops", "example.com./", "example.com.", NULL, 443},
    {"with a query", "example.com?a=@evil.example", "example.com", NULL, 443},
    {"with a fragment", "example.com#@evil.example", "example.com", NULL, 443},
    {"with a backslash, as a browser reads it", "example.com\\@evil.example", "example.com", NULL, 443},
    {"a user without scheme", "user:pass@example.com/x", "example.com", NULL, 443},
    {"a user that looks like the host", "outlook.office365.com@evil.example", "evil.example", NULL, 443},
    {"a URL", "http://u@example.com:8080/x", "example.com", "8080", 80},
    {"slashes only", "//example.com/x", "example.com", NULL, 443},
    {"angle brackets", " <https://example.com/x> ", "example.com", NULL, 443},
    {"quotes", "\"example.com\"", "example.com", NULL, 443},
    {"brackets", "(example.com)", "example.com", NULL, 443},
    {"IPv6", "2603::1", "2603::1", NULL, 443},
    {"IPv6 in brackets with a path", "[2603::1]:444/x", "[2603::1]", "444", 443},
    {"an IPv6 address that ends in colons", "2603::", "2603::", NULL, 443},
    {"blanks inside are not a host", "a b.example", "a b.example", NULL, 443},
    {"nothing", "", "", NULL, 443},
    {"only wrapping", "<>", "<>", NULL, 443},
    {"a comma", "example.com,", "example.com", NULL, 443},
    {"a semicolon", "example.com; ", "example.com", NULL, 443},
    {"quotes and a comma, as in JSON", "  \"example.com\",", "example.com", NULL, 443},
    {"a comma in quotes", "'example.com,'", "example.com", NULL, 443},
    {"English quotes", "\u2018example.com\u2019", "example.com", NULL, 443},
    {"German quotes", "\u201eexample.com\u201c", "example.com", NULL, 443},
    {"French quotes with a URL", "\u00abhttp://example.com/x\u00bb", "example.com", NULL, 80},
    {"backticks", "`example.com`", "example.com", NULL, 443},
    {"quotes in brackets", "(\"example.com\")", "example.com", NULL, 443},
    {"one quote stays", "\"example.com", "\"example.com", NULL, 443},
    {"a published pattern stays", "<tenant>.example.com", "<tenant>.example.com", NULL, 443},
    {"a missing slash", "https:/example.com/", "example.com", NULL, 443},
    {"no slash", "http:example.com:81/x", "example.com", "81", 80},
    {"a slash too many: no host", "https:///example.com", "", NULL, 443},
    {"a missing colon", "http//example.com", "example.com", NULL, 80},
    {"backslashes", "https:\\\\example.com\\x", "example.com", NULL, 443},
    {"a backslash in a URL, as a browser reads it", "https://example.com\\@evil.example", "example.com", NULL, 443},
    {"hxxps", "hxxps://example.com/", "example.com", NULL, 443},
    {"hxxp in capitals", "hXXp://example.com/", "example.com", NULL, 80},
    {"a host that is called like a scheme", "https:443", "https", "443", 443},
    {"the same with a path", "http:8080/x", "http", "8080", 443},
    {"the same alone", "http", "http", NULL, 443},
    {"an address after a scheme without slashes", "http:192.0.2.1", "192.0.2.1", NULL, 80},
    {"another word before one slash", "urn:/x", "urn", NULL, 443},
    {"a scheme alone", "https://", "", NULL, 443},
    {"nothing but commas", ",;", "", NULL, 443},
};

static void
paste(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(pastes); i++) {
        size_t len = strlen(pastes[i].in);
        char *in = guard_new(pastes[i].in, len);
        struct authority got;
        url_split_pasted(&got, in, len);
        check_text(pastes[i].why, got.host, got.host_len, pastes[i].host);
        CHECK(pastes[i].why, (got.port != NULL) == (pastes[i].port != NULL));
        if (got.port != NULL)
            check_text(pastes[i].why, got.port, got.port_len, pastes[i].port);
        CHECK(pastes[i].why, got.default_port == pastes[i].default_port);
        guard_free(in, len);
    }
}

static const struct {
    const char *why, *text;
    bool number;
} numbers[] = {
    {"a name", "example.com", false},
    {"digits before the last label", "1.2.3.example", false},
    {"an IDN", "xn--p1ai", false},
    {"a host of an intranet", "srv-1", false},
    {"an address", "192.0.2.1", true},
    {"three numbers", "10.0.1", true},
    {"a number too high", "300.1.1.1", true},
    {"a trailing dot", "192.0.2.1.", true},
    {"one number", "2130706433", true},
    {"hexadecimal", "0x7F000001", true},
    {"hexadecimal in the last place", "127.0.0.0x1", true},
    {"a name that begins like hexadecimal", "0xyz", false},
    {"only its start", "0x", false},
    {"a range of last numbers", "192.0.2.1-9", true},
    {"a label before a number", "example.1", true},
    {"nothing", "", false},
    {"a dot", ".", false},
};

static void
is_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(numbers); i++) {
        size_t len = strlen(numbers[i].text);
        char *in = guard_new(numbers[i].text, len);
        CHECK(numbers[i].why, url_is_number(in, len) == numbers[i].number);
        guard_free(in, len);
    }
}

/* Any bytes give slices of the given bytes. */
static void
any_bytes(void **state)
{
    (void)state;
    static const char letters[] = "ab:/@[]?#.%1\\- <>\",;\x80\xe2\x99";
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
        if (round % 2 == 0)
            url_split(&got, in, len);
        else
            url_split_pasted(&got, in, len);
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
    {"http", "http://a.example", .url = true},
    {"https with everything", "HTTPS://A.example:8443/x?y#z", .url = true},
    {"an address", "http://192.0.2.1/", .url = true},
    {"an IPv6 address in brackets", "http://[2001:db8::1]:80/", .url = true},
    {"an IPv6 address without", "http://2001:db8::1/", .url = false},
    {"brackets around another", "http://[192.0.2.1]/", .url = false},
    {"another scheme", "ftp://a.example/", .url = false},
    {"no scheme", "a.example", .url = false},
    {"a path", "/x", .url = false},
    {"a user part", "http://u@a.example/", .url = false},
    {"no host", "http:///x", .url = false},
    {"a scheme alone", "http://", .url = false},
    {"a bad host", "http://a_*.example/", .url = false},
    {"port 0", "http://a.example:0/", .url = false},
    {"a port too high", "http://a.example:65536/", .url = false},
    {"host and port", "a.example:443", .connect = true},
    {"an address and port", "192.0.2.1:443", .connect = true},
    {"an IPv6 address and port", "[2001:db8::1]:443", .connect = true},
    {"host and bad port", "a.example:x", .url = false},
    {"empty", "", .url = false},
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
        cmocka_unit_test(split),     cmocka_unit_test(paste),     cmocka_unit_test(any_bytes),
        cmocka_unit_test(is_target), cmocka_unit_test(is_number), cmocka_unit_test(is_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
