// SPDX-License-Identifier: GPL-2.0-or-later
/* record.c - see record.h. */
#include "record.h"

#include <string.h>

#include "buf.h"

bool
record_next(const struct buf *record, const char *key, size_t *at, char *ret, size_t room)
{
    size_t key_len = strlen(key);
    while (*at < record->len && record->data[*at] != '\n') {
        const char *line = record->data + *at;
        const char *feed = memchr(line, '\n', record->len - *at);
        size_t len = feed == NULL ? record->len - *at : (size_t)(feed - line);
        *at += len + (feed == NULL ? 0 : 1);
        if (len > key_len && memcmp(line, key, key_len) == 0 && line[key_len] == ' ') {
            size_t value = len - key_len - 1;
            if (value >= room)
                value = room - 1;
            memcpy(ret, line + key_len + 1, value);
            ret[value] = '\0';
            return true;
        }
    }
    return false;
}

void
record_get(const struct buf *record, const char *key, char *ret, size_t room)
{
    size_t at = 0;
    if (!record_next(record, key, &at, ret, room))
        ret[0] = '\0';
}

void
record_add(struct buf *buf, const char *key, const char *value)
{
    buf_add_text(buf, key);
    buf_add_char(buf, ' ');
    for (; *value != '\0'; value++)
        buf_add_char(buf, (unsigned char)*value < 0x20 || *value == 0x7f ? ' ' : *value);
    buf_add_char(buf, '\n');
}
