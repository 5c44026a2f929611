// SPDX-License-Identifier: GPL-2.0-or-later
/* clients.c - sets of clients, exact or estimated. See clients.h. */
#include "clients.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/order.h"

#define ESTIMATED UINT32_MAX
#define REGISTER_BITS 12
#define RANK_MAX (64 - REGISTER_BITS + 1) /* of what a register holds */
#define HASH_DIGITS 16
#define ROOM_FIRST 8u
#define ROOM_LAST 512u                      /* as many bytes as the registers */
#define FULL(room) ((size_t)(room) / 4 * 3) /* members that fit; with the other slots free a search ends soon */

static_assert(CLIENTS_REGISTERS == 1 << REGISTER_BITS, "the upper bits of a hash choose a register");
static_assert(FULL(ROOM_LAST) >= CLIENTS_EXACT, "an exact set has free slots");
static_assert((size_t)ROOM_LAST * sizeof(uint64_t) == CLIENTS_REGISTERS,
              "an exact set becomes registers in its own memory");

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* The upper bits choose the register; it keeps how far right the first one bit of the others is. */
static void
raise_register(uint8_t *registers, uint64_t hash)
{
    uint64_t rest = hash << REGISTER_BITS | (uint64_t)1 << (REGISTER_BITS - 1);
    uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);
    uint8_t *place = &registers[hash >> (64 - REGISTER_BITS)];
    if (*place < rank)
        *place = rank;
}

/* The slot of a hash, or the free one where it belongs. */
static uint64_t *
find_slot(uint64_t *hashes, uint32_t room, uint64_t hash)
{
    uint32_t at = (uint32_t)hash & (room - 1);
    while (hashes[at] != 0 && hashes[at] != hash)
        at = (at + 1) & (room - 1);
    return &hashes[at];
}

/* Memory for this many slots, all free. What was in them is lost. */
static bool
reserve(struct clients *set, struct arena *arena, uint32_t room)
{
    if (set->have < room) {
        uint64_t *hashes = arena_array(arena, room, sizeof *hashes);
        if (hashes == NULL)
            return false;
        if (set->have > 0)
            arena_give_back(arena, set->at.hashes, set->have * sizeof *hashes);
        set->at.hashes = hashes;
        set->have = room;
    } else {
        memset(set->at.hashes, 0, room * sizeof *set->at.hashes);
    }
    set->room = room;
    return true;
}

/* More slots, for at least so many members. */
static bool
grow(struct clients *set, struct arena *arena, size_t members)
{
    uint64_t old[ROOM_LAST];
    uint32_t count = set->room, room = ROOM_FIRST;
    if (count > 0)
        memcpy(old, set->at.hashes, count * sizeof *old);
    while (FULL(room) < members && room < ROOM_LAST)
        room *= 2;
    if (!reserve(set, arena, room))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (old[i] != 0)
            *find_slot(set->at.hashes, set->room, old[i]) = old[i];
    }
    return true;
}

/* Makes the memory that of registers, so that what is in it counts as estimated. */
static bool
estimate(struct clients *set, struct arena *arena)
{
    uint8_t registers[CLIENTS_REGISTERS] = {0};
    for (uint32_t i = 0; i < set->room; i++) {
        if (set->at.hashes[i] != 0)
            raise_register(registers, set->at.hashes[i]);
    }
    if (!reserve(set, arena, ROOM_LAST))
        return false;
    memcpy(set->at.registers, registers, sizeof registers);
    set->count = ESTIMATED;
    return true;
}

bool
clients_add(struct clients *set, struct arena *arena, uint64_t hash)
{
    hash += hash == 0;
    if (set->count == ESTIMATED) {
        raise_register(set->at.registers, hash);
        return true;
    }
    if (set->room > 0) {
        uint64_t *slot = find_slot(set->at.hashes, set->room, hash);
        if (*slot == hash)
            return true;
        if (set->count < FULL(set->room) && set->count < CLIENTS_EXACT) {
            *slot = hash;
            set->count++;
            return true;
        }
    }
    if (set->count == CLIENTS_EXACT ? !estimate(set, arena) : !grow(set, arena, set->count + 1))
        return false;
    return clients_add(set, arena, hash);
}

void
clients_fetch(const struct clients *set, uint64_t hash)
{
    if (set->count == ESTIMATED)
        __builtin_prefetch(&set->at.registers[hash >> (64 - REGISTER_BITS)], 1);
    else if (set->room > 0)
        __builtin_prefetch(&set->at.hashes[(uint32_t)hash & (set->room - 1)], 1);
}

bool
clients_merge(struct clients *set, struct arena *arena, const struct clients *other)
{
    if (other->count == ESTIMATED) {
        if (set->count != ESTIMATED && !estimate(set, arena))
            return false;
        for (size_t i = 0; i < CLIENTS_REGISTERS; i++) {
            if (set->at.registers[i] < other->at.registers[i])
                set->at.registers[i] = other->at.registers[i];
        }
        return true;
    }
    bool good = true;
    uint32_t i = 0;
    for (; i < other->room && set->count != ESTIMATED; i++)
        good = (other->at.hashes[i] == 0 || clients_add(set, arena, other->at.hashes[i])) && good;
    for (; i < other->room; i++) {
        if (other->at.hashes[i] != 0)
            raise_register(set->at.registers, other->at.hashes[i]);
    }
    return good;
}

void
clients_reset(struct clients *set)
{
    set->room = 0;
    set->count = 0;
}

uint64_t
clients_count(const struct clients *set, bool *ret_exact)
{
    if (ret_exact != NULL)
        *ret_exact = set->count != ESTIMATED;
    if (set->count != ESTIMATED)
        return set->count;
    double sum = 0;
    unsigned empty = 0;
    for (size_t i = 0; i < CLIENTS_REGISTERS; i++) {
        sum += ldexp(1, -set->at.registers[i]);
        empty += set->at.registers[i] == 0;
    }
    const double m = CLIENTS_REGISTERS;
    double guess = 0.7213 / (1 + 1.079 / m) * m * m / sum;
    if (guess < 2.5 * m && empty > 0) /* too few for the registers: count the empty ones instead */
        guess = m * log(m / empty);
    return (uint64_t)(guess + 0.5);
}

static int
compare_hashes(const void *a, const void *b)
{
    return order_numbers(*(const uint64_t *)a, *(const uint64_t *)b);
}

/* Eight hexadecimal digits at once. */
static void
print_half(char text[8], uint32_t part)
{
    uint64_t nibbles = (uint64_t)part << 16 & 0xffff00000000u, ones = 0x0101010101010101u;
    nibbles |= part & 0xffffu;
    nibbles = (nibbles << 8 | nibbles) & 0xff00ff00ff00ffu;
    nibbles = (nibbles << 4 | nibbles) & 0xf * ones;
    nibbles += '0' * ones + ((nibbles + 6 * ones) >> 4 & ones) * ('a' - '0' - 10);
    for (unsigned i = 0; i < 8; i++)
        text[i] = (char)(nibbles >> (56 - 8 * i));
}

static void
print_hashes(struct buf *buf, const uint64_t *hashes, size_t count)
{
    buf_add_char(buf, '=');
    if (!buf_reserve(buf, count * HASH_DIGITS))
        return;
    char *at = buf->data + buf->len;
    for (size_t i = 0; i < count; i++, at += HASH_DIGITS) {
        print_half(at, (uint32_t)(hashes[i] >> 32));
        print_half(at + HASH_DIGITS / 2, (uint32_t)hashes[i]);
    }
    buf->len += count * HASH_DIGITS;
}

void
clients_print(struct buf *buf, const struct clients *set, bool ordered)
{
    if (set->count == ESTIMATED) {
        buf_add_char(buf, '~');
        for (size_t i = 0; i < CLIENTS_REGISTERS; i++)
            buf_add_char(buf, digits[set->at.registers[i]]);
        return;
    }
    uint64_t sorted[CLIENTS_EXACT] = {0};
    size_t count = 0;
    for (uint32_t i = 0; i < set->room; i++) {
        if (set->at.hashes[i] != 0)
            sorted[count++] = set->at.hashes[i];
    }
    if (ordered)
        qsort(sorted, count, sizeof *sorted, compare_hashes);
    print_hashes(buf, sorted, count);
}

static bool
read_hashes(struct clients *set, struct arena *arena, const char *text, size_t len)
{
    static const uint8_t
        valid = 16,
        values[UINT8_MAX + 1] = {
            ['0'] = 16, ['1'] = 17, ['2'] = 18, ['3'] = 19, ['4'] = 20, ['5'] = 21, ['6'] = 22, ['7'] = 23,
            ['8'] = 24, ['9'] = 25, ['a'] = 26, ['b'] = 27, ['c'] = 28, ['d'] = 29, ['e'] = 30, ['f'] = 31};
    if (len % HASH_DIGITS != 0 || (set->room == 0 && len > 0 && !grow(set, arena, len / HASH_DIGITS)))
        return false;
    for (const char *end = text + len; text < end; text += HASH_DIGITS) {
        uint64_t hash = 0;
        uint8_t all = valid;
        for (size_t i = 0; i < HASH_DIGITS; i++) {
            uint8_t value = values[(unsigned char)text[i]];
            all &= value;
            hash = hash << 4 | (value & 15u);
        }
        if (all != valid || !clients_add(set, arena, hash))
            return false;
    }
    return true;
}

bool
clients_read(struct clients *set, struct arena *arena, const char *text, size_t len)
{
    if (len > 0 && *text == '=')
        return read_hashes(set, arena, text + 1, len - 1);
    if (len != CLIENTS_REGISTERS + 1 || *text != '~' || (set->count != ESTIMATED && !estimate(set, arena)))
        return false;
    uint8_t ranks[UINT8_MAX + 1]; /* of a digit; RANK_MAX + 1: of no digit */
    memset(ranks, RANK_MAX + 1, sizeof ranks);
    for (size_t i = 0; i <= RANK_MAX; i++)
        ranks[(unsigned char)digits[i]] = (uint8_t)i;
    for (size_t i = 0; i < CLIENTS_REGISTERS; i++) {
        uint8_t rank = ranks[(unsigned char)text[i + 1]];
        if (rank > RANK_MAX)
            return false;
        if (set->at.registers[i] < rank)
            set->at.registers[i] = rank;
    }
    return true;
}
