/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * day.h - calendar days (UTC) as numbers: days since 1970-01-01.
 *
 * Where it sits: room base. `expires=` in a rule is such a day. Nothing here asks for today's date: the caller passes
 * it in.
 */
#ifndef COMMON_DAY_H
#define COMMON_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DAY_TEXT_MAX 11 /* "2027-03-01" */

/* Reads `YYYY-MM-DD`, an existing day from 1970 to 9999. Anything else returns false and leaves *ret unchanged. */
bool day_parse(uint32_t *ret, const char *text, size_t len);

/* Writes `YYYY-MM-DD`, NUL-terminated. */
void day_format(char ret[DAY_TEXT_MAX], uint32_t day);

#endif
