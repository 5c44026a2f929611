// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compile_index.c - where the names of an image are stored: buckets, pool and classes. Part of compile.h.
 *
 *     entries -> [hash] -> order by bucket -> names (equal keys together) -> buckets and pool, in one walk
 *
 * Large lists have tens of millions of entries, so an entry is only a number: below the number of rules it is that of a
 * plain rule, from there on that of a pattern in struct entries. What does not fit into a bucket moves on to the next
 * one. Extra buckets after the last one that a hash can choose take what is left.
 *
 * The seed is computed from all names: equal tables give equal bytes, and nobody who adds a name can know where it will
 * be stored.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "compile_build.h"
#include "image/image_hash.h"
#include "name/pattern.h"

#define LOAD 14  /* names in a bucket on average, of BUCKET_SLOTS */
#define AHEAD 16 /* entries whose rules are fetched in advance */
#define FIRST_SEED 0x13198a2e03707344u

struct item {
    uint64_t hash;
    uint32_t entry;
};

/* A name on its way to a slot. */
struct name {
    uint64_t hash;
    const char *text;
    uint32_t node; /* if class is CLASS_NODE */
    uint8_t len;
    uint8_t class;
};

struct index {
    struct builder *builder;
    const struct entries *entries;
    uint32_t plain;   /* rules of the table */
    uint32_t count;   /* entries there are, plain or not */
    bool *there;      /* whether an entry number is one */
    uint64_t *hashes; /* of each entry number */
    uint32_t *order;  /* entry numbers by bucket */
    uint32_t *starts; /* of each bucket in `order` */
    uint32_t buckets;
    uint8_t *classes; /* of each set and kind; CLASS_NODE: none */
    struct item *items;
    struct entry *group;
    struct name *names; /* not yet in a slot */
    size_t item_room, group_room, name_room, name_count;
    uint64_t labels;
    uint32_t spill;
};

static struct entry
entry_at(const struct index *index, uint32_t number)
{
    if (number >= index->plain)
        return index->entries->list[number - index->plain];
    return compile_plain_entry(&index->builder->table->rules[number]);
}

static uint32_t
numbers(const struct index *index)
{
    return index->plain + (uint32_t)index->entries->count;
}

/* Finds the entries and returns a sum over their keys that does not depend on their order. */
static uint64_t
find_entries(struct index *index)
{
    uint64_t sum = 0;
    const struct rule *rules = index->builder->table->rules;
    for (uint32_t i = 0; i < numbers(index); i++) {
        if (i + AHEAD < index->plain)
            __builtin_prefetch(rules[i + AHEAD].text);
        if (i < index->plain && !compile_is_plain(index->builder, &rules[i]))
            continue;
        struct entry entry = entry_at(index, i);
        sum += hash_name(FIRST_SEED, entry.text + entry.key, (size_t)entry.len - entry.key);
        index->there[i] = true;
        index->count++;
    }
    return sum;
}

static void
hash_entries(struct index *index)
{
    const struct rule *rules = index->builder->table->rules;
    for (uint32_t i = 0; i < numbers(index); i++) {
        if (i + AHEAD < index->plain)
            __builtin_prefetch(rules[i + AHEAD].text);
        if (!index->there[i])
            continue;
        struct entry entry = entry_at(index, i);
        index->hashes[i] = hash_name(index->builder->seed, entry.text + entry.key, (size_t)entry.len - entry.key);
    }
}

/* Sorts the entry numbers by bucket: a count, then a walk. Within a bucket they keep their order. */
static void
order_entries(struct index *index)
{
    memset(index->starts, 0, ((size_t)index->buckets + 2) * sizeof *index->starts);
    for (uint32_t i = 0; i < numbers(index); i++) {
        if (index->there[i])
            index->starts[hash_bucket(index->hashes[i], index->buckets) + 2]++;
    }
    for (uint32_t i = 2; i < index->buckets + 2; i++)
        index->starts[i] += index->starts[i - 1];
    for (uint32_t i = 0; i < numbers(index); i++) {
        if (index->there[i])
            index->order[index->starts[hash_bucket(index->hashes[i], index->buckets) + 1]++] = i;
    }
}

/* Counts the plain rules of each set and kind. */
static uint32_t *
count_kinds(const struct index *index)
{
    const struct table *table = index->builder->table;
    uint32_t *counts = arena_array(index->builder->arena, table->terms_count * 3, sizeof *counts);
    for (uint32_t i = 0; counts != NULL && i < index->plain; i++) {
        if (index->there[i])
            counts[(size_t)table->rules[i].terms * 3 + table->rules[i].kind]++;
    }
    return counts;
}

static size_t
count_least(const uint32_t *counts, size_t kinds, uint32_t least)
{
    size_t found = 0;
    for (size_t i = 0; i < kinds; i++)
        found += counts[i] >= least;
    return found;
}

/* The combinations of set and kind with the most names get classes. Names of any other have nodes. */
static int
put_classes(struct index *index, struct err *err)
{
    struct builder *builder = index->builder;
    size_t kinds = builder->table->terms_count * 3;
    uint32_t *counts = count_kinds(index);
    index->classes = arena_alloc(builder->arena, kinds);
    if (counts == NULL || index->classes == NULL)
        return err_set(err, ERR_MEM, "no memory for classes of names");
    uint32_t least = 1;
    while (count_least(counts, kinds, least) > CLASS_NODE)
        least *= 2;
    uint8_t next = 0;
    for (size_t i = 0; i < kinds; i++) {
        index->classes[i] = CLASS_NODE;
        if (counts[i] < least)
            continue;
        index->classes[i] = next++;
        compile_put32(&builder->section[SECTION_CLASSES], (uint32_t)(i / 3));
        compile_put32(&builder->section[SECTION_CLASSES], (uint32_t)(i % 3));
    }
    return 0;
}

static int
compare_item(const void *left, const void *right)
{
    const struct item *a = left;
    const struct item *b = right;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return (a->entry > b->entry) - (a->entry < b->entry);
}

static void
sort_items(struct item *items, size_t count)
{
    if (count > (size_t)2 * BUCKET_SLOTS) {
        qsort(items, count, sizeof *items, compare_item);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct item item = items[i];
        size_t at = i;
        for (; at > 0 && compare_item(&items[at - 1], &item) > 0; at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

static void
note_labels(struct index *index, const char *text, size_t len)
{
    unsigned labels = len > 0;
    for (size_t i = 0; i < len; i++)
        labels += text[i] == '.';
    index->labels |= (uint64_t)1 << label_bit(labels);
}

/* Adds the name of `count` entries that share one key, with its class or node. */
static int
add_name(struct index *index, uint64_t hash, const struct entry *group, size_t count, struct err *err)
{
    struct arena *arena = index->builder->arena;
    size_t len = (size_t)group->len - group->key;
    struct name name = {.hash = hash, .text = group->text + group->key, .len = (uint8_t)len, .class = CLASS_NODE};
    if (count == 1 && group->kind <= PATTERN_DOT)
        name.class = index->classes[(size_t)group->set * 3 + group->kind];
    if (name.class == CLASS_NODE)
        name.node = compile_node(index->builder, group, count);
    index->names = arena_grow(arena, index->names, &index->name_room, index->name_count + 1, sizeof *index->names);
    if (index->names == NULL)
        return err_set(err, ERR_MEM, "no memory for names");
    note_labels(index, name.text, len);
    index->names[index->name_count++] = name;
    return 0;
}

static bool
same_key(const struct entry *a, const struct entry *b)
{
    size_t len = (size_t)a->len - a->key;
    return len == (size_t)b->len - b->key && memcmp(a->text + a->key, b->text + b->key, len) == 0;
}

/* Adds the names of a run of items with one hash. Different keys with one hash are very unlikely, but handled. */
static int
add_run(struct index *index, const struct item *items, size_t count, struct err *err)
{
    struct arena *arena = index->builder->arena;
    index->group = arena_grow(arena, index->group, &index->group_room, count, sizeof *index->group);
    if (index->group == NULL)
        return err_set(err, ERR_MEM, "no memory for the rules of a name");
    for (size_t i = 0; i < count; i++)
        index->group[i] = entry_at(index, items[i].entry);
    for (size_t from = 0, end; from < count; from = end) {
        end = from + 1;
        for (size_t i = end; i < count; i++) {
            if (!same_key(&index->group[from], &index->group[i]))
                continue;
            struct entry same = index->group[i];
            memmove(&index->group[end + 1], &index->group[end], (i - end) * sizeof same);
            index->group[end++] = same;
        }
        if (add_name(index, items[0].hash, &index->group[from], end - from, err) != 0)
            return -1;
    }
    return 0;
}

/* Fetches the rules and texts of a later bucket in advance: they are scattered over memory. */
static void
fetch_ahead(const struct index *index, uint32_t bucket)
{
    const struct rule *rules = index->builder->table->rules;
    if (bucket + 4 >= index->buckets)
        return;
    for (uint32_t i = index->starts[bucket + 3]; i < index->starts[bucket + 4]; i++) {
        if (index->order[i] < index->plain)
            __builtin_prefetch(&rules[index->order[i]]);
    }
    for (uint32_t i = index->starts[bucket + 1]; i < index->starts[bucket + 2]; i++) {
        if (index->order[i] < index->plain)
            __builtin_prefetch(rules[index->order[i]].text);
    }
}

/* Adds the names whose hashes choose this bucket. */
static int
add_names(struct index *index, uint32_t bucket, struct err *err)
{
    uint32_t first = index->starts[bucket];
    size_t count = index->starts[bucket + 1] - first;
    index->items = arena_grow(index->builder->arena, index->items, &index->item_room, count, sizeof *index->items);
    if (index->items == NULL && count > 0)
        return err_set(err, ERR_MEM, "no memory for the names of a bucket");
    for (size_t i = 0; i < count; i++)
        index->items[i] = (struct item){index->hashes[index->order[first + i]], index->order[first + i]};
    sort_items(index->items, count);
    for (size_t from = 0, end; from < count; from = end) {
        end = from + 1;
        while (end < count && index->items[end].hash == index->items[from].hash)
            end++;
        if (add_run(index, &index->items[from], end - from, err) != 0)
            return -1;
    }
    return 0;
}

static void
put_name(struct buf *pool, const struct name *name)
{
    buf_add_char(pool, (char)name->class);
    if (name->class == CLASS_NODE)
        compile_put32(pool, name->node);
    else
        buf_add(pool, name->text, name->len);
}

/* Fills one bucket with the names that have waited longest. Returns how many it took. */
static size_t
put_bucket(struct index *index, uint32_t bucket)
{
    struct buf *pool = index->builder->out;
    size_t start = (size_t)index->builder->offset[SECTION_POOL];
    unsigned char line[BUCKET_SIZE] = {0};
    size_t count = index->name_count < BUCKET_SLOTS ? index->name_count : BUCKET_SLOTS;
    buf_add_fill(pool, 0, (POOL_UNIT - (pool->len - start) % POOL_UNIT) % POOL_UNIT);
    uint32_t base = (uint32_t)((pool->len - start) / POOL_UNIT);
    for (size_t i = 0; i < count; i++) {
        const struct name *name = &index->names[i];
        uint32_t away = bucket - hash_bucket(name->hash, index->buckets);
        index->spill = away > index->spill ? away : index->spill;
        line[BUCKET_TAGS + 2 * i] = (unsigned char)hash_tag(name->hash);
        line[BUCKET_TAGS + 2 * i + 1] = (unsigned char)(hash_tag(name->hash) >> 8);
        line[BUCKET_SIZES + i] = name->class == CLASS_NODE ? NODE_RECORD : (unsigned char)(name->len + 1);
        put_name(pool, name);
    }
    base |= index->name_count > count ? BUCKET_SPILLS : 0;
    for (unsigned i = 0; i < 4; i++)
        line[BUCKET_BASE + i] = (unsigned char)(base >> 8 * i);
    buf_add(&index->builder->section[SECTION_BUCKETS], line, sizeof line);
    return count;
}

/* Walks over the buckets. After the last one that a hash can choose, it adds more until no name waits for a slot. */
static int
put_buckets(struct index *index, struct err *err)
{
    for (uint32_t bucket = 0; bucket < index->buckets || index->name_count > 0; bucket++) {
        if (bucket < index->buckets) {
            fetch_ahead(index, bucket);
            if (add_names(index, bucket, err) != 0)
                return -1;
        }
        size_t taken = put_bucket(index, bucket);
        index->name_count -= taken;
        if (index->name_count > 0)
            memmove(index->names, index->names + taken, index->name_count * sizeof *index->names);
        if (index->spill > SPILL_MAX)
            return err_set(err, ERR_LIMIT, "the names cannot be spread over the hash table");
    }
    return 0;
}

static int
make_room(struct index *index, struct err *err)
{
    struct arena *arena = index->builder->arena;
    index->there = arena_array(arena, numbers(index), sizeof *index->there);
    index->hashes = arena_array(arena, numbers(index), sizeof *index->hashes);
    index->order = arena_array(arena, numbers(index), sizeof *index->order);
    return arena_ok(arena) ? 0 : err_set(err, ERR_MEM, "no memory for %u host patterns", numbers(index));
}

int
compile_index(struct builder *builder, const struct entries *entries, struct err *err)
{
    struct index index = {.builder = builder, .entries = entries, .plain = (uint32_t)builder->table->rule_count};
    if (make_room(&index, err) != 0)
        return -1;
    builder->seed = hash_word(FIRST_SEED, find_entries(&index));
    if (put_classes(&index, err) != 0)
        return -1;
    hash_entries(&index);
    index.buckets = index.count / LOAD + 1;
    index.starts = arena_array(builder->arena, (size_t)index.buckets + 2, sizeof *index.starts);
    if (index.starts == NULL)
        return err_set(err, ERR_MEM, "no memory for %u buckets", index.buckets);
    order_entries(&index);
    compile_open_section(builder, SECTION_POOL);
    if (put_buckets(&index, err) != 0)
        return -1;
    compile_close_section(builder, SECTION_POOL);
    builder->buckets = index.buckets;
    builder->spill = index.spill;
    builder->labels = index.labels;
    return 0;
}
