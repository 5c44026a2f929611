/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_tree.h - the layout of the two trees of addresses in an image, as m365-image(5) describes it.
 *
 * Where it sits: room image, next to image_format.h; only image*.c and compile*.c include it.
 *
 * An address becomes a 128-bit key, its first bit at the top. A tree begins with a cell, followed by the number of the
 * rule that its leaves call 1. A cell has 32 bits: two for its kind, the rest depends on the kind. It either ends the
 * walk or consumes some bits at the front of the key.
 *
 *     leaf     the first rule of the longest prefix, counted from 1; 0: none
 *     table    2^n cells; the next n bits select one
 *     bitmap   256 cells; the next 8 bits select one. Adjacent cells that are the same leaf share an entry; a set
 *              bit marks where an entry begins
 *     run      sorted keys; each marks where the next leaf begins
 *
 * Nodes are stored depth-first without gaps except table alignment, so a tree has exactly one encoding and one pass
 * verifies it.
 */
#ifndef COMMON_IMAGE_TREE_H
#define COMMON_IMAGE_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "image_format.h"
#include "name/addr.h"

#define CELL_KIND_SHIFT 30
#define CELL_VALUE 0x3fffffffu

enum cell_kind { CELL_LEAF, CELL_TABLE, CELL_BITMAP, CELL_RUN };

/* The value of a cell. For a table: its bits - 1, then its offset in units of 64 bytes. For the others: the offset in
 * units of 4. All offsets count from the start of the section. */
enum {
    TABLE_BITS_SHIFT = 26,
    TABLE_BITS_MIN = 4,
    TABLE_BITS_MAX = 16,
    TABLE_UNIT = 64,
    TREE_UNIT = 4,
    CELL_SIZE = 4,
    TREE_RULE = 4, /* u32, after the first cell */
    TREE_HEAD = 8,
    TREE_TAIL = 4, /* zeros at the end, so that a narrow leaf can be read as a wide one */
};
#define TABLE_PLACE 0x03ffffffu

/* 3 bytes: the number of entries that begin before cell 64, 128 and 192; then the width of an entry, 256 bits, and the
 * entries: leaves of 1 or 2 bytes, or cells of 4. */
enum bitmap_field { BITMAP_BEFORE = 0, BITMAP_WIDTH = 3, BITMAP_BITS = 4, BITMAP_ENTRIES = 36 };

/* u16 number of keys, width of a key, width of a leaf, the keys, and one leaf more than keys. Keys of 2 or 4 bytes are
 * the front of the key as a number; keys of 16 bytes are the whole key, high half first. */
enum run_field { RUN_COUNT = 0, RUN_KEY = 2, RUN_LEAF = 3, RUN_KEYS = 4 };

#define TREE_STEPS 32u /* each consumes at least four bits */

/* Widths of leaves are stored as 0, 1 or 2: the number of bytes is that power of two. */
#define WIDTH_MAX 2u

static inline uint32_t
get_narrow(const unsigned char *bytes, uint32_t width)
{
    static const uint32_t masks[4] = {0xff, 0xffff, 0xffffffff, 0xffffffff};
    return get32(bytes) & masks[width & 3];
}

struct key {
    uint64_t hi, lo;
};

/* The key of an address whose family is known. */
static inline struct key
key_of_family(const struct addr *addr, bool v6)
{
    const uint8_t *bytes = addr->bytes;
    if (!v6)
        return (struct key){(uint64_t)__builtin_bswap32(get32(bytes)) << 32, 0};
    return (struct key){__builtin_bswap64(get64(bytes)), __builtin_bswap64(get64(bytes + 8))};
}

static inline struct key
key_of(const struct addr *addr)
{
    return key_of_family(addr, addr->v6);
}

/* The key without its first `bits` bits (1 to 63). */
static inline struct key
key_rest(struct key key, unsigned bits)
{
    return (struct key){key.hi << bits | key.lo >> (64 - bits), key.lo << bits};
}

static inline int
key_compare(struct key a, struct key b)
{
    if (a.hi != b.hi)
        return a.hi < b.hi ? -1 : 1;
    return (a.lo > b.lo) - (a.lo < b.lo);
}

#endif
