// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * json_text.c - strings in JSON output. Part of json.h; does not use cJSON.
 *
 * The input may come from a client or a hostile file. The output is always valid UTF-8 and valid JSON, and
 * holds no character that a terminal must not get (utf8.h).
 */
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "json.h"
#include "utf8.h"

static void
add_ascii(struct buf *buf, char c)
{
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (size_t i = 0; i < sizeof shorts - 1; i += 2) {
        if (shorts[i] == c) {
            buf_add_char(buf, '\\');
            buf_add_char(buf, shorts[i + 1]);
            return;
        }
    }
    if ((unsigned char)c < 0x20 || c == 0x7f)
        buf_add_fmt(buf, "\\u%04x", (unsigned)c);
    else
        buf_add_char(buf, c);
}

/* RFC 8259, section 7: beyond U+FFFF as a pair of surrogates. */
static void
add_escaped(struct buf *buf, uint32_t code)
{
    if (code <= 0xffff) {
        buf_add_fmt(buf, "\\u%04x", (unsigned)code);
        return;
    }
    code -= 0x10000;
    buf_add_fmt(buf, "\\u%04x\\u%04x", (unsigned)(0xd800 + (code >> 10)), (unsigned)(0xdc00 + (code & 0x3ff)));
}

void
json_add_string(struct buf *buf, const char *text, size_t len)
{
    buf_add_char(buf, '"');
    for (size_t at = 0; at < len;) {
        bool whole;
        size_t n = utf8_measure(text + at, len - at, &whole);
        if (!whole)
            buf_add_text(buf, "\xef\xbf\xbd");
        else if (n == 1)
            add_ascii(buf, text[at]);
        else if (utf8_printable(text + at, n) == 0)
            add_escaped(buf, utf8_code_point(text + at, n));
        else
            buf_add(buf, text + at, n);
        at += n;
    }
    buf_add_char(buf, '"');
}
