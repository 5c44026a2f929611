// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * host_plain.c - what one would write by hand: a loop over fnmatch(), and a good plain hash table of suffixes.
 *
 * The table uses open addressing with a power of two of slots, at most half of them used. A slot holds 32 bits of the
 * hash and the place of the name in one pool. Every suffix of a name is hashed eight bytes at a time and looked up, the
 * whole name first; on equal hashes the bytes are compared. One name at a time.
 */
#include <fnmatch.h>
#include <string.h>

#include "host_method.h"

/* ---- a loop over all patterns ---- */

static void *
keep_list(const struct host_task *task)
{
    return (void *)(uintptr_t)task->list;
}

static bool
fnmatch_one(void *built, const struct host *question)
{
    const struct data_list *list = built;
    for (size_t i = 0, len; i < list->count; i++) {
        const char *pattern = data_name(list, i, &len);
        /* For fnmatch() a `*` inside may match dots or nothing, so a match of such a pattern is checked again. */
        if (fnmatch(pattern, question->text, 0) == 0 &&
            (strchr(pattern + 1, '*') == NULL || data_pattern_matches(pattern, question->text)))
            return true;
    }
    return false;
}

static void
fnmatch_ask(void *built, const struct host *questions, size_t count, uint8_t *ret)
{
    for (size_t i = 0; i < count; i++)
        ret[i] = fnmatch_one(built, &questions[i]);
}

static size_t
list_bytes(const void *built)
{
    const struct data_list *list = built;
    return list->starts[list->count];
}

/* ---- a hash table of suffixes ---- */

struct slot {
    uint32_t hash; /* 0 means free */
    uint32_t start;
};

struct table {
    struct slot *slots;
    uint8_t *pool; /* a length byte before each name */
    size_t mask, pool_len;
};

static inline uint64_t
fold(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
load(const char *text, size_t len)
{
    uint64_t value = 0;
    memcpy(&value, text, len);
    return value;
}

static inline uint64_t
hash_of(const char *text, size_t len)
{
    uint64_t hash = 0x9e3779b97f4a7c15u ^ len;
    for (; len > 16; text += 8, len -= 8)
        hash = fold(hash ^ load(text, 8), 0xa0761d6478bd642fu);
    if (len >= 8)
        return fold(load(text, 8) ^ 0xe7037ed1a0b428dbu, load(text + len - 8, 8) ^ hash);
    if (len >= 4)
        return fold(load(text, 4) ^ 0xe7037ed1a0b428dbu, load(text + len - 4, 4) ^ hash);
    return fold((uint64_t)(unsigned char)text[0] << 16 | (uint64_t)(unsigned char)text[len / 2] << 8 |
                    (unsigned char)text[len - 1],
                hash);
}

static inline bool
table_has(const struct table *table, const char *text, size_t len)
{
    uint64_t hash = hash_of(text, len);
    uint32_t mark = (uint32_t)hash | 1;
    for (size_t at = hash >> 32 & table->mask; table->slots[at].hash != 0; at = (at + 1) & table->mask) {
        const uint8_t *name = table->pool + table->slots[at].start;
        if (table->slots[at].hash == mark && name[0] == len && memcmp(name + 1, text, len) == 0)
            return true;
    }
    return false;
}

static void *
table_build(const struct host_task *task)
{
    const struct data_list *list = task->list;
    struct table *table = data_memory(1, sizeof *table);
    size_t slots = 16;
    while (slots < list->count * 2)
        slots *= 2;
    table->mask = slots - 1;
    table->slots = data_memory(slots, sizeof *table->slots);
    table->pool = data_memory(list->starts[list->count], 1);
    for (size_t i = 0, len; i < list->count; i++) {
        const char *name = data_name(list, i, &len);
        uint64_t hash = hash_of(name, len);
        size_t at = hash >> 32 & table->mask;
        while (table->slots[at].hash != 0)
            at = (at + 1) & table->mask;
        table->slots[at] = (struct slot){(uint32_t)hash | 1, (uint32_t)table->pool_len};
        table->pool[table->pool_len] = (uint8_t)len;
        memcpy(table->pool + table->pool_len + 1, name, len);
        table->pool_len += len + 1;
    }
    return table;
}

static inline bool
table_one(const struct table *table, const struct host *question)
{
    for (size_t at = 0; at < question->len; at = host_next_label(question, at)) {
        if (table_has(table, question->text + at, question->len - at))
            return true;
    }
    return false;
}

static bool
table_ask_one(void *built, const struct host *question)
{
    return table_one(built, question);
}

static void
table_ask(void *built, const struct host *questions, size_t count, uint8_t *ret)
{
    for (size_t i = 0; i < count; i++)
        ret[i] = table_one(built, &questions[i]);
}

static size_t
table_bytes(const void *built)
{
    const struct table *table = built;
    return (table->mask + 1) * sizeof *table->slots + table->pool_len;
}

const struct host_method host_plain[] = {
    {"fnmatch", true, false, false, 0, keep_list, fnmatch_ask, fnmatch_one, list_bytes},
    {"hash", false, true, false, 0, table_build, table_ask, table_ask_one, table_bytes},
    {0},
};
