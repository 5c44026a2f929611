// SPDX-License-Identifier: GPL-2.0-or-later
/* announced_test.c - announced.h: feeds of every kind, and the feeds of several documents, each read from the version
 * that its own instance had. */
#include "change/announced.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "store/document.h"
#include "unit.h"

#define RECORD(version, name) "{\"version\":\"" version "\",\"add\":{\"urls\":[\"" name "\"]}}"

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
    {"a version that is not one", .since = "2020012800", .in = "[{\"version\":7,\"add\":{\"urls\":[\"a\"]}}]",
     .want = "+a 0 - -|"},
    {"a set as text", .since = "", .in = "[{\"endpointSetId\":\"31\",\"add\":{\"urls\":[\"a\"]}}]",
     .want = "+a 31 - -|"},
    {"sets that are not numbers of sets", .since = "",
     .in = "[{\"endpointSetId\":-1,\"add\":{\"urls\":[\"a\"]}},"
           "{\"endpointSetId\":\"99999999999\",\"add\":{\"urls\":[\"b\"]}},"
           "{\"endpointSetId\":5000000000,\"add\":{\"urls\":[\"c\"]}}]",
     .want = "+a 0 - -|+b 0 - -|+c 0 - -|"},
    {"an unknown impact", .since = "", .in = "[{\"impact\":\"AddedUrLs\",\"add\":{\"urls\":[\"a\"]}}]",
     .want = "+a 0 AddedUrLs -|"},
    {"impacts that are not words", .since = "",
     .in = "[{\"impact\":\"a b\",\"add\":{\"urls\":[\"a\"]}},"
           "{\"impact\":\"\",\"add\":{\"urls\":[\"b\"]}},"
           "{\"impact\":3,\"add\":{\"urls\":[\"c\"]}},"
           "{\"impact\":\"\\u001b[31m\",\"add\":{\"urls\":[\"d\"]}}]",
     .want = "+a 0 - -|+b 0 - -|+c 0 - -|+d 0 - -|"},
    {"dates that are not dates", .since = "",
     .in = "[{\"add\":{\"effectiveDate\":\"2020\",\"urls\":[\"a\"]}},"
           "{\"add\":{\"effectiveDate\":20200301,\"urls\":[\"b\"]}},"
           "{\"add\":{\"effectiveDate\":\"2020-3-1\",\"urls\":[\"c\"]}}]",
     .want = "+a 0 - -|+b 0 - -|+c 0 - -|"},
    {"values that are not names or prefixes", .since = "",
     .in = "[{\"add\":{\"urls\":[\"\",\"a b\",\"\\u00e4\",7,null,{},\"c\"],\"ips\":\"x\"}}]", .want = "+c 0 - -|"},
    {"records that are not records", .since = "", .in = "[7,null,\"x\",[],{},{\"add\":7},{\"add\":{\"urls\":[\"a\"]}}]",
     .want = "+a 0 - -|"},
    {"an empty feed", .since = "", .in = "[]", .want = ""},
    {"not an array", .since = "", .in = "{\"add\":{\"urls\":[\"a\"]}}", .want = ""},
    {"not JSON", .since = "", .in = "<html>", .want = ""},
    {"nothing", .since = "", .in = "", .want = ""},
};

static void
feeds_of_every_kind(void **state)
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

static void
add_document(struct documents *documents, const char *instance, const char *version, const char *feed)
{
    struct document *document = &documents->of[documents->count++];
    document->instance = instance;
    snprintf(document->version, sizeof document->version, "%s", version);
    buf_init(&document->bytes, 1000);
    buf_init(&document->changes, 1000);
    buf_add_text(&document->changes, feed);
}

static void
expect(const char *why, const struct documents *is, const struct documents *was, const char *want)
{
    struct arena *arena = arena_new((size_t)1 << 20);
    struct announced *got;
    char text[100] = "";
    size_t at = 0, count = announced_since(&got, arena, is, was);
    for (size_t i = 0; i < count; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s ", got[i].value);
    check_text(why, text, at, want);
    arena_free(arena);
}

static void
newer_than_its_own(void **state)
{
    (void)state;
    struct documents is = {0}, was = {0}, other = {0}, none = {0};
    add_document(&is, "Worldwide", "2026040100",
                 "[" RECORD("2026010100", "a") "," RECORD("2026020100", "b") "," RECORD("2026030100", "c") "]");
    add_document(&is, "China", "2026040100", "[" RECORD("2026010100", "d") "," RECORD("2026020100", "e") "]");
    add_document(&was, "China", "2026010100", "");
    add_document(&was, "Worldwide", "2026020100", "");
    add_document(&other, "USGovDoD", "2026090100", "");
    expect("whatever their order", &is, &was, "c e ");
    expect("nothing was there before", &is, &none, "a b c d e ");
    expect("only another instance was", &is, &other, "a b c d e ");
    expect("nothing newer", &is, &is, "");
    expect("no documents", &none, &is, "");
    expect("documents without feeds", &was, &none, "");
    documents_clear(&is);
    documents_clear(&was);
    documents_clear(&other);
}

/* Without memory for the whole feed the list is empty. */
static void
no_memory(void **state)
{
    (void)state;
    struct documents is = {0}, none = {0};
    struct announced *got;
    struct arena *arena = arena_new(0);
    add_document(&is, "Worldwide", "2026040100", "[" RECORD("2026010100", "a") "]");
    assert_int_equal(announced_since(&got, arena, &is, &none), 0);
    arena_free(arena);
    documents_clear(&is);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(feeds_of_every_kind),
        cmocka_unit_test(newer_than_its_own),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
