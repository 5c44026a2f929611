// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image_addr.c - lookups of addresses in an open image. Part of image_find.h.
 *
 * A tree for each family (image_tree.h) leads from an address to a chain: the rules of the longest prefix around it,
 * the next shorter one, and so on. No prefix is stored: it is the address asked, cut to the length that the rule says.
 *
 * Trust. Every place is tested against the section before it is read, every walk is bounded: TREE_STEPS cells, then
 * CHAIN_STEPS chains, the rules between two numbers inside a section. In a damaged image an address may end on any
 * leaf.
 */
#include "image_find.h"
#include "image_handle.h"
#include "image_tree.h"
#include "pattern.h"

#define CHAIN_STEPS 130u
#define ALWAYS_INLINE inline __attribute__((always_inline))

static ALWAYS_INLINE uint32_t
bitmap_cell(const struct part *tree, uint64_t at, unsigned place)
{
    const unsigned char *bitmap = tree->bytes + at;
    if (tree->size < BITMAP_ENTRIES || at > tree->size - BITMAP_ENTRIES)
        return 0;
    uint32_t head = get32(bitmap + BITMAP_BEFORE);
    uint64_t bits = get64(bitmap + BITMAP_BITS + place / 64 * 8);
    uint32_t entry =
        (head << 8 >> place / 64 * 8 & 0xff) + (uint32_t)__builtin_popcountll(bits << (63 - place % 64)) - 1;
    uint32_t width = head >> 24;
    at += BITMAP_ENTRIES + (uint64_t)entry * width;
    if (width > CELL_SIZE || at > tree->size - width)
        return 0;
    return width == CELL_SIZE ? get32(tree->bytes + at) : width == 2 ? get16(tree->bytes + at) : 0;
}

/* How many keys are not above the one asked: the leaf of the same number is its. */
static ALWAYS_INLINE uint32_t
bucket_rank(const unsigned char *keys, uint32_t count, uint32_t width, struct key key)
{
    uint32_t rank = 0;
    if (width == 2) {
        for (uint32_t i = 0; i < count; i++)
            rank += get16(keys + (size_t)i * 2) <= key.hi >> 48;
    } else if (width == 4) {
        for (uint32_t i = 0; i < count; i++)
            rank += get32(keys + (size_t)i * 4) <= key.hi >> 32;
    } else {
        for (uint32_t i = 0; i < count; i++) {
            struct key one = {get64(keys + (size_t)i * 16), get64(keys + (size_t)i * 16 + 8)};
            rank += key_compare(one, key) <= 0;
        }
    }
    return rank;
}

static ALWAYS_INLINE uint32_t
bucket_leaf(const struct part *tree, uint64_t at, struct key key)
{
    if (tree->size < RUN_KEYS || at > tree->size - RUN_KEYS)
        return 0;
    const unsigned char *bucket = tree->bytes + at;
    uint32_t head = get32(bucket);
    uint32_t count = head & 0xff, key_width = head >> 8 & 0xff, leaf_width = head >> 16 & 0xff;
    bool sound = (key_width == 2 || key_width == 4 || key_width == 16) && (leaf_width == 2 || leaf_width == 4);
    uint64_t leaves = (uint64_t)count * key_width;
    if (!sound || leaves + (count + 1) * leaf_width > tree->size - RUN_KEYS - at)
        return 0;
    const unsigned char *keys = bucket + RUN_KEYS;
    uint32_t rank = bucket_rank(keys, count, key_width, key);
    return leaf_width == 2 ? get16(keys + leaves + (size_t)rank * 2) : get32(keys + leaves + (size_t)rank * 4);
}

static ALWAYS_INLINE uint32_t
find_leaf(const struct part *tree, struct key key)
{
    uint32_t cell = tree->size < CELL_SIZE ? 0 : get32(tree->bytes);
    for (unsigned step = 0; step < TREE_STEPS; step++) {
        enum cell_kind kind = cell >> CELL_KIND_SHIFT;
        uint32_t value = cell & CELL_VALUE;
        if (kind == CELL_LEAF)
            return value;
        if (kind == CELL_BUCKET)
            return bucket_leaf(tree, (uint64_t)value * TREE_UNIT, key);
        if (kind == CELL_BITMAP) {
            cell = bitmap_cell(tree, (uint64_t)value * TREE_UNIT, (unsigned)(key.hi >> 56));
            key = key_behind(key, 8);
        } else {
            unsigned bits = (value >> TABLE_BITS_SHIFT) + 1;
            uint64_t at = (uint64_t)(value & TABLE_PLACE) * TABLE_UNIT + (key.hi >> (64 - bits)) * CELL_SIZE;
            if (at > tree->size - CELL_SIZE)
                return 0;
            cell = get32(tree->bytes + at);
            key = key_behind(key, bits);
        }
    }
    return 0;
}

/* The machine's own instruction for counting bits is younger than the oldest machines of the family. */
#if defined __x86_64__ && !defined __POPCNT__
__attribute__((target("popcnt"))) static uint32_t
find_leaf_popcnt(const struct part *tree, struct key key)
{
    return find_leaf(tree, key);
}
#define HAVE_POPCNT() __builtin_cpu_supports("popcnt")
#else
#define find_leaf_popcnt find_leaf
#define HAVE_POPCNT() false
#endif

void
image_find_addr(const struct image *image, const struct addr *addr, struct image_cursor *ret)
{
    const struct part *tree = &image->part[addr->v6 ? SECTION_TREE6 : SECTION_TREE4];
    struct key key = key_of(addr);
    ret->image = image;
    ret->host = NULL;
    ret->addr = addr;
    ret->rule = ret->rule_end = ret->regex = ret->steps = 0;
    ret->suffixes = 0;
    ret->whole = false;
    ret->node = HAVE_POPCNT() ? find_leaf_popcnt(tree, key) : find_leaf(tree, key);
}

/* Goes to the rules of the next shorter prefix. */
static bool
next_chain(struct image_cursor *cursor)
{
    const struct image *image = cursor->image;
    if (cursor->node == 0 || cursor->steps == CHAIN_STEPS)
        return false;
    const unsigned char *chain = image_record(image, SECTION_CHAINS, cursor->node - 1, CHAIN_SIZE);
    if (chain == NULL)
        return false;
    uint64_t count = image->part[SECTION_RULES].size / RULE_SIZE;
    cursor->steps++;
    cursor->node = get32(chain + CHAIN_PARENT);
    cursor->rule = get32(chain + CHAIN_FIRST);
    cursor->rule_end = get32(chain + CHAIN_END);
    if (cursor->rule_end > count)
        cursor->rule_end = (uint32_t)count;
    return true;
}

bool
image_next_addr(struct image_cursor *cursor, struct image_hit *ret)
{
    for (;;) {
        while (cursor->rule < cursor->rule_end) {
            uint32_t number = cursor->rule++;
            const unsigned char *rule = cursor->image->part[SECTION_RULES].bytes + (size_t)number * RULE_SIZE;
            if (get16(rule + RULE_KIND) != PATTERN_PREFIX)
                continue;
            *ret = (struct image_hit){{number, cursor->addr}, get32(rule + RULE_SET), get32(rule + RULE_WEIGHT), false};
            return true;
        }
        if (!next_chain(cursor))
            return false;
    }
}
