// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image_piece.c - how far the answer for an address reaches, in an open image. Part of image_find.h.
 *
 * The tree of a family (image_tree.h) is walked down as for a lookup. The cell where the walk ends stands for all
 * addresses with the bits consumed so far, and in a run for those up to the next key. This is for people who ask about
 * a prefix; speed does not matter here.
 *
 * Trust. As in image_addr.c every offset is checked, and the walk is bounded. Whatever the bytes are, the result is not
 * before the address asked for.
 */
#include "image_find.h"
#include "image_handle.h"
#include "image_tree.h"

/* The key with all bits after the first `bits` set. */
static struct key
fill(struct key key, unsigned bits)
{
    if (bits < 64)
        return (struct key){key.hi | UINT64_MAX >> bits, UINT64_MAX};
    return (struct key){key.hi, bits < 128 ? key.lo | UINT64_MAX >> (bits - 64) : key.lo};
}

/* The first `bits` bits of one key, followed by the other. */
static struct key
join(struct key front, unsigned bits, struct key rest)
{
    if (bits == 0)
        return rest;
    if (bits < 64)
        return (struct key){(front.hi & ~(UINT64_MAX >> bits)) | rest.hi >> bits,
                            rest.hi << (64 - bits) | rest.lo >> bits};
    if (bits == 64)
        return (struct key){front.hi, rest.hi};
    if (bits >= 128)
        return front;
    return (struct key){front.hi, (front.lo & ~(UINT64_MAX >> (bits - 64))) | rest.hi >> (bits - 64)};
}

static struct key
run_key(const unsigned char *keys, uint32_t index, uint32_t width)
{
    const unsigned char *at = keys + (size_t)index * width;
    if (width == 2)
        return (struct key){(uint64_t)get16(at) << 48, 0};
    if (width == 4)
        return (struct key){(uint64_t)get32(at) << 32, 0};
    return (struct key){get64(at), get64(at + 8)};
}

/* The last key with the same leaf in a run: the one before the next key in it. */
static struct key
run_last(const struct part *tree, uint64_t at, struct key key)
{
    const struct key end = {UINT64_MAX, UINT64_MAX};
    if (tree->size < RUN_KEYS || at > tree->size - RUN_KEYS)
        return end;
    const unsigned char *run = tree->bytes + at, *keys = run + RUN_KEYS;
    uint32_t count = get16(run + RUN_COUNT), width = run[RUN_KEY], low = 0;
    if ((width != 2 && width != 4 && width != 16) || (uint64_t)count * width > tree->size - RUN_KEYS - at)
        return end;
    for (uint32_t high = count; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        if (key_compare(run_key(keys, middle, width), key) > 0)
            high = middle;
        else
            low = middle + 1;
    }
    if (low == count)
        return end;
    struct key next = run_key(keys, low, width);
    return (struct key){next.hi - (next.lo == 0), next.lo - 1};
}

/* The cell that a bitmap has for the next 8 bits; a leaf if it is damaged. */
static uint32_t
bitmap_entry(const struct part *tree, uint64_t at, unsigned place)
{
    if (tree->size < BITMAP_ENTRIES || at > tree->size - BITMAP_ENTRIES)
        return 0;
    const unsigned char *bitmap = tree->bytes + at;
    uint32_t width = bitmap[BITMAP_WIDTH], entry = 0;
    for (unsigned i = 0; i <= place; i++)
        entry += (uint32_t)(get64(bitmap + BITMAP_BITS + (size_t)(i / 64) * 8) >> i % 64 & 1);
    if (width != WIDTH_MAX || entry == 0)
        return 0; /* narrow entries are leaves */
    uint64_t offset = at + BITMAP_ENTRIES + ((uint64_t)(entry - 1) << width);
    return tree->size < CELL_SIZE || offset > tree->size - CELL_SIZE ? 0 : get32(tree->bytes + offset);
}

/* The cell that a table has for the next bits; a leaf if it is damaged. */
static uint32_t
table_entry(const struct part *tree, uint32_t value, uint64_t place)
{
    uint64_t at = (uint64_t)(value & TABLE_PLACE) * TABLE_UNIT + place * CELL_SIZE;
    return at > tree->size - CELL_SIZE ? 0 : get32(tree->bytes + at);
}

static struct key
last_key(const struct part *tree, struct key key)
{
    uint32_t cell = tree->size < TREE_HEAD ? 0 : get32(tree->bytes);
    struct key rest = key;
    unsigned bits = 0;
    for (unsigned step = 0; step < TREE_STEPS && bits < 128; step++) {
        enum cell_kind kind = cell >> CELL_KIND_SHIFT;
        uint32_t value = cell & CELL_VALUE;
        if (kind == CELL_LEAF)
            return fill(key, bits);
        if (kind == CELL_RUN)
            return join(key, bits, run_last(tree, (uint64_t)value * TREE_UNIT, rest));
        unsigned more = kind == CELL_BITMAP ? 8 : (value >> TABLE_BITS_SHIFT) + 1;
        uint64_t place = rest.hi >> (64 - more);
        cell = kind == CELL_BITMAP ? bitmap_entry(tree, (uint64_t)value * TREE_UNIT, (unsigned)place)
                                   : table_entry(tree, value, place);
        rest = key_rest(rest, more);
        bits += more;
    }
    return key;
}

/* Neighbours of one length may share their leaf. So no piece reaches beyond the longest prefix around its start. */
static struct key
end_of_prefix(const struct image *image, const struct addr *from)
{
    struct image_cursor cursor;
    struct image_hit hit;
    image_find_addr(image, from, &cursor);
    if (!image_next(&cursor, &hit) || hit.weight > (from->v6 ? 128 : 32))
        return (struct key){UINT64_MAX, UINT64_MAX};
    return fill(key_of(from), hit.weight);
}

void
image_same_until(const struct image *image, const struct addr *from, struct addr *ret)
{
    const struct key key = key_of(from), most = end_of_prefix(image, from);
    struct key last = last_key(&image->part[from->v6 ? SECTION_TREE6 : SECTION_TREE4], key);
    if (key_compare(last, most) > 0)
        last = most;
    if (key_compare(last, key) < 0)
        last = key;
    *ret = (struct addr){.v6 = from->v6};
    for (unsigned i = 0; i < (from->v6 ? 16u : 4u); i++)
        ret->bytes[i] = (uint8_t)((i < 8 ? last.hi : last.lo) >> (56 - 8 * (i % 8)));
}
