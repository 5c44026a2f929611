/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.h - records about a generation: `key value` lines at the head of review.txt and of each decision-N.txt.
 *
 *     generation 42 | created 2026-11-21T03:00:00Z | by update | label 2025120100 | rules 489 | digest SHA256
 *     version Worldwide 2025120100    a line for each document, in their order; `-`: it had no version; `shipped`:
 * there was no document and the shipped table was used documents SHA256                documents_digest(); left out if
 * it is empty review widening | result published or held | reason ... (a line each)
 *
 * An empty line ends the head. What follows it is free text. (`|` here stands for a line end.)
 *
 * Where it sits: floor 6, the lowest of the headers about generations. candidate.h prints the lines down to
 * `documents`, review.h the others, decision.h has lines of its own.
 */
#ifndef COMMON_RECORD_H
#define COMMON_RECORD_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

#define RECORD_MAX ((size_t)64 << 20) /* bytes of a review.txt or decision-N.txt */

/* Appends a line. Control characters in the value become spaces, so that it stays one line. */
void record_add(struct buf *buf, const char *key, const char *value);

/* The first value of a key, cut to `room` bytes with its NUL; "" if there is none. */
void record_get(const struct buf *record, const char *key, char *ret, size_t room);

/* The next value of a key, cut alike. Begins at *at (0 for the first) and moves it on. False at the end of the head. */
bool record_next(const struct buf *record, const char *key, size_t *at, char *ret, size_t room);

#endif
