/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_tree.h - the layout of the two trees of addresses in an image, as m365-image(5) describes it. Beside
 * image_format.h; only image*.c and compile*.c include it.
 *
 * An address becomes a key: its bits, the first at the top of 128. A tree begins with a cell. A cell is 32 bits: two
 * for its kind, the rest by kind; what it points to takes some bits off the front of the key, or ends the walk.
 *
 *     leaf     a chain_1
 *     table    2^n cells, the next n bits choose one
 *     bitmap   the next 8 bits choose one of 256 places; neighbours with equal content share one entry, and a bit is
 * set where a new entry begins bucket   a few sorted keys; each says where the next leaf begins
 *
 * The things cells point to lie in the order in which a walk from left to right meets them, without gaps but for the
 * alignment of tables: a file says the same thing in one way only, and one pass can check it.
 */
#ifndef COMMON_IMAGE_TREE_H
#define COMMON_IMAGE_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "addr.h"
#include "image_format.h"

#define CELL_KIND_SHIFT 30
#define CELL_VALUE 0x3fffffffu

enum cell_kind { CELL_LEAF, CELL_TABLE, CELL_BITMAP, CELL_BUCKET };

/* The value of a cell: of a table its bits - 1, then its place in units of 64 bytes; of the others the place in units
 * of 4. All places count from the start of the section. */
enum {
    TABLE_BITS_SHIFT = 26,
    TABLE_BITS_MIN = 4,
    TABLE_BITS_MAX = 16,
    TABLE_UNIT = 64,
    TREE_UNIT = 4,
    CELL_SIZE = 4,
};
#define TABLE_PLACE 0x03ffffffu

/* 3 bytes: entries that begin before place 64, 128, 192; the width of an entry; 256 bits; entries: leaves of 2 bytes,
 * or cells of 4. */
enum bitmap_field { BITMAP_BEFORE = 0, BITMAP_WIDTH = 3, BITMAP_BITS = 4, BITMAP_ENTRIES = 36 };

/* A leaf more than keys; keys of 2 or 4 bytes are the front of a key as a number, of 16 the whole key, high half
 * first. */
enum run_field { RUN_COUNT = 0 /* of keys */, RUN_KEY = 1 /* width */, RUN_LEAF = 2, RUN_KEYS = 4 };

#define RUN_KEYS_MAX 255u
#define TREE_STEPS 32u /* each takes four bits at least */

struct key {
    uint64_t hi, lo;
};

static inline uint64_t
load_big(const uint8_t *bytes, unsigned count)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

static inline struct key
key_of(const struct addr *addr)
{
    if (!addr->v6)
        return (struct key){load_big(addr->bytes, 4) << 32, 0};
    return (struct key){load_big(addr->bytes, 8), load_big(addr->bytes + 8, 8)};
}

/* The key without its first `bits`, 1 to 63. */
static inline struct key
key_behind(struct key key, unsigned bits)
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
