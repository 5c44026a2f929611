/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buf.h - bytes that grow, with a ceiling from birth.
 *
 * Where it sits: floor 2, for everything that writes text or images into memory. Beside arena.c this is the only caller
 * of malloc.
 *
 * Sticky: once an addition fails (ceiling, no memory) every later one does nothing; ask buf_ok() once at the end.
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

/* Starts an empty buffer that holds at most `ceiling` bytes. No memory is taken yet. */
void buf_init(struct buf *buf, size_t ceiling);

/* Gives the memory back; the buffer is then empty and usable again. A zeroed struct is allowed. */
void buf_clear(struct buf *buf);

/* Forgets the content and a failure, keeps the memory. */
void buf_reset(struct buf *buf);

/* Makes room for `more` bytes beyond `len` without adding them; false if that cannot be. */
bool buf_reserve(struct buf *buf, size_t more);

/* Gives back the room beyond `len`. */
void buf_trim(struct buf *buf);

void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_char(struct buf *buf, char c);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_fmt(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_add_fill(struct buf *buf, char c, size_t count);

/* False once an addition failed. */
bool buf_ok(const struct buf *buf);

#endif
