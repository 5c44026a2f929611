// SPDX-License-Identifier: GPL-2.0-or-later
/* utf8.c - see utf8.h. */
#include "utf8.h"

#include <stdint.h>

#include "buf.h"

/* The well-formed sequences of RFC 3629, 4: range of the first byte, range of the second, length. */
static const struct {
    uint8_t first_low, first_high, second_low, second_high, len;
} sequences[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

size_t
utf8_measure(const char *text, size_t len, bool *ret_whole)
{
    const unsigned char *bytes = (const unsigned char *)text;
    *ret_whole = bytes[0] < 0x80;
    for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
        if (bytes[0] < sequences[i].first_low || bytes[0] > sequences[i].first_high)
            continue;
        if (len < 2 || bytes[1] < sequences[i].second_low || bytes[1] > sequences[i].second_high)
            return 1;
        size_t n = 2;
        while (n < sequences[i].len && n < len && (bytes[n] & 0xc0) == 0x80)
            n++;
        *ret_whole = n == sequences[i].len;
        return n;
    }
    return 1;
}

size_t
utf8_sequence(const char *text, size_t len)
{
    if (len == 0)
        return 0;
    bool whole;
    size_t n = utf8_measure(text, len, &whole);
    return whole ? n : 0;
}

/* The length of the sequence if a terminal may get it unchanged, otherwise 0. Refused are the C0 and C1 controls
 * (U+0080 to U+009F) and the block that holds the controls of writing direction (U+2000 to U+207F). */
static size_t
printable_length(const char *text, size_t len)
{
    size_t n = utf8_sequence(text, len);
    const unsigned char *bytes = (const unsigned char *)text;
    if (n == 1 && (bytes[0] < 0x20 || bytes[0] == 0x7f))
        return 0;
    if (n == 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0)
        return 0;
    if (n == 3 && bytes[0] == 0xe2 && bytes[1] < 0x82)
        return 0;
    return n;
}

void
utf8_add_printable(struct buf *buf, const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t n = printable_length(text + at, len - at);
        if (n == 0)
            buf_add_char(buf, '?');
        else
            buf_add(buf, text + at, n);
        at += n == 0 ? 1 : n;
    }
}
