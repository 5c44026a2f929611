// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image_check_addr.c - the whole-file check of the trees of addresses and of their rules. Part of image.h.
 *
 * A tree is read from left to right, and each part must come directly after the one before it. So nothing is visited
 * twice, and the check ends after one pass over any file.
 */
#include "err.h"
#include "image_handle.h"
#include "image_tree.h"
#include "pattern.h"

struct walk {
    const struct image *image;
    struct part tree;
    uint64_t next; /* where the next part must begin */
    uint32_t first_rule;
    bool v6;
};

/* The rule with this number if it belongs to a prefix of this family, else NULL. */
static const unsigned char *
prefix_rule(const struct image *image, uint64_t number, bool v6)
{
    const unsigned char *rule = image_record(image, SECTION_RULES, number, RULE_SIZE);
    bool sound = rule != NULL && get16(rule + RULE_KIND) == PATTERN_PREFIX &&
                 ((get16(rule + RULE_LENGTH) & PREFIX_V6) != 0) == v6;
    return sound ? rule : NULL;
}

static bool
has_more(const unsigned char *rule)
{
    return (get16(rule + RULE_LENGTH) & PREFIX_MORE) != 0;
}

/* True if this is the first rule of a prefix. */
static bool
is_first(const struct image *image, uint64_t number, bool v6)
{
    const unsigned char *before = number == 0 ? NULL : prefix_rule(image, number - 1, v6);
    return prefix_rule(image, number, v6) != NULL && (before == NULL || !has_more(before));
}

/* The rules of a prefix are adjacent and agree with each other. The enclosing prefix must be shorter, so that no walk
 * can loop. */
static bool
rule_sound(const struct image *image, uint64_t number)
{
    const unsigned char *rule = image_record(image, SECTION_RULES, number, RULE_SIZE);
    uint32_t flags = get16(rule + RULE_LENGTH), len = get32(rule + RULE_WEIGHT), around_1 = get32(rule + RULE_TEXT);
    bool v6 = (flags & PREFIX_V6) != 0;
    if ((flags & ~(uint32_t)(PREFIX_V6 | PREFIX_MORE)) != 0 || len > (v6 ? 128 : 32))
        return false;
    if (has_more(rule)) {
        const unsigned char *next = prefix_rule(image, number + 1, v6);
        return next != NULL && get32(next + RULE_WEIGHT) == len && get32(next + RULE_TEXT) == around_1;
    }
    return around_1 == 0 ||
           (is_first(image, around_1 - 1, v6) && get32(prefix_rule(image, around_1 - 1, v6) + RULE_WEIGHT) < len);
}

/* A leaf names no rule, or the first rule of a prefix of its family. */
static bool
leaf_sound(const struct walk *walk, uint32_t leaf)
{
    return leaf == 0 || is_first(walk->image, (uint64_t)walk->first_rule + leaf - 1, walk->v6);
}

/* Accepts `size` bytes at `at`, which must be where the next part is due; padding before them must be zero. */
static bool
take_bytes(struct walk *walk, uint64_t at, uint64_t unit, uint64_t size)
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
run_sound(struct walk *walk, uint64_t at)
{
    if (!take_bytes(walk, at, TREE_UNIT, RUN_KEYS))
        return false;
    const unsigned char *run = walk->tree.bytes + at, *keys = run + RUN_KEYS;
    uint32_t count = get16(run + RUN_COUNT), key = run[RUN_KEY], width = run[RUN_LEAF];
    if (count == 0 || (key != 2 && key != 4 && key != 16) || width > WIDTH_MAX ||
        !take_bytes(walk, walk->next, 1, (uint64_t)count * key + ((uint64_t)(count + 1) << width)))
        return false;
    for (uint32_t i = 0; i + 1 < count; i++) {
        const unsigned char *a = keys + (size_t)i * key, *b = a + key;
        struct key left = {key == 2 ? get16(a) : key == 4 ? get32(a) : get64(a), key == 16 ? get64(a + 8) : 0};
        struct key right = {key == 2 ? get16(b) : key == 4 ? get32(b) : get64(b), key == 16 ? get64(b + 8) : 0};
        if (key_compare(left, right) >= 0)
            return false;
    }
    for (uint32_t i = 0; i <= count; i++) {
        if (!leaf_sound(walk, get_narrow(keys + (size_t)count * key + ((size_t)i << width), width)))
            return false;
    }
    return take_bytes(walk, (walk->next + TREE_UNIT - 1) / TREE_UNIT * TREE_UNIT, TREE_UNIT, 0);
}

static bool cell_sound(struct walk *walk, uint32_t cell, unsigned depth);

static bool
bitmap_sound(struct walk *walk, uint64_t at, unsigned depth)
{
    if (!take_bytes(walk, at, TREE_UNIT, BITMAP_ENTRIES))
        return false;
    const unsigned char *bitmap = walk->tree.bytes + at, *entries = bitmap + BITMAP_ENTRIES;
    uint32_t width = bitmap[BITMAP_WIDTH], count = 0;
    for (unsigned i = 0; i < 4; i++) {
        if (i > 0 && bitmap[BITMAP_BEFORE + i - 1] != count)
            return false;
        for (uint64_t bits = get64(bitmap + BITMAP_BITS + (size_t)i * 8); bits != 0; bits &= bits - 1)
            count++;
    }
    if ((bitmap[BITMAP_BITS] & 1) == 0 || width > WIDTH_MAX ||
        !take_bytes(walk, walk->next, 1, (uint64_t)count << width) ||
        !take_bytes(walk, (walk->next + TREE_UNIT - 1) / TREE_UNIT * TREE_UNIT, TREE_UNIT, 0))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t entry = get_narrow(entries + ((size_t)i << width), width);
        if (width < WIDTH_MAX ? !leaf_sound(walk, entry) : !cell_sound(walk, entry, depth + 8))
            return false;
    }
    return true;
}

static bool
table_sound(struct walk *walk, uint64_t at, unsigned bits, unsigned depth)
{
    if (bits < TABLE_BITS_MIN || !take_bytes(walk, at, TABLE_UNIT, (uint64_t)CELL_SIZE << bits))
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
    return kind == CELL_BITMAP ? bitmap_sound(walk, at, depth) : run_sound(walk, at);
}

static int
check_tree(const struct image *image, bool v6, struct err *err)
{
    struct walk walk = {.image = image, .tree = image->part[v6 ? SECTION_TREE6 : SECTION_TREE4], .v6 = v6};
    if (walk.tree.size == 0)
        return 0;
    bool sound = take_bytes(&walk, 0, TREE_UNIT, TREE_HEAD);
    walk.first_rule = sound ? get32(walk.tree.bytes + TREE_RULE) : 0;
    if (!sound || !cell_sound(&walk, get32(walk.tree.bytes), 0) || !take_bytes(&walk, walk.next, 1, TREE_TAIL) ||
        walk.next != walk.tree.size || get32(walk.tree.bytes + walk.next - TREE_TAIL) != 0)
        return err_set(err, ERR_CORRUPT, "the tree of IPv%d addresses is damaged near byte %llu", v6 ? 6 : 4,
                       (unsigned long long)walk.next);
    return 0;
}

int
image_check_addrs(const struct image *image, struct err *err)
{
    const unsigned char *rule;
    for (uint64_t i = 0; (rule = image_record(image, SECTION_RULES, i, RULE_SIZE)) != NULL; i++) {
        if (get16(rule + RULE_KIND) == PATTERN_PREFIX && !rule_sound(image, i))
            return err_set(err, ERR_CORRUPT, "rule %llu has an invalid prefix", (unsigned long long)i);
    }
    return check_tree(image, false, err) != 0 || check_tree(image, true, err) != 0 ? -1 : 0;
}
