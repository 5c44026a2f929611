// SPDX-License-Identifier: GPL-2.0-or-later
/* digits_test.c - digits.h: digits alone are a number, up to the largest one. */
#include "base/digits.h"

#include <string.h>

#include "unit.h"

static const struct {
    const char *why, *in;
    uint64_t most;
    bool want;
    uint64_t number;
} cases[] = {
    {"one digit", "7", 7, true, 7},
    {"nothing", "", 9, false, 0},
    {"above the most", "8", 7, false, 0},
    {"zeros in front", "0000000000000000000000000042", 42, true, 42},
    {"the most of all", "18446744073709551615", UINT64_MAX, true, UINT64_MAX},
    {"one more", "18446744073709551616", UINT64_MAX, false, 0},
    {"ten times as much", "184467440737095516150", UINT64_MAX, false, 0},
    {"comes round to a small number", "18446744073709551617", 5, false, 0},
    {"zeros in front of too much", "000018446744073709551616", UINT64_MAX, false, 0},
    {"19 digits", "9999999999999999999", UINT64_MAX, true, 9999999999999999999u},
    {"a sign", "+1", 9, false, 0},
    {"a minus", "-1", UINT64_MAX, false, 0},
    {"the byte before 0", "1/", 99, false, 0},
    {"the byte after 9", "1:", 99, false, 0},
    {"a byte above 127", "1\xb1", 99, false, 0},
    {"a space", " 1", 99, false, 0},
};

static void
test_digits(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(cases); i++) {
        size_t len = strlen(cases[i].in);
        char *text = guard_new(cases[i].in, len);
        uint64_t number = 77;
        bool got = digits_read(&number, text, len, cases[i].most);
        CHECK(cases[i].why, got == cases[i].want && number == (got ? cases[i].number : 77));
        guard_free(text, len);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_digits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
