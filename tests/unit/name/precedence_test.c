// SPDX-License-Identifier: GPL-2.0-or-later
/* precedence_test.c - precedence.h: which of two rules wins, in both modes, and what a pattern weighs. */
#include "name/precedence.h"

#include <string.h>

#include "unit.h"

#define DEFAULT VERB_DEFAULT
#define ALLOW VERB_ALLOW
#define OPTIMIZE VERB_OPTIMIZE
#define INSPECT VERB_INSPECT

/* `usual` and `highest` are how a compares with b: 1 wins, 0 ties, -1 loses. */
static const struct {
    const char *why;
    struct claim a, b;
    struct {
        int order;
        enum level level;
    } usual, highest;
} rows[] = {
    {"equal claims tie", {ALLOW, 5}, {ALLOW, 5}, .usual = {0, LEVEL_TIE}, .highest = {0, LEVEL_TIE}},
    {"so do inspect lines", {INSPECT, 5}, {INSPECT, 5}, .usual = {0, LEVEL_TIE}, .highest = {0, LEVEL_TIE}},
    {"the more specific rule wins", {ALLOW, 6}, {ALLOW, 5}, .usual = {1, LEVEL_WEIGHT}, .highest = {1, LEVEL_WEIGHT}},
    {"also among inspect lines", {INSPECT, 6}, {INSPECT, 5}, .usual = {1, LEVEL_WEIGHT}, .highest = {1, LEVEL_WEIGHT}},
    {"the stronger category breaks a tie",
     {OPTIMIZE, 5},
     {ALLOW, 5},
     .usual = {1, LEVEL_VERB},
     .highest = {1, LEVEL_VERB}},
    {"Default is the weakest category", {ALLOW, 5}, {DEFAULT, 5}, .usual = {1, LEVEL_VERB}, .highest = {1, LEVEL_VERB}},
    {"weight and category agree", {OPTIMIZE, 6}, {ALLOW, 5}, .usual = {1, LEVEL_WEIGHT}, .highest = {1, LEVEL_VERB}},
    {"the mode decides if they disagree",
     {DEFAULT, 6},
     {OPTIMIZE, 5},
     .usual = {1, LEVEL_WEIGHT},
     .highest = {-1, LEVEL_VERB}},
    {"inspect beats the more specific",
     {INSPECT, 0},
     {OPTIMIZE, UINT32_MAX},
     .usual = {1, LEVEL_INSPECT},
     .highest = {1, LEVEL_INSPECT}},
    {"inspect beats an equal weight",
     {INSPECT, 5},
     {DEFAULT, 5},
     .usual = {1, LEVEL_INSPECT},
     .highest = {1, LEVEL_INSPECT}},
    {"weights are unsigned", {ALLOW, UINT32_MAX}, {ALLOW, 0}, .usual = {1, LEVEL_WEIGHT}, .highest = {1, LEVEL_WEIGHT}},
};

static void
winners(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct claim *a = &rows[i].a, *b = &rows[i].b;
        CHECK(rows[i].why, precedence_compare(a, b, false) == rows[i].usual.order);
        CHECK(rows[i].why, precedence_compare(b, a, false) == -rows[i].usual.order);
        CHECK(rows[i].why, precedence_compare(a, b, true) == rows[i].highest.order);
        CHECK(rows[i].why, precedence_compare(b, a, true) == -rows[i].highest.order);
        CHECK(rows[i].why, precedence_level(a, b, false) == rows[i].usual.level);
        CHECK(rows[i].why, precedence_level(b, a, true) == rows[i].highest.level);
    }
}

/* No row weighs less than the one after it. */
static const struct {
    const char *why, *text;
    enum pattern_kind as;
    bool same;
} falling[] = {
    {"a longer exact name", "a.b.c", PATTERN_EXACT, .same = false},
    {"an exact name", "b.c", PATTERN_EXACT, .same = true},
    {"the name itself under a dot line, like the exact name", ".b.c", PATTERN_EXACT, .same = false},
    {"an exact name of one byte beats the longest wildcard", "c", PATTERN_EXACT, .same = false},
    {"a wildcard with many literal characters", "*.long.example.b.c", PATTERN_UNDER, .same = false},
    {"a star inside counts for nothing", "a*.*.b.c", PATTERN_GLOB, .same = false},
    {"names under a suffix", "*.b.c", PATTERN_UNDER, .same = true},
    {"a dot line for the names under it, likewise", ".b.c", PATTERN_UNDER, .same = true},
    {"and as a whole", ".b.c", PATTERN_DOT, .same = false},
    {"any name at all, with no literal character", "*", PATTERN_GLOB, .same = false},
    {"a regex, however long", "~a\\.very\\.long\\.name\\.b\\.c", PATTERN_REGEX, .same = true},
    {"any regex", "~.*", PATTERN_REGEX, .same = false},
};

static void
weights(void **state)
{
    (void)state;
    for (size_t i = 0; i + 1 < ROWS(falling); i++) {
        uint32_t weight = pattern_weight(falling[i].text, strlen(falling[i].text), falling[i].as);
        uint32_t next = pattern_weight(falling[i + 1].text, strlen(falling[i + 1].text), falling[i + 1].as);
        CHECK(falling[i].why, falling[i].same ? weight == next : weight > next);
    }
    assert_int_equal(pattern_weight("~.*", 3, PATTERN_REGEX), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(winners), cmocka_unit_test(weights)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
