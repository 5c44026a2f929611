/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * day.h - calendar days (UTC) as numbers: days since 1970-01-01; and moments as text.
 *
 * Where it sits: room base. `expires=` in a rule is such a day. Nothing here asks for today's date: the caller passes
 * it in.
 */
#ifndef COMMON_DAY_H
#define COMMON_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

#define DAY_TEXT_MAX 11 /* "2027-03-01" */

/* Reads `YYYY-MM-DD`, an existing day from 1970 to 9999. Anything else returns false and leaves *ret unchanged. */
bool day_parse(uint32_t *ret, const char *text, size_t len);

/* Writes `YYYY-MM-DD`, NUL-terminated. */
void day_format(char ret[DAY_TEXT_MAX], uint32_t day);

#define DAY_TIME_MAX 24 /* "2026-11-21T03:00:00Z" */

/* A moment, in seconds since 1970, as UTC: `2026-11-21T03:00:00Z`. `-` for 0, for a moment before 1970 and for one
 * after the year 9999. */
void day_format_time(char ret[DAY_TIME_MAX], int64_t when);

/* The day of a moment, in seconds since 1970; 0 for one before 1970. */
uint32_t day_of(int64_t when);

/* The moment that day_format_time() wrote; 0 for any other text. */
int64_t day_parse_time(const char *text);

/* Appends how long that is, in the largest unit that fits at least twice: `3 days`, `26 hours`, `5 minutes`,
 * `1 second`. Rounded down; a negative time is 0 seconds. */
void day_add_span(struct buf *buf, int64_t seconds);

#endif
