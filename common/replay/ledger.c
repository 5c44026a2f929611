// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ledger.c - the table of counts. See ledger.h.
 *
 * Open addressing over pointers. What is compared first is the hash, then the text as the log has it; only a text in
 * another case, or with other bytes than printable ASCII, is compared byte by byte. The seed of the hash is random, so
 * that nobody can write a log that makes the table slow.
 */
#include "ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/day.h"
#include "base/digest.h"
#include "base/order.h"
#include "subject.h"

#define SLOTS_FIRST ((size_t)1 << 12)

struct slot {
    uint64_t hash;
    struct ledger_entry *entry; /* NULL: free */
};

struct ledger {
    size_t ceiling;
    struct arena *arena; /* of slots and entries */
    struct slot *slots;
    size_t slot_count, count; /* slots: a power of two, at least half of them free */
    uint64_t seed;
    bool hidden; /* clients */
    unsigned char secret[LEDGER_SECRET];
};

bool
ledger_reset(struct ledger *ledger)
{
    arena_free(ledger->arena);
    ledger->arena = arena_new(ledger->ceiling);
    ledger->count = 0;
    ledger->slot_count = SLOTS_FIRST;
    ledger->slots = ledger->arena == NULL ? NULL : arena_array(ledger->arena, SLOTS_FIRST, sizeof *ledger->slots);
    return ledger->slots != NULL;
}

struct ledger *
ledger_new(struct arena *arena, size_t ceiling, const unsigned char *secret)
{
    struct ledger *ledger = arena_alloc(arena, sizeof *ledger);
    if (ledger == NULL)
        return NULL;
    ledger->ceiling = ceiling;
    ledger->seed = (uint64_t)digest_random(UINT32_MAX) << 32 | digest_random(UINT32_MAX);
    ledger->hidden = secret != NULL;
    if (secret != NULL)
        memcpy(ledger->secret, secret, sizeof ledger->secret);
    if (ledger_reset(ledger))
        return ledger;
    ledger_close(ledger);
    return NULL;
}

void
ledger_close(struct ledger *ledger)
{
    arena_free(ledger->arena);
    ledger->arena = NULL;
}

/* ---- finding ---- */

/* Letters of both cases give one hash; what else that makes equal is told apart by the text. */
static uint64_t
mix(uint64_t hash, const char *text, size_t len)
{
    const uint64_t lower = 0x2020202020202020u, odd = 0x9e3779b97f4a7c15u;
    uint64_t word = 0;
    hash += len;
    if (len >= sizeof word) {
        const char *last = text + len - sizeof word; /* overlaps what is before it */
        for (; text < last; text += sizeof word) {
            memcpy(&word, text, sizeof word);
            hash = (hash ^ (word | lower)) * odd;
            hash ^= hash >> 32;
        }
        memcpy(&word, last, sizeof word);
    } else {
        for (size_t i = 0; i < len; i++)
            word = word << 8 | (unsigned char)text[i];
    }
    hash = (hash ^ (word | lower)) * odd;
    return hash ^ hash >> 29;
}

static uint64_t
hash_key(const struct ledger *ledger, const struct ledger_key *key)
{
    uint64_t hash = ledger->seed ^ ((uint64_t)key->day << 24 | (uint64_t)key->port << 8 | key->kind);
    for (size_t i = 0; i < LEDGER_PARTS; i++)
        hash = mix(hash, key->part[i].text, key->part[i].len);
    return hash;
}

/* A byte as entries keep it. */
static char
clean(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c > ' ' && c < 0x7f ? c : '?';
}

/* Most texts have some ten bytes: a call costs more than the comparison. */
static inline bool
same_bytes(const char *a, const char *b, size_t len)
{
    uint64_t one, other;
    if (len < sizeof one) {
        while (len > 0 && a[len - 1] == b[len - 1])
            len--;
        return len == 0;
    }
    for (size_t at = 0;; at = at + 2 * sizeof one < len ? at + sizeof one : len - sizeof one) {
        memcpy(&one, a + at, sizeof one);
        memcpy(&other, b + at, sizeof one);
        if (one != other || at + sizeof one == len)
            return one == other;
    }
}

static bool
same_text(const char *kept, struct squid_word word)
{
    if (same_bytes(kept, word.text, word.len))
        return true;
    size_t i = 0;
    while (i < word.len && kept[i] == clean(word.text[i]))
        i++;
    return i == word.len;
}

static bool
is_entry(const struct ledger_entry *entry, const struct ledger_key *key)
{
    if (entry->kind != key->kind || entry->day != key->day || entry->port != key->port)
        return false;
    const char *text = entry->text;
    for (size_t i = 0; i < LEDGER_PARTS; text += entry->len[i++]) {
        if (entry->len[i] != key->part[i].len || !same_text(text, key->part[i]))
            return false;
    }
    return true;
}

static struct slot *
find_slot(struct slot *slots, size_t count, uint64_t hash, const struct ledger_key *key)
{
    size_t at = (size_t)hash & (count - 1);
    while (slots[at].entry != NULL && (slots[at].hash != hash || key == NULL || !is_entry(slots[at].entry, key)))
        at = (at + 1) & (count - 1);
    return &slots[at];
}

static bool
grow(struct ledger *ledger)
{
    size_t count = 2 * ledger->slot_count;
    struct slot *slots = arena_array(ledger->arena, count, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < ledger->slot_count; i++) {
        if (ledger->slots[i].entry != NULL)
            *find_slot(slots, count, ledger->slots[i].hash, NULL) = ledger->slots[i];
    }
    ledger->slots = slots;
    ledger->slot_count = count;
    return true;
}

static struct ledger_entry *
new_entry(const struct ledger *ledger, const struct ledger_key *key)
{
    size_t len = 0;
    for (size_t i = 0; i < LEDGER_PARTS; i++)
        len += key->part[i].len;
    struct ledger_entry *entry = arena_alloc(ledger->arena, sizeof *entry + len);
    if (entry == NULL)
        return NULL;
    char *text = (char *)(entry + 1); /* beside the counts, which are needed next */
    *entry = (struct ledger_entry){.day = key->day, .port = key->port, .kind = (uint8_t)key->kind, .text = text};
    for (size_t i = 0; i < LEDGER_PARTS; i++) {
        entry->len[i] = (uint8_t)key->part[i].len;
        for (size_t j = 0; j < key->part[i].len; j++)
            *text++ = clean(key->part[i].text[j]);
    }
    if (key->kind == LEDGER_CLIENT)
        entry->id = digest_short(ledger->secret, entry->text, entry->len[0]);
    return entry;
}

/* The entry of a key, made if there is none. NULL: full. */
static struct ledger_entry *
find(struct ledger *ledger, const struct ledger_key *key, uint64_t hash)
{
    struct slot *slot = find_slot(ledger->slots, ledger->slot_count, hash, key);
    if (slot->entry != NULL)
        return slot->entry;
    if (ledger->count >= ledger->slot_count / 2) {
        if (!grow(ledger))
            return NULL;
        slot = find_slot(ledger->slots, ledger->slot_count, hash, key);
    }
    struct ledger_entry *entry = new_entry(ledger, key);
    if (entry != NULL) {
        *slot = (struct slot){hash, entry};
        ledger->count++;
    }
    return entry;
}

/* ---- counting ---- */

static void
count_line(struct ledger_entry *entry, const struct log_line *line)
{
    subject_count(entry->count, line);
    int64_t when = line->when / 1000;
    if (when > 0 && (entry->first == 0 || when < entry->first))
        entry->first = when;
    if (when > entry->last)
        entry->last = when;
}

void
ledger_prepare(struct ledger_ready *ret, const struct ledger *ledger, const struct log_line *line)
{
    const struct squid_word none = {"-", 1};
    ret->has_client = false;
    ret->has_host = subject_key(&ret->host, line);
    if (!ret->has_host)
        return;
    ret->host.day = day_of(line->when / 1000);
    ret->host_hash = hash_key(ledger, &ret->host);
    __builtin_prefetch(&ledger->slots[ret->host_hash & (ledger->slot_count - 1)]);
    struct squid_word client = line->client;
    ret->has_client = client.len > 0 && client.len <= LEDGER_PART_MAX;
    if (!ret->has_client)
        return;
    if (ledger->hidden) {
        snprintf(ret->hidden, sizeof ret->hidden, "%016" PRIx64, digest_short(ledger->secret, client.text, client.len));
        client = (struct squid_word){ret->hidden, sizeof ret->hidden - 1};
    }
    ret->client = (struct ledger_key){LEDGER_CLIENT, 0, ret->host.day, {client, none, none}};
    ret->client_hash = hash_key(ledger, &ret->client);
    __builtin_prefetch(&ledger->slots[ret->client_hash & (ledger->slot_count - 1)]);
}

/* The entry that the first slot of a hash most likely leads to; NULL: it is elsewhere, or new. */
static struct ledger_entry *
likely(const struct ledger *ledger, uint64_t hash)
{
    const struct slot *slot = &ledger->slots[hash & (ledger->slot_count - 1)];
    return slot->hash == hash ? slot->entry : NULL;
}

static void
fetch_entry(const struct ledger_entry *entry)
{
    if (entry == NULL)
        return;
    for (size_t at = 0; at < sizeof *entry + 64; at += 64)
        __builtin_prefetch((const char *)entry + at, 1);
}

void
ledger_fetch(const struct ledger *ledger, const struct ledger_ready *ready)
{
    if (ready->has_host)
        fetch_entry(likely(ledger, ready->host_hash));
    if (ready->has_client)
        fetch_entry(likely(ledger, ready->client_hash));
}

void
ledger_fetch_clients(const struct ledger *ledger, const struct ledger_ready *ready)
{
    const struct ledger_entry *host = ready->has_client ? likely(ledger, ready->host_hash) : NULL;
    const struct ledger_entry *client = host != NULL ? likely(ledger, ready->client_hash) : NULL;
    if (client != NULL)
        clients_fetch(&host->clients, client->id);
}

enum ledger_fate
ledger_add(struct ledger *ledger, const struct ledger_ready *ready, const struct log_line *line)
{
    if (!ready->has_host)
        return LEDGER_NO_HOST;
    struct ledger_entry *host = find(ledger, &ready->host, ready->host_hash);
    if (host == NULL)
        return LEDGER_FULL;
    if (ready->has_client) {
        struct ledger_entry *client = find(ledger, &ready->client, ready->client_hash);
        if (client == NULL || !clients_add(&host->clients, ledger->arena, client->id))
            return LEDGER_FULL;
        count_line(client, line);
    }
    count_line(host, line);
    return LEDGER_COUNTED;
}

/* ---- what was counted ---- */

int
ledger_compare(const struct ledger_entry *a, const struct ledger_entry *b)
{
    if (a->kind != b->kind)
        return order_numbers(a->kind, b->kind);
    const char *one = a->text, *other = b->text;
    for (size_t i = 0; i < LEDGER_PARTS; i++) {
        size_t least = a->len[i] < b->len[i] ? a->len[i] : b->len[i];
        int order = memcmp(one, other, least);
        if (order != 0 || a->len[i] != b->len[i])
            return order != 0 ? order : order_numbers(a->len[i], b->len[i]);
        if (i == 0 && a->port != b->port)
            return order_numbers(a->port, b->port);
        one += a->len[i];
        other += b->len[i];
    }
    return order_numbers(a->day, b->day);
}

static int
compare_places(const void *a, const void *b)
{
    return ledger_compare(*(const struct ledger_entry *const *)a, *(const struct ledger_entry *const *)b);
}

bool
ledger_sort(const struct ledger_entry *const **ret, size_t *ret_count, const struct ledger *ledger, struct buf *room)
{
    buf_reset(room);
    for (size_t i = 0; i < ledger->slot_count; i++) {
        if (ledger->slots[i].entry != NULL && ledger->slots[i].entry->count[LEDGER_REQUESTS] > 0)
            buf_add(room, &ledger->slots[i].entry, sizeof(void *));
    }
    if (!buf_ok(room))
        return false;
    *ret_count = room->len / sizeof(void *);
    if (*ret_count > 0)
        qsort(room->data, *ret_count, sizeof(void *), compare_places);
    *ret = (const struct ledger_entry *const *)(const void *)room->data;
    return true;
}

void
ledger_entry_add(struct ledger_entry *to, const struct ledger_entry *from)
{
    for (size_t i = 0; i < LEDGER_COUNTS; i++)
        to->count[i] = ledger_sum(to->count[i], from->count[i]);
    if (from->first > 0 && (to->first == 0 || from->first < to->first))
        to->first = from->first;
    if (from->last > to->last)
        to->last = from->last;
}
