// SPDX-License-Identifier: GPL-2.0-or-later
/* head.c - see head.h. */
#include "head.h"

#include <string.h>

bool
head_next(const char *text, size_t len, const char *key, size_t *at, char *ret, size_t room)
{
    size_t key_len = strlen(key);
    while (*at < len && text[*at] != '\n') {
        const char *line = text + *at;
        const char *feed = memchr(line, '\n', len - *at);
        size_t line_len = feed == NULL ? len - *at : (size_t)(feed - line);
        *at += line_len + (feed == NULL ? 0 : 1);
        if (line_len > key_len && memcmp(line, key, key_len) == 0 && line[key_len] == ' ') {
            size_t value = line_len - key_len - 1;
            if (value >= room)
                value = room - 1;
            memcpy(ret, line + key_len + 1, value);
            ret[value] = '\0';
            return true;
        }
    }
    return false;
}
