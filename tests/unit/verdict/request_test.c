// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * request_test.c - request.h: each identifier is judged once, as a name, an address, absent or bad; ports and URLs as
 * well.
 */
#include "verdict/request.h"

#include <string.h>

#include "unit.h"

static const struct {
    const char *why, *in;
    enum given dst, sni, la;
    const char *text; /* of the name or address */
} identifiers[] = {
    {"a name", "Outlook.Office365.com.", .dst = GIVEN_NAME, .sni = GIVEN_NAME, .la = GIVEN_BAD,
     .text = "outlook.office365.com"},
    {"an address", "52.96.0.1", .dst = GIVEN_ADDR, .sni = GIVEN_BAD, .la = GIVEN_ADDR, .text = "52.96.0.1"},
    {"IPv6", "2603::1", .dst = GIVEN_ADDR, .sni = GIVEN_BAD, .la = GIVEN_ADDR, .text = "2603::1"},
    {"IPv6 in brackets", "[2603::1]", .dst = GIVEN_ADDR, .sni = GIVEN_BAD, .la = GIVEN_ADDR, .text = "2603::1"},
    {"... escaped", "%5B2603::1%5D", .dst = GIVEN_ADDR, .sni = GIVEN_BAD, .la = GIVEN_ADDR, .text = "2603::1"},
    {"mapped", "::ffff:52.96.0.1", .dst = GIVEN_ADDR, .sni = GIVEN_BAD, .la = GIVEN_ADDR, .text = "52.96.0.1"},
    {"absent", "-", .dst = GIVEN_NONE, .sni = GIVEN_NONE, .la = GIVEN_NONE},
    {"empty", "", .dst = GIVEN_NONE, .sni = GIVEN_NONE, .la = GIVEN_NONE},
    {"two dashes are a label", "--", .dst = GIVEN_NAME, .sni = GIVEN_NAME, .la = GIVEN_BAD, .text = "--"},
    {"a percent", "a%2ecom", .dst = GIVEN_BAD, .sni = GIVEN_BAD, .la = GIVEN_BAD},
    {"an empty label", "a..b", .dst = GIVEN_BAD, .sni = GIVEN_BAD, .la = GIVEN_BAD},
    {"an address that is not strict is a name", "1.2.3.04", .dst = GIVEN_NAME, .sni = GIVEN_NAME, .la = GIVEN_BAD,
     .text = "1.2.3.04"},
    {"an address with a dot after it too", "1.2.3.4.", .dst = GIVEN_NAME, .sni = GIVEN_NAME, .la = GIVEN_BAD,
     .text = "1.2.3.4"},
    {"a number", "16909060", .dst = GIVEN_NAME, .sni = GIVEN_NAME, .la = GIVEN_BAD, .text = "16909060"},
    {"a host with port", "a.com:443", .dst = GIVEN_BAD, .sni = GIVEN_BAD, .la = GIVEN_BAD},
    {"a zone", "fe80::1%25eth0", .dst = GIVEN_BAD, .sni = GIVEN_BAD, .la = GIVEN_BAD},
    {"IPv4 in brackets", "[1.2.3.4]", .dst = GIVEN_BAD, .sni = GIVEN_BAD, .la = GIVEN_BAD},
};

static void
check_identifier(const char *why, const struct identifier *got, enum given want, const char *text)
{
    CHECK(why, got->given == want);
    if (want == GIVEN_NAME)
        check_text(why, got->name.text, got->name.len, text);
    if (want == GIVEN_ADDR) {
        char printed[ADDR_TEXT_MAX];
        addr_format(printed, &got->addr);
        check_text(why, printed, strlen(printed), text);
    }
}

static void
judge_each(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(identifiers); i++) {
        size_t len = strlen(identifiers[i].in);
        char *in = guard_new(identifiers[i].in, len);
        struct request request;
        request_init(&request);
        request_set_dst(&request, in, len);
        request_set_sni(&request, in, len);
        request_set_la(&request, in, len);
        check_identifier(identifiers[i].why, &request.dst, identifiers[i].dst, identifiers[i].text);
        check_identifier(identifiers[i].why, &request.sni, identifiers[i].sni, identifiers[i].text);
        check_identifier(identifiers[i].why, &request.la, identifiers[i].la, identifiers[i].text);
        guard_free(in, len);
    }
}

static void
init(void **state)
{
    (void)state;
    struct request request;
    memset(&request, 0x5a, sizeof request);
    request_init(&request);
    assert_int_equal(request.dst.given, GIVEN_NONE);
    assert_int_equal(request.sni.given, GIVEN_NONE);
    assert_int_equal(request.la.given, GIVEN_NONE);
    assert_int_equal(request.port, 443);
    assert_true(request.line_ok);
}

static const struct {
    const char *why, *in;
    uint16_t want; /* 0: bad */
} ports[] = {
    {"a port", "8443", 8443}, {"absent", "-", 443},      {"empty", "", 443},         {"zero", "0", 0},
    {"65536", "65536", 0},    {"a name", "https", 0},    {"negative", "-443", 0},    {"a space", " 443", 0},
    {"most", "65535", 65535}, {"a dash twice", "--", 0}, {"a fraction", "443.0", 0},
};

static void
set_port(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(ports); i++) {
        struct request request;
        request_init(&request);
        request.port = 4711;
        request_set_port(&request, ports[i].in, strlen(ports[i].in));
        CHECK(ports[i].why, request.port == ports[i].want);
    }
}

static const struct {
    const char *why, *in;
    enum given given;
    const char *text;
    uint16_t port;
} urls[] = {
    {"a host", "Example.com", .given = GIVEN_NAME, .text = "example.com", .port = 443},
    {"http", "http://example.com/x", .given = GIVEN_NAME, .text = "example.com", .port = 80},
    {"a port", "https://example.com:8443/x", .given = GIVEN_NAME, .text = "example.com", .port = 8443},
    {"IPv6", "[2603::1]:80", .given = GIVEN_ADDR, .text = "2603::1", .port = 80},
    {"a bad port", "example.com:70000", .given = GIVEN_NAME, .text = "example.com"},
    {"an empty port", "example.com:", .given = GIVEN_NAME, .text = "example.com"},
    {"a user", "https://outlook.office365.com@evil.example/", .given = GIVEN_NAME, .text = "evil.example", .port = 443},
    {"an escaped host", "https://ex%61mple.com/", .given = GIVEN_BAD, .port = 443},
    {"a path without scheme", "example.com/x", .given = GIVEN_BAD, .port = 443},
    {"no host", "https:///x", .given = GIVEN_NONE, .port = 443},
};

static void
set_url(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(urls); i++) {
        size_t len = strlen(urls[i].in);
        char *in = guard_new(urls[i].in, len);
        struct request request;
        request_init(&request);
        request_set_url(&request, in, len);
        check_identifier(urls[i].why, &request.dst, urls[i].given, urls[i].text);
        CHECK(urls[i].why, request.port == urls[i].port);
        guard_free(in, len);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judge_each),
        cmocka_unit_test(init),
        cmocka_unit_test(set_port),
        cmocka_unit_test(set_url),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
