/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * day.h - calendar days (UTC) as numbers: days since 1970-01-01.
 *
 * Where it sits: floor 3. `expires=` of a rule is such a day; who knows today's hands it down.
 */
#ifndef COMMON_DAY_H
#define COMMON_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DAY_TEXT_MAX 11 /* "2027-03-01" */

/* `YYYY-MM-DD`, a day that exists, from 1970 to 9999. False, leaving *ret alone, for anything else. */
bool day_parse(uint32_t *ret, const char *text, size_t len);

void day_format(char ret[DAY_TEXT_MAX], uint32_t day);

#endif
