// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_text_test.c - squidconf_text.h: lines, conditions, macros and includes are those that Squid sees, and where
 * Squid would refuse to start is a trouble.
 */
#include "squidconf/squidconf_text.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "unit.h"

#define ARENA_MAX ((size_t)256 << 20)

/* Reads the bytes; the lines become `NUMBER:TEXT|`, and a trouble `!NUMBER`. */
static void
check_lines(const char *why, const char *bytes, size_t len, bool both, const char *want)
{
    struct squidconf_text text = {.arena = arena_new(ARENA_MAX), .both = both};
    struct err err = {0};
    struct buf got;
    buf_init(&got, 1 << 20);
    folder_write("squid.conf", bytes, len);
    if (squidconf_text_read(&text, folder_path("squid.conf"), &err) != 0)
        fail_msg("%s: %s", why, err.text);
    for (size_t i = 0; i < text.line_count; i++)
        buf_add_fmt(&got, "%u:%s|", text.lines[i].number, text.lines[i].text);
    for (size_t i = 0; i < text.trouble_count; i++)
        buf_add_fmt(&got, "!%u", text.troubles[i].number);
    check_text(why, got.len == 0 ? "" : got.data, got.len, want);
    buf_clear(&got);
    arena_free(text.arena);
}

static void
lines(void **state)
{
    (void)state;
    static const struct {
        const char *why, *bytes, *want;
    } rows[] = {
        {"blanks and comments", "# a\n\n \t http_access allow all \t\r\n#b", "3:http_access allow all|"},
        {"a continued line loses the blanks before its next part", "http_access allow\\\n   all\n",
         "1:http_access allowall|"},
        {"a comment inside a continued line", "acl a \\\n  # no\n\n src all\n", "1:acl a src all|"},
        {"a comment may look continued", "# a \\\nacl a src all\n", "2:acl a src all|"},
        {"a line continued to the end of the file is lost", "acl a src all\nacl b \\\n", "1:acl a src all|"},
        {"a carriage return ends a line", "acl a src all\r more\n", "1:acl a src all|"},
        {"true", "if true\na 1\nelse\na 2\nendif\na 3\n", "2:a 1|6:a 3|"},
        {"false", "if false\na 1\nelse\na 2\nendif\n", "4:a 2|"},
        {"numbers", "if 1 = 01\na 1\nendif\nif 1 = 2\na 2\nendif\n", "2:a 1|"},
        {"only the innermost condition counts", "if false\nif true\na 1\nendif\na 2\nendif\n", "3:a 1|"},
        {"macros are those of the first worker",
         "if ${process_number} = 1\nx ${service_name} ${process_name} ${process_number} ${other}\nendif\n",
         "2:x squid squid-1 1 ${other}|"},
        {"a number is no condition", "if 1\na 1\nendif\n", "2:a 1|!1"},
        {"else without if", "else\na 1\n", "2:a 1|!1"},
        {"endif without if", "a 1\nendif\n", "1:a 1|!2"},
        {"if without endif", "if true\na 1\n", "2:a 1|!2"},
        {"a directive that cannot be one", "a 1\nA-b 2\n", "1:a 1|2:A-b 2|!2"},
        {"a byte order mark",
         "\xef\xbb\xbf"
         "acl a src all\n",
         "1:\xef\xbb\xbf"
         "acl a src all|!1!1"},
        {"an include that is missing", "include /no/such/file*\na 1\n", "2:a 1|!1"},
    };
    for (size_t i = 0; i < ROWS(rows); i++)
        check_lines(rows[i].why, rows[i].bytes, strlen(rows[i].bytes), false, rows[i].want);
    check_lines("a byte 0 ends a line", "a 1\0z\nb 2\n", 10, false, "1:a 1|2:b 2|!1");
    static const char macro[] = "if ${process_number} = 1\na ${process_number}\nelse\nb 2\nendif\n";
    check_lines("both branches of a macro", macro, sizeof macro - 1, true, "2:a ${process_number}|4:b 2|");
}

static void
includes(void **state)
{
    (void)state;
    char text[5000];
    folder_write("one.inc", "a 1\nif false\n", 13);
    folder_write("two.inc", "b 2\n", 4);
    int n =
        snprintf(text, sizeof text, "include %s\nc 3\ninclude %s\n", folder_path("*.inc"), folder_path("squid.conf"));
    check_lines("patterns in order; conditions end with their file; no file includes itself", text, (size_t)n, false,
                "1:a 1|1:b 2|2:c 3|!2!3");
}

static void
limits(void **state)
{
    (void)state;
    struct squidconf_text text = {.arena = arena_new(ARENA_MAX)};
    struct err err = {0};
    struct buf bytes;
    buf_init(&bytes, 1 << 22);
    for (int i = 0; i <= SQUIDCONF_LINES_MAX; i++)
        buf_add(&bytes, "a\n", 2);
    folder_write("squid.conf", bytes.data, bytes.len);
    buf_clear(&bytes);
    assert_int_equal(squidconf_text_read(&text, folder_path("squid.conf"), &err), -1);
    check_says("too many lines", err.text, ":200001: more than 200000 lines");
    assert_int_equal(squidconf_text_read(&text, folder_path("none"), &err), -1);
    check_says("no file", err.text, "none'");
    arena_free(text.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines), cmocka_unit_test(includes), cmocka_unit_test(limits)};
    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
