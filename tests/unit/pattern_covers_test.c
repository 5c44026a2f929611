// SPDX-License-Identifier: GPL-2.0-or-later
/* pattern_covers_test.c - pattern.h: whether one pattern takes in all names of another, and names that two share. */
#include <string.h>

#include "host.h"
#include "pattern.h"
#include "unit.h"

static const struct {
    const char *why, *outer, *inner;
    bool want;
} rows[] = {
    {"a name and itself", "a.b.c", "a.b.c", true},
    {"a name and another", "a.b.c", "x.b.c", false},
    {"a wildcard and a name", "*.b.c", "a.b.c", true},
    {"at any depth", "*.c", "x.a.b.c", true},
    {"never the parent", "*.b.c", "b.c", false},
    {"nor what ends like it", "*.b.c", "ab.c", false},
    {"a wildcard and itself", "*.b.c", "*.b.c", true},
    {"a narrower one", "*.c", "*.b.c", true},
    {"a wider one", "*.b.c", "*.c", false},
    {"a name covers no wildcard", "a.b.c", "*.b.c", false},
    {"glued: the text itself", "*cdn.b.c", "cdn.b.c", true},
    {"glued: with more before", "*cdn.b.c", "*xcdn.b.c", true},
    {"glued: below", "*cdn.b.c", "*.cdn.b.c", true},
    {"glued: not the reverse", "*.cdn.b.c", "*cdn.b.c", false},
    {"glued under a parent", "*.b.c", "*cdn.b.c", true},
    {"glued, but not below", "*.cdn.b.c", "*.b.c", false},
    {"an inner star", "a.*.c", "a.b.c", true},
    {"an inner star is one label", "a.*.c", "a.b.b.c", false},
    {"an inner star and a deeper wildcard", "a.*.c", "*.c", false},
    {"an inner star under a parent", "*.c", "a.*.c", true},
    {"an inner star and another", "a.*.c", "a.b*.c", true},
    {"an inner star takes one byte at least", "a*.c", "a.c", false},
    {"everything", "*", "a.*.c", true},
    {"everything and itself", "*", "*", true},
    {"not everything", "*.c", "*", false},
    {"a dot: the parent", ".b.c", "b.c", true},
    {"a dot: below", ".b.c", "*.b.c", true},
    {"a dot in a dot", ".c", ".b.c", true},
    {"a wildcard lacks the parent of a dot", "*.b.c", ".b.c", false},
    {"a wildcard above a dot", "*.c", ".b.c", true},
    {"a regex covers nothing", "~.*", "a.b", false},
    {"nor is it covered", "*", "~.*", false},
};

static void
covers(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        CHECK(rows[i].why, pattern_covers(rows[i].outer, strlen(rows[i].outer), rows[i].inner, strlen(rows[i].inner)) ==
                               rows[i].want);
}

static const struct {
    const char *why, *a, *b, *want; /* NULL: none */
} crossings[] = {
    {"a head and a tail", "ab*.c", "*-d.c", "abx-d.c"}, {"both heads", "ab*.c", "abc*.c", "abcx.c"},
    {"heads that differ", "ab*.c", "ac*.c", NULL},      {"tails that differ", "*-a.c", "*-b.c", NULL},
    {"a star of one label", "a.*.c", "*.b.c", "a.b.c"}, {"a star of one label, and two", "a.*.c", "*.b.d.c", NULL},
    {"a middle", "a*b*.c", "*d.c", "axbxd.c"},          {"one inside the other", "*.c", "a*.c", "ax.c"},
};

static void
crossing(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(crossings); i++) {
        const char *a = crossings[i].a, *b = crossings[i].b;
        struct host there, back;
        bool found = pattern_crossing(&there, a, strlen(a), b, strlen(b), "x");
        CHECK(crossings[i].why, found == (crossings[i].want != NULL));
        CHECK(crossings[i].why, pattern_crossing(&back, b, strlen(b), a, strlen(a), "x") == found);
        if (found) {
            CHECK(crossings[i].why, pattern_match(a, strlen(a), there.text, there.len));
            CHECK(crossings[i].why, pattern_match(b, strlen(b), back.text, back.len));
            check_text(crossings[i].why, there.text, there.len, crossings[i].want);
        }
    }
}

static uint64_t seed = 4711;

/* Text over few bytes, so that patterns meet often. */
static size_t
random_text(char *ret, const char *bytes, size_t most)
{
    size_t len = 1 + next_random(&seed) % most;
    for (size_t i = 0; i < len; i++)
        ret[i] = bytes[next_random(&seed) % strlen(bytes)];
    return len;
}

/* No name that the inner pattern matches and the outer does not; and a name that both match is no crossing missed. */
static void
random_patterns(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 30000; round++) {
        char text[2][REGEX_MAX + 2], raw[16];
        size_t len[2];
        enum pattern_kind kind;
        bool good = true;
        for (int i = 0; i < 2; i++) {
            size_t raw_len = random_text(raw, "ab.*", 6);
            good = good && pattern_parse(text[i], &len[i], &kind, raw, raw_len, true, NULL) == 0;
        }
        if (!good)
            continue;
        struct host name, found;
        bool outer_covers = pattern_covers(text[0], len[0], text[1], len[1]);
        bool cross = memchr(text[0], '*', len[0]) != NULL && memchr(text[1], '*', len[1]) != NULL;
        bool meet = cross && pattern_crossing(&found, text[0], len[0], text[1], len[1], "ab");
        for (unsigned k = 0; k < 60; k++) {
            size_t raw_len = random_text(raw, "abc.", 7);
            if (!host_parse(&name, raw, raw_len) || !pattern_match(text[1], len[1], name.text, name.len))
                continue;
            bool outer = pattern_match(text[0], len[0], name.text, name.len);
            if (outer_covers && !outer)
                fail_msg("'%s' does not cover '%s': '%s'", text[0], text[1], name.text);
            if (cross && outer && !meet)
                fail_msg("'%s' and '%s' share '%s'", text[0], text[1], name.text);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(covers),
        cmocka_unit_test(crossing),
        cmocka_unit_test(random_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
