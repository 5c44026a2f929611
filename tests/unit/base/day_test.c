// SPDX-License-Identifier: GPL-2.0-or-later
/* day_test.c - day.h: only days that exist are read, and they print as the same text. timegm(3) is the reference. */
#include "base/day.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "unit.h"

static const struct {
    const char *why, *in;
    long want; /* -1: refused */
} days[] = {
    {"the first day", "1970-01-01", 0},
    {"the second day", "1970-01-02", 1},
    {"the day before", "1969-12-31", -1},
    {"a leap day", "2024-02-29", 19782},
    {"29 February in a common year", "2023-02-29", -1},
    {"a century is not a leap year", "2100-02-29", -1},
    {"but each fourth is", "2000-02-29", 11016},
    {"an expiry as people write it", "2027-03-01", 20878},
    {"the last year", "9999-12-31", 2932896},
    {"five digits", "10000-01-01", -1},
    {"month 0", "2027-00-01", -1},
    {"month 13", "2027-13-01", -1},
    {"day 0", "2027-01-00", -1},
    {"day 32", "2027-01-32", -1},
    {"April has 30 days", "2027-04-31", -1},
    {"one digit", "2027-3-01", -1},
    {"no dashes", "2027030100", -1},
    {"other separators", "2027/03/01", -1},
    {"a time after it", "2027-03-01T", -1},
    {"a space before it", " 2027-03-01", -1},
    {"a sign", "+027-03-01", -1},
    {"a minus inside", "2027--3-01", -1},
    {"letters", "abcd-ef-gh", -1},
    {"nothing", "", -1},
};

static void
parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(days); i++) {
        size_t len = strlen(days[i].in);
        char *in = guard_new(days[i].in, len);
        uint32_t got = 4711;
        bool ok = day_parse(&got, in, len);
        CHECK(days[i].why, ok == (days[i].want >= 0));
        CHECK(days[i].why, got == (ok ? (uint32_t)days[i].want : 4711));
        guard_free(in, len);
    }
}

static void
every_day_agrees_with_the_c_library(void **state)
{
    (void)state;
    for (uint32_t day = 0; day <= 2932896; day++) {
        char text[DAY_TEXT_MAX];
        day_format(text, day);
        uint32_t back = 0;
        if (!day_parse(&back, text, strlen(text)) || back != day)
            fail_msg("day %u prints as '%s' and reads back as %u", day, text, back);
        if (day % 11 == 0 || day > 2932000) {
            time_t seconds = (time_t)day * 86400;
            struct tm tm;
            char want[64];
            gmtime_r(&seconds, &tm);
            snprintf(want, sizeof want, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
            assert_string_equal(text, want);
        }
    }
}

static void
format_of_any_number_ends(void **state)
{
    (void)state;
    const uint32_t numbers[] = {2932897, 1u << 30, UINT32_MAX - 719468, UINT32_MAX};
    for (size_t i = 0; i < ROWS(numbers); i++) {
        char text[DAY_TEXT_MAX];
        day_format(text, numbers[i]);
        assert_int_equal(strlen(text), DAY_TEXT_MAX - 1);
    }
}

static void
day_of_a_moment(void **state)
{
    (void)state;
    assert_int_equal(day_of(0), 0);
    assert_int_equal(day_of(-1), 0);
    assert_int_equal(day_of(86399), 0);
    assert_int_equal(day_of(86400), 1);
    assert_int_equal(day_of(1795222800), 20778);
}

static void
moments(void **state)
{
    (void)state;
    char text[DAY_TIME_MAX];
    day_format_time(text, 1795222800);
    assert_string_equal(text, "2026-11-21T01:00:00Z");
    assert_true(day_parse_time(text) == 1795222800);
    day_format_time(text, 0);
    assert_string_equal(text, "-");
    static const char *const bad[] = {"",
                                      "-",
                                      "2026-11-21",
                                      "2026-11-21 01:00:00Z",
                                      "2026-11-31T01:00:00Z",
                                      "2026-11-21T0x:00:00Z",
                                      "2026-11-21T01:00:00Z "};
    for (size_t i = 0; i < ROWS(bad); i++)
        CHECK(bad[i], day_parse_time(bad[i]) == 0);
}

static const struct {
    const char *why, *want;
    int64_t seconds;
} spans[] = {
    {"nothing", "0 seconds", 0},
    {"a clock that was set back", "0 seconds", -5},
    {"one second", "1 second", 1},
    {"less than two minutes", "119 seconds", 119},
    {"two minutes", "2 minutes", 120},
    {"less than two hours", "119 minutes", 7199},
    {"less than two days", "47 hours", 172799},
    {"two days", "2 days", 172800},
    {"rounded down", "3 days", 4 * 86400 - 1},
};

static void
span(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(spans); i++) {
        struct buf buf;
        buf_init(&buf, 64);
        day_add_span(&buf, spans[i].seconds);
        check_text(spans[i].why, buf.data, buf.len, spans[i].want);
        buf_clear(&buf);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse),
        cmocka_unit_test(every_day_agrees_with_the_c_library),
        cmocka_unit_test(format_of_any_number_ends),
        cmocka_unit_test(day_of_a_moment),
        cmocka_unit_test(moments),
        cmocka_unit_test(span),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
