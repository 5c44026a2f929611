/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * addr_special.h - addresses that no service on the Internet can have: private, loopback, documentation, multicast.
 *
 * Where it sits: room name, beside addr.h. The review's gates ask it about published prefixes (review/review_gate.c),
 * the doctor about networks of clients.
 * What a rule with such a prefix means for a table does not belong here.
 *
 * Taken from the registries that RFC 6890 (updated by RFC 8190) set up,
 * https://www.iana.org/assignments/iana-ipv4-special-registry and
 * https://www.iana.org/assignments/iana-ipv6-special-registry, with multicast and what IPv6 has not assigned yet.
 */
#ifndef COMMON_ADDR_SPECIAL_H
#define COMMON_ADDR_SPECIAL_H

#include <stdint.h>

struct prefix;

/* The name of the special-use space that the prefix overlaps, for example "private use (RFC 1918)": the first of the
 * list if there are several. NULL if it overlaps none. The prefix has no bits beyond its length, as prefix_parse()
 * returns it. The text is constant. Cost: one pass over some 40 prefixes. */
const char *prefix_special(const struct prefix *prefix);

/* The same without the documentation ranges (RFC 5737, 3849, 9637), which nobody routes. */
const char *prefix_special_but_documentation(const struct prefix *prefix);

/* How many addresses from `first` to `last`, both of IPv4 and in the order of the host, are in no special-use space. 0
 * if `last` is below `first`. Cost: one pass over the list. */
uint64_t addr_public_v4(uint32_t first, uint32_t last);

#endif
