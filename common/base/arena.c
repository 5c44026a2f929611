// SPDX-License-Identifier: GPL-2.0-or-later
/* arena.c - see arena.h. A chain of blocks; each new block is as large as all earlier ones together, within limits. */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_MIN ((size_t)4 << 10)
#define BLOCK_MAX ((size_t)8 << 20)
#define PACK_MIN ((size_t)256) /* short texts are packed side by side, to save the padding of aligned allocations */
#define PACK_MAX ((size_t)64 << 10)
#define SPARE_LEAST ((size_t)64) /* bytes that can be given back: this, and each power of two up to the last size */
#define SPARE_SIZES 7

struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char data[];
};

struct arena {
    struct block *head;
    char *pack; /* free bytes of the newest pack */
    size_t pack_left;
    size_t ceiling;
    size_t total;
    void *spare[SPARE_SIZES]; /* given back, by size; each begins with the address of the next one */
    bool failed;
};

static size_t
round_up(size_t size)
{
    const size_t unit = alignof(max_align_t);
    return size > SIZE_MAX - unit ? SIZE_MAX : (size + unit - 1) / unit * unit;
}

struct arena *
arena_new(size_t ceiling)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena != NULL)
        arena->ceiling = ceiling;
    return arena;
}

void
arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    while (arena->head != NULL) {
        struct block *next = arena->head->next;
        free(arena->head);
        arena->head = next;
    }
    free(arena);
}

static struct block *
add_block(struct arena *arena, size_t need)
{
    size_t size = arena->total < BLOCK_MIN ? BLOCK_MIN : arena->total;
    if (size > BLOCK_MAX)
        size = BLOCK_MAX;
    if (size < need)
        size = need;
    if (size > arena->ceiling - arena->total)
        size = need;
    if (size > arena->ceiling - arena->total || size > SIZE_MAX - sizeof(struct block))
        return NULL;
    struct block *block = calloc(1, sizeof *block + size);
    if (block == NULL)
        return NULL;
    block->size = size;
    block->next = arena->head;
    arena->head = block;
    arena->total += size;
    return block;
}

/* Where memory of this size is kept when it is given back; NULL: nowhere. */
static void **
find_spare(struct arena *arena, size_t size)
{
    if (size < SPARE_LEAST || size > SPARE_LEAST << (SPARE_SIZES - 1) || (size & (size - 1)) != 0)
        return NULL;
    return &arena->spare[__builtin_ctzll(size / SPARE_LEAST)];
}

void
arena_give_back(struct arena *arena, void *memory, size_t size)
{
    void **spare = find_spare(arena, size);
    if (spare == NULL)
        return;
    memcpy(memory, spare, sizeof *spare);
    *spare = memory;
}

static void *
take_spare(struct arena *arena, size_t size)
{
    void **spare = find_spare(arena, size), *memory = spare == NULL ? NULL : *spare;
    if (memory == NULL)
        return NULL;
    memcpy(spare, memory, sizeof *spare);
    return memset(memory, 0, size);
}

void *
arena_alloc(struct arena *arena, size_t size)
{
    if (arena->failed)
        return NULL;
    size = round_up(size == 0 ? 1 : size);
    void *spare = take_spare(arena, size);
    if (spare != NULL)
        return spare;
    struct block *block = arena->head;
    if (block == NULL || block->size - block->used < size)
        block = add_block(arena, size);
    if (block == NULL) {
        arena->failed = true;
        return NULL;
    }
    void *memory = block->data + block->used;
    block->used += size;
    return memory;
}

void *
arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        arena->failed = true;
        return NULL;
    }
    return arena_alloc(arena, count * size);
}

/* Starts a new pack, sized in proportion to the arena so that a small arena stays small. */
static void *
add_pack(struct arena *arena, size_t size)
{
    size_t room = arena->total / 8;
    room = room < PACK_MIN ? PACK_MIN : room > PACK_MAX ? PACK_MAX : room;
    if (size > room / 4)
        return arena_alloc(arena, size);
    char *pack = arena_alloc(arena, room);
    if (pack == NULL)
        return NULL;
    arena->pack = pack + size;
    arena->pack_left = room - size;
    return pack;
}

void *
arena_bytes(struct arena *arena, size_t size)
{
    if (arena->failed || arena->pack == NULL || size > arena->pack_left)
        return add_pack(arena, size);
    char *memory = arena->pack;
    arena->pack += size;
    arena->pack_left -= size;
    return memory;
}

char *
arena_text(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_bytes(arena, len + 1);
    if (copy == NULL)
        return NULL;
    if (len > 0)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

/* The newest allocation needs no copy if its block has room. */
static bool
grow_in_place(struct arena *arena, void *old, size_t had, size_t want)
{
    struct block *block = arena->head;
    if (old == NULL || block == NULL || had > block->used)
        return false;
    if ((unsigned char *)old != block->data + (block->used - had) || want - had > block->size - block->used)
        return false;
    block->used += want - had;
    return true;
}

void *
arena_grow(struct arena *arena, void *old, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return old;
    size_t room = *cap < 16 ? 16 : *cap;
    while (room < need)
        room = room > SIZE_MAX / 2 ? need : room * 2;
    if (*cap >= 16 && room < *cap * 2)
        room = *cap * 2;
    if (size != 0 && room > SIZE_MAX / size / 2) {
        arena->failed = true;
        return NULL;
    }
    if (arena->failed)
        return NULL;
    if (!grow_in_place(arena, old, round_up(*cap * size), round_up(room * size))) {
        void *memory = arena_alloc(arena, room * size);
        if (memory == NULL)
            return NULL;
        if (old != NULL)
            memcpy(memory, old, *cap * size);
        old = memory;
    }
    *cap = room;
    return old;
}

bool
arena_ok(const struct arena *arena)
{
    return !arena->failed;
}
