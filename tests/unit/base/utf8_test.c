// SPDX-License-Identifier: GPL-2.0-or-later
/* utf8_test.c - utf8.h: what is a sequence, what belongs together, what a terminal may get. */
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "unit.h"

static const struct {
    const char *why, *in;
    size_t sequence, measured;
} rows[] = {
    {"ASCII", "a", .sequence = 1, .measured = 1},
    {"two bytes", "\xc3\xbc", .sequence = 2, .measured = 2},
    {"three bytes", "\xe2\x82\xac", .sequence = 3, .measured = 3},
    {"four bytes", "\xf0\x9f\x98\x80", .sequence = 4, .measured = 4},
    {"the first of several", "\xc3\xbc\xc3\xbc", .sequence = 2, .measured = 2},
    {"a stray continuation byte", "\x80", .measured = 1},
    {"the start of three bytes", "\xe2\x82", .measured = 2},
    {"a start before ASCII", "\xe2\x82z", .measured = 2},
    {"an overlong form", "\xc1\x81", .measured = 1},
    {"an overlong form of three bytes", "\xe0\x80\x80", .measured = 1},
    {"a surrogate", "\xed\xa0\x80", .measured = 1},
    {"beyond the last code point", "\xf4\x90\x80\x80", .measured = 1},
    {"a byte that never occurs", "\xff", .measured = 1},
};

static void
sequence(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        size_t len = strlen(rows[i].in);
        char *in = guard_new(rows[i].in, len);
        bool whole;
        CHECK(rows[i].why, utf8_sequence(in, len) == rows[i].sequence);
        CHECK(rows[i].why, utf8_measure(in, len, &whole) == rows[i].measured);
        CHECK(rows[i].why, whole == (rows[i].sequence > 0));
        guard_free(in, len);
    }
    assert_int_equal(utf8_sequence("", 0), 0);
}

static const struct {
    const char *why, *in, *want;
} texts[] = {
    {"plain text", "a b", "a b"},
    {"letters beyond ASCII", "M\xc3\xbcller \xe2\x82\xac", "M\xc3\xbcller \xe2\x82\xac"},
    {"an escape sequence of a terminal", "\x1b[2J", "?[2J"},
    {"a line end and DEL", "a\nb\x7f", "a?b?"},
    {"a C1 control",
     "\xc2\x9b"
     "31m",
     "?"
     "?"
     "31m"},
    {"the first letter after the C1 controls", "\xc2\xa0", "\xc2\xa0"},
    {"an override of the writing direction",
     "a\xe2\x80\xae"
     "b",
     "a???b"},
    {"a dash, quotes and a space of their block stay", "\xe2\x80\x93 \xe2\x80\x9e\xe2\x80\x9c\xe2\x80\xaf",
     "\xe2\x80\x93 \xe2\x80\x9e\xe2\x80\x9c\xe2\x80\xaf"},
    {"marks of direction", "\xe2\x80\x8e|\xe2\x80\x8f|\xd8\x9c", "???|???|??"},
    {"isolates", "\xe2\x81\xa6|\xe2\x81\xa9", "???|???"},
    {"separators of lines and paragraphs", "\xe2\x80\xa8|\xe2\x80\xa9", "???|???"},
    {"a byte order mark", "\xef\xbb\xbf", "???"},
    {"a tag", "\xf3\xa0\x80\x81", "????"},
    {"the block after those controls", "\xe2\x82\xac", "\xe2\x82\xac"},
    {"bytes that are not UTF-8", "a\xff\xc3", "a??"},
};

static void
printable(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(texts); i++) {
        struct buf buf;
        buf_init(&buf, 100);
        utf8_add_printable(&buf, texts[i].in, strlen(texts[i].in));
        assert_true(buf_ok(&buf));
        check_text(texts[i].why, buf.data, buf.len, texts[i].want);
        buf_clear(&buf);
    }
}

/* In place, line ends and tabs stay; all else is the same. */
static void
in_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(texts); i++) {
        size_t len = strlen(texts[i].in);
        char *text = guard_new(texts[i].in, len), want[64];
        snprintf(want, sizeof want, "%s", texts[i].want);
        for (size_t k = 0; k < len; k++)
            want[k] = text[k] == '\n' || text[k] == '\t' ? text[k] : want[k];
        utf8_make_printable(text, len);
        check_text(texts[i].why, text, len, want);
        guard_free(text, len);
    }
    utf8_make_printable(NULL, 0);
}

/* Every byte at every place of texts of every length up to three words: the count stops at the first that is not
 * plain, also with another one after it, and reads nothing beyond the text. */
static void
plain(void **state)
{
    (void)state;
    for (size_t len = 0; len <= 24; len++) {
        char bytes[24];
        memset(bytes, '~', sizeof bytes);
        char *text = guard_new(bytes, len);
        assert_int_equal(utf8_plain(text, len), len);
        for (size_t at = 0; at < len; at++) {
            for (int byte = 0; byte < 256; byte++) {
                bool good = byte >= 0x20 && byte < 0x7f;
                text[len - 1] = '\x7f';
                text[at] = (char)byte;
                assert_int_equal(utf8_plain(text, len), !good ? at : at == len - 1 ? len : len - 1);
            }
            text[at] = ' ';
        }
        guard_free(text, len);
    }
}

static void
code_points(void **state)
{
    (void)state;
    assert_int_equal(utf8_code_point("a", 1), 'a');
    assert_int_equal(utf8_code_point("\xc3\xbc", 2), 0xfc);
    assert_int_equal(utf8_code_point("\xe2\x82\xac", 3), 0x20ac);
    assert_int_equal(utf8_code_point("\xf0\x9f\x98\x80", 4), 0x1f600);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sequence), cmocka_unit_test(printable),
                                       cmocka_unit_test(in_place), cmocka_unit_test(plain),
                                       cmocka_unit_test(code_points)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
