// SPDX-License-Identifier: GPL-2.0-or-later
/* kind.c - see kind.h. */
#include "kind.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define UTF16 "it is UTF-16 text; save it as UTF-8"
#define UTF32 "it is UTF-32 text; save it as UTF-8"
#define COMPRESSED "it is compressed; unpack it first"
#define PICTURE "it is a picture, not a text"
#define OFFICE "it is an Office document or an archive; save its content as plain text"

/* What files have at their beginning or soon after, in the order in which it is looked for. No line of ours has these
 * bytes there. */
static const struct {
    const char *bytes;
    size_t len, at;
    const char *sentence;
} kinds[] = {
    {"\xff\xfe\0\0", 4, 0, UTF32},
    {"\0\0\xfe\xff", 4, 0, UTF32},
    {"\xff\xfe", 2, 0, UTF16},
    {"\xfe\xff", 2, 0, UTF16},
    {"\x1f\x8b", 2, 0, COMPRESSED},
    {"1AY&SY", 6, 4, COMPRESSED},
    {"7zXZ\0", 5, 1, COMPRESSED},
    {"\x28\xb5\x2f\xfd", 4, 0, COMPRESSED},
    {"\x89PNG", 4, 0, PICTURE},
    {"\xff\xd8\xff", 3, 0, PICTURE},
    {"GIF87a", 6, 0, PICTURE},
    {"GIF89a", 6, 0, PICTURE},
    {"WEBPVP8", 7, 8, PICTURE},
    {"PK\x03\x04", 4, 0, OFFICE},
    {"\xd0\xcf\x11\xe0", 4, 0, OFFICE},
    {"{\\rtf", 5, 0, OFFICE},
    {"%PDF-", 5, 0, "it is a PDF document; save its content as plain text"},
    {"\x7f"
     "ELF",
     4, 0, "it is a program, not a text"},
    {"HTTP/1.", 7, 0, "it begins with the header of an HTTP answer; save the body alone"},
};

/* Text without a mark: of its first characters one byte each is NUL, always the same one of two. */
static bool
is_utf16(const char *bytes, size_t len)
{
    bool high = len >= 4, low = len >= 4;
    for (size_t i = 0; i < 4 && i < len; i++) {
        high = high && (bytes[i] == '\0') == (i % 2 == 0);
        low = low && (bytes[i] == '\0') == (i % 2 == 1);
    }
    return high || low;
}

static size_t
skip_space(const char *bytes, size_t len, size_t at)
{
    while (at < len && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n'))
        at++;
    return at;
}

/* A proxy auto-configuration file: a line that defines its function, behind any comments. */
static bool
is_pac(const char *bytes, size_t len)
{
    static const char word[] = "function", name[] = "FindProxyForURL";
    for (size_t at = 0; at < len;) {
        size_t from = skip_space(bytes, len, at);
        if (len - from > sizeof word && memcmp(bytes + from, word, sizeof word - 1) == 0) {
            size_t next = skip_space(bytes, len, from + sizeof word - 1);
            if (len - next >= sizeof name - 1 && memcmp(bytes + next, name, sizeof name - 1) == 0)
                return true;
        }
        const char *feed = memchr(bytes + from, '\n', len - from);
        at = feed == NULL ? len : (size_t)(feed + 1 - bytes);
    }
    return false;
}

static bool
is_page(const char *bytes, size_t len)
{
    static const char *const starts[] = {"<!", "<?", "<html"};
    size_t mark = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    size_t at = skip_space(bytes, len, mark);
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        size_t n = strlen(starts[i]);
        if (len - at >= n && strncasecmp(bytes + at, starts[i], n) == 0)
            return true;
    }
    return false;
}

const char *
kind_not_text(const char *bytes, size_t len)
{
    if (len > KIND_BYTES)
        len = KIND_BYTES;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t at = kinds[i].at;
        if (len >= at + kinds[i].len && memcmp(bytes + at, kinds[i].bytes, kinds[i].len) == 0)
            return kinds[i].sentence;
    }
    if (is_utf16(bytes, len))
        return UTF16;
    if (is_page(bytes, len))
        return "it is an HTML or XML page, not a text of lines";
    if (is_pac(bytes, len))
        return "it is a PAC file (proxy auto-configuration), a program for browsers; list its names, one a line";
    return NULL;
}
