/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * digits.h - a number from decimal digits.
 *
 * Where it sits: room base. Signs, units, ranges and what an empty value means belong to those who read them.
 */
#ifndef COMMON_DIGITS_H
#define COMMON_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads digits, and nothing else, of a number up to `most`. False, and *ret is left alone, for anything else and for
 * nothing. Cost: a step for each digit; inline, because access logs are full of them. */
static inline bool
digits_read(uint64_t *ret, const char *text, size_t len, uint64_t most)
{
    uint64_t number = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned digit = (unsigned char)text[i] - (unsigned)'0';
        if (digit > 9 || (i >= 19 && number > (UINT64_MAX - digit) / 10)) /* 19 digits always fit */
            return false;
        number = number * 10 + digit;
    }
    if (len == 0 || number > most)
        return false;
    *ret = number;
    return true;
}

#endif
