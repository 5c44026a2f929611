// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * state_lock_test.c - state_lock.h: one writer and one updater at a time, and what was written in between is noticed.
 */
#include "state/state_lock.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "state_stage.h"
#include "unit.h"

/* Only while something is written. */
static void
one_writer(void **unused)
{
    (void)unused;
    struct state *writer = state_stage_open(true), *second = state_stage_open(true), *reader = state_stage_open(false);
    struct err err = {0};
    char pid[32];
    uint32_t number;
    snprintf(pid, sizeof pid, "(pid %ld) is writing", (long)getpid());
    state_lock_wait_ms = 30;
    assert_int_equal(state_stage_add(second), 1);
    assert_int_equal(state_lock(writer, &err), 0);
    assert_int_equal(state_lock(writer, &err), 0);
    state_unlock(writer);
    assert_int_equal(state_begin(second, &number, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    check_says("locked", err.text, pid);
    assert_int_equal(state_publish(second, 1, &err), -1);
    assert_int_equal(state_set_pending(second, 1, &err), -1);
    assert_int_equal(state_annotate(second, 1, "note.txt", "x", 1, &err), -1);
    assert_int_equal(state_discard(second, 1, &err), -1);
    assert_int_equal(state_prune(second, 1, &number, &err), -1);
    assert_int_equal(state_status_write(second, &err), -1);
    assert_int_equal(state_write_own(second, "client-id", "x", 1, &err), -1);
    state_unlock(writer);
    assert_int_equal(state_publish(second, 1, &err), 0);
    assert_int_equal(state_begin(writer, &number, &err), 0);
    assert_int_equal(state_publish(second, 1, &err), -1);
    state_close(writer); /* with it the generation that was begun, and its lock */
    assert_int_equal(state_publish(second, 1, &err), 0);
    assert_int_equal(state_lock(reader, &err), -1);
    check_says("reading only", err.text, "for reading only");
    state_lock_wait_ms = 10000;
    state_close(second);
    state_close(reader);
}

static void
one_updater(void **unused)
{
    (void)unused;
    struct state *first = state_stage_open(true), *second = state_stage_open(true);
    struct err err = {0};
    char pid[32];
    snprintf(pid, sizeof pid, "(pid %ld) is updating", (long)getpid());
    assert_int_equal(state_lock_update(first, &err), 0);
    assert_int_equal(state_lock_update(second, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    check_says("locked", err.text, pid);
    assert_int_equal(state_stage_add(second), 1);
    assert_int_equal(state_publish(second, 1, &err), 0);
    state_status_set(first, "seen", "1");
    state_status_set(second, "own", "2");
    assert_int_equal(state_status_write(first, &err), 0);
    state_unlock_update(first);
    assert_int_equal(state_lock_update(second, &err), 0);
    assert_int_equal(state_status_number(second, "seen"), 1);
    assert_int_equal(state_status_number(second, "own"), 2);
    assert_int_equal(state_lock_update(first, &err), -1);
    state_unlock_update(second);
    assert_int_equal(state_lock_update(first, &err), 0);
    state_close(first);
    assert_int_equal(state_lock_update(second, &err), 0);
    state_close(second);
}

static void
marks(void **unused)
{
    (void)unused;
    struct state *state = state_stage_open(true), *other = state_stage_open(true);
    struct state_mark mark;
    struct err err = {0};
    for (uint32_t i = 1; i <= 2; i++)
        state_stage_add(state);
    state_mark(state, &mark);
    assert_true(state_is_marked(state, &mark));
    assert_int_equal(state_publish(other, 1, &err), 0);
    assert_false(state_is_marked(state, &mark));
    state_mark(state, &mark);
    assert_int_equal(state_set_pending(other, 2, &err), 0);
    assert_false(state_is_marked(state, &mark));
    state_mark(state, &mark);
    assert_int_equal(state_set_pending(other, 2, &err), 0); /* the same again: somebody wrote */
    assert_false(state_is_marked(state, &mark));
    state_mark(state, &mark);
    assert_int_equal(state_set_pending(other, 0, &err), 0);
    assert_false(state_is_marked(state, &mark));
    state_mark(state, &mark);
    state_stage_add(other);
    assert_int_equal(state_annotate(other, 1, "note.txt", "x", 1, &err), 0);
    assert_true(state_is_marked(state, &mark));
    state_close(state);
    state_close(other);
}

/* A lock can be held by whoever can open its file. */
static void
private_locks(void **unused)
{
    (void)unused;
    static const char *const names[] = {"lock", "lock-update"};
    char path[4300];
    struct stat st;
    for (int round = 0; round < 2; round++) {
        struct state *state = state_stage_open(true);
        assert_int_equal(state_lock_update(state, NULL), 0);
        for (size_t i = 0; i < ROWS(names); i++) {
            snprintf(path, sizeof path, "%s/%s", state_stage_folder(), names[i]);
            assert_int_equal(stat(path, &st), 0);
            CHECK(names[i], (st.st_mode & 07777) == 0600);
            assert_int_equal(chmod(path, 0666), 0);
        }
        state_close(state);
    }
}

/* Two writers leave alone what the other one wrote. */
static void
status_of_two(void **unused)
{
    (void)unused;
    struct state *first = state_stage_open(true), *second = state_stage_open(true);
    state_status_set(first, "one", "1");
    state_status_set(first, "both", "1");
    assert_int_equal(state_status_write(first, NULL), 0);
    state_status_set(second, "two", "2");
    state_status_set(second, "both", "2");
    assert_int_equal(state_status_write(second, NULL), 0);
    assert_int_equal(state_status_number(second, "one"), 1);
    state_status_set(first, "one", NULL);
    assert_int_equal(state_status_write(first, NULL), 0);
    state_close(first);
    state_close(second);
    first = state_stage_open(false);
    assert_int_equal(state_status_number(first, "one"), 0);
    assert_int_equal(state_status_number(first, "two"), 2);
    assert_int_equal(state_status_number(first, "both"), 2);
    state_close(first);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, state_stage_set_up, folder_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(one_writer), TEST(one_updater), TEST(marks), TEST(private_locks),
                                       TEST(status_of_two)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
