// SPDX-License-Identifier: GPL-2.0-or-later
/* announced_test.c - announced.h: the feeds of several documents, each read from the version its own instance had. One
 * feed by itself: service_test.c. */
#include "announced.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "document.h"
#include "unit.h"

#define RECORD(version, name) "{\"version\":\"" version "\",\"add\":{\"urls\":[\"" name "\"]}}"

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

/* Where there is no memory for all, there is none of it. */
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
        cmocka_unit_test(newer_than_its_own),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
