/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena.h - memory of one job: many allocations, one release.
 *
 * Where it sits: floor 2, under everything that builds something. A load or a compile lives in one arena and dies in
 * one call; nothing in it is freed alone. Beside buf.c this is the only caller of malloc.
 *
 * Sticky: after the first failed allocation every later one fails too and arena_ok() says so; a builder may ask once at
 * the end.
 */
#ifndef COMMON_ARENA_H
#define COMMON_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* A new arena that hands out at most `ceiling` bytes in all. NULL if there is no memory. Cost: one malloc. */
struct arena *arena_new(size_t ceiling);

/* Gives everything back at once. NULL is allowed. */
void arena_free(struct arena *arena);

/* `size` bytes, zeroed, aligned for any type, owned by the arena. NULL if the ceiling is reached or there is no memory.
 */
void *arena_alloc(struct arena *arena, size_t size);

/* `count` records of `size` bytes each; the product is checked. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* `size` bytes, zeroed, aligned for nothing and side by side with the ones before: for many small things made of bytes.
 */
void *arena_bytes(struct arena *arena, size_t size);

/* A copy of `len` bytes with a NUL behind it, as arena_bytes(). */
char *arena_text(struct arena *arena, const char *text, size_t len);

/*
 * Grows an array that lives in the arena: returns room for at least `need` records of `size` bytes, holding the first
 * `*cap` records of `old`, and sets *cap to the new room. Doubling, so the waste is at most the final size. NULL on
 * failure; `old` is then still valid. The newest allocation grows in place.
 */
void *arena_grow(struct arena *arena, void *old, size_t *cap, size_t need, size_t size);

/* False once any allocation failed. */
bool arena_ok(const struct arena *arena);

#endif
