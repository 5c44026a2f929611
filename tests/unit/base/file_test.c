// SPDX-License-Identifier: GPL-2.0-or-later
/* file_test.c - file.h: files are read whole or refused, written whole or not at all. */
#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "unit.h"

/* Entries of the folder. */
static unsigned
entries(void)
{
    unsigned count = 0;
    DIR *dir = opendir(folder_path("."));
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static void
read_limits(void **state)
{
    (void)state;
    const struct {
        const char *why;
        size_t size, most, ceiling;
        enum err_kind want;
    } rows[] = {
        {"empty", .size = 0, .ceiling = 1 << 20, .want = ERR_NONE},
        {"one byte", .size = 1, .most = 1, .ceiling = 1 << 20, .want = ERR_NONE},
        {"exactly as much as allowed", .size = 100000, .most = 100000, .ceiling = 1 << 20, .want = ERR_NONE},
        {"one byte more", .size = 100001, .most = 100000, .ceiling = 1 << 20, .want = ERR_LIMIT},
        {"a ceiling of the buffer", .size = 100000, .most = 1 << 20, .ceiling = 50000, .want = ERR_LIMIT},
        {"several reads", .size = 700000, .most = 1 << 20, .ceiling = 1 << 20, .want = ERR_NONE},
    };
    char *bytes = malloc(700000);
    for (size_t i = 0; i < 700000; i++)
        bytes[i] = (char)(i * 7 % 251);
    for (size_t i = 0; i < ROWS(rows); i++) {
        folder_write("in", bytes, rows[i].size);
        struct buf buf;
        struct err err = {0};
        buf_init(&buf, rows[i].ceiling);
        int rc = file_read(&buf, folder_path("in"), rows[i].most, &err);
        CHECK(rows[i].why, err.kind == rows[i].want && rc == (rows[i].want == ERR_NONE ? 0 : -1));
        if (rc == 0)
            CHECK(rows[i].why, buf.len == rows[i].size && (buf.len == 0 || memcmp(buf.data, bytes, buf.len) == 0));
        else
            check_says(rows[i].why, err.text, "cannot read '");
        buf_clear(&buf);
    }
    free(bytes);
}

static void
read_appends(void **state)
{
    (void)state;
    folder_write("in", "world", 5);
    struct buf buf;
    buf_init(&buf, 1 << 20);
    buf_add_text(&buf, "hello ");
    assert_int_equal(file_read(&buf, folder_path("in"), 5, NULL), 0);
    check_text("appended", buf.data, buf.len, "hello world");
    buf_clear(&buf);
}

static void
read_trouble(void **state)
{
    (void)state;
    struct buf buf;
    struct err err = {0};
    buf_init(&buf, 1 << 20);
    assert_int_equal(file_read(&buf, folder_path("absent"), 10, &err), -1);
    assert_int_equal(err.kind, ERR_IO);
    check_says("absent", err.text, "absent': No such file");
    assert_int_equal(file_read(&buf, folder_path("."), 10, &err), -1);
    assert_int_equal(err.kind, ERR_IO);
    check_says("a folder", err.text, "folder");
    char some[4];
    size_t len = 4711;
    assert_int_equal(file_peek(some, sizeof some, &len, folder_path("absent"), &err), -1);
    assert_int_equal(len, 4711);
    buf_clear(&buf);
}

static void
read_in_pieces(void **state)
{
    (void)state;
    struct file_reader reader;
    struct err err = {0};
    char room[8];
    size_t len;
    folder_write("in", "abcdefghijk", 11);
    assert_int_equal(file_reader_open(&reader, folder_path("in"), &err), 0);
    assert_int_equal(reader.size, 11);
    assert_int_equal(file_reader_next(&reader, room, 5, &len, &err), 0);
    check_text("a piece", room, len, "abcde");
    assert_int_equal(reader.done, 5);
    assert_int_equal(file_reader_next(&reader, room, 8, &len, &err), 0);
    check_text("the rest", room, len, "fghijk");
    assert_int_equal(file_reader_next(&reader, room, 8, &len, &err), 0);
    assert_int_equal(len, 0);
    assert_int_equal(reader.done, 11);
    file_reader_close(&reader);
    assert_int_equal(file_reader_open(&reader, folder_path("absent"), &err), -1);
    check_says("absent", err.text, "absent': No such file");
    assert_int_equal(file_reader_open(&reader, folder_path("."), &err), -1);
    check_says("a folder", err.text, "folder");
}

static void
peek(void **state)
{
    (void)state;
    folder_write("in", "abcdef", 6);
    char room[16];
    const size_t rooms[] = {0, 1, 6, 16};
    for (size_t i = 0; i < ROWS(rooms); i++) {
        size_t len = 4711;
        memset(room, 'x', sizeof room);
        assert_int_equal(file_peek(room, rooms[i], &len, folder_path("in"), NULL), 0);
        assert_int_equal(len, rooms[i] < 6 ? rooms[i] : 6);
        assert_memory_equal(room, "abcdef", len);
        assert_true(len == sizeof room || room[len] == 'x');
    }
}

static void
write_replaces(void **state)
{
    (void)state;
    folder_write("out", "old", 3);
    unsigned before = entries();
    int reader = open(folder_path("out"), O_RDONLY);
    assert_int_equal(file_write(folder_path("out"), "new and longer", 14, NULL), 0);
    char old[16];
    assert_int_equal(read(reader, old, sizeof old), 3);
    close(reader);
    assert_memory_equal(old, "old", 3);
    struct buf buf;
    buf_init(&buf, 1 << 20);
    assert_int_equal(file_read(&buf, folder_path("out"), 100, NULL), 0);
    check_text("the new content", buf.data, buf.len, "new and longer");
    buf_clear(&buf);
    assert_int_equal(entries(), before);
    assert_int_equal(file_write(folder_path("empty"), NULL, 0, NULL), 0);
    struct stat st;
    assert_int_equal(stat(folder_path("empty"), &st), 0);
    assert_int_equal(st.st_size, 0);
}

static void
write_keeps_mode(void **state)
{
    static const mode_t modes[] = {0600, 0640, 0664, 0444};
    struct stat st;
    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        folder_write("mode", "old", 3);
        assert_int_equal(chmod(folder_path("mode"), modes[i]), 0);
        assert_int_equal(file_write(folder_path("mode"), "new", 3, NULL), 0);
        assert_int_equal(stat(folder_path("mode"), &st), 0);
        assert_int_equal(st.st_mode & 07777, modes[i]);
        unlink(folder_path("mode"));
    }
    assert_int_equal(file_write(folder_path("mode"), "new", 3, NULL), 0);
    assert_int_equal(stat(folder_path("mode"), &st), 0);
    assert_int_equal(st.st_mode & 0600, 0600);
}

static void
write_trouble(void **state)
{
    (void)state;
    unsigned before = entries();
    struct err err = {0};
    assert_int_equal(file_write(folder_path("no/such/folder"), "x", 1, &err), -1);
    assert_int_equal(err.kind, ERR_IO);
    check_says("the folder is not there", err.text, "cannot write '");
    char longest[5000];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(file_write(longest, "x", 1, &err), -1);
    mkdir(folder_path("taken"), 0700);
    assert_int_equal(file_write(folder_path("taken"), "x", 1, &err), -1);
    rmdir(folder_path("taken"));
    assert_int_equal(entries(), before);
}

/* A pipe is never peeked into, and never replaced when it is written to. */
static void
pipes(void **state)
{
    (void)state;
    char some[8] = "";
    size_t len = 7;
    struct stat st;
    assert_int_equal(mkfifo(folder_path("pipe"), 0600), 0);
    struct err nobody = {0};
    assert_int_equal(file_write(folder_path("pipe"), "abc", 3, &nobody), -1);
    check_says("without a reader", nobody.text, "nobody reads from this pipe");
    int reader = open(folder_path("pipe"), O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_int_equal(file_write(folder_path("pipe"), "abc", 3, NULL), 0);
    assert_int_equal(file_peek(some, sizeof some, &len, folder_path("pipe"), NULL), 0);
    assert_int_equal(len, 0);
    assert_int_equal(read(reader, some, sizeof some), 3);
    assert_memory_equal(some, "abc", 3);
    assert_int_equal(stat(folder_path("pipe"), &st), 0);
    assert_true(S_ISFIFO(st.st_mode));
    close(reader);
    struct buf bytes;
    struct err err = {0};
    buf_init(&bytes, 1 << 20);
    assert_int_equal(file_read(&bytes, folder_path("pipe"), 100, &err), -1);
    check_says("reading one does not wait for a writer", err.text, "it is a pipe; name a regular file");
    assert_int_equal(file_read(&bytes, "-", 100, &err), -1);
    check_says("standard input", err.text, "cannot read '-': it is standard input");
    assert_int_equal(file_read(&bytes, "/dev/zero", 100, &err), -1);
    check_says("a device", err.text, "cannot read '/dev/zero': it is a device");
    buf_clear(&bytes);
    unlink(folder_path("pipe"));
}

/* A link is not replaced: one that leads to a pipe is followed, any other is refused. */
static void
links(void **state)
{
    (void)state;
    static const struct {
        const char *why, *to, *want; /* NULL: it is written to */
    } rows[] = {
        {"a file", "target", "it is a link; name the file that it leads to"},
        {"nothing", "nobody", "it is a link; name the file that it leads to"},
        {"a pipe", "pipe", NULL},
    };
    char some[8] = "";
    struct stat st;
    folder_write("target", "old", 3);
    assert_int_equal(mkfifo(folder_path("pipe"), 0600), 0);
    int reader = open(folder_path("pipe"), O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    unsigned before = entries();
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct err err = {0};
        struct file_new file;
        assert_int_equal(symlink(rows[i].to, folder_path("a-link")), 0);
        CHECK(rows[i].why, (file_write(folder_path("a-link"), "new", 3, &err) == 0) == (rows[i].want == NULL));
        if (rows[i].want != NULL)
            check_says(rows[i].why, err.text, rows[i].want);
        int opened = file_new_open(&file, folder_path("a-link"), 0600, NULL);
        CHECK(rows[i].why, (opened == 0) == (rows[i].want == NULL));
        if (opened == 0)
            assert_int_equal(file_new_end(&file, true, NULL), 0);
        CHECK(rows[i].why, lstat(folder_path("a-link"), &st) == 0 && S_ISLNK(st.st_mode));
        unlink(folder_path("a-link"));
    }
    assert_int_equal(entries(), before);
    assert_int_equal(read(reader, some, sizeof some), 3);
    assert_int_equal(stat(folder_path("target"), &st), 0);
    assert_int_equal(st.st_size, 3);
    close(reader);
    unlink(folder_path("pipe"));
}

/* Content in pieces: the old one stays until the new one is whole, and for good if that is none. */
static void
write_in_pieces(void **state)
{
    (void)state;
    struct file_new file;
    struct stat st;
    folder_write("pieces", "old", 3);
    unsigned before = entries();
    for (int good = 0; good < 2; good++) {
        assert_int_equal(file_new_open(&file, folder_path("pieces"), 0600, NULL), 0);
        assert_int_equal(file_write_all(file.fd, "longer", 6), 0);
        assert_int_equal(stat(folder_path("pieces"), &st), 0);
        assert_int_equal(st.st_size, 3);
        assert_int_equal(file_new_end(&file, good == 1, NULL), 0);
        assert_int_equal(stat(folder_path("pieces"), &st), 0);
        assert_int_equal(st.st_size, good == 1 ? 6 : 3);
        assert_int_equal(entries(), before);
    }
    unlink(folder_path("pieces"));
    assert_int_equal(file_new_open(&file, folder_path("pieces"), 0600, NULL), 0);
    assert_int_equal(file_new_end(&file, true, NULL), 0);
    assert_int_equal(stat(folder_path("pieces"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

/* A name without a folder, and one right below the root, name their folders too. */
static void
write_atomically(void **state)
{
    (void)state;
    char here[4096];
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(folder_path(".")), 0);
    int rc = file_write("plain", "x", 1, NULL);
    assert_int_equal(chdir(here), 0);
    assert_int_equal(rc, 0);
    assert_int_equal(access(folder_path("plain"), R_OK), 0);
}

static void
identify(void **state)
{
    (void)state;
    struct file_id absent, one, again, other, zero = {0};
    file_identify(&absent, folder_path("nobody"));
    assert_true(file_id_equal(&absent, &zero));
    folder_write("id", "one", 3);
    file_identify(&one, folder_path("id"));
    file_identify(&again, folder_path("id"));
    assert_true(file_id_equal(&one, &again));
    assert_false(file_id_equal(&one, &zero));
    assert_int_equal(file_write(folder_path("id"), "two", 3, NULL), 0);
    file_identify(&other, folder_path("id"));
    assert_false(file_id_equal(&one, &other));
    assert_int_equal(symlink("id", folder_path("link")), 0);
    file_identify(&again, folder_path("link"));
    assert_true(file_id_equal(&other, &again));
    folder_write("id", "longer", 6);
    file_identify(&again, folder_path("id"));
    assert_false(file_id_equal(&other, &again));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_limits),      cmocka_unit_test(read_appends),  cmocka_unit_test(read_trouble),
        cmocka_unit_test(read_in_pieces),   cmocka_unit_test(peek),          cmocka_unit_test(write_replaces),
        cmocka_unit_test(write_keeps_mode), cmocka_unit_test(write_trouble), cmocka_unit_test(pipes),
        cmocka_unit_test(write_atomically), cmocka_unit_test(identify),      cmocka_unit_test(links),
        cmocka_unit_test(write_in_pieces),
    };
    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
