// SPDX-License-Identifier: GPL-2.0-or-later
/* kind_test.c - kind.h: what is given in place of a text is named, and no text of lines is mistaken for it. */
#include "base/kind.h"

#include <string.h>

#include "unit.h"

#define BYTES(text) (text), sizeof(text) - 1

static const struct {
    const char *why, *in;
    size_t len;
    const char *want; /* NULL: it may be text */
} rows[] = {
    {"nothing", BYTES(""), NULL},
    {"a rule", BYTES("allow a.example\n"), NULL},
    {"a rule after a mark",
     BYTES("\xef\xbb\xbf"
           "allow a.example\n"),
     NULL},
    {"a letter", BYTES("a"), NULL},
    {"a document", BYTES("[{\"id\":1}]"), NULL},
    {"a tenant in a list", BYTES("<tenant>.example\n"), NULL},
    {"names like beginnings", BYTES("BZh1.example\nRIFF.example\nPK.example\n7zXZ.example\n"), NULL},
    {"a NUL among letters", BYTES("allow a\0b.example\n"), NULL},
    {"a PAC file in a comment", BYTES("# function FindProxyForURL(url, host)\nallow a.example\n"), NULL},
    {"another function", BYTES("function FindProxy(url)\n"), NULL},
    {"UTF-16, low byte first",
     BYTES("\xff\xfe"
           "a\0l\0l\0o\0w\0"),
     "UTF-16 text; save it as UTF-8"},
    {"UTF-16, high byte first", BYTES("\xfe\xff\0a\0l"), "UTF-16 text; save it as UTF-8"},
    {"UTF-16 without a mark", BYTES("a\0l\0l\0"), "UTF-16 text"},
    {"UTF-16 without a mark, high byte first", BYTES("\0a\0l\0l"), "UTF-16 text"},
    {"a document in UTF-16", BYTES("[\0{\0"), "UTF-16 text"},
    {"UTF-32", BYTES("\xff\xfe\0\0a\0\0\0"), "UTF-32 text"},
    {"UTF-32, high byte first", BYTES("\0\0\xfe\xff\0\0\0a"), "UTF-32 text"},
    {"gzip", BYTES("\x1f\x8b\x08\0"), "compressed; unpack it first"},
    {"bzip2", BYTES("BZh91AY&SY\x01"), "compressed"},
    {"xz",
     BYTES("\xfd"
           "7zXZ\0\0"),
     "compressed"},
    {"zstd", BYTES("\x28\xb5\x2f\xfd\x24"), "compressed"},
    {"PNG", BYTES("\x89PNG\r\n\x1a\n"), "a picture"},
    {"JPEG", BYTES("\xff\xd8\xff\xe0\0\x10JFIF"), "a picture"},
    {"GIF", BYTES("GIF89a\x01\0"), "a picture"},
    {"WebP", BYTES("RIFF\x10\0\0\0WEBPVP8 "), "a picture"},
    {"a ZIP archive", BYTES("PK\x03\x04\x14"), "an Office document or an archive"},
    {"an old Office document", BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "an Office document or an archive"},
    {"RTF", BYTES("{\\rtf1\\ansi"), "an Office document"},
    {"PDF", BYTES("%PDF-1.7\n"), "a PDF document"},
    {"a program",
     BYTES("\x7f"
           "ELF\x02"),
     "a program"},
    {"an HTTP answer", BYTES("HTTP/1.1 200 OK\r\n"), "the header of an HTTP answer"},
    {"a page", BYTES("\xef\xbb\xbf\r\n <!DOCTYPE html>"), "an HTML or XML page"},
    {"a page in capitals", BYTES("<HTML>"), "an HTML or XML page"},
    {"XML", BYTES("<?xml version=\"1.0\"?>"), "an HTML or XML page"},
    {"a PAC file", BYTES("function FindProxyForURL(url, host)\n{\n"), "a PAC file"},
    {"a PAC file after comments", BYTES("// proxy\n/* of\n us */\n\n\tfunction   FindProxyForURL (url, host) {"),
     "a PAC file"},
};

static void
kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *in = guard_new(rows[i].in, rows[i].len);
        const char *got = kind_not_text(in, rows[i].len);
        if (rows[i].want == NULL)
            CHECK(rows[i].why, got == NULL);
        else
            check_says(rows[i].why, got == NULL ? "it may be text" : got, rows[i].want);
        guard_free(in, rows[i].len);
    }
}

/* Every beginning of every row: nothing beyond its end is read. */
static void
cut_short(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        for (size_t len = 0; len < rows[i].len; len++) {
            char *in = guard_new(rows[i].in, len);
            const char *got = kind_not_text(in, len);
            CHECK(rows[i].why, got == NULL || rows[i].want != NULL);
            guard_free(in, len);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kinds), cmocka_unit_test(cut_short)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
