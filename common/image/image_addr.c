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
#include "image_step.h"
#include "name/pattern.h"

#define PREFIX_STEPS 130u

static ALWAYS_INLINE uint32_t
find_leaf(const struct part *tree, struct key key)
{
    uint32_t cell = get32(tree->bytes);
    for (unsigned step = 0; step < TREE_STEPS; step++) {
        enum cell_kind kind = cell_kind(cell);
        if (kind == CELL_LEAF)
            return cell;
        if (kind == CELL_RUN)
            return run_step(tree, cell, key);
        if (kind == CELL_BITMAP) {
            cell = narrow_cell(tree, bitmap_step(tree, cell, key));
            key = key_rest(key, 8);
        } else {
            cell = table_step(tree, cell, &key);
        }
    }
    return cell_kind(cell) == CELL_LEAF ? cell : 0;
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
    step_begin(image, addr, ret);
    if (tree->size < TREE_HEAD)
        return;
    uint32_t leaf = HAVE_POPCNT() ? find_leaf_popcnt(tree, key, addr->v6) : find_either(tree, key, addr->v6);
    ret->node = step_node(get32(tree->bytes + TREE_RULE), leaf);
}

bool
image_next_addr(struct image_cursor *cursor, struct image_hit *ret)
{
    const struct image *image = cursor->image;
    for (uint32_t number; (number = cursor->node - 1) < image->rules && cursor->steps < PREFIX_STEPS;) {
        const unsigned char *rule = image->part[SECTION_RULES].bytes + (size_t)number * RULE_SIZE;
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
