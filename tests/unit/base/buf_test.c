// SPDX-License-Identifier: GPL-2.0-or-later
/* buf_test.c - buf.h: bytes that grow up to a ceiling, and failures that stick. */
#include "base/buf.h"

#include "unit.h"

static void
additions_join(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1000);
    assert_true(buf_ok(&buf));
    assert_int_equal(buf.len, 0);
    buf_add(&buf, "a\0b", 3);
    buf_add_char(&buf, '-');
    buf_add_text(&buf, "text");
    buf_add_fmt(&buf, "<%d %s>", 7, "x");
    buf_add_fill(&buf, '.', 3);
    buf_add_fill(&buf, '.', 0);
    buf_add(&buf, NULL, 0);
    buf_add_text(&buf, "");
    assert_int_equal(buf.len, 16);
    assert_memory_equal(buf.data, "a\0b-text<7 x>...", 16);
    assert_true(buf_ok(&buf));
    buf_clear(&buf);
    assert_int_equal(buf.len, 0);
    buf_add_text(&buf, "again");
    check_text("usable after clearing", buf.data, buf.len, "again");
    buf_clear(&buf);
}

static void
trimmed(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1 << 20);
    buf_trim(&buf);
    assert_null(buf.data);
    buf_reserve(&buf, 100000);
    buf_add_text(&buf, "content");
    buf_trim(&buf);
    check_text("trimmed", buf.data, buf.len, "content");
    assert_int_equal(buf.room, 7);
    buf_add_text(&buf, " and more");
    check_text("grows again", buf.data, buf.len, "content and more");
    buf_clear(&buf);
}

static void
add_char(struct buf *buf)
{
    buf_add_char(buf, 'x');
}

static void
add_bytes(struct buf *buf)
{
    buf_add(buf, "x", 1);
}

static void
add_text(struct buf *buf)
{
    buf_add_text(buf, "x");
}

static void
add_format(struct buf *buf)
{
    buf_add_fmt(buf, "%c", 'x');
}

static void
add_fill(struct buf *buf)
{
    buf_add_fill(buf, 'x', 1);
}

static const struct {
    const char *why;
    void (*add)(struct buf *buf);
} adders[] = {
    {"buf_add_char", add_char},  {"buf_add", add_bytes},     {"buf_add_text", add_text},
    {"buf_add_fmt", add_format}, {"buf_add_fill", add_fill},
};

/* Each way of adding, up to every small ceiling and one byte further. */
static void
ceilings_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(adders); i++) {
        for (size_t ceiling = 0; ceiling < 200; ceiling++) {
            struct buf buf;
            buf_init(&buf, ceiling);
            for (size_t n = 0; n < ceiling; n++)
                adders[i].add(&buf);
            CHECK(adders[i].why, buf_ok(&buf) && buf.len == ceiling);
            adders[i].add(&buf);
            CHECK(adders[i].why, !buf_ok(&buf) && buf.len == ceiling);
            CHECK("room is bounded too", buf.room <= ceiling || buf.room <= 64);
            buf_clear(&buf);
        }
    }
}

static void
failure_sticks_until_reset(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 4);
    buf_add_text(&buf, "abc");
    buf_add_text(&buf, "def");
    assert_false(buf_ok(&buf));
    buf_add_char(&buf, 'd');
    assert_int_equal(buf.len, 3);
    assert_false(buf_reserve(&buf, 0));
    buf_reset(&buf);
    assert_true(buf_ok(&buf));
    assert_int_equal(buf.len, 0);
    buf_add_text(&buf, "wxyz");
    check_text("after reset", buf.data, buf.len, "wxyz");
    buf_clear(&buf);
}

static void
reserve_gives_room(void **state)
{
    (void)state;
    const struct {
        const char *why;
        size_t ceiling, more;
        bool ok;
    } rows[] = {
        {"nothing", .ceiling = 10, .more = 0, .ok = true},
        {"all", .ceiling = 10, .more = 10, .ok = true},
        {"one more", .ceiling = 10, .more = 11, .ok = false},
        {"a number that wraps", .ceiling = 10, .more = SIZE_MAX, .ok = false},
        {"a number that wraps with what is there", .ceiling = SIZE_MAX, .more = SIZE_MAX - 1, .ok = false},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct buf buf;
        buf_init(&buf, rows[i].ceiling);
        if (rows[i].ceiling == SIZE_MAX)
            buf_add_text(&buf, "ab");
        size_t len = buf.len;
        CHECK(rows[i].why, buf_reserve(&buf, rows[i].more) == rows[i].ok);
        CHECK(rows[i].why, buf.len == len && buf_ok(&buf) == rows[i].ok);
        if (rows[i].ok)
            CHECK(rows[i].why, buf.room - buf.len >= rows[i].more);
        buf_clear(&buf);
    }
}

static void
zeroed_struct_may_be_cleared(void **state)
{
    (void)state;
    struct buf buf = {0};
    buf_clear(&buf);
    buf_clear(&buf);
    assert_null(buf.data);
}

/* A formatted piece that is too long is refused, not cut. */
static void
long_format_fails(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1 << 20);
    buf_add_fmt(&buf, "%*d", 1000, 1);
    assert_int_equal(buf.len, 1000);
    size_t len = buf.len;
    buf_add_fmt(&buf, "%*d", 100000, 1);
    assert_true(buf_ok(&buf) ? buf.len == len + 100000 : buf.len == len);
    buf_clear(&buf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(additions_join),     cmocka_unit_test(trimmed),
        cmocka_unit_test(ceilings_hold),      cmocka_unit_test(failure_sticks_until_reset),
        cmocka_unit_test(reserve_gives_room), cmocka_unit_test(zeroed_struct_may_be_cleared),
        cmocka_unit_test(long_format_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
