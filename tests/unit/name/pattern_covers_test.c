// SPDX-License-Identifier: GPL-2.0-or-later
/* pattern_covers_test.c - pattern.h: whether one pattern covers another. */
#include <string.h>

#include "name/host.h"
#include "name/pattern.h"
#include "unit.h"

static const struct {
    const char *why, *outer, *inner;
    bool want;
} rows[] = {
    {"a name and itself", .outer = "a.b.c", .inner = "a.b.c", .want = true},
    {"a name and another", .outer = "a.b.c", .inner = "x.b.c", .want = false},
    {"a wildcard and a name", .outer = "*.b.c", .inner = "a.b.c", .want = true},
    {"at any depth", .outer = "*.c", .inner = "x.a.b.c", .want = true},
    {"never the parent", .outer = "*.b.c", .inner = "b.c", .want = false},
    {"nor what ends like it", .outer = "*.b.c", .inner = "ab.c", .want = false},
    {"a wildcard and itself", .outer = "*.b.c", .inner = "*.b.c", .want = true},
    {"a narrower one", .outer = "*.c", .inner = "*.b.c", .want = true},
    {"a wider one", .outer = "*.b.c", .inner = "*.c", .want = false},
    {"a name covers no wildcard", .outer = "a.b.c", .inner = "*.b.c", .want = false},
    {"glued: the text itself", .outer = "*cdn.b.c", .inner = "cdn.b.c", .want = true},
    {"glued: with more before", .outer = "*cdn.b.c", .inner = "*xcdn.b.c", .want = true},
    {"glued: below", .outer = "*cdn.b.c", .inner = "*.cdn.b.c", .want = true},
    {"glued: not the reverse", .outer = "*.cdn.b.c", .inner = "*cdn.b.c", .want = false},
    {"glued under a parent", .outer = "*.b.c", .inner = "*cdn.b.c", .want = true},
    {"glued, but not below", .outer = "*.cdn.b.c", .inner = "*.b.c", .want = false},
    {"an inner star", .outer = "a.*.c", .inner = "a.b.c", .want = true},
    {"an inner star is one label", .outer = "a.*.c", .inner = "a.b.b.c", .want = false},
    {"an inner star and a deeper wildcard", .outer = "a.*.c", .inner = "*.c", .want = false},
    {"an inner star under a parent", .outer = "*.c", .inner = "a.*.c", .want = true},
    {"an inner star and another", .outer = "a.*.c", .inner = "a.b*.c", .want = true},
    {"an inner star takes one byte at least", .outer = "a*.c", .inner = "a.c", .want = false},
    {"everything", .outer = "*", .inner = "a.*.c", .want = true},
    {"everything and itself", .outer = "*", .inner = "*", .want = true},
    {"not everything", .outer = "*.c", .inner = "*", .want = false},
    {"a dot: the parent", .outer = ".b.c", .inner = "b.c", .want = true},
    {"a dot: below", .outer = ".b.c", .inner = "*.b.c", .want = true},
    {"a dot in a dot", .outer = ".c", .inner = ".b.c", .want = true},
    {"a wildcard lacks the parent of a dot", .outer = "*.b.c", .inner = ".b.c", .want = false},
    {"a wildcard above a dot", .outer = "*.c", .inner = ".b.c", .want = true},
    {"a regex covers nothing", .outer = "~.*", .inner = "a.b", .want = false},
    {"nor is it covered", .outer = "*", .inner = "~.*", .want = false},
};

static void
covers(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        CHECK(rows[i].why, pattern_covers(rows[i].outer, strlen(rows[i].outer), rows[i].inner, strlen(rows[i].inner)) ==
                               rows[i].want);
}

static uint64_t seed = 4711;

/* Text of few different bytes: patterns meet often. */
static size_t
random_text(char *ret, const char *bytes, size_t most)
{
    size_t len = 1 + next_random(&seed) % most;
    for (size_t i = 0; i < len; i++)
        ret[i] = bytes[next_random(&seed) % strlen(bytes)];
    return len;
}

/* If one pattern covers another, it matches every name that the other matches. */
static void
random_patterns(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 30000; round++) {
        struct pattern pattern[2];
        char raw[16];
        bool good = true;
        for (int i = 0; i < 2; i++) {
            size_t raw_len = random_text(raw, "ab.*", 6);
            good = good && pattern_parse(&pattern[i], raw, raw_len, true, NULL) == 0;
        }
        if (!good)
            continue;
        struct host name;
        bool outer_covers = pattern_covers(pattern[0].text, pattern[0].len, pattern[1].text, pattern[1].len);
        for (unsigned k = 0; k < 60; k++) {
            size_t raw_len = random_text(raw, "abc.", 7);
            if (!host_parse(&name, raw, raw_len) ||
                !pattern_match(pattern[1].text, pattern[1].len, name.text, name.len))
                continue;
            bool outer = pattern_match(pattern[0].text, pattern[0].len, name.text, name.len);
            if (outer_covers && !outer)
                fail_msg("'%s' does not cover '%s': '%s'", pattern[0].text, pattern[1].text, name.text);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(covers),
        cmocka_unit_test(random_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
