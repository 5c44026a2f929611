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
#define ROOM_FIRST 8u
#define ROOM_LAST 512u /* as many bytes as the registers */

static_assert(CLIENTS_REGISTERS == 1 << REGISTER_BITS, "the upper bits of a hash choose a register");
static_assert(ROOM_LAST == 2 * CLIENTS_EXACT, "half of the slots are free");
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
        set->at.hashes = hashes;
        set->have = room;
    } else {
        memset(set->at.hashes, 0, room * sizeof *set->at.hashes);
    }
    set->room = room;
    return true;
}

/* Twice the slots, of which half are to be free. */
static bool
grow(struct clients *set, struct arena *arena)
{
    uint64_t old[ROOM_LAST];
    uint32_t count = set->room;
    if (count > 0)
        memcpy(old, set->at.hashes, count * sizeof *old);
    if (!reserve(set, arena, count == 0 ? ROOM_FIRST : 2 * count))
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
        if (set->count < set->room / 2 && set->count < CLIENTS_EXACT) {
            *slot = hash;
            set->count++;
            return true;
        }
    }
    if (set->count == CLIENTS_EXACT ? !estimate(set, arena) : !grow(set, arena))
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
    for (uint32_t i = 0; i < other->room; i++)
        good = (other->at.hashes[i] == 0 || clients_add(set, arena, other->at.hashes[i])) && good;
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

void
clients_print(struct buf *buf, const struct clients *set)
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
    qsort(sorted, count, sizeof *sorted, compare_hashes);
    buf_add_char(buf, '=');
    for (size_t i = 0; i < count; i++) {
        char hex[16];
        for (unsigned j = 0; j < sizeof hex; j++)
            hex[j] = "0123456789abcdef"[sorted[i] >> (60 - 4 * j) & 15];
        buf_add(buf, hex, sizeof hex);
    }
}

static bool
read_hashes(struct clients *set, struct arena *arena, const char *text, size_t len)
{
    static const char hex[] = "0123456789abcdef";
    if (len % 16 != 0)
        return false;
    uint64_t hash = 0;
    for (size_t i = 0; i < len; i++) {
        const char *digit = memchr(hex, text[i], 16);
        if (digit == NULL)
            return false;
        hash = hash << 4 | (uint64_t)(digit - hex);
        if (i % 16 == 15 && !clients_add(set, arena, hash))
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
    for (size_t i = 0; i < CLIENTS_REGISTERS; i++) {
        const char *digit = text[i + 1] == '\0' ? NULL : strchr(digits, text[i + 1]);
        ptrdiff_t rank = digit == NULL ? -1 : digit - digits;
        if (rank < 0 || rank > 64 - REGISTER_BITS + 1)
            return false;
        if (set->at.registers[i] < rank)
            set->at.registers[i] = (uint8_t)rank;
    }
    return true;
}
