// SPDX-License-Identifier: GPL-2.0-or-later
/* host.c - see host.h. The two libraries stand in host_idn.c and host_psl.c. */
#include "host.h"

#include <string.h>

/* Only a-z, 0-9, `-`, `_` are host bytes; A-Z fold. Written out, so that no locale has a say. */
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

bool
host_parse(struct host *ret, const char *text, size_t len)
{
    if (len > 0 && text[len - 1] == '.')
        len--;
    if (len == 0 || len > HOST_MAX)
        return false;
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
