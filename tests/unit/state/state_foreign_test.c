// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * state_foreign_test.c - state.h, in a folder where another user has put links, pipes and folders in place of files.
 * Nothing is followed, nothing is waited for, and a file outside stays as it was.
 */
#include "state/state.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "state/state_lock.h"
#include "state_stage.h"
#include "unit.h"

static const char secret[] = "root:$6$only-root-may-read-this";
static char secret_path[4200];

/* What another user may have put in place of a file. */
static const struct {
    const char *why;
    bool is_link, is_pipe, is_folder;
} odd[] = {
    {"a link", .is_link = true},
    {"a pipe", .is_pipe = true},
    {"a folder", .is_folder = true},
};

static void
put(const char *name, size_t which)
{
    char path[4300];
    snprintf(path, sizeof path, "%s/%s", state_stage_folder(), name);
    remove(path);
    int result = odd[which].is_link   ? symlink(secret_path, path)
                 : odd[which].is_pipe ? mkfifo(path, 0644)
                                      : mkdir(path, 0755);
    assert_int_equal(result, 0);
}

static void
take_away(const char *name)
{
    char path[4300];
    snprintf(path, sizeof path, "%s/%s", state_stage_folder(), name);
    assert_int_equal(remove(path), 0);
}

/* Nobody was led to the file outside: it was neither read, nor written, nor given another mode. */
static void
check_secret(const char *why, const struct buf *seen)
{
    struct stat st;
    struct buf now;
    buf_init(&now, 1 << 20);
    CHECK(why, stat(secret_path, &st) == 0 && (st.st_mode & 07777) == 0600);
    CHECK(why, file_read(&now, secret_path, 1 << 19, NULL) == 0);
    check_text(why, now.data, now.len, secret);
    CHECK(why, seen == NULL || seen->len == 0);
    buf_clear(&now);
}

static void
make_secret(void)
{
    folder_write("secret", secret, strlen(secret));
    snprintf(secret_path, sizeof secret_path, "%s", folder_path("secret"));
    assert_int_equal(chmod(secret_path, 0600), 0);
}

static void
odd_own_files(void **unused)
{
    (void)unused;
    make_secret();
    for (size_t i = 0; i < ROWS(odd); i++) {
        struct state *state = state_stage_open(true);
        struct err err = {0};
        struct buf bytes;
        bool found = false;
        char value[STATE_VALUE_MAX];
        put("client-id", i);
        buf_init(&bytes, 1 << 20);
        CHECK(odd[i].why, state_read_own(state, "client-id", &bytes, &found, &err) == -1 && found);
        check_says(odd[i].why, err.text, odd[i].is_link ? "client-id' is a link" : "client-id' is not a regular file");
        check_secret(odd[i].why, &bytes);
        bool written = state_write_own(state, "client-id", "x\n", 2, &err) == 0;
        CHECK(odd[i].why, written != odd[i].is_folder); /* what stood there is replaced, and never followed */
        check_secret(odd[i].why, NULL);
        take_away("client-id");
        state_close(state);

        put("status", i);
        state = state_stage_open(true);
        state_status_get(state, "root:$6$only-root-may-read-this", value);
        assert_string_equal(value, "");
        state_status_set(state, "key", "value");
        written = state_status_write(state, &err) == 0;
        CHECK(odd[i].why, written != odd[i].is_folder);
        check_secret(odd[i].why, NULL);
        state_close(state);
        take_away("status");

        state = state_stage_open(true);
        const uint32_t *numbers;
        size_t count;
        put("published", i);
        CHECK(odd[i].why, state_published(state, &numbers, &count, &err) == -1);
        check_secret(odd[i].why, NULL);
        take_away("published");
        state_close(state);
        buf_clear(&bytes);
    }
    remove(secret_path);
}

static void
odd_locks(void **unused)
{
    (void)unused;
    static const char *const names[] = {"lock", "lock-update"};
    make_secret();
    state_close(state_stage_open(true));
    for (size_t n = 0; n < ROWS(names); n++) {
        for (size_t i = 0; i < ROWS(odd); i++) {
            struct state *state = NULL;
            struct err err = {0};
            put(names[n], i);
            int result = state_open(&state, state_stage_folder(), true, &err);
            CHECK(odd[i].why, result == (n == 0 ? -1 : 0));
            if (result == 0)
                CHECK(odd[i].why, state_lock_update(state, &err) == -1);
            check_says(odd[i].why, err.text, "cannot lock '");
            check_secret(odd[i].why, NULL);
            state_close(state);
            take_away(names[n]);
        }
    }
    remove(secret_path);
}

static void
odd_generations(void **unused)
{
    (void)unused;
    static const char *const files[] = {"gen-000001/image", "gen-000001/table.txt", "gen-000001/review.txt"};
    make_secret();
    for (size_t n = 0; n < ROWS(files); n++) {
        for (size_t i = 0; i < ROWS(odd); i++) {
            struct state *state = state_stage_open(true);
            struct err err = {0};
            struct buf bytes;
            uint32_t removed;
            bool found = true;
            const char *name = strchr(files[n], '/') + 1;
            uint32_t number = state_stage_add(state);
            assert_int_equal(number, 1);
            assert_int_equal(state_publish(state, 1, &err), 0);
            put(files[n], i);
            buf_init(&bytes, 1 << 20);
            CHECK(odd[i].why, state_read(state, 1, name, &bytes, &err) == -1 && err.kind == ERR_CORRUPT);
            check_says(odd[i].why, err.text, odd[i].is_link ? "' is a link" : "' is not a regular file");
            CHECK(odd[i].why, state_find(state, 1, name, &found, &err) == 0 && !found);
            CHECK(odd[i].why, state_get(state, STATE_CURRENT, &number, &err) == -1 && err.kind == ERR_CORRUPT);
            CHECK(odd[i].why, state_publish(state, 1, &err) == -1);
            check_secret(odd[i].why, &bytes);
            buf_clear(&bytes);
            take_away(files[n]);
            assert_int_equal(state_prune(state, 0, &removed, NULL), -1); /* `current` is damaged */
            state_close(state);
            folder_tear_down(unused);
            state_stage_set_up(unused);
            make_secret();
        }
    }
    remove(secret_path);
}

/* A whole generation that lies elsewhere, behind a link; and what stands where a new one is to be made. */
static void
linked_generations(void **unused)
{
    (void)unused;
    struct state *state = state_stage_open(true);
    struct err err = {0};
    char from[4300], to[4300];
    struct buf bytes;
    uint32_t number;
    state_stage_add(state);
    snprintf(from, sizeof from, "%s/gen-000001", state_stage_folder());
    snprintf(to, sizeof to, "%s/elsewhere", state_stage_folder());
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(symlink("elsewhere", from), 0);
    buf_init(&bytes, 1 << 20);
    assert_int_equal(state_read(state, 1, "image", &bytes, &err), -1);
    buf_clear(&bytes);
    assert_false(state_has(state, 1, "image"));
    assert_int_equal(state_publish(state, 1, &err), -1);
    assert_int_equal(state_annotate(state, 1, "note.txt", "x", 1, &err), -1);
    snprintf(from, sizeof from, "%s/.new-000002", state_stage_folder());
    assert_int_equal(symlink("elsewhere", from), 0);
    assert_int_equal(state_stage_add(state), 2);
    assert_int_equal(state_discard(state, 1, &err), 0);
    assert_int_equal(access(to, F_OK), 0);
    snprintf(from, sizeof from, "%s/.old-000009", state_stage_folder());
    assert_int_equal(mkfifo(from, 0644), 0);
    assert_int_equal(state_prune(state, 9, &number, &err), 0);
    assert_int_equal(access(from, F_OK), -1);
    snprintf(from, sizeof from, "%s/elsewhere/image", state_stage_folder());
    assert_int_equal(access(from, F_OK), 0);
    state_close(state);
}

/* Root writes nothing in a folder of another user, and reads only that user's files. */
static void
of_another_user(void **unused)
{
    (void)unused;
    if (geteuid() != 0)
        skip();
    struct state *state = state_stage_open(true);
    struct err err = {0};
    struct buf bytes;
    bool found;
    char path[4300];
    make_secret();
    state_close(state);
    state = NULL;
    assert_int_equal(chown(state_stage_folder(), 12345, 12345), 0);
    assert_int_equal(state_open(&state, state_stage_folder(), true, &err), -1);
    check_says("root writes", err.text, "root writes nothing there");
    state = state_stage_open(false);
    snprintf(path, sizeof path, "%s/client-id", state_stage_folder());
    assert_int_equal(link(secret_path, path), 0);
    buf_init(&bytes, 1 << 20);
    assert_int_equal(state_read_own(state, "client-id", &bytes, &found, &err), -1);
    check_says("a hard link", err.text, "does not belong to the owner of its folder");
    assert_int_equal(chown(path, 12345, 12345), 0);
    assert_int_equal(state_read_own(state, "client-id", &bytes, &found, &err), 0);
    buf_clear(&bytes);
    state_close(state);
    remove(secret_path);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, state_stage_set_up, folder_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(odd_own_files), TEST(odd_locks), TEST(odd_generations),
                                       TEST(linked_generations), TEST(of_another_user)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
