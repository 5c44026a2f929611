// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image_addr.c - address lookups in an open image. Part of image_find.h.
 *
 * A tree for each family (image_tree.h) maps an address to the rules of the longest prefix around it. Those lead on to
 * the rules of the next shorter prefix, and so on. Prefixes are not stored: a prefix is the address asked for, cut to
 * the length given in the rule.
 *
 * Trust. Every offset is checked against its section before it is read, and every walk is bounded: TREE_STEPS cells,
 * PREFIX_STEPS prefixes, and the rules of a prefix by the section. In a damaged image an address may end at any leaf.
 */
#include "image_find.h"
#include "image_handle.h"
#include "image_tree.h"
#include "name/pattern.h"

#define PREFIX_STEPS 130u
#define ALWAYS_INLINE inline __attribute__((always_inline))

static ALWAYS_INLINE uint32_t
bitmap_cell(const struct part *tree, uint64_t at, unsigned place)
{
    const unsigned char *bitmap = tree->bytes + at;
    if (tree->size < BITMAP_ENTRIES || at > tree->size - BITMAP_ENTRIES)
        return 0;
    uint32_t head = get32(bitmap + BITMAP_BEFORE);
    uint64_t bits = get64(bitmap + BITMAP_BITS + (size_t)(place / 64) * 8);
    uint32_t entry =
        (head << 8 >> place / 64 * 8 & 0xff) + (uint32_t)__builtin_popcountll(bits << (63 - place % 64)) - 1;
    uint32_t width = head >> 24 & 3;
    at += BITMAP_ENTRIES + ((uint64_t)entry << width);
    return at > tree->size - CELL_SIZE ? 0 : get_narrow(tree->bytes + at, width);
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

static ALWAYS_INLINE uint32_t
run_leaf(const struct part *tree, uint64_t at, struct key key)
{
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
    return get_narrow(keys + leaves + ((size_t)rank << width), width);
}

static ALWAYS_INLINE uint32_t
find_leaf(const struct part *tree, struct key key)
{
    uint32_t cell = get32(tree->bytes);
    for (unsigned step = 0; step < TREE_STEPS; step++) {
        enum cell_kind kind = cell >> CELL_KIND_SHIFT;
        uint32_t value = cell & CELL_VALUE;
        if (kind == CELL_LEAF)
            return value;
        if (kind == CELL_RUN)
            return run_leaf(tree, (uint64_t)value * TREE_UNIT, key);
        if (kind == CELL_BITMAP) {
            cell = bitmap_cell(tree, (uint64_t)value * TREE_UNIT, (unsigned)(key.hi >> 56));
            key = key_rest(key, 8);
        } else {
            unsigned bits = (value >> TABLE_BITS_SHIFT) + 1;
            uint64_t at = (uint64_t)(value & TABLE_PLACE) * TABLE_UNIT + (key.hi >> (64 - bits)) * CELL_SIZE;
            if (at > tree->size - CELL_SIZE)
                return 0;
            cell = get32(tree->bytes + at);
            key = key_rest(key, bits);
        }
    }
    return 0;
}

/* IPv4 keys have a zero lower half; knowing that, the compiler makes a simpler walk for them. */
static ALWAYS_INLINE uint32_t
find_either(const struct part *tree, struct key key, bool v6)
{
    return v6 ? find_leaf(tree, key) : find_leaf(tree, (struct key){key.hi, 0});
}

/* The popcnt instruction is missing on the oldest x86-64 processors, so this is chosen at run time. */
#if defined __x86_64__ && !defined __POPCNT__
__attribute__((target("popcnt"))) static uint32_t
find_leaf_popcnt(const struct part *tree, struct key key, bool v6)
{
    return find_either(tree, key, v6);
}
#define HAVE_POPCNT() __builtin_cpu_supports("popcnt")
#else
#define find_leaf_popcnt find_either
#define HAVE_POPCNT() false
#endif

void
image_find_addr(const struct image *image, const struct addr *addr, struct image_cursor *ret)
{
    const struct part *tree = &image->part[addr->v6 ? SECTION_TREE6 : SECTION_TREE4];
    const struct key key = key_of(addr);
    uint32_t leaf = 0;
    if (tree->size >= TREE_HEAD)
        leaf = HAVE_POPCNT() ? find_leaf_popcnt(tree, key, addr->v6) : find_either(tree, key, addr->v6);
    ret->image = image;
    ret->host = NULL;
    ret->addr = addr;
    ret->rule = ret->rule_end = ret->regex = ret->steps = 0;
    ret->suffixes = ret->asked = 0;
    ret->whole = false;
    ret->node = leaf == 0 ? 0 : get32(tree->bytes + TREE_RULE) + leaf;
}

bool
image_next_addr(struct image_cursor *cursor, struct image_hit *ret)
{
    while (cursor->node != 0 && cursor->steps < PREFIX_STEPS) {
        uint32_t number = cursor->node - 1;
        const unsigned char *rule = image_record(cursor->image, SECTION_RULES, number, RULE_SIZE);
        if (rule == NULL)
            return false;
        if ((get16(rule + RULE_LENGTH) & PREFIX_MORE) != 0) {
            cursor->node++;
        } else {
            cursor->node = get32(rule + RULE_TEXT);
            cursor->steps++;
        }
        if (get16(rule + RULE_KIND) != PATTERN_PREFIX)
            continue;
        *ret = (struct image_hit){{number, cursor->addr}, get32(rule + RULE_SET), get32(rule + RULE_WEIGHT), false};
        return true;
    }
    return false;
}
