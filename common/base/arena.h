/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena.h - memory for one job: many allocations, one release.
 *
 * Where it sits: room base, above err. A load or a compilation uses one arena and frees it with one call; nothing
 * inside is freed on its own. Only arena.c and buf.c call malloc.
 *
 * Sticky: after the first failed allocation every later one fails too and arena_ok() returns false, so a builder may
 * check once at the end.
 */
#ifndef COMMON_ARENA_H
#define COMMON_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Returns a new arena that hands out at most `ceiling` bytes in total, or NULL if there is no memory. Cost: one
 * malloc. */
struct arena *arena_new(size_t ceiling);

/* Frees the arena and everything in it. NULL is allowed. */
void arena_free(struct arena *arena);

/* Returns `size` zeroed bytes, aligned for any type and owned by the arena. NULL at the ceiling or without memory. */
void *arena_alloc(struct arena *arena, size_t size);

/* Gives memory of arena_alloc() or arena_array() back, of that size in bytes: a later allocation of the same size takes
 * it. Only powers of two from 64 to 4,096 bytes are kept for that; other memory lies idle until arena_free(). */
void arena_give_back(struct arena *arena, void *memory, size_t size);

/* Like arena_alloc() for `count` records of `size` bytes; an overflow of the product fails. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Like arena_alloc() but unaligned and packed without gaps: for many small byte strings. */
void *arena_bytes(struct arena *arena, size_t size);

/* Returns a copy of `len` bytes with a NUL appended, allocated like arena_bytes(). */
char *arena_text(struct arena *arena, const char *text, size_t len);

/*
 * Grows an array that lives in the arena. Returns room for at least `need` records of `size` bytes, with the first
 * `*cap` records of `old` in it, and sets *cap to the new capacity. Capacity doubles, so at most as much again is
 * wasted. The newest allocation grows in place. NULL on failure; `old` is then still valid.
 */
void *arena_grow(struct arena *arena, void *old, size_t *cap, size_t need, size_t size);

/* False once any allocation has failed. */
bool arena_ok(const struct arena *arena);

#endif
