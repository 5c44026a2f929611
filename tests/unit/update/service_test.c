// SPDX-License-Identifier: GPL-2.0-or-later
/* service_test.c - service.h as far as it needs no network: versions, waits, queries, documents, the change feed. */
#include "update/service.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "change/announced.h"
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
    {"since the beginning, which is no version", "0000000000", false},
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
    {"none in a row is the first", .first = 3600, .failures = 0, .want = 3600},
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
    {"nothing", .want = ""},
    {"areas keep their commas", .areas = "Exchange,MEM", .want = "&ServiceAreas=Exchange,MEM"},
    {"all", .areas = "Skype", .tenant = "contoso-x", .no_ipv6 = true,
     .want = "&ServiceAreas=Skype&TenantName=contoso-x&NoIPv6=true"},
    {"what would be a second parameter", .tenant = "a&b=c d#\xe4?", .want = "&TenantName=a%26b%3Dc%20d%23%E4%3F"},
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
    const struct conf conf = {.tenant_name = tenant};
    CHECK("too long", service_query(query, &conf, &err) == -1 && err.kind == ERR_LIMIT);
}

static const struct {
    const char *why, *in, *says; /* NULL: accepted */
} documents[] = {
    {"an array", "[{}]", NULL},
    {"an empty one: the table reader's business", "[]", NULL},
    {"a byte order mark", "\xef\xbb\xbf[1]", NULL},
    {"UTF-8 of every length", "[\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"]", NULL},
    {"nothing", "", "it is empty"},
    {"blanks", " \r\n\t", "it is empty"},
    {"a page", "<html>", "HTML"},
    {"a page behind blanks", "\r\n  <!DOCTYPE html>", "HTML"},
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

/* Changes as `+value set impact effective` or `-...`, separated by bars. */
static const struct {
    const char *why, *since, *in, *want;
} feeds[] = {
    {"a record as the service writes it", .since = "2019122800",
     .in = "[{\"id\":500,\"endpointSetId\":149,\"disposition\":\"Add\",\"version\":\"2020012800\","
           "\"impact\":\"AddedUrl\",\"current\":{\"expressRoute\":\"false\",\"required\":\"true\","
           "\"category\":\"Default\"},\"add\":{\"effectiveDate\":\"20191125\","
           "\"urls\":[\"A.example.net\",\"b.example.net\"],\"ips\":[\"192.0.2.0/24\"]}}]",
     .want = "+a.example.net 149 AddedUrl 20191125|"
             "+b.example.net 149 AddedUrl 20191125|"
             "+192.0.2.0/24 149 AddedUrl 20191125|"},
    {"booleans as they should be", .since = "2019122800",
     .in = "[{\"endpointSetId\":1,\"current\":{\"required\":true},\"add\":{\"urls\":[\"a\"]}}]", .want = "+a 1 - -|"},
    {"added and removed", .since = "2019122800",
     .in = "[{\"endpointSetId\":2,\"version\":\"2020012800\",\"impact\":\"MovedIpOrUrl\","
           "\"remove\":{\"urls\":[\"a\"],\"ips\":[\"::/48\"]},"
           "\"add\":{\"effectiveDate\":\"20200301\",\"urls\":[\"b\"]}}]",
     .want = "-a 2 MovedIpOrUrl -|-::/48 2 MovedIpOrUrl -|+b 2 MovedIpOrUrl 20200301|"},
    {"not newer", .since = "2020012800", .in = "[{\"version\":\"2020012800\",\"add\":{\"urls\":[\"a\"]}}]", .want = ""},
    {"newer", .since = "2020012799", .in = "[{\"version\":\"2020012800\",\"add\":{\"urls\":[\"a\"]}}]",
     .want = "+a 0 - -|"},
    {"nothing known before", .since = "", .in = "[{\"version\":\"2020012800\",\"add\":{\"urls\":[\"a\"]}}]",
     .want = "+a 0 - -|"},
    {"a version that is none", .since = "2020012800", .in = "[{\"version\":7,\"add\":{\"urls\":[\"a\"]}}]",
     .want = "+a 0 - -|"},
    {"a set as text", .since = "", .in = "[{\"endpointSetId\":\"31\",\"add\":{\"urls\":[\"a\"]}}]",
     .want = "+a 31 - -|"},
    {"sets that are none", .since = "",
     .in = "[{\"endpointSetId\":-1,\"add\":{\"urls\":[\"a\"]}},"
           "{\"endpointSetId\":\"99999999999\",\"add\":{\"urls\":[\"b\"]}},"
           "{\"endpointSetId\":5000000000,\"add\":{\"urls\":[\"c\"]}}]",
     .want = "+a 0 - -|+b 0 - -|+c 0 - -|"},
    {"an impact nobody knows", .since = "", .in = "[{\"impact\":\"AddedUrLs\",\"add\":{\"urls\":[\"a\"]}}]",
     .want = "+a 0 AddedUrLs -|"},
    {"impacts that are none", .since = "",
     .in = "[{\"impact\":\"a b\",\"add\":{\"urls\":[\"a\"]}},"
           "{\"impact\":\"\",\"add\":{\"urls\":[\"b\"]}},"
           "{\"impact\":3,\"add\":{\"urls\":[\"c\"]}},"
           "{\"impact\":\"\\u001b[31m\",\"add\":{\"urls\":[\"d\"]}}]",
     .want = "+a 0 - -|+b 0 - -|+c 0 - -|+d 0 - -|"},
    {"dates that are none", .since = "",
     .in = "[{\"add\":{\"effectiveDate\":\"2020\",\"urls\":[\"a\"]}},"
           "{\"add\":{\"effectiveDate\":20200301,\"urls\":[\"b\"]}},"
           "{\"add\":{\"effectiveDate\":\"2020-3-1\",\"urls\":[\"c\"]}}]",
     .want = "+a 0 - -|+b 0 - -|+c 0 - -|"},
    {"values that are none", .since = "",
     .in = "[{\"add\":{\"urls\":[\"\",\"a b\",\"\\u00e4\",7,null,{},\"c\"],\"ips\":\"x\"}}]", .want = "+c 0 - -|"},
    {"records that are none", .since = "", .in = "[7,null,\"x\",[],{},{\"add\":7},{\"add\":{\"urls\":[\"a\"]}}]",
     .want = "+a 0 - -|"},
    {"an empty feed", .since = "", .in = "[]", .want = ""},
    {"no array", .since = "", .in = "{\"add\":{\"urls\":[\"a\"]}}", .want = ""},
    {"no JSON", .since = "", .in = "<html>", .want = ""},
    {"nothing", .since = "", .in = "", .want = ""},
};

static void
test_feeds(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(feeds); i++) {
        struct arena *arena = arena_new((size_t)1 << 20);
        struct announced *changes;
        size_t len = strlen(feeds[i].in), at = 0;
        char *text = guard_new(feeds[i].in, len), got[1000] = "";
        size_t count = announced_read(&changes, arena, text, len, feeds[i].since);
        guard_free(text, len);
        for (size_t j = 0; j < count; j++)
            at +=
                (size_t)snprintf(got + at, sizeof got - at, "%c%s %u %s %s|", changes[j].removed ? '-' : '+',
                                 changes[j].value, changes[j].set, changes[j].impact == NULL ? "-" : changes[j].impact,
                                 changes[j].effective == NULL ? "-" : changes[j].effective);
        check_text(feeds[i].why, got, at, feeds[i].want);
        arena_free(arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions),  cmocka_unit_test(test_backoff), cmocka_unit_test(test_queries),
        cmocka_unit_test(test_documents), cmocka_unit_test(test_feeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
