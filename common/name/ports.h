/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ports.h - sets of TCP or UDP ports, written as endpoint sets publish them: `80,443,50000-59999`.
 *
 * Where it sits: room name, above base. Which rules speak for a port is decided in table_terms.c and verdict_judge.c.
 */
#ifndef COMMON_PORTS_H
#define COMMON_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;
struct err;

#define PORTS_MAX 256 /* ranges in one set */

struct port_range {
    uint16_t low;
    uint16_t high;
};

/* Sorted, with no overlapping or adjacent ranges. The ranges belong to the arena they were read into. */
struct ports {
    const struct port_range *range;
    uint32_t count;
};

/* Reads a number from 1 to 65535, digits only. Anything else returns false and leaves *ret unchanged. */
bool port_parse(uint16_t *ret, const char *text, size_t len);

/* Reads numbers and ranges in any order, separated by commas. Spaces and tabs around a comma are skipped; an empty text
 * is an empty set. -1 with ERR_SYNTAX (not a port, a range that runs backwards), ERR_LIMIT (more than PORTS_MAX) or
 * ERR_MEM. */
int ports_parse(struct ports *ret, struct arena *arena, const char *text, size_t len, struct err *err);

/* The ports of both sets, into the arena; *ret may be one of them. -1, leaving *ret unchanged: ERR_LIMIT (together they
 * have more than PORTS_MAX ranges) or ERR_MEM. */
int ports_union(struct ports *ret, struct arena *arena, const struct ports *a, const struct ports *b, struct err *err);

/* True if the set contains the port. */
bool ports_hold(const struct ports *ports, uint16_t port);
/* True if `a` contains every port of `b`. */
bool ports_cover(const struct ports *a, const struct ports *b);
/* Sort order of port sets: range by range, a set before its extensions. 0 if they are equal. */
int ports_compare(const struct ports *a, const struct ports *b);
/* True if both sets contain the same ports. */
bool ports_equal(const struct ports *a, const struct ports *b);

/* Appends a set as `80,443,50000-59999`; nothing for an empty set. */
void ports_print(struct buf *buf, const struct ports *ports);

#endif
