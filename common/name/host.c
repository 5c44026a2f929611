// SPDX-License-Identifier: GPL-2.0-or-later
/* host.c - see host.h. The two libraries are used in host_idn.c and host_psl.c. */
#include "host.h"

#include <string.h>

/* Only a-z, 0-9, `-` and `_` are host bytes; A-Z are folded. Written out so that no locale interferes. */
const unsigned char host_byte[256] = {
    ['-'] = '-', ['_'] = '_', ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5',
    ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd',
    ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l',
    ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't',
    ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z', ['A'] = 'a', ['B'] = 'b',
    ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j',
    ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r',
    ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z',
};

#if defined __SSE2__ && !defined M365_PLAIN

#include <emmintrin.h>

#define SHORT_MAX 64 /* names up to this many bytes are parsed sixteen bytes at a time */

static inline __m128i
is_between(__m128i bytes, char low, char high)
{
    return _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)(low - 1))),
                         _mm_cmpgt_epi8(_mm_set1_epi8((char)(high + 1)), bytes));
}

/* Folds sixteen bytes. Sets a bit in *ret_bad for each byte that names cannot contain, and in *ret_dots for each
 * dot. */
static inline void
fold_bytes(char *ret, const char *text, uint64_t *ret_bad, uint64_t *ret_dots)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)text);
    bytes = _mm_or_si128(bytes, _mm_and_si128(is_between(bytes, 'A', 'Z'), _mm_set1_epi8(0x20)));
    __m128i dots = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('.'));
    __m128i good = _mm_or_si128(is_between(bytes, 'a', 'z'), is_between(bytes, '0', '9'));
    __m128i others = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('_')));
    good = _mm_or_si128(_mm_or_si128(good, others), dots);
    _mm_storeu_si128((__m128i *)(void *)ret, bytes);
    *ret_bad = ~(unsigned)_mm_movemask_epi8(good) & 0xffff;
    *ret_dots = (unsigned)_mm_movemask_epi8(dots);
}

/* Parses a name of 1 to SHORT_MAX bytes. The last sixteen bytes may overlap those before them. */
static bool
parse_short(struct host *ret, const char *text, size_t len)
{
    char room[SHORT_MAX] = {0};
    uint64_t bad = 0, dots = 0, some_bad, some_dots;
    if (len < 16) {
        char copy[16];
        memset(copy, 'a', sizeof copy);
        memcpy(copy, text, len);
        fold_bytes(room, copy, &bad, &dots);
        room[len] = '\0';
    } else {
        for (size_t at = 0;; at = at + 32 <= len ? at + 16 : len - 16) {
            fold_bytes(room + at, text + at, &some_bad, &some_dots);
            bad |= some_bad;
            dots |= some_dots << at;
            if (at + 16 == len)
                break;
        }
    }
    bool empty_label = ((dots & dots << 1) | (dots & 1) | dots >> (len - 1)) != 0;
    if (bad != 0 || empty_label || (len > HOST_LABEL_MAX && dots == 0))
        return false;
    memcpy(ret->text, room, sizeof room);
    ret->text[len] = '\0';
    ret->len = (uint8_t)len;
    return true;
}

#else

#define SHORT_MAX 0

static bool
parse_short(struct host *ret, const char *text, size_t len)
{
    (void)ret, (void)text, (void)len;
    return false;
}

#endif

bool
host_parse(struct host *ret, const char *text, size_t len)
{
    if (len > 0 && text[len - 1] == '.')
        len--;
    if (len == 0 || len > HOST_MAX)
        return false;
    if (len <= SHORT_MAX)
        return parse_short(ret, text, len);
    struct host host;
    size_t label = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        unsigned char value = host_byte[c];
        if (value != 0 && label < HOST_LABEL_MAX) {
            label++;
        } else if (c == '.' && label > 0) {
            label = 0;
            value = '.';
        } else {
            return false;
        }
        host.text[i] = (char)value;
    }
    if (label == 0)
        return false;
    ret->len = (uint8_t)len;
    memcpy(ret->text, host.text, len);
    ret->text[len] = '\0';
    return true;
}
