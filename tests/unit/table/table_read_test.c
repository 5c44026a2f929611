// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_read_test.c - table.h: a file read in pieces gives the same table as one read whole.
 *
 * A file is read in pieces of a mebibyte; bytes in memory are not. Files that are awkward where two pieces meet are
 * read both ways.
 */
#include "table/table.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "tables.h"

#define PIECE ((size_t)1 << 20)

/* Everything that can be seen of a source that was read. */
static void
describe(struct buf *ret, struct table *table, int result, const struct err *err)
{
    buf_init(ret, (size_t)1 << 28);
    if (result != 0)
        buf_add_text(ret, err->text);
    for (size_t i = 0; i < table->complaint_count && i < TABLE_COMPLAINTS_MAX; i++) {
        buf_add_text(ret, table->complaints[i]);
        buf_add_char(ret, '\n');
    }
    if (result != 0) {
        buf_add_char(ret, '\0');
        return;
    }
    buf_add_fmt(ret, "label '%s', %zu complaints\n", table->label, table->complaint_count);
    for (size_t i = 0; i < table->rule_count; i++) {
        buf_add_fmt(ret, "%u: ", table->rules[i].line);
        table_print_rule(table, &table->rules[i], 0, ret);
        buf_add_char(ret, '\n');
    }
    buf_add_char(ret, '\0');
    assert_true(buf_ok(ret));
}

/* Reads bytes as a file and from memory; both must give the same result. Returns it, valid until the next call. */
static const char *
both(const char *why, const char *verb, const struct buf *bytes)
{
    static struct buf file;
    struct buf memory;
    struct err file_err = {0}, memory_err = {0};
    char spec[5000];
    buf_clear(&file);
    folder_write("t.in", bytes->data, bytes->len);
    snprintf(spec, sizeof spec, "%s%s", verb, folder_path("t.in"));
    struct table *one = table_new(), *two = table_new();
    int one_result = table_read(one, spec, &file_err);
    int two_result = table_read_bytes(two, spec, bytes->data, bytes->len, &memory_err);
    describe(&file, one, one_result, &file_err);
    describe(&memory, two, two_result, &memory_err);
    check_text(why, file.data, strlen(file.data), memory.data);
    table_free(one);
    table_free(two);
    buf_clear(&memory);
    return file.data;
}

/* Lines with much `padding` in each, up to a few bytes before `len`. */
static void
fill_lines(struct buf *buf, size_t len, size_t padding)
{
    for (unsigned i = 0; buf->len + padding + 32 < len; i++) {
        buf_add_fmt(buf, "n%u.example #", i);
        buf_add_fill(buf, '.', padding);
        buf_add_char(buf, '\n');
    }
}

/* A line that ends just before, at and just after the place where two pieces meet. */
static void
where_pieces_meet(void **state)
{
    (void)state;
    static const char *const ends[] = {"\n", "\r\n"};
    for (size_t end = 0; end < ROWS(ends); end++) {
        for (size_t over = 0; over < 40; over++) {
            struct buf bytes;
            buf_init(&bytes, 4 * PIECE);
            fill_lines(&bytes, PIECE, 5000);
            buf_add_char(&bytes, '#');
            buf_add_fill(&bytes, 'x', PIECE - bytes.len - 20 + over);
            buf_add_text(&bytes, ends[end]);
            buf_add_fmt(&bytes, "first.example%sbad!%slast.example", ends[end], ends[end]);
            const char *got = both("meet", "allow:", &bytes);
            CHECK("the next line", strstr(got, " last.example ") != NULL && strstr(got, " first.example ") != NULL);
            buf_clear(&bytes);
        }
    }
}

/* A line of this many bytes at the start of the second piece, with and without a line after it. */
static void
long_lines(void **state)
{
    (void)state;
    static const size_t lens[] = {TABLE_LINE_MAX - 1, TABLE_LINE_MAX, TABLE_LINE_MAX + 1, TABLE_LINE_MAX + 2, PIECE,
                                  2 * PIECE - 1,      3 * PIECE + 7};
    static const char *const ends[] = {"", "\n", "\r", "\r\n", "\nlast.example", "\r\nlast.example\n"};
    for (size_t i = 0; i < ROWS(lens) * ROWS(ends); i++) {
        struct buf bytes;
        size_t len = lens[i / ROWS(ends)];
        buf_init(&bytes, 8 * PIECE);
        fill_lines(&bytes, PIECE - 10, 5000);
        buf_add_char(&bytes, '#');
        buf_add_fill(&bytes, 'x', len - 1);
        buf_add_text(&bytes, ends[i % ROWS(ends)]);
        const char *got = both("long", "allow:", &bytes);
        bool bare = i % ROWS(ends) == 2; /* a return that no line feed follows ends the last line too */
        CHECK("long", (strstr(got, "is longer than 65536 bytes") != NULL) == (len > TABLE_LINE_MAX) || bare);
        CHECK("after it", (strstr(got, " last.example ") != NULL) == (i % ROWS(ends) > 3));
        buf_clear(&bytes);
    }
}

static const struct {
    const char *why, *verb, *head, *tail; /* with white space between them */
    size_t spaces;
    const char *want;
} heads[] = {
    {"a table after white space", .verb = "", .head = "", .tail = "allow a.example", .spaces = 2 * PIECE + 3,
     .want = " a.example "},
    {"a document after white space", .verb = "", .head = "", .tail = "[]", .spaces = 2 * PIECE + 3,
     .want = "the document contains no endpoint sets"},
    {"a document after a mark and white space", .verb = "", .head = "\xef\xbb\xbf", .tail = "{}", .spaces = PIECE,
     .want = "the document is not an array"},
    {"a page after white space", .verb = "", .head = "", .tail = "<html>", .spaces = PIECE + 1,
     .want = "an HTML or XML page"},
    {"white space", .verb = "", .head = "", .tail = "", .spaces = PIECE + 1, .want = "label ''"},
    {"a list after white space", .verb = "inspect:", .head = "", .tail = "[", .spaces = PIECE + 1,
     .want = "'[' has a byte that is not allowed in a host name"},
    {"a document as a list", .verb = "allow:", .head = "", .tail = "[ {\"id\":1}]", .spaces = 3,
     .want = "it is a JSON document, not a list; name it without a verb"},
    {"an object as a list", .verb = "default:", .head = "", .tail = "{ \"a\":1}", .spaces = 3,
     .want = "it is a JSON document, not a list"},
    {"a page as a list", .verb = "allow:", .head = "", .tail = "<!doctype html>", .spaces = 3,
     .want = "it is an HTML or XML page"},
    {"a PAC file", .verb = "", .head = "// x\n", .tail = "function FindProxyForURL(url, host) {}", .spaces = 1,
     .want = "it is a PAC file"},
    {"a PAC file as a list", .verb = "allow:", .head = "", .tail = "function FindProxyForURL(url, host) {}",
     .spaces = 1, .want = "it is a PAC file"},
    {"another encoding", .verb = "allow:", .head = "\xff\xfe", .tail = "a", .spaces = 0,
     .want = "it is UTF-16 text; save it as UTF-8"},
    {"a list after a mark", .verb = "inspect:", .head = "\xef\xbb\xbf", .tail = "a.example", .spaces = 0,
     .want = "1: inspect  a.example "},
    {"a mark alone", .verb = "", .head = "\xef\xbb\xbf", .tail = "", .spaces = 0, .want = "label ''"},
    {"half a mark", .verb = "inspect:", .head = "\xef\xbb", .tail = "", .spaces = 0,
     .want = "not an international name"},
    {"nothing", .verb = "", .head = "", .tail = "", .spaces = 0, .want = "the file is empty; is the disk full?"},
    {"nothing", .verb = "inspect:", .head = "", .tail = "", .spaces = 0,
     .want = "the file is empty; is the disk full?"},
    {"a document too large", .verb = "", .head = "[", .tail = "]", .spaces = TABLE_JSON_MAX,
     .want = "the document is larger than 67108864 bytes"},
    {"a label after a lot of white space", .verb = "", .head = "#",
     .tail = "\n# version: 7\n"
             "allow a.example",
     .spaces = TABLE_LINE_MAX - 1, .want = "label '7'"},
};

static void
first_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(heads); i++) {
        struct buf bytes;
        buf_init(&bytes, 2 * TABLE_JSON_MAX);
        buf_add_text(&bytes, heads[i].head);
        for (size_t k = 0; k < heads[i].spaces; k++)
            buf_add_char(&bytes, k % 1000 == 999 && heads[i].head[0] != '#' ? '\n' : ' ');
        buf_add_text(&bytes, heads[i].tail);
        if (bytes.data == NULL)
            buf_reserve(&bytes, 1);
        check_says(heads[i].why, both(heads[i].why, heads[i].verb, &bytes), heads[i].want);
        buf_clear(&bytes);
    }
}

/* Nothing but a regular file is a source, and nothing waits for a pipe that nobody writes to. */
static void
special_files(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(folder_path("pipe"), 0600), 0);
    char list[4400];
    snprintf(list, sizeof list, "inspect:%s", folder_path("pipe"));
    const struct {
        const char *spec, *want;
    } rows[] = {
        {folder_path("pipe"), "it is a pipe; name a regular file"},
        {list, "it is a pipe; name a regular file"},
        {"/dev/null", "cannot read '/dev/null': it is a device; name a regular file"},
        {"/", "cannot read '/': it is a folder"},
        {"-", "cannot read '-': it is standard input; name a regular file"},
        {"default:-", "cannot read '-': it is standard input; name a regular file"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct err err = {0};
        struct table *table = table_new();
        assert_int_equal(table_read(table, rows[i].spec, &err), -1);
        assert_int_equal(err.kind, ERR_IO);
        check_says(rows[i].spec, err.text, rows[i].want);
        table_free(table);
    }
}

struct heard {
    unsigned calls, sorts;
    struct table_progress last;
};

static void
hear(void *arg, const struct table_progress *at)
{
    struct heard *heard = arg;
    if (at->path == NULL) {
        heard->sorts++;
        assert_int_equal(at->lines, heard->last.lines);
        return;
    }
    heard->calls++;
    assert_true(at->done >= heard->last.done && at->lines >= heard->last.lines && at->done <= at->total);
    heard->last = *at;
}

static void
progress(void **state)
{
    (void)state;
    struct buf bytes;
    struct heard heard = {0};
    struct err err = {0};
    char spec[5000];
    buf_init(&bytes, 8 * PIECE);
    fill_lines(&bytes, 3 * PIECE + 100, 0);
    folder_write("t.in", bytes.data, bytes.len);
    snprintf(spec, sizeof spec, "inspect:%s", folder_path("t.in"));
    struct table *table = table_new();
    table->progress = hear;
    table->progress_arg = &heard;
    assert_int_equal(table_read(table, spec, &err), 0);
    assert_true(heard.calls >= 4 && heard.last.done == bytes.len && heard.last.total == bytes.len);
    assert_true(heard.last.lines > 100000 && heard.last.lines <= table->rule_count);
    heard.last.lines = table->rule_count;
    table_sort(table);
    assert_int_equal(heard.sorts, 1);
    table_free(table);
    buf_clear(&bytes);
}

static int
make_folder(void **state)
{
    (void)state;
    return folder_make() == NULL;
}

static int
remove_folder(void **state)
{
    (void)state;
    struct buf nothing = {0};
    both("", "", &nothing); /* frees its memory */
    folder_remove();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_pieces_meet), cmocka_unit_test(long_lines), cmocka_unit_test(first_bytes),
        cmocka_unit_test(special_files),     cmocka_unit_test(progress),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
