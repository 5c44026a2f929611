// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_usual_test.c - table.h: a line is judged the same after any other line.
 *
 * The first line of a source goes through all checks. A line that repeats the one before, with another name, may take a
 * short cut. Random lines, most of them almost right, are read both ways.
 */
#include "table/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "name/pattern.h"
#include "unit.h"

#define ROUNDS 200000

static const char *const parts[] = {"a",         "b-c",
                                    "_x",        "xn--bcher-kva",
                                    "example",   "com",
                                    "co.uk",     "www",
                                    "10",        "1",
                                    "255",       "256",
                                    "github",    "io",
                                    "net",       "azurewebsites",
                                    "A",         "EXAM",
                                    "0x1f",      "::1",
                                    "fe80",      "ck",
                                    "www",       "kawasaki",
                                    "jp",        "city",
                                    "%41",       "<tenant>",
                                    "~",         "[1]",
                                    "\xc3\xbc",  "\xef\xbc\x91",
                                    "//",        "http:",
                                    "8.8.8.8",   "10.1.2.9",
                                    "-",         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                    "sharepoint"};
static const char *const joints[] = {".", ".", ".", ".", ".", ".", "", "*", "*.", "..", "/", ":", "-", "\\", "!", ","};
static const char *const heads[] = {"", "", "", "", ".", "*.", "*.", "*", "~", "..", "*.*.", "**."};
static const char *const tails[] = {"", "", "", "", "", "", ".", "..", "/8", "/24", ":443", "*", ".1"};

static const char *
pick(uint64_t *seed, const char *const *words, size_t count)
{
    return words[next_random(seed) % count];
}

static void
invent(char *ret, size_t room, uint64_t *seed)
{
    size_t labels = 1 + next_random(seed) % 4;
    int at = snprintf(ret, room, "%s", pick(seed, heads, ROWS(heads)));
    for (size_t i = 0; i < labels && (size_t)at < room - 80; i++)
        at += snprintf(ret + at, room - (size_t)at, "%s%s", i == 0 ? "" : pick(seed, joints, ROWS(joints)),
                       pick(seed, parts, i == 0 ? ROWS(parts) : 12));
    if (next_random(seed) % 20 == 0) { /* near the longest name there is */
        for (unsigned most = 245 + next_random(seed) % 12; (unsigned)at < most; at++)
            ret[at] = at % 40 == 0 && (unsigned)at + 1 < most ? '.' : 'z';
        ret[at] = '\0';
    }
    if (next_random(seed) % 30 == 0)
        ret[next_random(seed) % (unsigned)(at + 1)] = (char)(1 + next_random(seed) % 255);
    at = (int)strlen(ret);
    snprintf(ret + at, room - (size_t)at, "%s", pick(seed, tails, ROWS(tails)));
    for (char *p = ret; *p != '\0'; p++) {
        if (strchr("\n\r\t \"#", *p) != NULL)
            *p = '+';
    }
}

/* The result of a line: its rule, or the sentence of its refusal, which a list without another line repeats. */
static void
outcome(char ret[1024], const struct table *table, size_t before, const struct err *err)
{
    if (err->kind != ERR_NONE) {
        bool again = strstr(err->text, "no rule comes of it") != NULL && table->complaint_count > 0;
        snprintf(ret, 1024, "%s", again ? table->complaints[0] : err->text);
    } else if (table->rule_count == before) {
        snprintf(ret, 1024, "%s", table->complaint_count > 0 ? table->complaints[0] : "nothing");
    } else {
        const struct rule *rule = &table->rules[before];
        char room[64];
        const char *text = table_rule_text(rule, room);
        assert_true(rule->kind == PATTERN_PREFIX || strlen(text) == rule->len);
        snprintf(ret, 1024, "%d %u %s", rule->kind, rule->line, text);
    }
}

static void
read_one(char ret[1024], const char *spec, const char *first, const char *line, size_t before)
{
    char text[2048];
    struct err err = {0};
    struct table *table = table_new();
    int len = snprintf(text, sizeof text, "%s\n%s\n", first, line);
    assert_true(len > 0 && (size_t)len < sizeof text);
    table_read_bytes(table, spec, text, (size_t)len, &err);
    outcome(ret, table, before, &err);
    table_free(table);
}

static const struct {
    const char *spec, *first, *verb, *rest;
} forms[] = {
    {.spec = "bare:allow:t", .first = "first.example", .verb = "", .rest = ""},
    {.spec = "domains:bare:allow:t", .first = "first.example", .verb = "", .rest = ""},
    {.spec = "bare:inspect:t", .first = "*.first.example", .verb = "", .rest = "  # why"},
    {.spec = "t.rules", .first = "allow first.example", .verb = "allow ", .rest = ""},
    {.spec = "t.rules",
     .first = "default first.example tcp=443 note=\"x y\"",
     .verb = "default ",
     .rest = " tcp=443 note=\"x y\""},
    {.spec = "t.rules", .first = "allow first.example id=1", .verb = "allow ", .rest = " id=1"},
};

static void
both_ways(void **state)
{
    (void)state;
    uint64_t seed = 4711;
    unsigned taken = 0;
    unsigned rounds = getenv("UNDER_VALGRIND") == NULL ? ROUNDS : ROUNDS / 100;
    for (unsigned round = 0; round < rounds; round++) {
        char name[600], line[1024], want[1024], got[1024];
        unsigned form = next_random(&seed) % ROWS(forms);
        invent(name, sizeof name, &seed);
        snprintf(line, sizeof line, "%s%s%s", forms[form].verb, name, forms[form].rest);
        read_one(want, forms[form].spec, "# nothing", line, 0);
        read_one(got, forms[form].spec, forms[form].first, line, 1);
        if (strcmp(want, got) != 0)
            fail_msg("'%s' for '%s': alone '%s', after another '%s'", line, forms[form].spec, want, got);
        taken += want[0] >= '0' && want[0] <= '9' && want[1] == ' ';
    }
    assert_true(taken > rounds / 6 && taken < rounds / 5 * 4);
}

static const struct {
    const char *why, *in, *want;
} rows[] = {
    {"the rest differs",
     "allow a.example tcp=80\n"
     "allow b.example tcp=81\n"
     "allow c.example tcp=80\n",
     "0 0 1 1 2 0 "},
    {"the verb differs",
     "allow a.example\n"
     "inspect b.example\n"
     "allow c.example\n",
     "0 0 1 1 2 0 "},
    {"spaces differ",
     "allow a.example  tcp=80\n"
     "allow\tb.example tcp=80 # x\n  allow c.example  tcp=80\n",
     "0 0 1 0 2 0 "},
    {"a line of its own between",
     "allow a.example tcp=80\n\n"
     "# x\n"
     "allow c.example tcp=80\n",
     "0 0 1 0 "},
    {"a quote before",
     "inspect \"~a b\" tcp=80\n"
     "inspect c.example tcp=80\n",
     "0 0 1 0 "},
    {"a quote between",
     "inspect a.example\n"
     "inspect \"b.example\"\n"
     "inspect c.example\n",
     "0 0 1 0 2 0 "},
    {"another source between",
     "allow a.example\n"
     "allow b.example source=x\n"
     "allow c.example\n",
     "0 0 1 1 2 0 "},
};

/* Which rule got which terms, in the order of the lines. */
static void
terms(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct table *table = table_new();
        struct err err = {0};
        char got[64] = "";
        if (table_read_bytes(table, "t", rows[i].in, strlen(rows[i].in), &err) != 0)
            fail_msg("%s: %s", rows[i].why, err.text);
        for (size_t k = 0; k < table->rule_count; k++)
            snprintf(got + strlen(got), sizeof got - strlen(got), "%zu %u ", k, table->rules[k].terms);
        check_text(rows[i].why, got, strlen(got), rows[i].want);
        table_free(table);
    }
}

/* The rest of a line with a quote in its pattern is not used for the next line. */
static void
half_a_quote(void **state)
{
    (void)state;
    static const char text[] = "inspect \"~a b\" tcp=80\n"
                               "inspect c.example b\" tcp=80\n";
    struct table *table = table_new();
    struct err err = {0};
    assert_int_equal(table_read_bytes(table, "t", text, sizeof text - 1, &err), -1);
    check_says("half a quote", err.text, "line 2: unknown word 'b\"'");
    table_free(table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways),
        cmocka_unit_test(terms),
        cmocka_unit_test(half_a_quote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
