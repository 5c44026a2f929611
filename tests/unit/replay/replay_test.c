// SPDX-License-Identifier: GPL-2.0-or-later
/* replay_test.c - replay.h: a saved file that is refused adds nothing but itself to the damaged ones, and others can be
 * added after it. */
#include "replay/replay.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "unit.h"

#define MANY 70 /* more than are open at once */

static const char log_text[] = "1790000000.000 5 10.0.0.1 TCP_TUNNEL/200 7 CONNECT a.example:443 - H/- -\n"
                               "1790000001.000 5 10.0.0.2 TCP_TUNNEL/200 9 CONNECT b.example:443 - H/- -\n";

static const struct {
    const char *why, *content;
    enum err_kind kind;
} refused[] = {
    {"nothing", "", ERR_SYNTAX},
    {"no such file", "hello\n", ERR_SYNTAX},
    {"another version", "m365ctl replay 99\n", ERR_SYNTAX},
    {"a total is missing", "m365ctl replay 1\nn lines 5\n", ERR_SYNTAX},
    {"no key", "m365ctl replay 2\nn lines 5\n", ERR_SYNTAX},
    {"a key that is none", "m365ctl replay 2\nk Plain\n", ERR_SYNTAX},
    {"a total is missing after the key", "m365ctl replay 2\nk plain\nn lines 5\n", ERR_SYNTAX},
    {"no entry",
     "m365ctl replay 1\nn lines 5\nn bytes 5\nn counted 5\nn other 5\nn no-host 5\nn left-out 5\nn half 5\n"
     "n too-long 5\nn no-sni 5\nn no-time 5\nn damaged 5\nx\n",
     ERR_SYNTAX},
};

/* What a result is, as a saved file. */
static void
save(struct replay *replay, struct buf *ret)
{
    struct err err = {0};
    const char *path = folder_path("saved");
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(replay_save(replay, fd, &err), 0);
    close(fd);
    buf_init(ret, (size_t)1 << 20);
    assert_int_equal(file_read(ret, path, (size_t)1 << 20, &err), 0);
}

/* The entries of a saved file, without its head and its digest. */
static const char *
entries_of(const struct buf *saved, size_t *ret_len)
{
    const char *first = memmem(saved->data, saved->len, "\nh\t", 3);
    const char *end = memmem(saved->data, saved->len, "\nend ", 5);
    assert_true(first != NULL && end != NULL && first < end);
    *ret_len = (size_t)(end - first);
    return first;
}

static struct replay *
count_log(struct arena *arena)
{
    static volatile int stop;
    struct err err = {0};
    struct replay *replay = replay_new(arena);
    folder_write("access.log", log_text, sizeof log_text - 1);
    const char *path = folder_path("access.log");
    const struct replay_job job = {.logs = &path, .log_count = 1, .cores = 1, .stop = &stop};
    assert_non_null(replay);
    assert_int_equal(replay_count(replay, &job, &err), 0);
    return replay;
}

static void
test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(refused); i++) {
        struct arena *arena = arena_new((size_t)1 << 20);
        struct buf wanted, got;
        struct replay *replay = count_log(arena);
        save(replay, &wanted);
        folder_write("good", wanted.data, wanted.len);
        folder_write("refused", refused[i].content, strlen(refused[i].content));
        struct replay *again = replay_new(arena);
        for (unsigned turn = 0; turn < MANY; turn++) {
            struct err err = {0};
            CHECK(refused[i].why, turn != MANY / 2 || replay_add(again, folder_path("good"), &err) == 0);
            CHECK(refused[i].why, replay_add(again, folder_path("refused"), &err) == -1 && err.kind == refused[i].kind);
            CHECK(refused[i].why, replay_add(again, folder_path("missing"), &err) == -1 && err.kind == ERR_IO);
        }
        CHECK(refused[i].why, replay_total(again, REPLAY_LINES) == 2);
        save(again, &got);
        CHECK(refused[i].why, replay_total(again, REPLAY_DAMAGED) == (uint64_t)2 * MANY);
        size_t entries, wanted_entries;
        const char *of_got = entries_of(&got, &entries), *of_wanted = entries_of(&wanted, &wanted_entries);
        CHECK(refused[i].why, entries == wanted_entries && memcmp(of_got, of_wanted, entries) == 0);
        buf_clear(&got);
        buf_clear(&wanted);
        replay_close(again);
        replay_close(replay);
        arena_free(arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_refused, folder_set_up, folder_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
