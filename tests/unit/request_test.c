// SPDX-License-Identifier: GPL-2.0-or-later
/* request_test.c - request.h: each identifier is judged once: a name, an address, absent, or bad. */
#include "request.h"

#include <string.h>

#include "unit.h"

static const struct {
    const char *why, *in;
    enum given dst, sni, la;
    const char *text; /* of the name or address */
} identifiers[] = {
    {"a name", "Outlook.Office365.com.", GIVEN_NAME, GIVEN_NAME, GIVEN_BAD, "outlook.office365.com"},
    {"an address", "52.96.0.1", GIVEN_ADDR, GIVEN_BAD, GIVEN_ADDR, "52.96.0.1"},
    {"IPv6", "2603::1", GIVEN_ADDR, GIVEN_BAD, GIVEN_ADDR, "2603::1"},
    {"IPv6 in brackets", "[2603::1]", GIVEN_ADDR, GIVEN_BAD, GIVEN_ADDR, "2603::1"},
    {"... escaped", "%5B2603::1%5D", GIVEN_ADDR, GIVEN_BAD, GIVEN_ADDR, "2603::1"},
    {"mapped", "::ffff:52.96.0.1", GIVEN_ADDR, GIVEN_BAD, GIVEN_ADDR, "52.96.0.1"},
    {"absent", "-", GIVEN_NONE, GIVEN_NONE, GIVEN_NONE, NULL},
    {"empty", "", GIVEN_NONE, GIVEN_NONE, GIVEN_NONE, NULL},
    {"two dashes are a label", "--", GIVEN_NAME, GIVEN_NAME, GIVEN_BAD, "--"},
    {"a percent", "a%2ecom", GIVEN_BAD, GIVEN_BAD, GIVEN_BAD, NULL},
    {"an empty label", "a..b", GIVEN_BAD, GIVEN_BAD, GIVEN_BAD, NULL},
    {"an address that is not strict is a name", "1.2.3.04", GIVEN_NAME, GIVEN_NAME, GIVEN_BAD, "1.2.3.04"},
    {"an address with a dot behind it too", "1.2.3.4.", GIVEN_NAME, GIVEN_NAME, GIVEN_BAD, "1.2.3.4"},
    {"a number", "16909060", GIVEN_NAME, GIVEN_NAME, GIVEN_BAD, "16909060"},
    {"a host with port", "a.com:443", GIVEN_BAD, GIVEN_BAD, GIVEN_BAD, NULL},
    {"a zone", "fe80::1%25eth0", GIVEN_BAD, GIVEN_BAD, GIVEN_BAD, NULL},
    {"IPv4 in brackets", "[1.2.3.4]", GIVEN_BAD, GIVEN_BAD, GIVEN_BAD, NULL},
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
    {"65536", "65536", 0},    {"a name", "https", 0},    {"negative", "-443", 0},    {"a blank", " 443", 0},
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
    {"a host", "Example.com", GIVEN_NAME, "example.com", 443},
    {"http", "http://example.com/x", GIVEN_NAME, "example.com", 80},
    {"a port", "https://example.com:8443/x", GIVEN_NAME, "example.com", 8443},
    {"IPv6", "[2603::1]:80", GIVEN_ADDR, "2603::1", 80},
    {"a bad port", "example.com:70000", GIVEN_NAME, "example.com", 0},
    {"an empty port", "example.com:", GIVEN_NAME, "example.com", 0},
    {"a user", "https://outlook.office365.com@evil.example/", GIVEN_NAME, "evil.example", 443},
    {"an escaped host", "https://ex%61mple.com/", GIVEN_BAD, NULL, 443},
    {"a path without scheme", "example.com/x", GIVEN_BAD, NULL, 443},
    {"no host", "https:///x", GIVEN_NONE, NULL, 443},
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
