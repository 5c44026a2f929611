// SPDX-License-Identifier: GPL-2.0-or-later
/* service_test.c - service.h as far as it works without a network: versions, waits, queries, documents. */
#include "service/service.h"

#include <string.h>

#include "base/err.h"
#include "conf/conf.h"
#include "unit.h"

static const struct {
    const char *why, *in;
    bool want;
} versions[] = {
    {"a version", "2025120100", true},
    {"an out-of-band one", "2019011701", true},
    {"the first ever", "2018062700", true},
    {"before there were any", "2017122800", false},
    {"since the beginning, which is not a version", "0000000000", false},
    {"nine digits", "202512010", false},
    {"eleven digits", "20251201000", false},
    {"month 0", "2025000100", false},
    {"month 13", "2025130100", false},
    {"day 0", "2025120000", false},
    {"day 32", "2025123200", false},
    {"a letter", "202512010a", false},
    {"a sign", "+202512010", false},
    {"nothing", "", false},
};

static void
test_versions(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(versions); i++) {
        size_t len = strlen(versions[i].in);
        char *text = guard_new(versions[i].in, len);
        CHECK(versions[i].why, service_is_version(text, len) == versions[i].want);
        guard_free(text, len);
    }
}

static const struct {
    const char *why;
    uint32_t first, failures, want;
} waits[] = {
    {"the first 429", .first = 3600, .failures = 1, .want = 3600},
    {"the second", .first = 3600, .failures = 2, .want = 7200},
    {"the fifth", .first = 3600, .failures = 5, .want = 57600},
    {"the sixth: a day", .first = 3600, .failures = 6, .want = 86400},
    {"any later", .first = 3600, .failures = UINT32_MAX, .want = 86400},
    {"no failure in a row counts as the first", .first = 3600, .failures = 0, .want = 3600},
    {"as long as the service asks for", .first = 7200, .failures = 1, .want = 7200},
    {"a day is a day", .first = 86400, .failures = 9, .want = 86400},
    {"another failure", .first = 900, .failures = 1, .want = 900},
    {"again", .first = 900, .failures = 3, .want = 3600},
    {"at most four hours", .first = 900, .failures = 50, .want = 14400},
};

static void
test_backoff(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(waits); i++)
        CHECK(waits[i].why, service_backoff(waits[i].first, waits[i].failures) == waits[i].want);
}

static const struct {
    const char *why, *areas, *tenant;
    bool no_ipv6;
    const char *want;
} queries[] = {
    {"what is configured by default", .areas = "Common,Exchange,SharePoint,Skype,MEM",
     .want = "&ServiceAreas=Common,Exchange,SharePoint,Skype,MEM"},
    {"areas keep their commas", .areas = "Exchange,MEM", .want = "&ServiceAreas=Exchange,MEM"},
    {"all", .areas = "Skype", .tenant = "contoso-x", .no_ipv6 = true,
     .want = "&ServiceAreas=Skype&TenantName=contoso-x&NoIPv6=true"},
    {"what could become a second parameter", .areas = "MEM", .tenant = "a&b=c d#\xe4?",
     .want = "&ServiceAreas=MEM&TenantName=a%26b%3Dc%20d%23%E4%3F"},
};

static void
test_queries(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(queries); i++) {
        char query[SERVICE_QUERY_MAX];
        struct err err = {0};
        const struct conf conf = {
            .service_areas = queries[i].areas, .tenant_name = queries[i].tenant, .no_ipv6 = queries[i].no_ipv6};
        CHECK(queries[i].why, service_query(query, &conf, &err) == 0);
        check_text(queries[i].why, query, strlen(query), queries[i].want);
    }
    char query[SERVICE_QUERY_MAX], tenant[SERVICE_QUERY_MAX];
    struct err err = {0};
    memset(tenant, 'x', sizeof tenant - 1);
    tenant[sizeof tenant - 1] = '\0';
    const struct conf conf = {.service_areas = "MEM", .tenant_name = tenant};
    CHECK("too long", service_query(query, &conf, &err) == -1 && err.kind == ERR_LIMIT);
}

static const struct {
    const char *why, *in, *says; /* NULL: accepted */
} documents[] = {
    {"an array", "[{}]", NULL},
    {"an empty one is for the table reader to judge", "[]", NULL},
    {"a byte order mark", "\xef\xbb\xbf[1]", NULL},
    {"UTF-8 of every length", "[\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"]", NULL},
    {"nothing", "", "it is empty"},
    {"only white space", " \r\n\t", "it is empty"},
    {"a page", "<html>", "HTML"},
    {"a page after white space", "\r\n  <!DOCTYPE html>", "HTML"},
    {"UTF-16", "\xff\xfe[", "it is UTF-16 text; save it as UTF-8"},
    {"compressed", "\x1f\x8b\x08", "it is compressed; unpack it first"},
    {"latin-1", "[\"\xe4\"]", "byte 3 is not UTF-8"},
    {"a sequence cut by the end", "[\"\xe2\x82", "byte 3 is not UTF-8"},
    {"an object", "{}", "not an array"},
    {"a text", "\"x\"", "not an array"},
    {"a sentence", "Valid ClientRequestId Guid is required", "not JSON"},
    {"cut off", "[{\"id\":1},", "not JSON"},
};

static void
test_documents(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(documents); i++) {
        size_t len = strlen(documents[i].in);
        char *text = guard_new(documents[i].in, len);
        struct err err = {0};
        int result = service_check_document(text, len, &err);
        CHECK(documents[i].why, result == (documents[i].says == NULL ? 0 : -1));
        if (documents[i].says != NULL)
            check_says(documents[i].why, err.text, documents[i].says);
        guard_free(text, len);
    }
    struct err err = {0};
    CHECK("a NUL", service_check_document("\0[]", 3, &err) == -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_backoff),
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_documents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
