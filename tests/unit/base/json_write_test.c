// SPDX-License-Identifier: GPL-2.0-or-later
/* json_write_test.c - json_write.h: documents byte for byte, and whether json.h reads them back. */
#include "base/json_write.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "unit.h"

static void
one_value(struct json_writer *json)
{
    json_write_number(json, NULL, 7);
}

static void
empty_object(struct json_writer *json)
{
    json_write_object(json, NULL);
    json_write_end(json);
}

static void
empty_array(struct json_writer *json)
{
    json_write_array(json, NULL);
    json_write_end(json);
}

static void
values(struct json_writer *json)
{
    json_write_object(json, NULL);
    json_write_number(json, "zero", 0);
    json_write_number(json, "most", UINT64_MAX);
    json_write_bool(json, "yes", true);
    json_write_bool(json, "no", false);
    json_write_null(json, "null");
    json_write_text(json, "absent", NULL);
    json_write_text(json, "empty", "");
    json_write_bytes(json, "cut", "abcdef", 3);
    json_write_bytes(json, "nothing", NULL, 3);
    json_write_end(json);
}

static void
nested(struct json_writer *json)
{
    json_write_object(json, NULL);
    json_write_array(json, "a");
    json_write_object(json, NULL);
    json_write_number(json, "b", 1);
    json_write_object(json, "c");
    json_write_end(json);
    json_write_end(json);
    json_write_array(json, NULL);
    json_write_array(json, NULL);
    json_write_end(json);
    json_write_bool(json, NULL, true);
    json_write_end(json);
    json_write_text(json, NULL, "x");
    json_write_end(json);
    json_write_object(json, "d");
    json_write_number(json, "e", 2);
    json_write_end(json);
    json_write_null(json, "f");
    json_write_end(json);
}

static void
escapes(struct json_writer *json)
{
    json_write_object(json, NULL);
    json_write_text(json, "a\"b\\\n", "\"\\/\b\f\n\r\t\x01\x7f");
    json_write_text(json, "\xc3\xa9", "\xe2\x82\xac");
    json_write_text(json, "stray",
                    "a\xff"
                    "b");
    json_write_bytes(json, "nul", "a\0b", 3);
    json_write_end(json);
}

static void
own_value(struct json_writer *json)
{
    json_write_array(json, NULL);
    json_write_key(json, NULL);
    buf_add_text(json->buf, "1.5");
    json_write_key(json, NULL);
    buf_add_text(json->buf, "-2");
    json_write_end(json);
}

static const struct {
    const char *why;
    void (*write)(struct json_writer *json);
    const char *want;
} documents[] = {
    {"one value", one_value, "7"},
    {"an empty object", empty_object, "{}"},
    {"an empty array", empty_array, "[]"},
    {"every kind of value", values,
     "{\"zero\":0,\"most\":18446744073709551615,\"yes\":true,\"no\":false,\"null\":null,\"absent\":null,\"empty\":\"\","
     "\"cut\":\"abc\",\"nothing\":null}"},
    {"nested", nested, "{\"a\":[{\"b\":1,\"c\":{}},[[],true],\"x\"],\"d\":{\"e\":2},\"f\":null}"},
    {"escapes", escapes,
     "{\"a\\\"b\\\\\\n\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f\",\"\xc3\xa9\":\"\xe2\x82\xac\","
     "\"stray\":\"a\xef\xbf\xbd"
     "b\",\"nul\":\"a\\u0000b\"}"},
    {"a value of the caller's", own_value, "[1.5,-2]"},
};

static void
bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(documents); i++) {
        struct buf buf;
        buf_init(&buf, 1000);
        struct json_writer json = {.buf = &buf};
        documents[i].write(&json);
        CHECK(documents[i].why, buf_ok(&buf));
        check_text(documents[i].why, buf.data, buf.len, documents[i].want);
        buf_clear(&buf);
    }
}

/* As deep as allowed: each level is closed with the bracket that it was opened with. */
static void
deep(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1000);
    struct json_writer json = {.buf = &buf};
    for (int i = 0; i < 64; i++) {
        if (i % 3 == 0)
            json_write_object(&json, NULL);
        else
            json_write_array(&json, i % 3 == 1 ? "k" : NULL);
    }
    for (int i = 0; i < 64; i++)
        json_write_end(&json);
    struct json *root = NULL;
    assert_true(buf_ok(&buf));
    assert_int_equal(json_parse(&root, buf.data, buf.len, NULL), 0);
    size_t depth = 0;
    for (const struct json *at = root; at != NULL; at = json_first(at), depth++)
        CHECK("as it was opened", depth % 3 == 0 ? json_is_object(at) : json_is_array(at));
    assert_int_equal(depth, 64);
    json_free(root);
    buf_clear(&buf);
}

/* If anything does not fit, the buffer says so and has no byte beyond its ceiling. */
static void
no_room(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(documents); i++) {
        for (size_t room = 0; room < strlen(documents[i].want); room++) {
            struct buf buf;
            buf_init(&buf, room);
            struct json_writer json = {.buf = &buf};
            documents[i].write(&json);
            CHECK(documents[i].why, !buf_ok(&buf) && buf.len <= room);
            buf_clear(&buf);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes),
        cmocka_unit_test(deep),
        cmocka_unit_test(no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
