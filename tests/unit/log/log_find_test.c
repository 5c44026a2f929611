// SPDX-License-Identifier: GPL-2.0-or-later
/* log_find_test.c - log_file_find() against a loop over all lines. */
#include "log/log_file.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "log/log.h"
#include "unit.h"

#define MEMORY ((size_t)4 << 20)
#define CONTENT_MAX ((size_t)16 << 20)
#define FIRST 1790000000000

/* The end of the last line that is earlier. */
static uint64_t
loop(const struct log_format *format, const struct buf *content, int64_t when)
{
    uint64_t found = 0;
    const char *at = content->data, *end = content->data + content->len, *stop;
    while (content->len > 0 && at < end && (stop = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        struct log_line line;
        if ((size_t)(stop - at) < LOG_BLOCK && log_read(format, at, (size_t)(stop - at), &line) && line.when != 0 &&
            line.when < when)
            found = (uint64_t)(stop - content->data) + 1;
        at = stop + 1;
    }
    return found;
}

/* Adds a line of a time; sometimes a long one, one without a time, or one that is none. */
static void
add_line(struct buf *content, int64_t when, uint64_t *seed)
{
    uint32_t kind = next_random(seed) % 300;
    if (kind == 0) {
        buf_add_fill(content, 'x', next_random(seed) % 3 == 0 ? LOG_BLOCK + 10 : 40000);
        buf_add_char(content, '\n');
    } else if (kind < 20) {
        buf_add_text(content, kind < 10 ? "\n" : "no line of a log\n");
    } else {
        buf_add_fmt(content, "%" PRId64 ".%03d 5 10.0.0.1 TCP_TUNNEL/200 1 CONNECT www.example.com:443", when / 1000,
                    (int)(when % 1000));
        buf_add_fill(content, 'y', next_random(seed) % (kind == 21 ? 20000 : 60));
        buf_add_text(content, " - HIER_DIRECT/192.0.2.1 -\n");
    }
}

/* Logs of many lengths, with runs of lines of one moment, asked for moments before, in and after them. */
static void
same_as_loop(void **state)
{
    (void)state;
    struct arena *arena = arena_new(MEMORY);
    struct log_format *format;
    char *room = arena_alloc(arena, LOG_BLOCK);
    uint64_t seed = 5;
    assert_int_equal(log_format_new(&format, arena, log_format_named("squid"), NULL), 0);
    for (unsigned round = 0; round < 60; round++) {
        struct buf content;
        unsigned lines = round < 10 ? round : next_random(&seed) % 3000;
        int64_t when = FIRST;
        buf_init(&content, CONTENT_MAX);
        for (unsigned i = 0; i < lines; i++) {
            when += next_random(&seed) % 3 == 0 ? 0 : (int64_t)(next_random(&seed) % 5000);
            add_line(&content, when, &seed);
        }
        if (round % 2 == 0)
            buf_add_text(&content, "1790000000.000 5 half a li");
        assert_true(buf_ok(&content));
        folder_write("log", content.len > 0 ? content.data : "", content.len);
        int fd = open(folder_path("log"), O_RDONLY | O_CLOEXEC);
        assert_true(fd >= 0);
        for (unsigned ask = 0; ask < 40; ask++) {
            int64_t moment = FIRST - 1000 + (int64_t)(next_random(&seed) % (uint32_t)(when - FIRST + 2000));
            uint64_t found = 1, want = loop(format, &content, moment);
            assert_int_equal(log_file_find(&found, &(struct log_ordered){fd, "log", format, room}, moment, NULL), 0);
            assert_int_equal(found, want);
        }
        close(fd);
        buf_clear(&content);
    }
    arena_free(arena);
}

static void
no_file(void **state)
{
    (void)state;
    struct arena *arena = arena_new(MEMORY);
    struct log_format *format;
    struct err err = {0};
    uint64_t found;
    int ends[2];
    assert_int_equal(log_format_new(&format, arena, log_format_named("squid"), NULL), 0);
    assert_int_equal(pipe(ends), 0);
    const struct log_ordered log = {ends[0], "the pipe", format, arena_alloc(arena, LOG_BLOCK)};
    assert_int_equal(log_file_find(&found, &log, FIRST, &err), -1);
    assert_string_equal(err.text, "cannot read 'the pipe' from the middle: Illegal seek");
    close(ends[0]);
    close(ends[1]);
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(same_as_loop, folder_set_up, folder_tear_down),
        cmocka_unit_test(no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
