// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * json_test.c - json.h: whole documents are read, anything else is refused with its place, and every string is written
 * as JSON that reads back.
 */
#include "base/json.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "unit.h"

static const struct {
    const char *why, *in;
    size_t len;       /* 0: the text's */
    const char *want; /* NULL: parsed */
} documents[] = {
    {"an empty array", .in = "[]"},
    {"a scalar", .in = "1"},
    {"white space after it", .in = "[1] \t\r\n"},
    {"a byte order mark", .in = "\xef\xbb\xbf[1]"},
    {"nothing", .in = "", .want = "line 1: not JSON"},
    {"only white space", .in = " \n ", .want = "not JSON"},
    {"an open array", .in = "[1,\n2", .want = "line 2: not JSON"},
    {"an open text", .in = "[\"a", .want = "not JSON"},
    {"a half literal", .in = "[tru", .want = "not JSON"},
    {"two documents", .in = "[]\n[]", .want = "line 2: there is text after the end of the JSON document"},
    {"a comma too many", .in = "[1,]", .want = "not JSON"},
    {"a web page", .in = "<html>", .want = "line 1: not JSON"},
    {"a NUL", .in = "[\n1]\0", .len = 5, .want = "line 2: a NUL in a JSON document"},
    {"a NUL in a text", .in = "[\"a\0b\"]", .len = 7, .want = "line 1: a NUL in a JSON document"},
    {"a NUL as an escape", .in = "[\n\"a\\u0000b\"]", .want = "line 2: a NUL in a JSON document"},
};

static void
parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(documents); i++) {
        size_t len = documents[i].len != 0 ? documents[i].len : strlen(documents[i].in);
        char *in = guard_new(documents[i].in, len);
        struct json *root = NULL;
        struct err err = {0};
        int result = json_parse(&root, in, len, &err);
        guard_free(in, len);
        CHECK(documents[i].why, (result == 0) == (documents[i].want == NULL) && (root != NULL) == (result == 0));
        if (result != 0) {
            check_says(documents[i].why, err.text, documents[i].want);
            CHECK(documents[i].why, err.kind == ERR_SYNTAX);
        }
        json_free(root);
    }
}

static void
deep(void **state)
{
    (void)state;
    char text[40000];
    memset(text, '[', sizeof text);
    struct json *root = NULL;
    struct err err = {0};
    assert_int_equal(json_parse(&root, text, sizeof text, &err), -1);
    assert_int_equal(err.kind, ERR_SYNTAX);
}

static const char sample[] =
    "{\"text\":\"a\",\"yes\":true,\"no\":false,\"null\":null,\"one\":1,\"half\":0.5,\"minus\":-1,"
    "\"big\":9007199254740992,\"more\":9007199254740994,\"huge\":1e300,\"list\":[1,\"b\"],"
    "\"empty\":{},\"twice\":1,\"twice\":2,\"Case\":1}";

static void
values(void **state)
{
    (void)state;
    struct json *root;
    const char *text = "left alone";
    bool truth = true, twice = true;
    uint64_t number = 4711;
    assert_int_equal(json_parse(&root, sample, sizeof sample - 1, NULL), 0);
    assert_true(json_is_object(root) && !json_is_array(root));
    assert_false(json_get_text(json_member(root, "one", NULL), &text));
    assert_false(json_get_text(NULL, &text));
    assert_string_equal(text, "left alone");
    assert_true(json_get_text(json_member(root, "text", &twice), &text) && !twice);
    assert_string_equal(text, "a");
    assert_false(json_get_bool(json_member(root, "null", NULL), &truth) || json_get_bool(NULL, &truth));
    assert_true(json_get_bool(json_member(root, "no", NULL), &truth) && !truth);
    assert_true(json_get_bool(json_member(root, "yes", NULL), &truth) && truth);
    static const char *const no_numbers[] = {"text", "yes", "half", "minus", "more", "huge", "absent", "list"};
    for (size_t i = 0; i < ROWS(no_numbers); i++)
        CHECK(no_numbers[i], !json_get_number(json_member(root, no_numbers[i], NULL), &number) && number == 4711);
    assert_true(json_get_number(json_member(root, "one", NULL), &number) && number == 1);
    assert_true(json_get_number(json_member(root, "big", NULL), &number) && number == (uint64_t)1 << 53);
    assert_non_null(json_member(root, "twice", &twice));
    assert_true(twice);
    assert_null(json_member(root, "case", &twice));
    assert_false(twice);
    const struct json *list = json_member(root, "list", NULL);
    assert_true(json_is_array(list) && !json_is_object(list));
    assert_null(json_member(list, "x", NULL));
    assert_true(json_get_number(json_first(list), &number) && number == 1);
    assert_true(json_get_text(json_next(json_first(list)), &text));
    assert_null(json_next(json_next(json_first(list))));
    assert_null(json_first(json_member(root, "empty", NULL)));
    assert_null(json_first(NULL));
    assert_null(json_next(NULL));
    assert_false(json_is_array(NULL) || json_is_object(NULL));
    json_free(root);
    json_free(NULL);
}

static const struct {
    const char *why, *in, *want;
} strings[] = {
    {"plain", "abc", "\"abc\""},
    {"nothing", "", "\"\""},
    {"a quote and a backslash", "a\"b\\", "\"a\\\"b\\\\\""},
    {"short escapes", "\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
    {"C1 controls", "\xc2\x80\xc2\x9b\xc2\xa0", "\"\\u0080\\u009b\xc2\xa0\""},
    {"controls of the writing direction", "\xe2\x80\xae|\xe2\x81\xa6|\xe2\x80\x93", "\"\\u202e|\\u2066|\xe2\x80\x93\""},
    {"a tag, beyond U+FFFF", "\xf3\xa0\x80\x81\xf0\x9f\x98\x80", "\"\\udb40\\udc01\xf0\x9f\x98\x80\""},
    {"other control bytes", "\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\""},
    {"two bytes", "\xc3\xbc", "\"\xc3\xbc\""},
    {"three bytes", "\xe2\x82\xac", "\"\xe2\x82\xac\""},
    {"four bytes", "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
    {"the last code point", "\xf4\x8f\xbf\xbf", "\"\xf4\x8f\xbf\xbf\""},
    {"beyond it", "\xf4\x90", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    {"a stray continuation",
     "a\x80"
     "b",
     "\"a\xef\xbf\xbd"
     "b\""},
    {"a cut sequence is one", "\xf0\x9f\x98", "\"\xef\xbf\xbd\""},
    {"a cut sequence before a letter", "\xe2\x82x", "\"\xef\xbf\xbdx\""},
    {"overlong", "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    {"a surrogate", "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
};

static void
out(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(strings); i++) {
        size_t len = strlen(strings[i].in);
        char *in = guard_new(strings[i].in, len);
        struct buf buf;
        buf_init(&buf, 1000);
        json_add_string(&buf, in, len);
        check_text(strings[i].why, buf.data, buf.len, strings[i].want);
        buf_clear(&buf);
        guard_free(in, len);
    }
}

/* Any UTF-8 text that is written reads back as the same bytes. */
static void
round_trip(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (int round = 0; round < 5000; round++) {
        char text[24];
        size_t len = 0;
        while (len < 20) {
            char byte = (char)(next_random(&seed) % (next_random(&seed) % 2 == 0 ? 128 : 256));
            const char some[] = "\xf0\x9f\x98\x80\xe2\x82\xac\xc3\xbc";
            if (byte == '\0')
                break;
            if (byte < 0) {
                memcpy(text + len, some + (next_random(&seed) % 3 == 0 ? 0 : 7), 2);
                len += 2;
            } else {
                text[len++] = byte;
            }
        }
        struct buf buf, again;
        struct json *root;
        const char *got;
        buf_init(&buf, 1000);
        buf_init(&again, 1000);
        json_add_string(&buf, text, len);
        assert_int_equal(json_parse(&root, buf.data, buf.len, NULL), 0);
        assert_true(json_get_text(root, &got));
        json_add_string(&again, got, strlen(got));
        assert_true(again.len == buf.len && memcmp(again.data, buf.data, buf.len) == 0);
        json_free(root);
        buf_clear(&buf);
        buf_clear(&again);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse), cmocka_unit_test(deep),       cmocka_unit_test(values),
        cmocka_unit_test(out),   cmocka_unit_test(round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
