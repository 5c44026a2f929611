// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image_addrs.c - lookups of many addresses at once in an open image. Part of image_find.h.
 *
 * A walk down a tree waits for a cache miss at nearly every step, and the processor cannot guess the kind of the next
 * cell. So some walks take their steps together: what each needs next is on its way while the others are served. And
 * steps of one kind are taken in a loop of their own, without a branch to mispredict.
 *
 *     root       every walk takes the same kind of step; the cells it leads to are listed by kind
 *     tables     the next cell of each, listed again
 *     bitmaps    where the next cell of each is; then the cells, listed again unless all of them are leaves
 *     runs       the leaf of each
 *
 * Trust. The steps are those of image_step.h, with the checks and the bound that a single address has. So the results
 * are the same, whatever the bytes are.
 */
#include "image_find.h"
#include "image_handle.h"
#include "image_step.h"

/* Walks that step together. More of them would push each other's lines out of a cache of 32 KiB. */
enum { TOGETHER = 32, KINDS = 4, COUNT_BITS = 8, COUNT_MASK = 255 };

struct walks {
    uint64_t hi[TOGETHER], lo[TOGETHER]; /* what is left of each key */
    uint32_t cells[TOGETHER];            /* what each has reached: a leaf, if it has ended */
    struct narrow entries[TOGETHER];     /* of the bitmaps, in the order of their list */
};

/* Numbers of walks, by the kind of the cell that each has reached. */
struct lists {
    uint32_t counts; /* 8 bits for each kind: adding to a register is faster than to a number in memory */
    uint16_t of[TOGETHER][KINDS];
};

static ALWAYS_INLINE unsigned
count_of(uint32_t counts, enum cell_kind kind)
{
    return counts >> kind * COUNT_BITS & COUNT_MASK;
}

static ALWAYS_INLINE bool
is_any_under_way(uint32_t counts)
{
    return counts > COUNT_MASK; /* the lowest bits count leaves */
}

/* For IPv4 the lower half is known to be zero, and neither kept nor read. */
static ALWAYS_INLINE struct key
key_at(const struct walks *walks, unsigned walk, bool v6)
{
    return (struct key){walks->hi[walk], v6 ? walks->lo[walk] : 0};
}

/* Notes the cell that a walk has reached and the rest of its key. */
static ALWAYS_INLINE void
reach(struct walks *walks, unsigned walk, uint32_t cell, struct key rest, bool v6)
{
    walks->cells[walk] = cell;
    walks->hi[walk] = rest.hi;
    if (v6)
        walks->lo[walk] = rest.lo;
}

/* Lists a walk by its cell. Returns the new counts. */
static ALWAYS_INLINE uint32_t
add_walk(struct lists *lists, uint32_t counts, unsigned walk, uint32_t cell)
{
    enum cell_kind kind = cell_kind(cell);
    lists->of[count_of(counts, kind)][kind] = (uint16_t)walk;
    return counts + ((uint32_t)1 << kind * COUNT_BITS);
}

/* Prefetches a bitmap, or the start of a run. Whether the cell is one is not asked: a leaf leads to the front of the
 * tree, which is in use anyway, and a table nearly always outside. */
static ALWAYS_INLINE void
touch(const struct part *tree, uint32_t cell)
{
    uint64_t at = (uint64_t)(cell & CELL_VALUE) * TREE_UNIT;
    if (at + BITMAP_ENTRIES > tree->size)
        return;
    __builtin_prefetch(tree->bytes + at);
    __builtin_prefetch(tree->bytes + at + BITMAP_ENTRIES - 1);
}

static ALWAYS_INLINE uint32_t
step_tables(const struct part *tree, struct walks *walks, bool v6, const struct lists *now, struct lists *next)
{
    uint32_t counts = 0;
    for (unsigned i = 0, count = count_of(now->counts, CELL_TABLE); i < count; i++) {
        unsigned walk = now->of[i][CELL_TABLE];
        struct key key = key_at(walks, walk, v6);
        uint32_t cell = table_step(tree, walks->cells[walk], &key);
        touch(tree, cell);
        reach(walks, walk, cell, key, v6);
        counts = add_walk(next, counts, walk, cell);
    }
    return counts;
}

static ALWAYS_INLINE uint32_t
step_bitmaps(const struct part *tree, struct walks *walks, bool v6, const struct lists *now, struct lists *next,
             uint32_t counts)
{
    const unsigned count = count_of(now->counts, CELL_BITMAP);
    uint32_t all = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned walk = now->of[i][CELL_BITMAP];
        struct narrow entry = bitmap_step(tree, walks->cells[walk], key_at(walks, walk, v6));
        __builtin_prefetch(tree->bytes + entry.at);
        walks->entries[i] = entry;
    }
    for (unsigned i = 0; i < count; i++) {
        uint32_t cell = narrow_cell(tree, walks->entries[i]);
        walks->cells[now->of[i][CELL_BITMAP]] = cell;
        all |= cell;
    }
    for (unsigned i = 0; i < count && cell_kind(all) != CELL_LEAF; i++) {
        unsigned walk = now->of[i][CELL_BITMAP];
        reach(walks, walk, walks->cells[walk], key_rest(key_at(walks, walk, v6), 8), v6);
        counts = add_walk(next, counts, walk, walks->cells[walk]);
    }
    return counts;
}

static ALWAYS_INLINE void
step_runs(const struct part *tree, struct walks *walks, bool v6, const struct lists *now)
{
    for (unsigned i = 0, count = count_of(now->counts, CELL_RUN); i < count; i++) {
        unsigned walk = now->of[i][CELL_RUN];
        walks->cells[walk] = run_step(tree, walks->cells[walk], key_at(walks, walk, v6));
    }
}

/* Takes the first step of all walks. If the root is a table inside the section, as in any tree that is not tiny, its
 * cells need no check. Returns how many steps that were. */
static ALWAYS_INLINE unsigned
step_root(const struct part *tree, struct walks *walks, struct image_cursor *const *asked, unsigned count, bool v6,
          struct lists *ret)
{
    const uint32_t root = get32(tree->bytes), value = root & CELL_VALUE;
    const unsigned bits = (value >> TABLE_BITS_SHIFT) + 1;
    const uint64_t at = (uint64_t)(value & TABLE_PLACE) * TABLE_UNIT;
    const bool sound = cell_kind(root) == CELL_TABLE && at + ((uint64_t)CELL_SIZE << bits) <= tree->size;
    uint32_t counts = 0;
    for (unsigned i = 0; i < count && !sound; i++) {
        reach(walks, i, root, key_of_family(asked[i]->addr, v6), v6);
        counts = add_walk(ret, counts, i, root);
    }
    for (unsigned i = 0; i < count && sound; i++) {
        struct key key = key_of_family(asked[i]->addr, v6);
        uint32_t cell = get32(tree->bytes + at + (key.hi >> (64 - bits)) * CELL_SIZE);
        touch(tree, cell);
        reach(walks, i, cell, key_rest(key, bits), v6);
        counts = add_walk(ret, counts, i, cell);
    }
    ret->counts = counts;
    return sound;
}

static ALWAYS_INLINE void
find_leaves(const struct part *part, struct walks *walks, struct image_cursor *const *asked, unsigned count, bool v6)
{
    const struct part tree = *part; /* a copy that nothing else can change stays in registers */
    struct lists lists[2], *now = &lists[0], *next = &lists[1];
    for (unsigned step = step_root(&tree, walks, asked, count, v6, now);
         step < TREE_STEPS && is_any_under_way(now->counts); step++) {
        uint32_t counts = step_tables(&tree, walks, v6, now, next);
        next->counts = step_bitmaps(&tree, walks, v6, now, next, counts);
        step_runs(&tree, walks, v6, now);
        struct lists *swapped = now;
        now = next;
        next = swapped;
    }
    for (unsigned i = 0; i < count && is_any_under_way(now->counts); i++) { /* after too many steps */
        if (cell_kind(walks->cells[i]) != CELL_LEAF)
            walks->cells[i] = 0;
    }
}

static ALWAYS_INLINE void
find_either(const struct part *tree, struct walks *walks, struct image_cursor *const *asked, unsigned count, bool v6)
{
    if (v6)
        find_leaves(tree, walks, asked, count, true);
    else
        find_leaves(tree, walks, asked, count, false);
}

/* Older x86-64 processors lack these instructions, so this is chosen at run time. */
#if defined __x86_64__ && !defined M365_PLAIN
__attribute__((target("popcnt,bmi2"))) static void
find_fast(const struct part *tree, struct walks *walks, struct image_cursor *const *asked, unsigned count, bool v6)
{
    find_either(tree, walks, asked, count, v6);
}
#define CAN_FAST() (__builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi2"))
#else
#define find_fast find_either
#define CAN_FAST() false
#endif

/* Sets the node of walks of one family that were begun, and prefetches its rule. */
static void
find_family(const struct image *image, bool v6, struct image_cursor *const *asked, unsigned count)
{
    const struct part *tree = &image->part[v6 ? SECTION_TREE6 : SECTION_TREE4];
    struct walks walks;
    if (count == 0 || tree->size < TREE_HEAD)
        return;
    if (CAN_FAST())
        find_fast(tree, &walks, asked, count, v6);
    else
        find_either(tree, &walks, asked, count, v6);
    const unsigned char *rules = image->part[SECTION_RULES].bytes;
    const uint32_t first_rule = get32(tree->bytes + TREE_RULE), end = image->rules;
    for (unsigned i = 0; i < count; i++) {
        uint32_t node = step_node(first_rule, walks.cells[i]), number = node - (node != 0);
        asked[i]->node = node;
        __builtin_prefetch(rules + (size_t)(number < end ? number : 0) * RULE_SIZE);
    }
}

void
image_find_addrs(const struct image *image, const struct addr *const *addrs, size_t count, struct image_cursor *ret)
{
    struct image_cursor *v4[TOGETHER], *v6[TOGETHER];
    for (size_t done = 0, end; done < count; done = end) {
        unsigned v4_count = 0, v6_count = 0;
        end = count - done < TOGETHER ? count : done + TOGETHER;
        for (size_t i = done; i < end; i++) {
            if (addrs[i] == NULL)
                continue;
            step_begin(image, addrs[i], &ret[i]);
            v4[v4_count] = v6[v6_count] = &ret[i]; /* one of them is overwritten: better than a branch */
            v4_count += !addrs[i]->v6;
            v6_count += addrs[i]->v6;
        }
        find_family(image, false, v4, v4_count);
        find_family(image, true, v6, v6_count);
    }
}
