/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alloc_fails.h - allocations that are counted, and one of them fails. For programs linked with --wrap=malloc and its
 * kin: what the library asks for in arena.c and buf.c comes through alloc_fails.c.
 */
#ifndef TESTS_UNIT_ALLOC_FAILS_H
#define TESTS_UNIT_ALLOC_FAILS_H

#include <stdbool.h>

extern unsigned alloc_calls;   /* since the test set it to 0 */
extern unsigned alloc_failing; /* the call that fails; 0: none */

/* The work (on a file, say) is done, and it is not done if any one of its allocations, at least `least`, fails. */
void alloc_each_fails(bool (*work)(const char *path), const char *path, unsigned least);

#endif
