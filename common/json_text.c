// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * json_text.c - strings in JSON output. Part of json.h; does not use cJSON.
 *
 * The input may come from a client or a hostile file; the output is always valid UTF-8 and valid JSON.
 */
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "json.h"

/* The well-formed sequences of RFC 3629, section 4: range of the first byte, range of the second byte, length. */
static const struct {
    uint8_t first_low, first_high, second_low, second_high, len;
} sequences[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

/* How many bytes at `text` start a valid sequence (at least 1). *ret_whole is set if they are a complete one. */
static size_t
measure(const unsigned char *text, size_t len, bool *ret_whole)
{
    *ret_whole = text[0] < 0x80;
    for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
        if (text[0] < sequences[i].first_low || text[0] > sequences[i].first_high)
            continue;
        if (len < 2 || text[1] < sequences[i].second_low || text[1] > sequences[i].second_high)
            return 1;
        size_t n = 2;
        while (n < sequences[i].len && n < len && (text[n] & 0xc0) == 0x80)
            n++;
        *ret_whole = n == sequences[i].len;
        return n;
    }
    return 1;
}

size_t
json_sequence(const char *text, size_t len)
{
    if (len == 0)
        return 0;
    bool whole;
    size_t n = measure((const unsigned char *)text, len, &whole);
    return whole ? n : 0;
}

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

void
json_add_string(struct buf *buf, const char *text, size_t len)
{
    buf_add_char(buf, '"');
    for (size_t at = 0; at < len;) {
        bool whole;
        size_t n = measure((const unsigned char *)text + at, len - at, &whole);
        if (!whole)
            buf_add_text(buf, "\xef\xbf\xbd");
        else if (n == 1)
            add_ascii(buf, text[at]);
        else
            buf_add(buf, text + at, n);
        at += n;
    }
    buf_add_char(buf, '"');
}
