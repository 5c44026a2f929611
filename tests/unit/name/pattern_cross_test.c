// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pattern_cross_test.c - pattern.h: the names that two patterns share, as patterns.
 *
 * The truth is pattern_match(): a name that both patterns match is matched by one of theirs, and any other name by
 * none.
 */
#include "name/pattern.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "name/host.h"
#include "unit.h"

static bool
add(void *arg, const char *text, size_t len)
{
    struct buf *buf = arg;
    buf_add_text(buf, buf->len > 0 ? " " : "");
    buf_add(buf, text, len);
    return true;
}

static const struct {
    const char *why, *a, *b, *want;
} rows[] = {
    {"a head and a tail", "ab*.c", "*-d.c", "ab*-d.c ab-d.c"},
    {"both heads", "ab*.c", "abc*.c", "abc*.c"},
    {"heads that differ", "ab*.c", "ac*.c", ""},
    {"tails that differ", "*-a.c", "*-b.c", ""},
    {"a star of one label", "a.*.c", "*.b.c", "a.b.c"},
    {"a star of one label, and two", "a.*.c", "*.b.d.c", ""},
    {"a head that ends where a tail begins", "a*.c", "*b.c", "a*b.c ab.c"},
    {"... or inside of it", "ab*.c", "*b-d.c", "ab*b-d.c abb-d.c ab-d.c"},
    {"a star that needs a byte", "a*.c", "a*b.c", "a*b.c"},
    {"... and finds two", "ab*.c", "*ab.c", "ab*ab.c abab.c"},
    {"a name", "a*.c", "ab.c", "ab.c"},
    {"... another one", "a*.c", "b.c", ""},
    {"a star that stands for nothing", "*ab.c", "ab.c", "ab.c"},
    {"below a name", "*b.c", "*.ab.c", "*.ab.c"},
    {"several stars", "a*.*.c", "*b.d.c", "a*b.d.c ab.d.c"},
    {"... in both", "*a*.c", "*b.*.c", "*b.*a*.c *b.a*.c b.*a*.c b.a*.c"},
};

/* Every pattern that was told, in any order. */
static bool
same_words(const char *a, const char *b)
{
    struct buf words;
    bool same = strlen(a) == strlen(b);
    buf_init(&words, 1000);
    for (const char *at = b; same && *at != '\0';) {
        size_t len = strcspn(at, " ");
        buf_reset(&words);
        buf_add_fmt(&words, " %.*s ", (int)len, at);
        char all[1000];
        snprintf(all, sizeof all, " %s ", a);
        buf_add_char(&words, '\0');
        same = strstr(all, words.data) != NULL;
        at += len + (at[len] == ' ');
    }
    buf_clear(&words);
    return same;
}

static void
cross(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct buf there, back;
        buf_init(&there, 1000);
        buf_init(&back, 1000);
        const char *a = rows[i].a, *b = rows[i].b;
        CHECK(rows[i].why, pattern_cross(a, strlen(a), b, strlen(b), add, &there));
        CHECK(rows[i].why, pattern_cross(b, strlen(b), a, strlen(a), add, &back));
        buf_add_char(&there, '\0');
        buf_add_char(&back, '\0');
        if (!same_words(there.data, rows[i].want) || !same_words(back.data, rows[i].want))
            fail_msg("%s: '%s' and '%s', not '%s'", rows[i].why, there.data, back.data, rows[i].want);
        buf_clear(&there);
        buf_clear(&back);
    }
}

static bool
stop(void *arg, const char *text, size_t len)
{
    (void)text;
    (void)len;
    ++*(unsigned *)arg;
    return false;
}

static void
ends(void **state)
{
    (void)state;
    unsigned count = 0;
    CHECK("the caller ends it", !pattern_cross("a*.c", 4, "*b.c", 4, stop, &count) && count == 1);
    struct buf many;
    buf_init(&many, 1000000);
    static const char a[] = "*a*a*a*a*a*a*a.c", b[] = "*b*b*b*b*b*b*b.c", c[] = "*a*a*a*a*a*a*b.c";
    CHECK("tails that differ", pattern_cross(a, sizeof a - 1, b, sizeof b - 1, add, &many) && many.len == 0);
    CHECK("too many", !pattern_cross(b, sizeof b - 1, c, sizeof c - 1, add, &many) && many.len > 0);
    buf_clear(&many);
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

struct shapes {
    char text[300][24];
    size_t len[300], count;
};

static bool
keep(void *arg, const char *text, size_t len)
{
    struct shapes *shapes = arg;
    assert_true(shapes->count < 300 && len < sizeof shapes->text[0]);
    memcpy(shapes->text[shapes->count], text, len);
    shapes->len[shapes->count++] = len;
    return true;
}

static bool
match_any(const struct shapes *shapes, const struct host *name)
{
    bool found = false;
    for (size_t i = 0; !found && i < shapes->count; i++)
        found = pattern_match(shapes->text[i], shapes->len[i], name->text, name->len);
    return found;
}

static bool
random_pattern(struct pattern *ret)
{
    char raw[16];
    size_t len = random_text(raw, "ab.*", 8);
    return pattern_parse(ret, raw, len, false, NULL) == 0 && ret->kind != PATTERN_DOT &&
           strstr(ret->text, "**") == NULL;
}

static void
random_patterns(void **state)
{
    (void)state;
    static struct shapes shapes;
    unsigned shared = 0;
    for (unsigned round = 0; round < 30000; round++) {
        struct pattern a, b;
        char raw[16];
        if (!random_pattern(&a) || !random_pattern(&b))
            continue;
        shapes.count = 0;
        bool whole = pattern_cross(a.text, a.len, b.text, b.len, keep, &shapes);
        for (unsigned k = 0; whole && k < 60; k++) {
            struct host name;
            size_t raw_len = random_text(raw, "abc.", 9);
            if (!host_parse(&name, raw, raw_len))
                continue;
            bool both =
                pattern_match(a.text, a.len, name.text, name.len) && pattern_match(b.text, b.len, name.text, name.len);
            shared += both;
            if (both != match_any(&shapes, &name))
                fail_msg("'%s' and '%s': '%s', %zu shapes", a.text, b.text, name.text, shapes.count);
        }
    }
    assert_true(shared > 1000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cross),
        cmocka_unit_test(ends),
        cmocka_unit_test(random_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
