/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clients.h - how many different clients were seen: exact for few, estimated for many.
 *
 * Where it sits: room replay, above base. A client is the 64-bit hash that the caller made of it. Up to CLIENTS_EXACT
 * of them are kept; more become a HyperLogLog (Flajolet and others, 2007) of 4,096 registers, whose standard error is
 * 1.04/sqrt(4096) = 1.6 %. The union of two sets is the same whatever was added in whichever order, so counts of parts
 * can be added up.
 */
#ifndef COMMON_CLIENTS_H
#define COMMON_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;

#define CLIENTS_EXACT 256
#define CLIENTS_REGISTERS 4096
#define CLIENTS_ERROR_PERCENT 1.6 /* of the estimate */

/* A set; all zero: empty. Its memory belongs to the arena that was given for it. */
struct clients {
    uint32_t count; /* exact members; UINT32_MAX: estimated */
    uint32_t room;  /* slots of `hashes` in use, a power of two */
    uint32_t have;  /* slots that are allocated */
    union {
        uint64_t *hashes; /* open addressing; 0 is a free slot */
        uint8_t *registers;
    } at;
};

/* Adds a client. False without memory; then the set is as before. Cost: a probe, or one register. */
bool clients_add(struct clients *set, struct arena *arena, uint64_t hash);

/* Fetches what clients_add() of this client will need into the cache. */
void clients_fetch(const struct clients *set, uint64_t hash);

/* Adds all of another set. False without memory; then some may be missing. Cost: as many probes, or one pass. */
bool clients_merge(struct clients *set, struct arena *arena, const struct clients *other);

/* Empties a set and keeps its memory for the next one. */
void clients_reset(struct clients *set);

/* How many there are. *ret_exact (unless NULL) says whether that is exact. Cost: nothing, or a pass over the registers.
 */
uint64_t clients_count(const struct clients *set, bool *ret_exact);

/* Appends the set as text without blanks: `=` and 16 hexadecimal digits for each hash, or `~` and a digit for each
 * register (0-9, A-Z, a-z). `ordered`: the hashes are in order, so that equal sets have equal texts; this costs a sort.
 */
void clients_print(struct buf *buf, const struct clients *set, bool ordered);

/* Adds a set that clients_print() wrote. False if the text is none, or without memory. */
bool clients_read(struct clients *set, struct arena *arena, const char *text, size_t len);

#endif
