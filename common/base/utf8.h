/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * utf8.h - which bytes are UTF-8, and which of them may be shown on a terminal.
 *
 * Where it sits: room base. Quotes and backslashes of a format belong to its writer (json_write.c, notice_feed.c).
 */
#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * How many bytes at `text` (at least one byte long) belong together: a whole sequence (1 to 4), or else the longest
 * start of one, at least 1. *ret_whole says which. Invalid are a stray or missing continuation byte, an overlong form,
 * a surrogate, and anything beyond U+10FFFF (RFC 3629). Total.
 */
size_t utf8_measure(const char *text, size_t len, bool *ret_whole);

/* The length (1 to 4) of the valid sequence that starts at `text`; 0 if none does, or if len is 0. */
size_t utf8_sequence(const char *text, size_t len);

/* The code point of a valid sequence of `n` bytes. */
uint32_t utf8_code_point(const char *text, size_t n);

/*
 * The length of the valid sequence at `text` (at least one byte long) if a terminal may get it; otherwise 0. It may not
 * get control characters (C0, DEL, C1) and what is unseen but changes the text around it: marks, embeddings, overrides
 * and isolates of the writing direction, separators, zero-width characters, tags.
 */
size_t utf8_printable(const char *text, size_t len);

/* How many bytes at the start of `text` are ASCII that any terminal may get: 0x20 to 0x7e. Nearly all text is, so this
 * comes first wherever there is much of it. Cost: one pass, eight bytes at a time. */
size_t utf8_plain(const char *text, size_t len);

/*
 * Appends text for a terminal: each byte of what it may not get, and of what is not UTF-8, becomes `?`. Fails only as
 * the buffer does. Cost: one pass.
 */
void utf8_add_printable(struct buf *buf, const char *text, size_t len);

/* Does the same in place, to a text of lines: line ends and tabs stay. Total. */
void utf8_make_printable(char *text, size_t len);

#endif
