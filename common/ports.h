/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ports.h - sets of TCP or UDP ports, as endpoint sets publish them: `80,443,50000-59999`.
 *
 * Where it sits: floor 3. Which rule speaks for a port is decided in verdict.c.
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

/* Sorted, without overlap or neighbours that touch. The ranges belong to the arena they were read into. */
struct ports {
    const struct port_range *range;
    uint32_t count;
};

/* A number from 1 to 65535, digits only. False, leaving *ret alone, for anything else. */
bool port_parse(uint16_t *ret, const char *text, size_t len);

/* Numbers and ranges in any order, separated by commas; blanks around a comma are skipped; an empty text is no port. -1
 * with ERR_SYNTAX (not a port, a range that runs backwards), ERR_LIMIT (more than PORTS_MAX) or ERR_MEM. */
int ports_parse(struct ports *ret, struct arena *arena, const char *text, size_t len, struct err *err);

/* The ports of both, into the arena; *ret may be one of them. -1, leaving *ret alone: ERR_LIMIT (their ranges together
 * are more than PORTS_MAX) or ERR_MEM. */
int ports_union(struct ports *ret, struct arena *arena, const struct ports *a, const struct ports *b, struct err *err);

bool ports_hold(const struct ports *ports, uint16_t port);
/* True if `a` holds every port of `b`. */
bool ports_cover(const struct ports *a, const struct ports *b);
/* An order of port sets: by their ranges, the shorter set first. 0 if they are equal. */
int ports_compare(const struct ports *a, const struct ports *b);
bool ports_equal(const struct ports *a, const struct ports *b);

/* `80,443,50000-59999`; nothing for no port. */
void ports_print(struct buf *buf, const struct ports *ports);

#endif
