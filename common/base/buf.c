// SPDX-License-Identifier: GPL-2.0-or-later
/* buf.c - see buf.h. */
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
buf_init(struct buf *buf, size_t ceiling)
{
    *buf = (struct buf){.ceiling = ceiling};
}

void
buf_clear(struct buf *buf)
{
    free(buf->data);
    buf_init(buf, buf->ceiling);
}

void
buf_reset(struct buf *buf)
{
    buf->len = 0;
    buf->failed = false;
}

bool
buf_reserve(struct buf *buf, size_t more)
{
    if (buf->failed || more > buf->ceiling - buf->len) {
        buf->failed = true;
        return false;
    }
    size_t need = buf->len + more;
    if (need <= buf->room)
        return true;
    size_t least = buf->ceiling < 64 ? buf->ceiling : 64;
    size_t room = buf->room < least ? least : buf->room;
    while (room < need)
        room = room > buf->ceiling / 2 ? buf->ceiling : room * 2;
    char *data = realloc(buf->data, room);
    if (data == NULL) {
        buf->failed = true;
        return false;
    }
    buf->data = data;
    buf->room = room;
    return true;
}

void
buf_trim(struct buf *buf)
{
    if (buf->len == 0 || buf->len == buf->room)
        return;
    char *data = realloc(buf->data, buf->len);
    if (data == NULL)
        return; /* the content is untouched; only the spare room is kept */
    buf->data = data;
    buf->room = buf->len;
}

/* Most additions fit: this is worth no call. The room never exceeds the ceiling. */
static inline bool
fits(struct buf *buf, size_t more)
{
    return (!buf->failed && more <= buf->room - buf->len) || buf_reserve(buf, more);
}

void
buf_add(struct buf *buf, const void *bytes, size_t len)
{
    if (len == 0 || !fits(buf, len))
        return;
    memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
}

void
buf_add_char(struct buf *buf, char c)
{
    if (fits(buf, 1))
        buf->data[buf->len++] = c;
}

void
buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void
buf_add_fill(struct buf *buf, char c, size_t count)
{
    if (count == 0 || !fits(buf, count))
        return;
    memset(buf->data + buf->len, c, count);
    buf->len += count;
}

void
buf_add_fmt(struct buf *buf, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof text) {
        buf->failed = true;
        return;
    }
    buf_add(buf, text, (size_t)n);
}

bool
buf_ok(const struct buf *buf)
{
    return !buf->failed;
}
