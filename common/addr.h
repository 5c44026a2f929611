/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * addr.h - IP addresses and prefixes: the one door through which they enter.
 *
 * Where it sits: floor 3, beside host.h. An IPv4-mapped IPv6 address (::ffff:0:0/96, RFC 4291, 2.5.5.2) is the IPv4
 * address from here on.
 */
#ifndef COMMON_ADDR_H
#define COMMON_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

#define ADDR_TEXT_MAX 46   /* INET6_ADDRSTRLEN */
#define PREFIX_TEXT_MAX 50 /* with "/128" */

struct addr {
    bool v6;
    uint8_t bytes[16]; /* network order; IPv4 uses the first four, the rest is zero */
};

struct prefix {
    struct addr addr;
    uint8_t len; /* bits: 0-32 or 0-128 */
};

/* A dotted quad of four decimal numbers without leading zeros, or an IPv6 address without zone. False, leaving *ret
 * alone, for anything else. */
bool addr_parse(struct addr *ret, const char *text, size_t len);

/* The same, and `[v6]` and `%5Bv6%5D` as Squid writes hosts. */
bool addr_parse_token(struct addr *ret, const char *text, size_t len);

/* `ret` gets the canonical text (RFC 5952) with a NUL. */
void addr_format(char ret[ADDR_TEXT_MAX], const struct addr *addr);

/* `addr/len`, or an address alone for a prefix of its full length. -1 with ERR_SYNTAX: not an address, a length that is
 * too long or no number, bits set beyond the length (the sentence names the prefix that was probably meant). */
int prefix_parse(struct prefix *ret, const char *text, size_t len, struct err *err);

void prefix_format(char ret[PREFIX_TEXT_MAX], const struct prefix *prefix);

/* Order: IPv4 first, then by address, a shorter prefix before the longer ones inside it. 0 if they are equal. */
int prefix_compare(const struct prefix *a, const struct prefix *b);

/* True if the address lies inside (same family, same leading bits). */
bool prefix_holds(const struct prefix *prefix, const struct addr *addr);

/* The prefix of this length around an address. */
void prefix_around(struct prefix *ret, const struct addr *addr, uint8_t len);

#endif
