/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * order.h - which of two numbers or texts comes first, as qsort(3) wants to know.
 *
 * Where it sits: room base. The order of what is made of numbers and texts belongs to its own room.
 */
#ifndef COMMON_ORDER_H
#define COMMON_ORDER_H

#include <stdint.h>
#include <string.h>

/* Negative, 0 or positive: a is less than, equal to or greater than b. */
static inline int
order_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* The same for texts, by their bytes; NULL is before any text. */
static inline int
order_texts(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

#endif
