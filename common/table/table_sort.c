// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_sort.c - the normal order of a table. Part of table.h.
 *
 * Written as bytes, the order of the rules is the order of these strings:
 *
 *     group (4)  |  pattern, or  family (1) address (16) length (1)  |  terms (4) line (4)
 *
 * A group is a source and id, and either their names or their prefixes. Comparing two of ten million rules by their
 * texts means waiting for memory four times. So twelve bytes of the string are copied next to the number of the rule.
 * These keys are sorted byte by byte, and only where keys are equal is the next piece fetched. In the end rules and
 * texts are moved into their new order, since a sorted table is read from front to back.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "name/addr.h"
#include "name/pattern.h"
#include "table_build.h"

#define FEW_RULES 1000 /* up to this many, plain qsort(3) is as fast and needs no memory */
#define FEW_KEYS 24
#define AHEAD 24 /* how many rules ahead memory is prefetched */

#define PIECE 12 /* bytes of a key */
#define PIECE_GROUP 0u
#define PIECE_FIRST 1u
#define PIECE_LAST UINT32_MAX

struct key {
    uint64_t high;
    uint32_t low;
    uint32_t rule;
};

struct sorting {
    const struct rule *rules;
    const uint32_t *group; /* group of each index of terms */
};

static const struct terms *terms_now; /* qsort(3) passes no context; valid while it runs */

static int
compare_rule(const void *left, const void *right)
{
    const struct rule *a = left;
    const struct rule *b = right;
    const struct terms *x = &terms_now[a->terms];
    const struct terms *y = &terms_now[b->terms];
    int order = endpoint_set_compare(&x->set, &y->set);
    if (order != 0)
        return order;
    bool is_prefix = a->kind == PATTERN_PREFIX;
    if (is_prefix != (b->kind == PATTERN_PREFIX))
        return is_prefix ? 1 : -1;
    order = is_prefix ? prefix_compare(a->prefix, b->prefix) : strcmp(a->text, b->text);
    if (order != 0)
        return order;
    return a->terms == b->terms ? (a->line > b->line) - (a->line < b->line) : table_terms_compare(x, y);
}

static uint64_t
get_big(const unsigned char *bytes, unsigned count)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* The bytes of a prefix in sort order. */
static size_t
prefix_bytes(unsigned char ret[18], const struct prefix *prefix)
{
    size_t len = prefix->addr.v6 ? 16 : 4;
    ret[0] = prefix->addr.v6;
    memcpy(ret + 1, prefix->addr.bytes, len);
    ret[1 + len] = prefix->len;
    return len + 2;
}

/* Takes twelve bytes starting at `at`; missing ones become zero. */
static void
take_piece(struct key *key, const void *bytes, size_t len, size_t at)
{
    unsigned char piece[PIECE] = {0};
    if (at + PIECE <= len)
        memcpy(piece, (const unsigned char *)bytes + at, PIECE);
    else if (at < len)
        memcpy(piece, (const unsigned char *)bytes + at, len - at);
    key->high = get_big(piece, 8);
    key->low = (uint32_t)get_big(piece + 8, 4);
}

static void
fill_key(const struct sorting *on, struct key *key, uint32_t piece)
{
    const struct rule *rule = &on->rules[key->rule];
    unsigned char room[18];
    key->low = 0;
    if (piece == PIECE_GROUP)
        key->high = 2 * (uint64_t)on->group[rule->terms] + (rule->kind == PATTERN_PREFIX);
    else if (piece == PIECE_LAST)
        key->high = (uint64_t)rule->terms << 32 | rule->line;
    else if (rule->kind == PATTERN_PREFIX)
        take_piece(key, room, prefix_bytes(room, rule->prefix), (size_t)(piece - PIECE_FIRST) * PIECE);
    else
        take_piece(key, rule->text, rule->len, (size_t)(piece - PIECE_FIRST) * PIECE);
}

/* The piece that comes after this one if it was equal. A text that ended in this piece ended in all equal ones, because
 * no text contains a NUL. */
static uint32_t
next_piece(const struct sorting *on, const struct key *key, uint32_t piece)
{
    const struct rule *rule = &on->rules[key->rule];
    if (piece == PIECE_GROUP)
        return PIECE_FIRST;
    size_t len = rule->kind != PATTERN_PREFIX ? rule->len : rule->prefix->addr.v6 ? 18 : 6;
    return len < (size_t)piece * PIECE ? PIECE_LAST : piece + 1;
}

static bool
is_less(const struct key *a, const struct key *b)
{
    return a->high != b->high ? a->high < b->high : a->low < b->low;
}

static void
insert_keys(struct key *keys, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct key key = keys[i];
        size_t at = i;
        for (; at > 0 && is_less(&key, &keys[at - 1]); at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

/* The first byte in which keys differ; PIECE if all are equal. */
static unsigned
first_difference(const struct key *keys, size_t count)
{
    uint64_t high = 0;
    uint32_t low = 0;
    for (size_t i = 1; i < count; i++) {
        high |= keys[i].high ^ keys[0].high;
        low |= keys[i].low ^ keys[0].low;
    }
    unsigned byte = 0;
    while (byte < 8 && high >> (56 - 8 * byte) == 0)
        byte++;
    while (byte >= 8 && byte < PIECE && low >> (24 - 8 * (byte - 8)) == 0)
        byte++;
    return byte;
}

static unsigned
key_byte(const struct key *key, unsigned byte)
{
    uint64_t shifted = byte < 8 ? key->high >> (56 - 8 * byte) : key->low >> (24 - 8 * (byte - 8));
    return (unsigned)(shifted & 0xff);
}

/* Sorts by one byte after another, in place: keys are swapped until each is in the part for its byte. */
static void
sort_keys(struct key *keys, size_t count)
{
    if (count <= FEW_KEYS) {
        insert_keys(keys, count);
        return;
    }
    unsigned byte = first_difference(keys, count);
    if (byte == PIECE)
        return;
    size_t next[256] = {0}, end[256];
    for (size_t i = 0; i < count; i++)
        next[key_byte(&keys[i], byte)]++;
    for (size_t i = 0, at = 0; i < 256; i++) {
        end[i] = at + next[i];
        next[i] = at;
        at = end[i];
    }
    for (unsigned part = 0; part < 256; part++) {
        while (next[part] < end[part]) {
            struct key key = keys[next[part]];
            for (unsigned home = key_byte(&key, byte); home != part; home = key_byte(&key, byte)) {
                struct key other = keys[next[home]];
                keys[next[home]++] = key;
                key = other;
            }
            keys[next[part]++] = key;
        }
    }
    for (size_t i = 0, at = 0; i < 256; at = end[i++])
        sort_keys(keys + at, end[i] - at);
}

static void
sort_piece(const struct sorting *on, struct key *keys, size_t count, uint32_t piece)
{
    for (size_t i = 0; i < count; i++)
        fill_key(on, &keys[i], piece);
    sort_keys(keys, count);
    for (size_t from = 0, to; from < count && piece != PIECE_LAST; from = to) {
        for (to = from + 1; to < count && keys[to].high == keys[from].high && keys[to].low == keys[from].low; to++)
            continue;
        if (to - from > 1)
            sort_piece(on, keys + from, to - from, next_piece(on, &keys[from], piece));
    }
}

/* Sorts the keys, then keeps only the numbers of the rules, in a quarter of the memory. */
static bool
order_rules(struct buf *ret, const struct table *table)
{
    struct buf groups;
    buf_init(&groups, TABLE_MEMORY_MAX);
    if (!buf_reserve(&groups, table->terms_count * sizeof(uint32_t)) ||
        !buf_reserve(ret, table->rule_count * sizeof(struct key))) {
        buf_clear(&groups);
        return false;
    }
    uint32_t *group = (uint32_t *)(void *)groups.data;
    for (size_t i = 0; i < table->terms_count; i++) {
        const struct terms *terms = &table->terms[i];
        bool same = i > 0 && endpoint_set_same(&terms[-1].set, &terms->set);
        group[i] = i == 0 ? 0 : group[i - 1] + !same;
    }
    struct key *keys = (struct key *)(void *)ret->data;
    for (size_t i = 0; i < table->rule_count; i++)
        keys[i].rule = (uint32_t)i;
    const struct sorting on = {table->rules, group};
    sort_piece(&on, keys, table->rule_count, PIECE_GROUP);
    buf_clear(&groups);
    for (size_t i = 0; i < table->rule_count; i++) {
        uint32_t rule = keys[i].rule;
        memcpy(ret->data + i * sizeof rule, &rule, sizeof rule);
    }
    ret->len = table->rule_count * sizeof(uint32_t);
    buf_trim(ret);
    return true;
}

/* Moves the rules into a new order. False without memory; then nothing has changed. */
static bool
move_rules(struct table *table)
{
    struct buf order, moved;
    buf_init(&order, TABLE_MEMORY_MAX);
    buf_init(&moved, TABLE_MEMORY_MAX);
    bool good = order_rules(&order, table) && buf_reserve(&moved, table->rule_count * sizeof(struct rule));
    if (good) {
        const uint32_t *from = (const uint32_t *)(const void *)order.data;
        struct rule *to = (struct rule *)(void *)moved.data;
        for (size_t i = 0; i < table->rule_count; i++) {
            if (i + AHEAD < table->rule_count)
                __builtin_prefetch(&table->rules[from[i + AHEAD]]);
            to[i] = table->rules[from[i]];
        }
        buf_clear(&table->rule_room);
        table->rule_room = moved;
        table->rules = to;
    }
    buf_clear(&order);
    return good;
}

static bool
same_rule(const struct rule *a, const struct rule *b)
{
    if (a->terms != b->terms || a->kind != b->kind || a->len != b->len)
        return false;
    return a->kind == PATTERN_PREFIX ? prefix_compare(a->prefix, b->prefix) == 0
                                     : memcmp(a->text, b->text, a->len) == 0;
}

static size_t
text_size(const struct rule *rule)
{
    return rule->kind == PATTERN_PREFIX ? sizeof *rule->prefix : (size_t)rule->len + 1;
}

/* Drops duplicates. If `room` is not NULL, texts move there, one after another. */
static void
drop_doubles(struct table *table, char *room)
{
    struct rule *rules = table->rules;
    size_t kept = 0;
    for (size_t i = 0; i < table->rule_count; i++) {
        if (room != NULL && i + AHEAD < table->rule_count)
            __builtin_prefetch(rules[i + AHEAD].text);
        if (kept > 0 && same_rule(&rules[kept - 1], &rules[i]))
            continue;
        struct rule *rule = &rules[kept++];
        *rule = rules[i];
        if (room == NULL)
            continue;
        size_t size = text_size(rule);
        memcpy(room, rule->text, size);
        rule->text = room;
        room += size;
    }
    table->rule_count = kept;
    table->rule_room.len = kept * sizeof *rules;
}

/* Memory for all texts; NULL if there is none, in which case they stay where they are. */
static char *
new_texts(const struct table *table, struct arena **ret)
{
    size_t size = 0;
    for (size_t i = 0; i < table->rule_count; i++)
        size += text_size(&table->rules[i]);
    *ret = arena_new(TABLE_MEMORY_MAX);
    return *ret == NULL ? NULL : arena_array(*ret, size, 1);
}

static bool
is_sorted(const struct table *table)
{
    for (size_t i = 1; i < table->rule_count; i++) {
        if (compare_rule(&table->rules[i - 1], &table->rules[i]) > 0)
            return false;
    }
    return true;
}

/* Moves the texts into the order of the rules. */
static void
move_texts(struct table *table)
{
    struct arena *texts = NULL;
    char *room = new_texts(table, &texts);
    drop_doubles(table, room);
    if (room == NULL) {
        arena_free(texts);
        return;
    }
    arena_free(table->texts);
    table->texts = texts;
}

void
table_sort(struct table *table)
{
    const struct table_progress at = {.lines = table->rule_count};
    if (table->rule_count == 0)
        return;
    if (table->progress != NULL)
        table->progress(table->progress_arg, &at);
    table_sort_terms(table);
    terms_now = table->terms;
    bool sorted = is_sorted(table);
    bool moved = !sorted && table->rule_count > FEW_RULES && move_rules(table);
    if (!sorted && !moved)
        qsort(table->rules, table->rule_count, sizeof *table->rules, compare_rule);
    terms_now = NULL;
    if (moved)
        move_texts(table);
    else
        drop_doubles(table, NULL);
}
