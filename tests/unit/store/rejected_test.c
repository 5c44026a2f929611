// SPDX-License-Identifier: GPL-2.0-or-later
/* rejected_test.c - rejected.h: the list of rows that a person does not want, and damage to it. */
#include "store/rejected.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "state/state.h"
#include "state/state_lock.h"
#include "store_stage.h"
#include "table/held.h"
#include "unit.h"

#define DAY "2026-11-21"
#define LINE "rejected " DAY " alice w a.example\n"

static const struct {
    const char *why, *text;
    size_t len; /* 0: that of the text */
    size_t count;
    const char *says; /* NULL: it is read */
} rows[] = {
    {"nothing", "", 0, 0, NULL},
    {"one row", LINE, 0, 1, NULL},
    {"a regex with a space", "rejected " DAY " alice w ~^a b$\n", 0, 1, NULL},
    {"without the last line end", LINE "rejected " DAY " bob w b.example", 0, 2, NULL},
    {"another word", LINE "accepted " DAY " alice w a.example\n", 0, 0, "line 2 of "},
    {"a word is missing", "rejected " DAY " alice w\n", 0, 0, "is not a rejected row"},
    {"no pattern", "rejected " DAY " alice w \n", 0, 0, "is not a rejected row"},
    {"two spaces", "rejected " DAY "  w a.example\n", 0, 0, "is not a rejected row"},
    {"an empty line", LINE "\n" LINE, 0, 0, "line 2 of "},
    {"zeros, as after a power cut", LINE "\0\0\0\0", sizeof LINE - 1 + 4, 0, "remove the file: all rejected rows are"},
    {"zeros inside of a line", "rejected " DAY " alice w a\0example\n", sizeof LINE - 1, 0, "line 1 of "},
};

static void
texts(void **unused)
{
    (void)unused;
    struct store_stage stage = store_stage_open("", NULL);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct rejected rejected;
        struct err err = {0};
        size_t len = rows[i].len != 0 ? rows[i].len : strlen(rows[i].text);
        assert_int_equal(state_write_own(stage.state, "rejected", rows[i].text, len, &err), 0);
        int result = rejected_read(&rejected, stage.state, &err);
        CHECK(rows[i].why, (result == 0) == (rows[i].says == NULL));
        if (result != 0) {
            check_says(rows[i].why, err.text, rows[i].says);
            continue;
        }
        CHECK(rows[i].why, rejected.count == rows[i].count);
        CHECK(rows[i].why, !rejected_has(&rejected, "w", "c.example"));
        rejected_clear(&rejected);
    }
    store_stage_close(&stage);
}

static struct held
held_of(const char *text)
{
    struct held held;
    struct err err = {0};
    if (held_read(&held, text, strlen(text), &err) != 0)
        fail_msg("%s", err.text);
    return held;
}

#define HELD(a, b)                                                                                                     \
    "held " DAY " waiting w " a "\nheld " DAY " waiting w " b "\nin use\n# no rule\nnewest\nallow " a                  \
    " source=w\nallow " b " source=w\n"

static void
check_list(const char *why, const struct state *state, const char *want)
{
    struct buf text;
    struct err err = {0};
    bool found;
    buf_init(&text, (size_t)1 << 20);
    assert_int_equal(state_read_own(state, "rejected", &text, &found, &err), 0);
    check_text(why, text.data, text.len, want);
    buf_clear(&text);
}

static void
changes(void **unused)
{
    (void)unused;
    struct store_stage stage = store_stage_open("", NULL);
    struct held first = held_of(HELD("a.example", "b.example")), second = held_of(HELD("b.example", "c.example"));
    struct err err = {0};
    assert_int_equal(rejected_add(stage.state, &first, "alice", STAGE_NOW, &err), 0);
    assert_int_equal(rejected_add(stage.state, &second, "eve  x", STAGE_NOW, &err), 0);
    check_list("who was first counts, and a name is one word", stage.state,
               "rejected " DAY " alice w a.example\nrejected " DAY " alice w b.example\n"
               "rejected " DAY " eve__x w c.example\n");
    assert_int_equal(rejected_lift(stage.state, &first, &err), 0);
    check_list("only what was approved is gone", stage.state, "rejected " DAY " eve__x w c.example\n");
    assert_int_equal(rejected_lift(stage.state, &first, &err), 0);
    check_list("once more", stage.state, "rejected " DAY " eve__x w c.example\n");
    assert_int_equal(rejected_lift(stage.state, &second, &err), 0);
    check_list("nothing is left", stage.state, "");
    held_clear(&first);
    held_clear(&second);
    store_stage_close(&stage);
}

/* Nobody reads the list while another process is about to write it: that row would be lost. */
static void
locked(void **unused)
{
    (void)unused;
    struct store_stage stage = store_stage_open("", NULL);
    struct held held = held_of(HELD("a.example", "b.example"));
    struct state *other;
    struct err err = {0};
    uint32_t usual = state_lock_wait_ms;
    assert_int_equal(state_open(&other, state_folder(stage.state), true, &err), 0);
    assert_int_equal(state_lock(other, &err), 0);
    assert_int_equal(state_write_own(other, "rejected", "half a line", 11, &err), 0);
    state_lock_wait_ms = 0;
    assert_int_equal(rejected_add(stage.state, &held, "alice", STAGE_NOW, &err), -1);
    check_says("add", err.text, "another m365ctl");
    assert_int_equal(rejected_lift(stage.state, &held, &err), -1);
    check_says("lift", err.text, "another m365ctl");
    state_lock_wait_ms = usual;
    state_unlock(other);
    state_close(other);
    held_clear(&held);
    store_stage_close(&stage);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(texts, store_stage_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(changes, store_stage_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(locked, store_stage_set_up, folder_tear_down),
    };
    return cmocka_run_group_tests_name("rejected", tests, NULL, NULL);
}
