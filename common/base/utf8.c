// SPDX-License-Identifier: GPL-2.0-or-later
/* utf8.c - see utf8.h. */
#include "utf8.h"

#include <string.h>

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

uint32_t
utf8_code_point(const char *text, size_t n)
{
    const unsigned char *bytes = (const unsigned char *)text;
    if (n < 2)
        return bytes[0];
    uint32_t code = bytes[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++)
        code = code << 6 | (bytes[i] & 0x3f);
    return code;
}

/* Controls of a terminal and of the writing direction, and other characters that are not seen but change how the text
 * around them looks: first and last of each range. */
static const struct {
    uint32_t first, last;
} unseen[] = {
    {0x0, 0x1f},        /* C0 */
    {0x7f, 0x9f},       /* DEL, C1 */
    {0x61c, 0x61c},     /* Arabic letter mark */
    {0x180e, 0x180e},   /* Mongolian vowel separator */
    {0x200b, 0x200f},   /* zero width, marks of direction */
    {0x2028, 0x202e},   /* separators, embeddings, overrides */
    {0x2060, 0x206f},   /* joiners, isolates */
    {0xfeff, 0xfeff},   /* byte order mark */
    {0xfff9, 0xfffb},   /* annotations */
    {0xe0000, 0xe007f}, /* tags */
};

size_t
utf8_printable(const char *text, size_t len)
{
    size_t n = utf8_sequence(text, len);
    uint32_t code = n == 0 ? 0 : utf8_code_point(text, n);
    for (size_t i = 0; n > 0 && i < sizeof unseen / sizeof unseen[0]; i++) {
        if (code >= unseen[i].first && code <= unseen[i].last)
            return 0;
    }
    return n;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* True if none of eight bytes is below 0x20 or above 0x7e. The sums may carry into the next byte, but only from one
 * that is itself out of range. */
static bool
is_plain_word(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return ((word | (word + EACH(1)) | (word - EACH(0x20))) & EACH(0x80)) == 0;
}

size_t
utf8_plain(const char *text, size_t len)
{
    size_t at = 0;
    while (len - at >= 8 && is_plain_word(text + at))
        at += 8;
    while (at < len && text[at] >= 0x20 && text[at] < 0x7f)
        at++;
    return at;
}

void
utf8_add_printable(struct buf *buf, const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t n = utf8_plain(text + at, len - at);
        if (n == 0)
            n = utf8_printable(text + at, len - at);
        if (n == 0)
            buf_add_char(buf, '?');
        else
            buf_add(buf, text + at, n);
        at += n == 0 ? 1 : n;
    }
}

void
utf8_make_printable(char *text, size_t len)
{
    for (size_t at = utf8_plain(text, len); at < len; at += utf8_plain(text + at, len - at)) {
        size_t n = text[at] == '\n' || text[at] == '\t' ? 1 : utf8_printable(text + at, len - at);
        if (n == 0)
            text[at] = '?';
        at += n == 0 ? 1 : n;
    }
}
