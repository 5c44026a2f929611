// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * serve_watch_test.c - serve.h: a new table is looked for at most once a second, a table that shrinks does no harm, and
 * what is wrong is reported on stderr once a minute.
 */
#include "serve_stage.h"

#include <stdio.h>
#include <string.h>

#define STEPS_MAX 16

struct watch {
    const char *why;
    struct step steps[STEPS_MAX]; /* one before all packets, then one before each packet */
    size_t looks;
    const char *out;
    const char *said;
};

#define NONE "; every answer is no-table\n"

static const struct watch watches[] = {
    {"at once, then at most once a second",
     .steps = {{100, .finds = '+'},
               {100, .finds = '='},
               {1099, .finds = '='},
               {1100, .finds = '='},
               {2000, .finds = '='},
               {2100, .finds = '='}},
     .looks = 3, .out = "<a>\n|<a>\n|<a>\n|<a>\n|<a>\n|", .said = ""},
    {"a new table", .steps = {{0, .finds = '+'}, {1000, .finds = '='}, {2000, .finds = '+'}}, .looks = 3,
     .out = "<a>\n|<a>\n|", .said = "test: using table 'label-1'\n"},
    {"no table, reported once a minute, then found",
     .steps = {{5, .finds = 'x', .sentence = "cannot open 'x'"},
               {1005, .finds = 'x', .sentence = "cannot open 'x'"},
               {60004, .finds = 'x', .sentence = "cannot open 'x'"},
               {61004, .finds = 'x', .sentence = "cannot open 'x'"},
               {62004, .finds = '+'}},
     .looks = 5, .out = "<a> no-table\n|<a> no-table\n|<a> no-table\n|<a>\n|",
     .said = "test: cannot open 'x'" NONE "test: cannot open 'x'" NONE "test: using table 'label-1'\n"},
    {"no table, and no change",
     .steps = {{0, .finds = 'x', .sentence = "cannot open 'x'"},
               {30000, .finds = '='},
               {60000, .finds = '='},
               {90000, .finds = '='}},
     .looks = 4, .out = "<a> no-table\n|<a> no-table\n|<a> no-table\n|",
     .said = "test: cannot open 'x'" NONE "test: cannot open 'x'" NONE},
    {"a bad table replaces a good one",
     .steps = {{0, .finds = '+'},
               {1000, .finds = '-', .sentence = "bad 'x', keeping the old table"},
               {2000, .finds = '='},
               {60999, .finds = '='},
               {61999, .finds = '='},
               {100000, .finds = '+'}},
     .looks = 6, .out = "<a>\n|<a>\n|<a>\n|<a>\n|<a>\n|",
     .said = "test: bad 'x', keeping the old table\ntest: bad 'x', keeping the old table\n"
             "test: using table 'label-1' again\n"},
    {"new messages are reported at once, up to a limit",
     .steps = {{0, .finds = 'x', .sentence = "1"},
               {1000, .finds = 'x', .sentence = "2"},
               {2000, .finds = 'x', .sentence = "2"},
               {3000, .finds = 'x', .sentence = "1"},
               {4000, .finds = 'x', .sentence = "2"},
               {5000, .finds = 'x', .sentence = "1"},
               {6000, .finds = 'x', .sentence = "3"},
               {60000, .finds = 'x', .sentence = "3"}},
     .looks = 8,
     .out = "<a> no-table\n|<a> no-table\n|<a> no-table\n|<a> no-table\n|<a> no-table\n|<a> no-table\n|<a> no-table\n|",
     .said = "test: 1" NONE "test: 2" NONE "test: 1" NONE "test: 2" NONE "test: 3" NONE},
};

static void
test_watches(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof watches / sizeof *watches; i++) {
        const struct watch *w = &watches[i];
        struct squid_word packets[STEPS_MAX];
        size_t count = 0;
        while (w->steps[count + 1].finds != 0)
            packets[count++] = (struct squid_word){.text = "a\n", .len = 2};
        char out[1024];
        stage_set(w->steps);
        struct serve serve = stage_serve(-1, -1, SQUID_IDS_OFF);
        stage_catch_stderr();
        int status = stage_run(&serve, packets, count, out, sizeof out);
        stage_assert_said(w->why, w->said);
        if (status != 0 || stage.looks != w->looks || strcmp(out, w->out) != 0)
            fail_msg("%s: %d, %zu looks, got\n%swant\n%s", w->why, status, stage.looks, out, w->out);
    }
}

/* The image shrinks while a batch is answered: the whole batch is answered again without a table. The next look finds a
 * table again. */
static void
test_shrunk_image(void **state)
{
    (void)state;
    static const struct step steps[] = {{0, .finds = '+'}, {500, .finds = '='}, {1500, .finds = '+'}, {0}};
    struct squid_word packets[] = {{"a\nshrink\nb\n", 11}, {"c\n", 2}};
    char out[256];
    stage_set(steps);
    struct serve serve = stage_serve(-1, -1, SQUID_IDS_OFF);
    stage_catch_stderr();
    assert_int_equal(stage_run(&serve, packets, 2, out, sizeof out), 0);
    stage_assert_said("shrunk",
                      "test: the image was cut short while in use" NONE "test: using table 'label-1' again\n");
    assert_string_equal(out, "<a> no-table\n<shrink> no-table\n<b> no-table\n|<c>\n|");
    assert_int_equal(stage.drops, 1);
    assert_int_equal(stage.nulls, 3);
}

static void
test_strays_are_counted(void **state)
{
    (void)state;
    static const struct step steps[] = {{0, .finds = '+'},     {1000, .finds = '='},  {2000, .finds = '='},
                                        {60999, .finds = '='}, {61000, .finds = '='}, {0}};
    struct squid_word packets[4] = {{"a\n", 2}, {"b\nc\n", 4}, {"d\n", 2}, {"e\n", 2}};
    char out[64];
    stage_set(steps);
    struct serve serve = stage_serve(-1, -1, SQUID_IDS_ON);
    stage_catch_stderr();
    stage_run(&serve, packets, 4, out, sizeof out);
    stage_assert_said("strays", "test: ignored 1 line " STAGE_STRAY "test: ignored 4 lines " STAGE_STRAY);
    assert_string_equal(out, "");
}

static void
test_debug(void **state)
{
    (void)state;
    struct squid_word packet = {"1 a\tb\n2 \0x\n", 11};
    char out[64];
    stage_set(stage_always);
    struct serve serve = stage_serve(-1, -1, SQUID_IDS_ON);
    serve.debug = true;
    stage_catch_stderr();
    stage_run(&serve, &packet, 1, out, sizeof out);
    stage_assert_said("debug", "test: 'a?b' (3 bytes): 1 <a?b>\ntest: '?x' (2 bytes): 2 <>\n");
}

static void
test_say(void **state)
{
    (void)state;
    char longest[3000], want[1200];
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    stage_catch_stderr();
    serve_say("p", "%s\n%c%d", "a", 0x1b, 7);
    serve_say("p", "%s", longest);
    snprintf(want, sizeof want, "p: a??7\np: %.1020s\n", longest);
    stage_assert_said("say", want);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_watches), cmocka_unit_test(test_shrunk_image), cmocka_unit_test(test_strays_are_counted),
        cmocka_unit_test(test_debug),   cmocka_unit_test(test_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
