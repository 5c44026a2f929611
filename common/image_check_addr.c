// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image_check_addr.c - the whole-file check of chains and address trees. Part of image.h.
 *
 * A tree is read from left to right, and each thing must lie just behind the one before it: nothing is met twice, so
 * that the check ends after one pass over any file.
 */
#include "err.h"
#include "image_handle.h"
#include "image_tree.h"
#include "pattern.h"

struct walk {
    const struct image *image;
    struct part tree;
    uint64_t next; /* where the next thing must lie */
    bool v6;
};

static bool
rule_is_of(const struct image *image, uint32_t number, bool v6)
{
    const unsigned char *rule = image_record(image, SECTION_RULES, number, RULE_SIZE);
    return rule != NULL && get16(rule + RULE_KIND) == PATTERN_PREFIX && get32(rule + RULE_TEXT) == (v6 ? 6 : 4) &&
           get32(rule + RULE_WEIGHT) <= (v6 ? 128 : 32);
}

/* A chain stands behind the one around it, which is of the same family and shorter; its rules are of one prefix and lie
 * behind those of the chain before. */
static bool
chain_sound(const struct image *image, uint32_t index)
{
    const unsigned char *chain = image_record(image, SECTION_CHAINS, index, CHAIN_SIZE);
    uint32_t first = get32(chain + CHAIN_FIRST), end = get32(chain + CHAIN_END);
    uint32_t parent_1 = get32(chain + CHAIN_PARENT);
    const unsigned char *rule = image_record(image, SECTION_RULES, first, RULE_SIZE);
    if (rule == NULL || first >= end || end > image->part[SECTION_RULES].size / RULE_SIZE || parent_1 > index)
        return false;
    if (index > 0 && first != get32(chain - CHAIN_SIZE + CHAIN_END))
        return false;
    bool v6 = get32(rule + RULE_TEXT) == 6;
    for (uint32_t i = first; i < end; i++) {
        const unsigned char *one = image_record(image, SECTION_RULES, i, RULE_SIZE);
        if (!rule_is_of(image, i, v6) || get32(one + RULE_WEIGHT) != get32(rule + RULE_WEIGHT))
            return false;
    }
    if (parent_1 == 0)
        return true;
    const unsigned char *parent = image_record(image, SECTION_CHAINS, parent_1 - 1, CHAIN_SIZE);
    const unsigned char *around = image_record(image, SECTION_RULES, get32(parent + CHAIN_FIRST), RULE_SIZE);
    return around != NULL && get32(around + RULE_TEXT) == get32(rule + RULE_TEXT) &&
           get32(around + RULE_WEIGHT) < get32(rule + RULE_WEIGHT);
}

/* A leaf names no chain, or one of its family. */
static bool
leaf_sound(const struct walk *walk, uint32_t leaf)
{
    if (leaf == 0)
        return true;
    const unsigned char *chain = image_record(walk->image, SECTION_CHAINS, leaf - 1, CHAIN_SIZE);
    return chain != NULL && rule_is_of(walk->image, get32(chain + CHAIN_FIRST), walk->v6);
}

/* Takes `size` bytes that must lie at `at`. */
static bool
take(struct walk *walk, uint64_t at, uint64_t unit, uint64_t size)
{
    uint64_t due = (walk->next + unit - 1) / unit * unit;
    if (at != due || at > walk->tree.size || size > walk->tree.size - at)
        return false;
    for (uint64_t i = walk->next; i < at; i++) {
        if (walk->tree.bytes[i] != 0)
            return false;
    }
    walk->next = at + size;
    return true;
}

static bool
bucket_sound(struct walk *walk, uint64_t at)
{
    if (!take(walk, at, TREE_UNIT, RUN_KEYS))
        return false;
    const unsigned char *bucket = walk->tree.bytes + at, *keys = bucket + RUN_KEYS;
    uint32_t count = bucket[RUN_COUNT], key = bucket[RUN_KEY], leaf = bucket[RUN_LEAF];
    if (count == 0 || bucket[3] != 0 || (key != 2 && key != 4 && key != 16) || (leaf != 2 && leaf != 4) ||
        !take(walk, walk->next, 1, (uint64_t)count * key + (count + 1) * leaf))
        return false;
    for (uint32_t i = 0; i + 1 < count; i++) {
        const unsigned char *a = keys + (size_t)i * key, *b = a + key;
        struct key left = {key == 2 ? get16(a) : key == 4 ? get32(a) : get64(a), key == 16 ? get64(a + 8) : 0};
        struct key right = {key == 2 ? get16(b) : key == 4 ? get32(b) : get64(b), key == 16 ? get64(b + 8) : 0};
        if (key_compare(left, right) >= 0)
            return false;
    }
    for (uint32_t i = 0; i <= count; i++) {
        const unsigned char *one = keys + (size_t)count * key + (size_t)i * leaf;
        if (!leaf_sound(walk, leaf == 2 ? get16(one) : get32(one)))
            return false;
    }
    return take(walk, (walk->next + TREE_UNIT - 1) / TREE_UNIT * TREE_UNIT, TREE_UNIT, 0);
}

static bool cell_sound(struct walk *walk, uint32_t cell, unsigned depth);

static bool
bitmap_sound(struct walk *walk, uint64_t at, unsigned depth)
{
    if (!take(walk, at, TREE_UNIT, BITMAP_ENTRIES))
        return false;
    const unsigned char *bitmap = walk->tree.bytes + at, *entries = bitmap + BITMAP_ENTRIES;
    uint32_t width = bitmap[BITMAP_WIDTH], count = 0;
    for (unsigned i = 0; i < 4; i++) {
        if (i > 0 && bitmap[BITMAP_BEFORE + i - 1] != count)
            return false;
        for (uint64_t bits = get64(bitmap + BITMAP_BITS + (size_t)i * 8); bits != 0; bits &= bits - 1)
            count++;
    }
    if ((bitmap[BITMAP_BITS] & 1) == 0 || (width != 2 && width != CELL_SIZE) ||
        !take(walk, walk->next, 1, (uint64_t)count * width) ||
        !take(walk, (walk->next + TREE_UNIT - 1) / TREE_UNIT * TREE_UNIT, TREE_UNIT, 0))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const unsigned char *entry = entries + (size_t)i * width;
        if (width == 2 ? !leaf_sound(walk, get16(entry)) : !cell_sound(walk, get32(entry), depth + 8))
            return false;
    }
    return true;
}

static bool
table_sound(struct walk *walk, uint64_t at, unsigned bits, unsigned depth)
{
    if (bits < TABLE_BITS_MIN || !take(walk, at, TABLE_UNIT, (uint64_t)CELL_SIZE << bits))
        return false;
    for (uint64_t i = 0; i < (uint64_t)1 << bits; i++) {
        if (!cell_sound(walk, get32(walk->tree.bytes + at + i * CELL_SIZE), depth + bits))
            return false;
    }
    return true;
}

static bool
cell_sound(struct walk *walk, uint32_t cell, unsigned depth)
{
    uint32_t value = cell & CELL_VALUE;
    enum cell_kind kind = cell >> CELL_KIND_SHIFT;
    if (kind == CELL_LEAF)
        return leaf_sound(walk, value);
    if (depth >= (walk->v6 ? 128 : 32))
        return false;
    if (kind == CELL_TABLE)
        return table_sound(walk, (uint64_t)(value & TABLE_PLACE) * TABLE_UNIT, (value >> TABLE_BITS_SHIFT) + 1, depth);
    uint64_t at = (uint64_t)value * TREE_UNIT;
    return kind == CELL_BITMAP ? bitmap_sound(walk, at, depth) : bucket_sound(walk, at);
}

static int
check_tree(const struct image *image, bool v6, struct err *err)
{
    struct walk walk = {.image = image, .tree = image->part[v6 ? SECTION_TREE6 : SECTION_TREE4], .v6 = v6};
    if (walk.tree.size == 0)
        return 0;
    if (!take(&walk, 0, TREE_UNIT, CELL_SIZE) || !cell_sound(&walk, get32(walk.tree.bytes), 0) ||
        walk.next != walk.tree.size)
        return err_set(err, ERR_CORRUPT, "the tree of IPv%d addresses is not sound near byte %llu", v6 ? 6 : 4,
                       (unsigned long long)walk.next);
    return 0;
}

int
image_check_addrs(const struct image *image, struct err *err)
{
    for (uint32_t i = 0; image_record(image, SECTION_CHAINS, i, CHAIN_SIZE) != NULL; i++) {
        if (!chain_sound(image, i))
            return err_set(err, ERR_CORRUPT, "chain %u has no sound rules or parent", i);
    }
    return check_tree(image, false, err) != 0 || check_tree(image, true, err) != 0 ? -1 : 0;
}
