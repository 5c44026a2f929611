/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * addr.h - IP addresses and prefixes: the only entrance for them.
 *
 * Where it sits: room name, above base. An IPv4-mapped IPv6 address (::ffff:0:0/96, RFC 4291, section 2.5.5.2) is
 * treated as the IPv4 address from here on.
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
    uint8_t bytes[16]; /* network byte order; IPv4 uses the first four, the rest is zero */
};

struct prefix {
    struct addr addr;
    uint8_t len; /* in bits: 0 to 32 or 0 to 128 */
};

/* Reads a dotted quad of four decimal numbers without leading zeros, or an IPv6 address without a zone. Anything else
 * returns false and leaves *ret unchanged. */
bool addr_parse(struct addr *ret, const char *text, size_t len);

/* Like addr_parse(), but also accepts `[v6]` and `%5Bv6%5D`, as Squid writes hosts. */
bool addr_parse_token(struct addr *ret, const char *text, size_t len);

/* Writes the canonical text (RFC 5952), NUL-terminated. */
void addr_format(char ret[ADDR_TEXT_MAX], const struct addr *addr);

/* Reads `addr/len`, or an address alone as a prefix of full length. -1 with ERR_SYNTAX: not an address, a length that
 * is not a number or too long, or bits set beyond the length (the sentence then names the prefix that was probably
 * meant). */
int prefix_parse(struct prefix *ret, const char *text, size_t len, struct err *err);

/* Writes `addr/len` with the canonical address, NUL-terminated. */
void prefix_format(char ret[PREFIX_TEXT_MAX], const struct prefix *prefix);

/* Sort order: IPv4 first, then by address, a shorter prefix before the longer ones inside it. 0 if they are equal. */
int prefix_compare(const struct prefix *a, const struct prefix *b);

/* True if the address is inside the prefix (same family, same leading bits). */
bool prefix_holds(const struct prefix *prefix, const struct addr *addr);

/* Sets *ret to the last address of the prefix. */
void prefix_last(struct addr *ret, const struct prefix *prefix);

/* Sort order: IPv4 first, then by address. 0 if they are equal. */
int addr_compare(const struct addr *a, const struct addr *b);

/* Steps to the next address; false at the end of the family's space, where *addr becomes its first address. */
bool addr_step(struct addr *addr);

/* Steps to the address before; false at the start of the family's space, where *addr becomes its last address. */
bool addr_step_back(struct addr *addr);

/* Sets *ret to the prefix of this length that contains the address. */
void prefix_around(struct prefix *ret, const struct addr *addr, uint8_t len);

#endif
