/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buf.h - a growing byte buffer with a fixed ceiling.
 *
 * Where it sits: room base, above err; used by everything that writes text or images into memory. Only buf.c and
 * arena.c call malloc.
 *
 * Sticky: once an addition fails (ceiling reached, no memory) later ones do nothing; check buf_ok() once at the end.
 */
#ifndef COMMON_BUF_H
#define COMMON_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *data; /* NULL while empty */
    size_t len;
    size_t room;
    size_t ceiling;
    bool failed;
};

/* Starts an empty buffer that may hold at most `ceiling` bytes. Allocates nothing yet. */
void buf_init(struct buf *buf, size_t ceiling);

/* Frees the memory. The buffer is then empty and can be used again. A zeroed struct is allowed. */
void buf_clear(struct buf *buf);

/* Forgets the content and any failure, but keeps the memory. */
void buf_reset(struct buf *buf);

/* Makes room for `more` bytes beyond `len` without adding them. False, and the buffer has failed, at the ceiling or
 * without memory. */
bool buf_reserve(struct buf *buf, size_t more);

/* Frees the memory beyond `len`, if the allocator can. */
void buf_trim(struct buf *buf);

/* These append bytes, one byte, a NUL-terminated text, printf output, or one byte `count` times. They fail as
 * buf_reserve() does. */
void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_char(struct buf *buf, char c);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_fmt(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_add_fill(struct buf *buf, char c, size_t count);

/* False once an addition has failed. */
bool buf_ok(const struct buf *buf);

#endif
