/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alloc_fails.h - counts allocations and lets one of them fail. For programs linked with --wrap=malloc,
 * --wrap=calloc and --wrap=realloc: the allocations of arena.c and buf.c go through alloc_fails.c.
 */
#ifndef TESTS_UNIT_ALLOC_FAILS_H
#define TESTS_UNIT_ALLOC_FAILS_H

#include <stdbool.h>

extern unsigned alloc_calls;   /* since the test set it to 0 */
extern unsigned alloc_failing; /* the call that fails; 0: none */

/* Fails unless the work succeeds, needs at least `least` allocations, and fails if any one of them fails. `path` is
 * handed to the work. */
void alloc_each_fails(bool (*work)(const char *path), const char *path, unsigned least);

#endif
