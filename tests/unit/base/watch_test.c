// SPDX-License-Identifier: GPL-2.0-or-later
/* watch_test.c - watch.h: when files that change are to be read again. The file's own time says that it was written
 * just now, so only the clock that is passed in can make it still. */
#include "base/watch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "unit.h"

struct stage {
    struct arena *arena;
    struct watch watch;
};

static void
start(struct stage *stage, size_t count)
{
    folder_make();
    stage->arena = arena_new(65536);
    assert_true(watch_init(&stage->watch, stage->arena, count));
}

static void
stop(struct stage *stage)
{
    arena_free(stage->arena);
    folder_remove();
}

/* Sets the time of a file to so many seconds from now. */
static void
touch(const char *name, int seconds)
{
    struct timespec times[2] = {{.tv_sec = time(NULL) + seconds}, {.tv_sec = time(NULL) + seconds}};
    assert_int_equal(utimensat(AT_FDCWD, folder_path(name), times, 0), 0);
}

static enum watch_answer
look(struct stage *stage, uint64_t now_ms)
{
    watch_look(&stage->watch, 0, folder_path("a"), now_ms);
    return watch_ask(&stage->watch, now_ms);
}

static void
waits_until_still(void **state)
{
    (void)state;
    struct stage stage;
    start(&stage, 1);
    assert_int_equal(look(&stage, 100), WATCH_DUE);
    watch_done(&stage.watch, 100, WATCH_READ);
    assert_int_equal(look(&stage, 1000), WATCH_SAME);
    folder_write("a", "x", 1);
    assert_int_equal(look(&stage, 2000), WATCH_CHANGING);
    folder_write("a", "xx", 2);
    assert_int_equal(look(&stage, 3000), WATCH_CHANGING);
    assert_int_equal(look(&stage, 4999), WATCH_CHANGING);
    assert_int_equal(look(&stage, 5000), WATCH_DUE);
    assert_int_equal(look(&stage, 5001), WATCH_DUE);
    watch_done(&stage.watch, 5001, WATCH_READ);
    assert_int_equal(look(&stage, 6000), WATCH_SAME);
    stop(&stage);
}

/* The first read never waits. */
static void
first_is_due(void **state)
{
    (void)state;
    struct stage stage;
    start(&stage, 1);
    folder_write("a", "x", 1);
    assert_int_equal(look(&stage, 1000), WATCH_DUE);
    watch_done(&stage.watch, 1000, WATCH_READ);
    assert_int_equal(look(&stage, 1001), WATCH_SAME);
    watch_forget(&stage.watch);
    assert_int_equal(look(&stage, 1002), WATCH_DUE);
    stop(&stage);
}

static void
old_file_is_still(void **state)
{
    (void)state;
    struct stage stage;
    start(&stage, 1);
    watch_done(&stage.watch, 0, WATCH_READ);
    folder_write("a", "x", 1);
    touch("a", -10);
    assert_int_equal(look(&stage, 1000), WATCH_DUE);
    touch("a", 3600);
    assert_int_equal(look(&stage, 2000), WATCH_CHANGING);
    assert_int_equal(look(&stage, 4000), WATCH_DUE);
    stop(&stage);
}

static void
failure_is_tried_again(void **state)
{
    (void)state;
    struct stage stage;
    start(&stage, 1);
    assert_int_equal(look(&stage, 1000), WATCH_DUE);
    watch_done(&stage.watch, 1000, WATCH_FAILED);
    assert_int_equal(look(&stage, 10999), WATCH_SAME);
    assert_int_equal(look(&stage, 11000), WATCH_DUE);
    watch_done(&stage.watch, 11000, WATCH_FAILED);
    assert_int_equal(look(&stage, 30999), WATCH_SAME);
    assert_int_equal(look(&stage, 31000), WATCH_DUE);
    uint64_t now_ms = 31000;
    for (uint64_t wait = 40000; wait <= UINT64_C(4) * WATCH_RETRY_MOST_MS; wait *= 2) {
        uint64_t most = wait < WATCH_RETRY_MOST_MS ? wait : WATCH_RETRY_MOST_MS;
        watch_done(&stage.watch, now_ms, WATCH_FAILED);
        now_ms += most;
        assert_int_equal(look(&stage, now_ms - 1), WATCH_SAME);
        assert_int_equal(look(&stage, now_ms), WATCH_DUE);
    }
    folder_write("a", "x", 1);
    touch("a", -10);
    assert_int_equal(look(&stage, now_ms), WATCH_DUE);
    watch_done(&stage.watch, now_ms, WATCH_FAILED);
    assert_int_equal(look(&stage, now_ms + WATCH_RETRY_MS), WATCH_DUE);
    watch_done(&stage.watch, now_ms, WATCH_READ);
    assert_int_equal(look(&stage, now_ms + UINT64_C(2) * WATCH_RETRY_MOST_MS), WATCH_SAME);
    stop(&stage);
}

/* What was read and refused is as wrong the next time: only a change makes it due. */
static void
refused_is_not_tried_again(void **state)
{
    (void)state;
    struct stage stage;
    start(&stage, 1);
    folder_write("a", "x", 1);
    assert_int_equal(look(&stage, 1000), WATCH_DUE);
    watch_done(&stage.watch, 1000, WATCH_REFUSED);
    assert_int_equal(look(&stage, 11000), WATCH_SAME);
    assert_int_equal(look(&stage, 1000 + 24 * 3600 * 1000), WATCH_SAME);
    folder_write("a", "xx", 2);
    touch("a", -10);
    assert_int_equal(look(&stage, 99999), WATCH_DUE);
    static const struct {
        enum err_kind kind;
        enum watch_result want;
    } kinds[] = {{ERR_IO, WATCH_FAILED},     {ERR_MEM, WATCH_FAILED},    {ERR_SYNTAX, WATCH_REFUSED},
                 {ERR_LIMIT, WATCH_REFUSED}, {ERR_USAGE, WATCH_REFUSED}, {ERR_CORRUPT, WATCH_REFUSED}};
    for (size_t i = 0; i < ROWS(kinds); i++) {
        struct err err = {.kind = kinds[i].kind};
        assert_int_equal(watch_result(true, &err), kinds[i].want);
        assert_int_equal(watch_result(false, &err), WATCH_READ);
    }
    stop(&stage);
}

/* A file that disappears, one that comes back unchanged, a link that is pointed elsewhere. */
static void
paths(void **state)
{
    (void)state;
    struct stage stage;
    start(&stage, 1);
    folder_write("b", "x", 1);
    folder_write("c", "y", 1);
    assert_int_equal(symlink("b", folder_path("a")), 0);
    assert_int_equal(look(&stage, 1000), WATCH_DUE);
    watch_done(&stage.watch, 1000, WATCH_READ);
    assert_int_equal(unlink(folder_path("a")), 0);
    assert_int_equal(look(&stage, 2000), WATCH_DUE);
    assert_int_equal(symlink("b", folder_path("a")), 0);
    assert_int_equal(look(&stage, 3000), WATCH_SAME);
    assert_int_equal(unlink(folder_path("a")), 0);
    assert_int_equal(symlink("c", folder_path("a")), 0);
    assert_int_equal(look(&stage, 4000), WATCH_CHANGING);
    watch_look(&stage.watch, 0, folder_path("b"), 5000);
    assert_int_equal(watch_ask(&stage.watch, 5000), WATCH_SAME);
    watch_look(&stage.watch, 0, NULL, 6000);
    assert_int_equal(watch_ask(&stage.watch, 6000), WATCH_DUE);
    stop(&stage);
}

static void
several(void **state)
{
    (void)state;
    struct stage stage;
    start(&stage, 2);
    static const char *const names[] = {"a", "b"};
    folder_write("a", "x", 1);
    folder_write("b", "x", 1);
    static const struct {
        uint64_t now_ms;
        const char *write;
        enum watch_answer want;
    } rounds[] = {
        {.now_ms = 1000, .want = WATCH_DUE},
        {.now_ms = 2000, .want = WATCH_SAME},
        {.now_ms = 3000, .write = "b", .want = WATCH_CHANGING},
        {.now_ms = 4000, .write = "a", .want = WATCH_CHANGING},
        {.now_ms = 5500, .want = WATCH_CHANGING},
        {.now_ms = 6000, .want = WATCH_DUE},
    };
    for (size_t i = 0; i < ROWS(rounds); i++) {
        if (rounds[i].write != NULL)
            folder_write(rounds[i].write, "yy", 2);
        for (size_t k = 0; k < 2; k++)
            watch_look(&stage.watch, k, folder_path(names[k]), rounds[i].now_ms);
        assert_int_equal(watch_ask(&stage.watch, rounds[i].now_ms), rounds[i].want);
        if (i == 0)
            watch_done(&stage.watch, rounds[i].now_ms, WATCH_READ);
    }
    stop(&stage);
}

static void
no_memory(void **state)
{
    (void)state;
    struct watch watch;
    struct arena *arena = arena_new(0);
    assert_false(watch_init(&watch, arena, 1));
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_until_still),
        cmocka_unit_test(first_is_due),
        cmocka_unit_test(old_file_is_still),
        cmocka_unit_test(failure_is_tried_again),
        cmocka_unit_test(refused_is_not_tried_again),
        cmocka_unit_test(paths),
        cmocka_unit_test(several),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
