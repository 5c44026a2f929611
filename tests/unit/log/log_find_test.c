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
#define SLACK 20000

/* Whether all lines of a time are in the stretch: from the first to the last of them. */
static bool
has_all(const struct log_format *format, const struct buf *content, const struct log_stretch *found, int64_t since,
        int64_t until)
{
    const char *at = content->data, *end = content->data + content->len, *stop;
    while (content->len > 0 && at < end && (stop = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        struct log_line line;
        uint64_t place = (uint64_t)(at - content->data);
        if ((size_t)(stop - at) < LOG_BLOCK && log_read(format, at, (size_t)(stop - at), &line) && line.when >= since &&
            (until == 0 || line.when < until) && (place < found->from || place >= found->to))
            return false;
        at = stop + 1;
    }
    return true;
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

struct place {
    struct arena *arena;
    struct log_format *format;
    struct log_ordered log;
};

static void
open_place(struct place *ret, const struct buf *content)
{
    folder_write("log", content->len > 0 ? content->data : "", content->len);
    int fd = open(folder_path("log"), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    ret->log = (struct log_ordered){fd, "log", ret->format, SLACK, arena_alloc(ret->arena, LOG_BLOCK)};
}

static struct place
new_place(void)
{
    struct place place = {.arena = arena_new(MEMORY)};
    assert_int_equal(log_format_new(&place.format, place.arena, log_format_named("squid"), NULL), 0);
    return place;
}

/* Logs of many lengths, with runs of lines of one moment and some that come late, asked for moments before, in and
 * after them. */
static void
same_as_loop(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (unsigned round = 0; round < 60; round++) {
        struct place place = new_place();
        struct buf content;
        unsigned lines = round < 10 ? round : next_random(&seed) % 3000;
        int64_t when = FIRST;
        buf_init(&content, CONTENT_MAX);
        for (unsigned i = 0; i < lines; i++) {
            when += next_random(&seed) % 3 == 0 ? 0 : (int64_t)(next_random(&seed) % 5000);
            add_line(&content, when - (int64_t)(next_random(&seed) % 4 == 0 ? next_random(&seed) % SLACK : 0), &seed);
        }
        if (round % 2 == 0)
            buf_add_text(&content, "1790000000.000 5 half a li");
        assert_true(buf_ok(&content));
        open_place(&place, &content);
        for (unsigned ask = 0; ask < 40; ask++) {
            int64_t since = FIRST - 1000 + (int64_t)(next_random(&seed) % (uint32_t)(when - FIRST + 2000));
            int64_t until = ask % 4 == 0 ? 0 : since + (int64_t)(next_random(&seed) % 1000000);
            struct log_stretch found;
            assert_int_equal(log_file_find(&found, &place.log, since - SLACK, until == 0 ? 0 : until + SLACK, NULL), 0);
            assert_false(found.mixed);
            assert_true(has_all(place.format, &content, &found, since, until));
        }
        close(place.log.fd);
        buf_clear(&content);
        arena_free(place.arena);
    }
}

/* A long log: the stretch is little more than the lines. Some lines with a wrong time do no harm, many are told. */
static void
wrong_times(void **state)
{
    (void)state;
    static const int64_t wrong[] = {0, 5000, FIRST - 86400000, FIRST + (int64_t)86400000 * 30};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        for (unsigned count = 1; count <= 4000; count = count == 1 ? 60 : count == 60 ? 4000 : 4001) {
            struct place place = new_place();
            struct buf content;
            struct log_stretch found;
            const int64_t since = FIRST + 30000000, until = since + 3000000;
            buf_init(&content, CONTENT_MAX);
            for (unsigned line = 0; line < 40000; line++) {
                bool is_wrong = wrong[i] != 0 && line >= 30100 && line < 30100 + count;
                buf_add_fmt(&content, "%" PRId64 ".000 5 10.0.0.1 TCP_TUNNEL/200 1 CONNECT a.example:443 - H/- -\n",
                            (is_wrong ? wrong[i] : FIRST + (int64_t)line * 1000) / 1000);
            }
            open_place(&place, &content);
            assert_int_equal(log_file_find(&found, &place.log, since, until, NULL), 0);
            assert_true(has_all(place.format, &content, &found, since, until));
            if (wrong[i] == 0 || count == 1)
                assert_true(found.to - found.from < content.len / 8);
            if (count == 4000)
                assert_int_equal(found.mixed, wrong[i] != 0);
            close(place.log.fd);
            buf_clear(&content);
            arena_free(place.arena);
        }
    }
}

static void
no_file(void **state)
{
    (void)state;
    struct arena *arena = arena_new(MEMORY);
    struct log_format *format;
    struct err err = {0};
    struct log_stretch found;
    int ends[2];
    assert_int_equal(log_format_new(&format, arena, log_format_named("squid"), NULL), 0);
    assert_int_equal(pipe(ends), 0);
    const struct log_ordered log = {ends[0], "the pipe", format, SLACK, arena_alloc(arena, LOG_BLOCK)};
    assert_int_equal(log_file_find(&found, &log, FIRST, 0, &err), -1);
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
        cmocka_unit_test_setup_teardown(wrong_times, folder_set_up, folder_tear_down),
        cmocka_unit_test(no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
