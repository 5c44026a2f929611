/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ledger.h - counts by destination and day, and by client and day, in a table in memory.
 *
 *     struct log_line --> ledger_add() --> entries --> [sorted, written as a run] --> [merged] --> report
 *                         ^^^^^^^^^^^^^^^^^^^^^^^
 *
 * Where it sits: room replay, above clients.h and log. A ledger has a ceiling; when it is full, its entries are written
 * as a run (run.h) and it starts anew. Judging a destination by a table belongs to room report.
 */
#ifndef COMMON_LEDGER_H
#define COMMON_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clients.h"
#include "squid/squid.h"

struct arena;
struct buf;
struct log_line;
struct ledger;

/* What is counted of the lines of one entry. */
enum ledger_count {
    LEDGER_REQUESTS,
    LEDGER_BYTES,   /* sent to clients */
    LEDGER_ASKED,   /* 407: a password was asked for */
    LEDGER_DENIED,  /* TCP_DENIED with another status */
    LEDGER_TUNNELS, /* CONNECT, passed on as it is */
    LEDGER_BUMPED,  /* CONNECT, inspected */
    LEDGER_INNER,   /* requests inside inspected tunnels */
    LEDGER_BROKEN,  /* CONNECT that the client gave up within a second */
    LEDGER_COUNTS,
};

enum ledger_kind { LEDGER_HOST, LEDGER_CLIENT };

#define LEDGER_PARTS 3      /* host, SNI, original address; or the client */
#define LEDGER_PART_MAX 255 /* bytes of a part */
#define LEDGER_KEY_MAX (LEDGER_PARTS * (LEDGER_PART_MAX + 1) + 32)

/* What an entry is about. A part that the log does not have is `-`. */
struct ledger_key {
    enum ledger_kind kind;
    uint16_t port;
    uint32_t day; /* since 1970-01-01, UTC; 0: the log does not say when */
    struct squid_word part[LEDGER_PARTS];
};

struct ledger_entry {
    uint64_t id;      /* of a client: what stands for it in sets of clients */
    const char *text; /* the parts, one after the other, in lower case; other bytes than printable ASCII are `?` */
    uint32_t day;
    uint16_t port;
    uint8_t kind;
    uint8_t len[LEDGER_PARTS];
    int64_t first, last; /* seconds since 1970 */
    uint64_t count[LEDGER_COUNTS];
    struct clients clients;
};

/* Why a line was not counted. */
enum ledger_fate { LEDGER_COUNTED, LEDGER_NO_HOST, LEDGER_FULL };

#define LEDGER_SECRET 16 /* bytes of a key */

/* A ledger in the arena, whose entries take at most `ceiling` bytes of their own. With a secret (LEDGER_SECRET bytes)
 * clients are known only by what stands for them under it, also by name; NULL: none. NULL without memory. The caller
 * closes it before the arena goes. */
struct ledger *ledger_new(struct arena *arena, size_t ceiling, const unsigned char *secret);
void ledger_close(struct ledger *ledger);

/* A line on its way into a ledger: its keys point into the line and into this. */
struct ledger_ready {
    struct ledger_key host, client;
    uint64_t host_hash, client_hash;
    bool has_host, has_client;
    char hidden[17];
};

/*
 * Counting in four steps, each for a few lines before the next, so that the cache misses of the lines overlap: what the
 * line is about; its entries are fetched; the clients of its host are fetched; it is counted. Only the first and the
 * last are needed. LEDGER_FULL: nothing was counted; write the entries, call ledger_reset() and then ledger_add()
 * again. Cost: two look-ups in a hash table; for a new entry also an allocation.
 */
void ledger_prepare(struct ledger_ready *ret, const struct ledger *ledger, const struct log_line *line);
void ledger_fetch(const struct ledger *ledger, const struct ledger_ready *ready);
void ledger_fetch_clients(const struct ledger *ledger, const struct ledger_ready *ready);
enum ledger_fate ledger_add(struct ledger *ledger, const struct ledger_ready *ready, const struct log_line *line);

/* Forgets all entries. False without memory. */
bool ledger_reset(struct ledger *ledger);

/* The entries in the order of ledger_compare(), in `room`; *ret_count is their number. Valid until the next change.
 * False without memory. Cost: a sort. */
bool ledger_sort(const struct ledger_entry *const **ret, size_t *ret_count, const struct ledger *ledger,
                 struct buf *room);

/* The order of keys: kind, host, port, SNI, address, day. */
int ledger_compare(const struct ledger_entry *a, const struct ledger_entry *b);

/* The sum of two counts; the most that a count can be, if it is more: such a number of bytes is only in a log that
 * somebody made up, and must not become a small one. */
static inline uint64_t
ledger_sum(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* Adds the counts of one entry to another, but not its clients. */
void ledger_entry_add(struct ledger_entry *to, const struct ledger_entry *from);

#endif
