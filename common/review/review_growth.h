/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * review_growth.h - how much the bypassed address space grows from one table to the next.
 *
 * Where it sits: room change, private to it; review_gate.c holds what grows too much. Single prefixes are judged in
 * review_gate.c as well.
 */
#ifndef COMMON_REVIEW_GROWTH_H
#define COMMON_REVIEW_GROWTH_H

#include <stdbool.h>
#include <stdint.h>

struct table;

/* So many more pass under any limit: a /16 of IPv4 and a /32 of IPv6, which is the space of one provider. */
#define GROWTH_ALWAYS 65536

/* A table and the categories that are bypassed with it: bits 1 << enum verb. */
struct growth_side {
    const struct table *table;
    uint32_t bypass;
};

/* Of one address family, in IPv4 addresses or IPv6 /48s; a prefix longer than /48 counts as its /48. */
struct growth_family {
    uint64_t was;    /* bypassed before */
    uint64_t gained; /* bypassed now and not before, however much is lost elsewhere */
    bool too_much;
};

struct growth {
    struct growth_family ipv4, ipv6;
    bool measured; /* false: there was no memory, and the other members are zero */
};

/* Compares the union of the bypassed published prefixes of two tables. Local lines do not count. True if one of the
 * families gains more than `percent` of what it had and more than GROWTH_ALWAYS, and also if there is no memory. The
 * figures are in *ret. Cost: each table is sorted by address. */
bool review_grows_too_much(struct growth *ret, const struct growth_side *was, const struct growth_side *is,
                           uint32_t percent);

#endif
