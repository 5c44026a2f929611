// SPDX-License-Identifier: GPL-2.0-or-later
/* verb_test.c - verb.h: the words of lines and of categories, there and back. */
#include "name/verb.h"

#include <string.h>

#include "unit.h"

static const struct {
    enum verb verb;
    const char *word, *category, *title;
} rows[] = {
    {.verb = VERB_DEFAULT, .word = "default", .category = "Default", .title = "Default"},
    {.verb = VERB_ALLOW, .word = "allow", .category = "Allow", .title = "Allow"},
    {.verb = VERB_OPTIMIZE, .word = "optimize", .category = "Optimize", .title = "Optimize"},
    {.verb = VERB_INSPECT, .word = "inspect", .title = "inspect"},
};

static void
words(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        enum verb back = rows[(i + 1) % ROWS(rows)].verb;
        const char *category = verb_category(rows[i].verb);
        assert_string_equal(verb_word(rows[i].verb), rows[i].word);
        assert_string_equal(verb_title(rows[i].verb), rows[i].title);
        assert_true(verb_parse(&back, rows[i].word, strlen(rows[i].word)) && back == rows[i].verb);
        if (rows[i].category == NULL) {
            assert_null(category);
            continue;
        }
        assert_string_equal(category, rows[i].category);
        back = VERB_INSPECT;
        assert_true(verb_parse_category(&back, category, strlen(category)) && back == rows[i].verb);
    }
}

static const struct {
    const char *why, *text;
} strangers[] = {
    {"nothing", ""},
    {"the word of a line, not of a category", "optimize"},
    {"an inspect line has no category", "inspect"},
    {"cut short", "Optimiz"},
    {"something after it", "Optimize "},
    {"upper case", "ALLOW"},
};

static void
refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(strangers); i++) {
        enum verb verb = VERB_INSPECT;
        size_t len = strlen(strangers[i].text);
        char *text = guard_new(strangers[i].text, len);
        CHECK(strangers[i].why, !verb_parse_category(&verb, text, len) && verb == VERB_INSPECT);
        guard_free(text, len);
    }
}

/* Optimize and Allow are bypassed by default, and come first in lists. */
static void
usual(void **state)
{
    (void)state;
    uint32_t bits = 0;
    for (size_t i = 0; i < VERB_CATEGORIES; i++) {
        assert_true(i == 0 || verb_categories[i] < verb_categories[i - 1]);
        bits |= verb_categories[i] == VERB_DEFAULT ? 0 : 1u << verb_categories[i];
    }
    assert_int_equal(VERB_BYPASS_USUAL, bits);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words), cmocka_unit_test(refused), cmocka_unit_test(usual)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
