// SPDX-License-Identifier: GPL-2.0-or-later
/* log_file_test.c - log_file.h: wherever a file is cut into parts, each line is in one of them; what is no line is
 * told. */
#include "log/log_file.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "unit.h"

#define MEMORY ((size_t)4 << 20)
#define CONTENT_MAX ((size_t)8 << 20)

/* Appends all lines of a part. */
static void
read_part(struct buf *ret, struct log_file *file, const char *path, uint64_t from, uint64_t to, struct log_rest *rest)
{
    const char *block;
    size_t len;
    int more;
    assert_int_equal(log_file_open(file, path, from, to, NULL), 0);
    while ((more = log_file_next(file, &block, &len, NULL)) == 1) {
        assert_int_equal(block[len - 1], '\n');
        buf_add(ret, block, len);
    }
    assert_int_equal(more, 0);
    log_file_get_rest(file, rest);
    log_file_close(file);
}

/* Lines of random lengths, also longer than a block, cut at random places. */
static void
parts(void **state)
{
    (void)state;
    struct arena *arena = arena_new(MEMORY);
    struct log_file *file = log_file_new(arena);
    uint64_t seed = 3;
    for (unsigned round = 0; round < 30; round++) {
        struct buf content, want, got;
        struct log_rest rest;
        buf_init(&content, CONTENT_MAX);
        buf_init(&want, CONTENT_MAX);
        buf_init(&got, CONTENT_MAX);
        unsigned lines = next_random(&seed) % 400;
        for (unsigned i = 0; i < lines; i++) {
            size_t len =
                next_random(&seed) % 40 == 0 ? LOG_BLOCK - 2 + next_random(&seed) % 4 : next_random(&seed) % 300;
            size_t start = content.len;
            buf_add_fill(&content, (char)('a' + i % 26), len);
            buf_add_char(&content, '\n');
            if (len < LOG_BLOCK)
                buf_add(&want, content.data + start, len + 1);
        }
        folder_write("log", content.data, content.len);
        uint64_t size = content.len, at = 0;
        assert_int_equal(log_file_divisible(folder_path("log")), size);
        while (at < size) {
            uint64_t step = 1 + next_random(&seed) % (next_random(&seed) % 3 == 0 ? 400 : size);
            bool last = size - at <= step;
            read_part(&got, file, folder_path("log"), at, last ? UINT64_MAX : at + step, &rest);
            assert_int_equal(rest.half, 0);
            at = last ? size : at + step;
        }
        CHECK("all lines, each once",
              got.len == want.len && (got.len == 0 || memcmp(got.data, want.data, got.len) == 0));
        buf_clear(&content);
        buf_clear(&want);
        buf_clear(&got);
    }
    arena_free(arena);
}

static void
rest(void **state)
{
    (void)state;
    struct arena *arena = arena_new(MEMORY);
    struct log_file *file = log_file_new(arena);
    struct log_rest left;
    struct buf got, content;
    struct err err;
    buf_init(&got, CONTENT_MAX);
    buf_init(&content, CONTENT_MAX);
    buf_add_fill(&content, 'x', LOG_BLOCK + 10);
    buf_add_text(&content, "\na\nhalf");
    folder_write("log", content.data, content.len);
    read_part(&got, file, folder_path("log"), 0, UINT64_MAX, &left);
    check_text("what is a line", got.data, got.len, "a\n");
    assert_int_equal(left.half, 4);
    assert_int_equal(left.too_long, 1);
    assert_int_equal(log_file_open(file, folder_path("missing"), 0, UINT64_MAX, &err), -1);
    check_says("missing", err.text, "cannot open");
    assert_int_equal(log_file_open(file, folder_path(""), 0, UINT64_MAX, &err), -1);
    check_says("a folder", err.text, "is a folder");
    assert_int_equal(log_file_divisible(folder_path("missing")), 0);
    folder_write("log.gz", "\x1f\x8b\x08\x00 not gzip at all", 20);
    assert_int_equal(log_file_divisible(folder_path("log.gz")), 0);
    const char *block;
    size_t len;
    assert_int_equal(log_file_open(file, folder_path("log.gz"), 0, UINT64_MAX, &err), 0);
    assert_int_equal(log_file_next(file, &block, &len, &err), -1);
    assert_int_equal(err.kind, ERR_CORRUPT);
    log_file_close(file);
    buf_clear(&got);
    buf_clear(&content);
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parts, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(rest, folder_set_up, folder_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
