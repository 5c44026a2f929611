/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * safe_kept.h - requests that both tables bypass, and which must not be inspected meanwhile. Private to safe*.c.
 *
 *     safe_kept.c   finds them
 *     safe_lost.c   whether a table inspects one, and what to take back then
 */
#ifndef COMMON_SAFE_KEPT_H
#define COMMON_SAFE_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "change/patience.h"
#include "name/addr.h"
#include "verdict/verdict.h"

struct arena;
struct diff;
struct err;
struct host;
struct image;
struct policy;
struct units;

/* A destination, which is a name or else an address, at a port. */
struct kept_request {
    const struct host *name; /* NULL: the address */
    const struct host *sni;  /* NULL: none */
    struct addr addr;        /* of a name: the original address */
    struct addr la;          /* of an address: the original address */
    bool has_addr, has_la;
    bool given_up; /* it is inspected whatever is taken back */
    uint16_t port;
};

/* Requests that both tables bypass. */
struct both {
    struct arena *arena;
    const struct diff *diff; /* of the two whole tables */
    struct kept_request *of;
    size_t count, room;
    struct patience patience; /* of the whole search that asks about them */
};

struct verdict kept_decide(const struct image *image, const struct kept_request *kept, uint32_t today);

/* Finds them. Of each unit a name, names that a changed wildcard shares with another one, and addresses in and around
 * the sets: alone; a name with an address as its destination or original address; two names, or two addresses, with an
 * original address. -1 with ERR_MEM. Cost: units times ports lookups, and at most some millions for the rest. */
int both_find(struct both *ret, struct arena *arena, const struct units *units, const struct diff *diff,
              const struct policy *policy, struct err *err);

/* Whether this image inspects any of them. Once patience is over nobody knows: true. */
bool both_is_lost(const struct both *both, const struct image *image);

/* Takes back the changed units that match what this image inspects, else what belongs to the sets that decided about it
 * before; what neither helps is given up. Returns how many, 0 if this image inspects nothing. Ends with patience. */
size_t both_take_lost(const struct both *both, const struct image *image, struct units *units);

/* Forgets those that this image inspects, because nothing taken back can help. */
void both_forget_lost(struct both *both, const struct image *image);

#endif
