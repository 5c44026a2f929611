/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally.h - counts by destination and day, and by client and day, in a table in memory.
 *
 *     struct log_line --> tally_add() --> entries --> [sorted, written as a run] --> [merged] --> report
 *                         ^^^^^^^^^^^^^^^^^^^^^^^
 *
 * Where it sits: room replay, above clients.h and log. A tally has a ceiling; when it is full, its entries are written
 * as a run (run.h) and it starts anew. Judging a destination by a table belongs to room report.
 */
#ifndef COMMON_TALLY_H
#define COMMON_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clients.h"
#include "squid/squid.h"

struct arena;
struct buf;
struct log_line;
struct tally;

/* What is counted of the lines of one entry. */
enum tally_count {
    TALLY_REQUESTS,
    TALLY_BYTES,   /* sent to clients */
    TALLY_ASKED,   /* 407: a password was asked for */
    TALLY_DENIED,  /* TCP_DENIED with another status */
    TALLY_TUNNELS, /* CONNECT, passed on as it is */
    TALLY_BUMPED,  /* CONNECT, inspected */
    TALLY_INNER,   /* requests inside inspected tunnels */
    TALLY_BROKEN,  /* CONNECT that the client gave up within a second */
    TALLY_COUNTS,
};

enum tally_kind { TALLY_HOST, TALLY_CLIENT };

#define TALLY_PARTS 3      /* host, SNI, original address; or the client */
#define TALLY_PART_MAX 255 /* bytes of a part */
#define TALLY_KEY_MAX (TALLY_PARTS * (TALLY_PART_MAX + 1) + 32)

/* What an entry is about. A part that the log does not have is `-`. */
struct tally_key {
    enum tally_kind kind;
    uint16_t port;
    uint32_t day; /* since 1970-01-01, UTC; 0: the log does not say when */
    struct squid_word part[TALLY_PARTS];
};

struct tally_entry {
    uint64_t hash;
    uint64_t id; /* of a client: what stands for it in sets of clients */
    uint32_t day;
    uint16_t port;
    uint8_t kind;
    uint8_t len[TALLY_PARTS];
    uint64_t count[TALLY_COUNTS];
    int64_t first, last; /* seconds since 1970 */
    struct clients clients;
    const char *text; /* the parts, one after the other, in lower case; other bytes than printable ASCII are `?` */
};

/* Why a line was not counted. */
enum tally_fate { TALLY_COUNTED, TALLY_NO_HOST, TALLY_FULL };

#define TALLY_SECRET 16 /* bytes of a key */

/* A tally in the arena, whose entries take at most `ceiling` bytes of their own. With a secret (TALLY_SECRET bytes)
 * clients are known only by what stands for them under it, also by name; NULL: none. NULL without memory. The caller
 * closes it before the arena goes. */
struct tally *tally_new(struct arena *arena, size_t ceiling, const unsigned char *secret);
void tally_close(struct tally *tally);

/* Counts a line. TALLY_FULL: nothing was counted; write the entries and call tally_reset() first. Cost: two look-ups in
 * a hash table; for a new entry also an allocation. */
enum tally_fate tally_add(struct tally *tally, const struct log_line *line);

/* Forgets all entries. False without memory. */
bool tally_reset(struct tally *tally);

/* The entries in the order of tally_compare(), in `room`; *ret_count is their number. Valid until the next change. NULL
 * without memory. Cost: a sort. */
const struct tally_entry *const *tally_sort(const struct tally *tally, struct buf *room, size_t *ret_count);

/* The order of keys: kind, host, port, SNI, address, day. */
int tally_compare(const struct tally_entry *a, const struct tally_entry *b);

/* Adds the counts of one entry to another, but not its clients. */
void tally_entry_add(struct tally_entry *to, const struct tally_entry *from);

#endif
