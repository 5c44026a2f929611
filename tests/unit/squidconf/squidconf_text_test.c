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
    check_lines("a byte 0 in a comment", " # a\0z\n#\0\nb 2\n", 14, false, "3:b 2|");
    check_lines("a byte 0 after a comment with one", "#a\0z\n\0b 2\n", 10, false, "!2");
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
include_names(void **state)
{
    (void)state;
    char line[5000];
    static const struct {
        const char *why, *names, *want;
    } rows[] = {
        {"a folder is an empty file", "%1$s/", "2:c 3|"},
        {"no bytes", "/dev/null", "2:c 3|"},
        {"no comment", "%1$s/b.txt # b", "1:b 2|2:c 3|!1"},
        {"a quoted name", "\"%1$s/b.txt\" /dev/\"null\"", "1:b 2|2:c 3|"},
        {"a name with a space", "\"%1$s/a b.txt\"", "1:a 1|2:c 3|"},
        {"a backslash between quotes", "\"%1$s/\\b.txt\"", "1:b 2|2:c 3|"},
        {"quotes of another kind", "'%1$s/b.txt'", "2:c 3|!1"},
        {"no name", "", "2:c 3|!1"},
        {"an empty name", "\"\"", "2:c 3|!1"},
    };
    folder_write("a b.txt", "a 1\n", 4);
    folder_write("b.txt", "b 2\n", 4);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char folder[1024];
        const char *names = rows[i].names, *mark = strstr(names, "%1$s");
        snprintf(folder, sizeof folder, "%s", folder_path(""));
        folder[strlen(folder) - 1] = '\0';
        int n = snprintf(line, sizeof line, "include %.*s%s%s\nc 3\n",
                         (int)(mark == NULL ? strlen(names) : (size_t)(mark - names)), names,
                         mark == NULL ? "" : folder, mark == NULL ? "" : mark + 4);
        check_lines(rows[i].why, line, (size_t)n, false, rows[i].want);
    }
}

/* Squid reads the first file and 16 levels below it; seen on Squid 5.7 and 6.13. */
static void
nesting(void **state)
{
    (void)state;
    char text[5000], name[32];
    for (int level = 1; level <= 17; level++) {
        snprintf(name, sizeof name, "%d.level", level + 1);
        int n = snprintf(text, sizeof text, level == 17 ? "d 4\n" : "include %s\n", folder_path(name));
        snprintf(name, sizeof name, "%d.level", level);
        folder_write(name, text, (size_t)n);
    }
    int n = snprintf(text, sizeof text, "include %s\n", folder_path("2.level"));
    check_lines("16 levels", text, (size_t)n, false, "1:d 4|");
    n = snprintf(text, sizeof text, "include %s\n", folder_path("1.level"));
    check_lines("17 levels", text, (size_t)n, false, "!1");
    struct buf ifs;
    buf_init(&ifs, 1 << 16);
    for (int i = 0; i < 1000; i++)
        buf_add_text(&ifs, "if true\n");
    buf_add_text(&ifs, "d 4\n");
    for (int i = 0; i < 1000; i++)
        buf_add_text(&ifs, "endif\n");
    check_lines("many conditions", ifs.data, ifs.len, false, "1001:d 4|");
    buf_clear(&ifs);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines), cmocka_unit_test(includes),
                                       cmocka_unit_test(include_names), cmocka_unit_test(nesting),
                                       cmocka_unit_test(limits)};
    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
