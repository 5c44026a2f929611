// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * state_test.c - state.h: generations are numbered, linked, kept and pruned; the status file keeps what the last update
 * saw.
 */
#include "state/state.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "state_stage.h"
#include "unit.h"

static uint32_t
link_of(struct state *state, enum state_link link)
{
    uint32_t number = 4711;
    assert_int_equal(state_get(state, link, &number, NULL), 0);
    return number;
}

static void
check_list(struct state *state, const char *why, const char *want)
{
    const uint32_t *numbers;
    size_t count;
    char text[200] = "";
    assert_int_equal(state_list(state, &numbers, &count, NULL), 0);
    for (size_t i = 0; i < count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%u", i == 0 ? "" : " ", numbers[i]);
    check_text(why, text, strlen(text), want);
}

static void
empty_folder(void **unused)
{
    (void)unused;
    struct state *state = NULL;
    struct err err = {0};
    assert_int_equal(state_open(&state, state_stage_folder(), false, &err), -1);
    check_says("not there", err.text, "there is no state folder");
    assert_null(state);
    state = state_stage_open(true);
    check_list(state, "nothing", "");
    assert_int_equal(link_of(state, STATE_CURRENT), 0);
    uint32_t next;
    assert_int_equal(state_next(state, &next, NULL), 0);
    assert_int_equal(next, 1);
    state_close(state);
    state_close(NULL);
    state = state_stage_open(false);
    assert_int_equal(state_publish(state, 1, &err), -1);
    check_says("reading only", err.text, "for reading only");
    state_close(state);
}

static void
sealing(void **unused)
{
    (void)unused;
    struct state *state = state_stage_open(true);
    struct err err = {0};
    uint32_t number;
    struct buf buf;
    assert_int_equal(state_add(state, "image", "x", 1, &err), -1);
    assert_int_equal(state_begin(state, &number, &err), 0);
    assert_int_equal(number, 1);
    assert_int_equal(state_begin(state, &number, &err), -1);
    assert_int_equal(state_add(state, "image", "bytes", 5, &err), 0);
    assert_int_equal(state_add(state, "image", "bytes", 5, &err), -1);
    static const char *const bad[] = {"", ".", "..", "a/b", "../x", ".hidden"};
    for (size_t i = 0; i < ROWS(bad); i++)
        CHECK(bad[i], state_add(state, bad[i], "x", 1, &err) == -1);
    check_list(state, "not sealed", "");
    assert_int_equal(state_seal(state, &err), 0);
    check_list(state, "sealed", "1");
    buf_init(&buf, 1 << 20);
    assert_int_equal(state_read(state, 1, "image", &buf, &err), 0);
    check_text("image", buf.data, buf.len, "bytes");
    assert_int_equal(state_read(state, 1, "absent", &buf, &err), -1);
    assert_int_equal(err.kind, ERR_CORRUPT);
    assert_int_equal(state_read(state, 7, "image", &buf, &err), -1);
    assert_int_equal(err.kind, ERR_CORRUPT);
    buf_clear(&buf);
    buf_init(&buf, 4);
    assert_int_equal(state_read(state, 1, "image", &buf, &err), -1);
    assert_int_equal(err.kind, ERR_CORRUPT);
    buf_clear(&buf);
    assert_true(state_has(state, 1, "image"));
    assert_false(state_has(state, 2, "image"));
    /* It is not whole, so no link may name it. */
    assert_int_equal(state_publish(state, 1, &err), -1);
    assert_int_equal(err.kind, ERR_CORRUPT);
    assert_int_equal(state_set_pending(state, 1, &err), -1);
    assert_int_equal(state_begin(state, &number, &err), 0);
    state_close(state); /* begun and not sealed: removed */
    state = state_stage_open(true);
    assert_int_equal(state_next(state, &number, &err), 0);
    assert_int_equal(number, 2);
    state_close(state);
}

static void
links(void **unused)
{
    (void)unused;
    struct state *state = state_stage_open(true);
    struct err err = {0};
    for (uint32_t i = 1; i <= 3; i++)
        assert_int_equal(state_stage_add(state), i);
    assert_int_equal(state_publish(state, 1, &err), 0);
    assert_int_equal(link_of(state, STATE_CURRENT), 1);
    assert_int_equal(link_of(state, STATE_PREVIOUS), 0);
    assert_int_equal(state_set_pending(state, 2, &err), 0);
    assert_int_equal(state_set_pending(state, 3, &err), 0);
    assert_int_equal(link_of(state, STATE_PENDING), 3);
    assert_int_equal(state_publish(state, 2, &err), 0);
    assert_int_equal(link_of(state, STATE_PENDING), 3);
    assert_int_equal(state_publish(state, 3, &err), 0);
    assert_int_equal(link_of(state, STATE_PENDING), 0);
    assert_int_equal(link_of(state, STATE_PREVIOUS), 2);
    assert_int_equal(state_publish(state, 3, &err), 0); /* again: the previous one stays */
    assert_int_equal(link_of(state, STATE_PREVIOUS), 2);
    assert_int_equal(state_set_pending(state, 1, &err), 0);
    assert_int_equal(state_set_pending(state, 0, &err), 0);
    assert_int_equal(state_set_pending(state, 0, &err), 0);
    assert_int_equal(link_of(state, STATE_PENDING), 0);
    assert_int_equal(state_publish(state, 9, &err), -1);
    assert_int_equal(link_of(state, STATE_CURRENT), 3);
    const uint32_t *published;
    size_t count;
    assert_int_equal(state_published(state, &published, &count, &err), 0);
    assert_int_equal(count, 3);
    assert_true(published[0] == 1 && published[2] == 3);
    /* The writer who put it to use died before it could say that it no longer waits. */
    assert_int_equal(state_set_pending(state, 3, &err), 0);
    assert_int_equal(link_of(state, STATE_PENDING), 0);
    assert_int_equal(state_publish(state, 2, &err), 0);
    assert_int_equal(link_of(state, STATE_PENDING), 0);
    state_close(state);
}

static void
bad_links(void **unused)
{
    (void)unused;
    static const char *const targets[] = {"gen-1",         "gen-0000001", "gen-000000", "gen-000009",
                                          "../gen-000001", "gen-00000x",  "/etc",       "gen-99999999999999999999"};
    struct state *state = state_stage_open(true);
    char path[4200];
    state_stage_add(state);
    snprintf(path, sizeof path, "%s/current", state_stage_folder());
    for (size_t i = 0; i < ROWS(targets); i++) {
        struct err err = {0};
        uint32_t number = 4711;
        unlink(path);
        assert_int_equal(symlink(targets[i], path), 0);
        CHECK(targets[i], state_get(state, STATE_CURRENT, &number, &err) == -1 && err.kind == ERR_CORRUPT);
        CHECK(targets[i], number == 4711);
        CHECK(targets[i], state_linked(state, STATE_CURRENT) == (strcmp(targets[i], "gen-000009") == 0 ? 9 : 0));
        CHECK(targets[i], state_publish(state, 1, &err) == 0 && link_of(state, STATE_CURRENT) == 1);
    }
    state_close(state);
}

static void
annotations(void **unused)
{
    (void)unused;
    struct state *state = state_stage_open(true);
    struct err err = {0};
    state_stage_add(state);
    assert_int_equal(state_annotate(state, 1, "decision-1.txt", "yes", 3, &err), 0);
    assert_int_equal(state_annotate(state, 1, "decision-1.txt", "no", 2, &err), -1);
    assert_int_equal(state_annotate(state, 1, "image", "x", 1, &err), -1);
    assert_int_equal(state_annotate(state, 7, "note", "x", 1, &err), -1);
    struct buf buf;
    buf_init(&buf, 1 << 20);
    assert_int_equal(state_read(state, 1, "decision-1.txt", &buf, &err), 0);
    check_text("kept", buf.data, buf.len, "yes");
    /* What follows from other files may be written again. */
    assert_int_equal(state_derive(state, 1, "image.9", "old", 3, &err), 0);
    assert_int_equal(state_derive(state, 1, "image.9", "new", 3, &err), 0);
    assert_int_equal(state_derive(state, 7, "image.9", "x", 1, &err), -1);
    assert_int_equal(state_derive(state, 1, "../image.9", "x", 1, &err), -1);
    buf_reset(&buf);
    assert_int_equal(state_read(state, 1, "image.9", &buf, &err), 0);
    check_text("replaced", buf.data, buf.len, "new");
    buf_clear(&buf);
    char head[8];
    assert_int_equal(state_peek(state, 1, "image.9", head, 2), 2);
    check_text("the first bytes", head, 2, "ne");
    assert_int_equal(state_peek(state, 1, "image.9", head, sizeof head), 3);
    assert_int_equal(state_peek(state, 1, "absent", head, sizeof head), 0);
    state_close(state);
    state = state_stage_open(false);
    assert_int_equal(state_derive(state, 1, "image.9", "x", 1, &err), -1);
    state_close(state);
}

static void
pruning(void **unused)
{
    (void)unused;
    struct state *state = state_stage_open(true);
    struct err err = {0};
    uint32_t removed;
    for (uint32_t i = 1; i <= 12; i++)
        state_stage_add(state);
    for (uint32_t i = 1; i <= 5; i++)
        assert_int_equal(state_publish(state, i, &err), 0);
    assert_int_equal(state_set_pending(state, 6, &err), 0);
    assert_int_equal(state_prune(state, 2, &removed, &err), 0);
    /* 3, 4, 5 were the last in use (5 and 4 are linked), 6 waits, 11 and 12 are the newest. */
    check_list(state, "pruned", "3 4 5 6 11 12");
    assert_int_equal(removed, 6);
    assert_int_equal(state_publish(state, 3, &err), 0);
    assert_int_equal(state_set_pending(state, 0, &err), 0);
    assert_int_equal(state_prune(state, 0, &removed, &err), 0);
    check_list(state, "the last three in use", "3 4 5");
    for (uint32_t i = 3; i <= 5; i++)
        assert_int_equal(state_discard(state, i, &err), -1);
    assert_int_equal(state_stage_add(state), 6);
    assert_int_equal(state_discard(state, 6, &err), 0);
    check_list(state, "discarded", "3 4 5");
    state_close(state);
}

/* What a killed writer leaves under a temporary name is removed; what is nobody's stays. */
static void
leftovers(void **unused)
{
    (void)unused;
    static const char *const names[] = {".current.new", ".published.new", ".status.new", ".client-id.new",
                                        ".rejected.new"};
    struct state *state = state_stage_open(true);
    struct err err = {0};
    uint32_t removed;
    folder_write("state/.own.new", "x", 1);
    for (size_t i = 0; i < ROWS(names); i++) {
        char path[64];
        snprintf(path, sizeof path, "state/%s", names[i]);
        folder_write(path, "x", 1);
        assert_int_equal(state_prune(state, 9, &removed, &err), 0);
        CHECK(names[i], access(folder_path(path), F_OK) != 0);
    }
    assert_int_equal(access(folder_path("state/.own.new"), F_OK), 0);
    state_close(state);
}

static void
status(void **unused)
{
    (void)unused;
    char value[STATE_VALUE_MAX], longest[2000];
    struct state *state = state_stage_open(true);
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    state_status_get(state, "absent", value);
    assert_string_equal(value, "");
    state_status_set(state, STATUS_ERROR, "two\nlines");
    state_status_set_number(state, STATUS_LAST_TRY, 1234567890123);
    state_status_set(state, "last", "not last_try");
    state_status_set(state, "long", longest);
    state_status_set(state, STATUS_ERROR, "another");
    state_status_set(state, "gone", "x");
    state_status_set(state, "gone", NULL);
    assert_int_equal(state_status_write(state, NULL), 0);
    state_close(state);
    state = state_stage_open(false);
    state_status_get(state, STATUS_ERROR, value);
    assert_string_equal(value, "another");
    state_status_get(state, "last", value);
    assert_string_equal(value, "not last_try");
    state_status_get(state, "long", value);
    assert_int_equal(strlen(value), STATE_VALUE_MAX - 1);
    state_status_get(state, "gone", value);
    assert_string_equal(value, "");
    assert_true(state_status_number(state, STATUS_LAST_TRY) == 1234567890123);
    assert_int_equal(state_status_number(state, "last"), 0);
    assert_int_equal(state_status_write(state, NULL), -1);
    state_close(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(empty_folder, state_stage_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(sealing, state_stage_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(links, state_stage_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(bad_links, state_stage_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(annotations, state_stage_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(pruning, state_stage_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(leftovers, state_stage_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(status, state_stage_set_up, folder_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
