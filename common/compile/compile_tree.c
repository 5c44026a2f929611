// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compile_tree.c - the edges of one family as a tree of the image. Part of compile.h; image_tree.h has the layout.
 *
 * A block of addresses (at first all of them) has a single leaf, or is cut. A handful of edges becomes a run. Very many
 * become a table with about as many cells as edges, so that each address is a step or two from its leaf. Anything in
 * between becomes a bitmap, which takes a third of the room. A part is written before the parts below it, which follow
 * from left to right.
 */
#include "base/err.h"
#include "compile_addr.h"

#define RUN_MOST4 6u /* keys: with more, a bitmap is nearly as small, and faster */
#define RUN_MOST6 24u
#define TABLE_LEAST 512u /* edges */
#define ROOT_LEAST 32u   /* edges of a whole tree that are worth a table to begin with */

struct tree {
    struct buf *buf;
    const struct edge *edges;
    size_t run_most;
    bool v6;
    bool full;
};

/* The edges that cut one block; the first begins at or before it, the others inside. */
struct block {
    size_t first, end;
    unsigned depth; /* bits that all its addresses share */
};

static struct key
inside(struct key key, unsigned depth)
{
    for (; depth >= 32; depth -= 32)
        key = key_rest(key, 32);
    return depth == 0 ? key : key_rest(key, depth);
}

static void
poke(struct tree *tree, size_t at, uint32_t value, unsigned width)
{
    for (unsigned i = 0; i < width && at + i < tree->buf->len; i++)
        tree->buf->data[at + i] = (char)(unsigned char)(value >> 8 * i);
}

/* Makes room for `size` bytes at the end. *ret is its cell. */
static size_t
add_room(struct tree *tree, enum cell_kind kind, size_t unit, size_t size, uint32_t *ret)
{
    struct buf *buf = tree->buf;
    buf_add_fill(buf, 0, (unit - buf->len % unit) % unit);
    size_t at = buf->len, most = kind == CELL_TABLE ? TABLE_PLACE : CELL_VALUE;
    buf_add_fill(buf, 0, size);
    tree->full = tree->full || at / unit > most;
    *ret = (uint32_t)kind << CELL_KIND_SHIFT | (uint32_t)(at / unit);
    return at;
}

static bool
is_leaf(const struct block *block)
{
    return block->end - block->first == 1;
}

/* Steps through the parts into which the next `bits` bits cut a block. Neighbours with the same leaf are one step. */
struct cut {
    struct block part;
    size_t end;
    uint32_t number, next; /* of the part, of the one after it */
    unsigned depth, bits;
};

static void
cut_begin(struct cut *cut, const struct block *block, unsigned bits)
{
    *cut = (struct cut){.part = {block->first, block->first + 1, block->depth + bits}, .end = block->end};
    cut->depth = block->depth;
    cut->bits = bits;
}

static bool
cut_next(const struct tree *tree, struct cut *cut)
{
    uint32_t count = (uint32_t)1 << cut->bits, next = count;
    if (cut->next == count)
        return false;
    struct block *part = &cut->part;
    cut->number = cut->next;
    part->first = part->end - 1;
    size_t at = part->first + 1;
    for (; at < cut->end; at++) {
        struct key key = inside(tree->edges[at].start, cut->depth);
        next = (uint32_t)(key.hi >> (64 - cut->bits));
        if (next != cut->number)
            break;
        key = key_rest(key, cut->bits);
        if (at == part->first + 1 && (key.hi | key.lo) == 0)
            part->first = at;
    }
    part->end = at;
    cut->next = !is_leaf(part) ? cut->number + 1 : at < cut->end ? next : count;
    return true;
}

/* Bytes that hold a leaf, as a power of two. */
static unsigned
leaf_width(uint32_t leaf)
{
    return leaf > 0xffff ? WIDTH_MAX : leaf > 0xff ? 1 : 0;
}

static uint32_t build_cell(struct tree *tree, const struct block *block);

/* About as many cells as edges, but cut where blocks of addresses usually end: at whole bytes, for IPv6 also at half
 * ones. */
static unsigned
table_bits(const struct tree *tree, const struct block *block)
{
    unsigned bits = 0, unit = tree->v6 ? 4 : 8;
    while (bits < TABLE_BITS_MAX && (size_t)2 << bits <= block->end - block->first)
        bits++;
    unsigned end = (block->depth + bits + !tree->v6) / unit * unit;
    return end <= block->depth ? unit : end - block->depth;
}

static uint32_t
build_table(struct tree *tree, const struct block *block)
{
    unsigned bits = table_bits(tree, block);
    uint32_t cell;
    size_t at = add_room(tree, CELL_TABLE, TABLE_UNIT, (size_t)CELL_SIZE << bits, &cell);
    struct cut cut;
    for (cut_begin(&cut, block, bits); cut_next(tree, &cut);) {
        uint32_t below = build_cell(tree, &cut.part);
        for (size_t i = cut.number; i < cut.next && below != 0; i++)
            poke(tree, at + i * CELL_SIZE, below, CELL_SIZE);
    }
    return cell | (bits - 1) << TABLE_BITS_SHIFT;
}

static uint32_t
build_bitmap(struct tree *tree, const struct block *block)
{
    struct cut cut;
    uint64_t bits[4] = {0};
    uint32_t count = 0, cell;
    unsigned width = 0;
    for (cut_begin(&cut, block, 8); cut_next(tree, &cut);) {
        bits[cut.number / 64] |= (uint64_t)1 << cut.number % 64;
        count++;
        unsigned need = is_leaf(&cut.part) ? leaf_width(tree->edges[cut.part.first].leaf) : WIDTH_MAX;
        width = need > width ? need : width;
    }
    size_t at = add_room(tree, CELL_BITMAP, TREE_UNIT, BITMAP_ENTRIES + (((size_t)count << width) + 3) / 4 * 4, &cell);
    for (unsigned i = 0, before = 0; i < 4; i++) {
        if (i > 0)
            poke(tree, at + BITMAP_BEFORE + i - 1, before, 1);
        poke(tree, at + BITMAP_BITS + (size_t)i * 8, (uint32_t)bits[i], 4);
        poke(tree, at + BITMAP_BITS + (size_t)i * 8 + 4, (uint32_t)(bits[i] >> 32), 4);
        before += (unsigned)__builtin_popcountll(bits[i]);
    }
    poke(tree, at + BITMAP_WIDTH, width, 1);
    at += BITMAP_ENTRIES;
    for (cut_begin(&cut, block, 8); cut_next(tree, &cut);) {
        poke(tree, at, build_cell(tree, &cut.part), 1u << width);
        at += (size_t)1 << width;
    }
    return cell;
}

static uint32_t
build_run(struct tree *tree, const struct block *block)
{
    size_t count = block->end - block->first - 1;
    unsigned key_width = 2, width = 0;
    for (size_t i = block->first; i < block->end; i++) {
        struct key key = inside(tree->edges[i].start, block->depth);
        if (i > block->first && key_width < 4 && (key.lo != 0 || key.hi << 16 != 0))
            key_width = 4;
        if (i > block->first && (key.lo != 0 || key.hi << 32 != 0))
            key_width = 16;
        unsigned need = leaf_width(tree->edges[i].leaf);
        width = need > width ? need : width;
    }
    size_t size = RUN_KEYS + count * key_width + ((count + 1) << width);
    uint32_t cell;
    size_t at = add_room(tree, CELL_RUN, TREE_UNIT, (size + 3) / 4 * 4, &cell);
    poke(tree, at, (uint32_t)count | key_width << 16 | width << 24, 4);
    at += RUN_KEYS;
    for (size_t i = block->first + 1; i < block->end; i++, at += key_width) {
        struct key key = inside(tree->edges[i].start, block->depth);
        if (key_width < 16) {
            poke(tree, at, (uint32_t)(key.hi >> (64 - 8 * key_width)), key_width);
            continue;
        }
        const uint64_t halves[2] = {key.hi, key.lo};
        for (unsigned half = 0; half < 4; half++)
            poke(tree, at + (size_t)half * 4, (uint32_t)(halves[half / 2] >> half % 2 * 32), 4);
    }
    for (size_t i = block->first; i < block->end; i++, at += (size_t)1 << width)
        poke(tree, at, tree->edges[i].leaf, 1u << width);
    return cell;
}

static uint32_t
build_cell(struct tree *tree, const struct block *block)
{
    size_t count = block->end - block->first;
    if (is_leaf(block))
        return tree->edges[block->first].leaf;
    if (count - 1 <= tree->run_most)
        return build_run(tree, block);
    bool table = count >= (block->depth == 0 ? ROOT_LEAST : TABLE_LEAST);
    return table ? build_table(tree, block) : build_bitmap(tree, block);
}

int
compile_tree(struct builder *builder, enum section section, uint32_t first_rule, const struct edge *edges, size_t count,
             struct err *err)
{
    struct tree tree = {.buf = &builder->section[section], .edges = edges, .v6 = section == SECTION_TREE6};
    tree.run_most = tree.v6 ? RUN_MOST6 : RUN_MOST4;
    compile_put32(tree.buf, 0);
    compile_put32(tree.buf, first_rule);
    poke(&tree, 0, build_cell(&tree, &(struct block){0, count, 0}), CELL_SIZE);
    buf_add_fill(tree.buf, 0, TREE_TAIL);
    if (tree.full || builder->rules - first_rule >= CELL_VALUE)
        return err_set(err, ERR_LIMIT, "the prefixes need an index of more than 4 GB; leave some out");
    return 0;
}
