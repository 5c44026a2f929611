// SPDX-License-Identifier: GPL-2.0-or-later
/* file_at_test.c - file.h: only regular files of the folder are opened, and nothing is waited for. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "unit.h"

static int dir;

static int
set_up(void **state)
{
    (void)state;
    const char *folder = folder_make();
    char path[4200];
    folder_write("file", "content", 7);
    folder_write("empty", "", 0);
    const struct {
        const char *name, *target;
    } links[] = {{"link", "file"}, {"dangling", "absent"}, {"device", "/dev/null"}, {"loop", "loop"}};
    for (size_t i = 0; i < ROWS(links); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, links[i].name);
        if (symlink(links[i].target, path) != 0)
            return -1;
    }
    dir = open(folder, O_RDONLY | O_DIRECTORY);
    return dir < 0 || mkfifoat(dir, "pipe", 0600) != 0 || mkdirat(dir, "folder", 0755) != 0 ? -1 : 0;
}

static int
tear_down(void **state)
{
    close(dir);
    return folder_tear_down(state);
}

static const struct {
    const char *name;
    int flags;
    const char *says; /* NULL: it is opened */
    int number;       /* errno; 0: any */
} rows[] = {
    {"file", O_RDONLY, NULL, 0},
    {"empty", O_RDONLY, NULL, 0},
    {"made", O_RDWR | O_CREAT, NULL, 0},
    {"absent", O_RDONLY, "cannot open 'P': No such file or directory", ENOENT},
    {"link", O_RDONLY, "'P' is a link, not a regular file", 0},
    {"link", O_RDWR | O_CREAT, "'P' is a link, not a regular file", 0},
    {"dangling", O_RDWR | O_CREAT, "'P' is a link, not a regular file", 0},
    {"device", O_RDONLY, "'P' is a link, not a regular file", 0},
    {"loop", O_RDONLY, "'P' is a link, not a regular file", 0},
    {"pipe", O_RDONLY, "'P' is not a regular file", 0},
    {"pipe", O_RDWR | O_CREAT, "'P' is not a regular file", 0},
    {"folder", O_RDONLY, "'P' is not a regular file", 0},
    {"folder", O_RDWR | O_CREAT, "cannot open 'P': Is a directory", 0},
};

static void
opened(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct stat st;
        struct err err = {0};
        int fd = file_at_open(dir, rows[i].name, rows[i].flags, &st, "P", &err);
        int number = errno;
        if (rows[i].says == NULL) {
            CHECK(rows[i].name, fd >= 0 && S_ISREG(st.st_mode));
            CHECK(rows[i].name, (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
            close(fd);
        } else {
            CHECK(rows[i].name, fd == -1 && err.kind == ERR_IO);
            CHECK(rows[i].name, number != 0 && (rows[i].number == 0 || number == rows[i].number));
            check_text(rows[i].name, err.text, strlen(err.text), rows[i].says);
        }
    }
}

static void
read_whole(void **state)
{
    (void)state;
    struct buf buf;
    struct stat st;
    struct err err = {0};
    int fd = file_at_open(dir, "file", O_RDONLY, &st, "P", &err);
    buf_init(&buf, 1 << 20);
    buf_add_text(&buf, "before ");
    assert_int_equal(file_at_read(&buf, fd, 7, "P", &err), 0);
    check_text("appended", buf.data, buf.len, "before content");
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    assert_int_equal(file_at_read(&buf, fd, 6, "P", &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    check_says("too long", err.text, "cannot read 'P': it is larger than 6 bytes");
    close(fd);
    assert_int_equal(file_at_read(&buf, dir, 6, "P", &err), -1);
    check_says("a folder", err.text, "cannot read 'P': Is a directory");
    buf_clear(&buf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(opened, set_up, tear_down),
                                       cmocka_unit_test_setup_teardown(read_whole, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
