/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lead_build.h - one opening on its way to a person. Private to lead.c, which collects and orders the lines, and
 * lead_line.c, which writes one. */
#ifndef COMMON_LEAD_BUILD_H
#define COMMON_LEAD_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "diff.h"
#include "opening.h"

#define LEAD_ASKS_MAX ((size_t)4 << 20) /* questions to the old table in one lead; comparisons of patterns as well */

/* The riskiest first. */
enum lead_risk {
    LEAD_WILDCARD, /* everything below a name opens */
    LEAD_SIGN_IN,  /* a name that people or services sign in at, see is_sign_in() */
    LEAD_NAME,
    LEAD_PORT, /* it was bypassed already, at other ports */
    LEAD_WITH, /* it was bypassed already, with other addresses */
    LEAD_ADDRESS,
    LEAD_PAIR, /* an address that was bypassed already, with other addresses */
};

/* The openings of one pattern; or those of addresses that one set decides about, in pairs with the same addresses. */
struct lead_line {
    enum lead_risk risk;
    size_t addresses;              /* PAIR: how many */
    const struct opening *opening; /* at 443, else 80, else the first: its cause is told */
    struct ports ports;            /* of all of them */
    bool other_causes;             /* some of them have another cause */
    bool elsewhere;                /* the old table bypasses it at other ports, or nobody asked */
};

struct lead {
    const struct diff *diff;
    struct arena *arena;
    struct lead_line *lines;
    size_t line_count;
    size_t asks, covers; /* left of LEAD_ASKS_MAX */
};

/* Appends a line for the opening, and one or more for what keeps it closed. */
void lead_print_line(struct lead *lead, const struct lead_line *line, struct buf *buf);

#endif
