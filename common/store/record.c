// SPDX-License-Identifier: GPL-2.0-or-later
/* record.c - see record.h. */
#include "record.h"

#include "base/buf.h"
#include "base/head.h"

bool
record_next(const struct buf *record, const char *key, size_t *at, char *ret, size_t room)
{
    return head_next(record->data, record->len, key, at, ret, room);
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
