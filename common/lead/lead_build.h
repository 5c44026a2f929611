/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lead_build.h - one opening on its way to a person. Private to the lead*.c files.
 *
 *     lead.c         collects and orders the lines
 *     lead_count.c   how much opens and closes
 *     lead_line.c    writes one: what opens, and why
 *     lead_close.c   the lines of a rules file that keep it closed
 *     lead_victim.c  what such a line closes besides, and whether it closes all of the opening
 */
#ifndef COMMON_LEAD_BUILD_H
#define COMMON_LEAD_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "change/diff.h"
#include "change/later.h"
#include "change/opening.h"
#include "change/patience.h"
#include "seen/seen.h"

#define LEAD_DIGEST_SHOWN 12
#define LEAD_SECONDS 1                  /* of CPU time */
#define LEAD_ASKS_MAX ((size_t)4 << 20) /* questions to the tables in one lead; comparisons of patterns as well */

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
    bool other_addresses;          /* some of them are about other addresses */
    bool elsewhere;                /* the old table bypasses it at other ports, or nobody asked */
    struct seen seen;              /* what the log had of all of them, if diff->seen is there */
};

struct lead {
    const struct diff *diff;
    struct arena *arena;
    struct lead_line *lines;
    size_t line_count;
    size_t asks, covers; /* left of LEAD_ASKS_MAX; none once patience is over */
    struct patience patience;
    uint64_t turns;       /* after some of which patience is asked */
    const char **tenants; /* of both images */
    size_t tenant_count;
    bool all_have_tenants; /* so `<tenant>` stands for these in both */
    struct later_found later;
    bool failed;
};

/* Collects the lines. False without memory. lead_end() frees it; the buffer fails if something was left out. */
bool lead_start(struct lead *ret, const struct diff *diff);
void lead_end(struct lead *lead, struct buf *buf);

/* Append until when to decide; what opens; what closes. */
void lead_add_day(struct buf *buf, const struct lead *lead);
void lead_add_all_opens(struct buf *buf, struct lead *lead);
void lead_add_all_closes(struct buf *buf, struct lead *lead);

/* Append what opens, with its ports: `quicktips.example:443`; and why. */
void lead_add_subject(struct buf *buf, const struct lead_line *line);
void lead_add_cause(struct buf *buf, struct lead *lead, const struct lead_line *line);

/* Append `3 names, 1 address range`, or `nothing`, and whether not all could be compared. The second compares the other
 * way round, which costs as much as the diff did. */
void lead_add_opens(struct buf *buf, const struct lead *lead);
void lead_add_closes(struct buf *buf, const struct lead *lead);

/* Appends a line for the opening, and one or more for what keeps it closed. */
void lead_print_line(struct lead *lead, const struct lead_line *line, struct buf *buf);
void lead_print_closing(struct lead *lead, const struct lead_line *line, struct buf *buf);

/* ---- lead_later.c ---- */

/* Finds what opens on later days; then how many these are, and a line for each. */
void lead_find_later(struct lead *lead);
void lead_add_later_count(struct buf *buf, const struct lead *lead);
void lead_print_later(const struct lead *lead, size_t most, struct buf *buf);

/* ---- lead_victim.c ---- */

/* Whether a set publishes addresses. */
bool lead_publishes(const struct table *table, const struct endpoint_set *set);

/* `set 22`, `set 22 of china` or `local partners`. */
void lead_add_set(struct buf *buf, const struct table *table, const struct terms *terms);

#endif
