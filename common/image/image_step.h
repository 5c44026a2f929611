/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_step.h - one step down a tree of addresses (image_tree.h). Private to image_addr.c, which walks with one
 * address, and image_addrs.c, which walks with many.
 *
 * Where it sits: room image. A step takes a cell and the bits of the key that are left, and gives the next cell. Every
 * offset is checked against the section before it is read. Where a damaged tree leads outside, the next cell is a leaf
 * without a rule. The section must hold at least TREE_HEAD bytes.
 */
#ifndef COMMON_IMAGE_STEP_H
#define COMMON_IMAGE_STEP_H

#include "image_find.h"
#include "image_handle.h"
#include "image_tree.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

static ALWAYS_INLINE enum cell_kind
cell_kind(uint32_t cell)
{
    return cell >> CELL_KIND_SHIFT;
}

static ALWAYS_INLINE uint32_t
table_step(const struct part *tree, uint32_t cell, struct key *key)
{
    uint32_t value = cell & CELL_VALUE;
    unsigned bits = (value >> TABLE_BITS_SHIFT) + 1;
    uint64_t at = (uint64_t)(value & TABLE_PLACE) * TABLE_UNIT + (key->hi >> (64 - bits)) * CELL_SIZE;
    *key = key_rest(*key, bits);
    return at > tree->size - CELL_SIZE ? 0 : get32(tree->bytes + at);
}

/* Where a cell is, and which of the bits there belong to it. */
struct narrow {
    uint64_t at;
    uint32_t mask;
};

static ALWAYS_INLINE uint32_t
narrow_cell(const struct part *tree, struct narrow narrow)
{
    return get32(tree->bytes + narrow.at) & narrow.mask;
}

/* Where the next cell is. The next 8 bits of the key select it. */
static ALWAYS_INLINE struct narrow
bitmap_step(const struct part *tree, uint32_t cell, struct key key)
{
    static const uint32_t masks[] = {0xff, 0xffff, 0xffffffff, 0xffffffff};
    const struct narrow outside = {0, 0};
    uint64_t at = (uint64_t)(cell & CELL_VALUE) * TREE_UNIT, place = key.hi >> 56;
    if (at + BITMAP_ENTRIES > tree->size)
        return outside;
    const unsigned char *bitmap = tree->bytes + at;
    uint32_t head = get32(bitmap + BITMAP_BEFORE), width = head >> 24 & 3;
    uint64_t bits = get64(bitmap + BITMAP_BITS + place / 64 * 8);
    uint32_t before = head << 8 >> place / 64 * 8 & 0xff;
    uint32_t entry = before + (uint32_t)__builtin_popcountll(bits << (63 - place % 64)) - 1;
    at += BITMAP_ENTRIES + ((uint64_t)entry << width);
    return at > tree->size - CELL_SIZE ? outside : (struct narrow){at, masks[width]};
}

static ALWAYS_INLINE bool
is_above(const unsigned char *keys, size_t index, uint32_t width, struct key key)
{
    if (width == 2)
        return get16(keys + index * 2) > key.hi >> 48;
    if (width == 4)
        return get32(keys + index * 4) > key.hi >> 32;
    struct key one = {get64(keys + index * 16), get64(keys + index * 16 + 8)};
    return (one.hi > key.hi) | ((one.hi == key.hi) & (one.lo > key.lo));
}

/* Counts the keys that are not above the key asked for: that number selects the leaf. The number of steps depends only
 * on the count, so there is no comparison for the processor to mispredict. */
static ALWAYS_INLINE uint32_t
run_rank(const unsigned char *keys, uint32_t count, uint32_t width, struct key key)
{
    uint32_t rank = 0;
    for (; count > 1; count -= count / 2)
        rank += (count / 2) & ((uint32_t)is_above(keys, rank + count / 2 - 1, width, key) - 1);
    return rank + !is_above(keys, rank, width, key);
}

/* The leaf of a run, where the walk ends. */
static ALWAYS_INLINE uint32_t
run_step(const struct part *tree, uint32_t cell, struct key key)
{
    uint64_t at = (uint64_t)(cell & CELL_VALUE) * TREE_UNIT;
    if (tree->size < RUN_KEYS || at > tree->size - RUN_KEYS)
        return 0;
    const unsigned char *run = tree->bytes + at;
    uint32_t head = get32(run);
    uint32_t count = head & 0xffff, key_width = head >> 16 & 0xff, width = head >> 24 & 3, rank;
    uint64_t leaves = (uint64_t)count * key_width;
    if (count == 0 || leaves + ((uint64_t)count << width) + CELL_SIZE > tree->size - RUN_KEYS - at)
        return 0;
    const unsigned char *keys = run + RUN_KEYS;
    if (key_width == 2)
        rank = run_rank(keys, count, 2, key);
    else if (key_width == 4)
        rank = run_rank(keys, count, 4, key);
    else if (key_width == 16)
        rank = run_rank(keys, count, 16, key);
    else
        return 0;
    return get_narrow(keys + leaves + ((size_t)rank << width), width) & CELL_VALUE;
}

/* Begins a walk over the rules of an address. Until its node is set, it finds none. */
static ALWAYS_INLINE void
step_begin(const struct image *image, const struct addr *addr, struct image_cursor *ret)
{
    const size_t begin = offsetof(struct image_cursor, host), end = offsetof(struct image_cursor, places);
    memset((char *)ret + begin, 0, end - begin);
    ret->image = image;
    ret->addr = addr;
}

/* The node of a walk whose leaf was found; `first_rule` is that of the tree. No branch: whether an address is in any
 * prefix cannot be predicted. */
static ALWAYS_INLINE uint32_t
step_node(uint32_t first_rule, uint32_t leaf)
{
    return leaf + (first_rule & -(uint32_t)(leaf != 0));
}

#endif
