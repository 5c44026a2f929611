// SPDX-License-Identifier: GPL-2.0-or-later
/* err_test.c - err.h: the sentence is set, chained, cut and made printable. */
#include "base/err.h"

#include <string.h>

#include "unit.h"

static const struct {
    const char *why, *in, *want;
} printable[] = {
    {"plain text stays", "cannot open 'x'", "cannot open 'x'"},
    {"a line end cannot start a line of its own", "a\nb\r", "a?b?"},
    {"an escape cannot talk to a terminal", "\033[2J\177", "?[2J?"},
    {"bytes above ASCII are hidden", "\xc3\xa4", "??"},
    {"the edges of printable ASCII stay", " ~", " ~"},
    {"a percent in an argument is text", "100%s", "100%s"},
};

static void
set_makes_printable(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(printable); i++) {
        struct err err = {0};
        CHECK(printable[i].why, err_set(&err, ERR_SYNTAX, "%s", printable[i].in) == -1);
        CHECK(printable[i].why, err.kind == ERR_SYNTAX);
        check_text(printable[i].why, err.text, strlen(err.text), printable[i].want);
    }
}

static void
add_chains(void **state)
{
    (void)state;
    struct err err;
    err_set(&err, ERR_LIMIT, "line %d is too long", 7);
    assert_int_equal(err_add(&err, "cannot load '%s'", "a\nb"), -1);
    assert_string_equal(err.text, "cannot load 'a?b': line 7 is too long");
    assert_int_equal(err.kind, ERR_LIMIT);
}

static void
no_err_is_allowed(void **state)
{
    (void)state;
    assert_int_equal(err_set(NULL, ERR_IO, "%s", "x"), -1);
    assert_int_equal(err_add(NULL, "%s", "x"), -1);
}

/* Every length around the ceiling, of the sentence and of what is put before it. */
static void
long_sentences_are_cut(void **state)
{
    (void)state;
    char text[2 * ERR_TEXT_MAX];
    for (size_t len = ERR_TEXT_MAX - 3; len < ERR_TEXT_MAX + 3; len++) {
        memset(text, 'x', len);
        text[len] = '\0';
        struct err err;
        err_set(&err, ERR_IO, "%s", text);
        assert_int_equal(strlen(err.text), len < ERR_TEXT_MAX - 1 ? len : ERR_TEXT_MAX - 1);
        err_add(&err, "%s", text);
        assert_int_equal(strlen(err.text), ERR_TEXT_MAX - 1);
    }
    struct err err;
    err_set(&err, ERR_IO, "end");
    memset(text, 'y', ERR_TEXT_MAX - 8);
    text[ERR_TEXT_MAX - 8] = '\0';
    err_add(&err, "%s", text);
    check_says("what just fits is whole", err.text, "y: end");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_makes_printable),
        cmocka_unit_test(add_chains),
        cmocka_unit_test(no_err_is_allowed),
        cmocka_unit_test(long_sentences_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
