/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff.h - what changed between two tables, in the field's words and in what it means.
 *
 * Where it sits: floor 5. Computed from the two tables and their images alone; Microsoft's change feed only annotates.
 * Whether a change may be published is review.h's.
 */
#ifndef COMMON_DIFF_H
#define COMMON_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "table.h"

struct arena;
struct buf;
struct err;
struct image;
struct service_change;

enum diff_kind {
    DIFF_ADDED,     /* a pattern or prefix that no set had */
    DIFF_REMOVED,   /* a pattern or prefix that no set has any more */
    DIFF_MOVED,     /* from one set to another, same category */
    DIFF_RAISED,    /* stronger category: Default < Allow < Optimize */
    DIFF_LOWERED,   /* weaker category */
    DIFF_PORTS,     /* other TCP or UDP ports */
    DIFF_BROADENED, /* a wildcard replaces names or narrower wildcards it covers */
    DIFF_NARROWED,  /* names or narrower wildcards replace a wildcard that covered them */
    DIFF_ATTRIBUTE, /* required, ExpressRoute, area, expiry, owner ... */
    DIFF_LOCAL,     /* a local line came or went (verb inspect or a line without id) */
    DIFF_KINDS,
};

struct diff_entry {
    enum diff_kind kind;
    const char *text;          /* pattern or prefix */
    const char *other;         /* the pattern it replaces or is replaced by; NULL */
    const struct set *old_set; /* NULL if added */
    const struct set *new_set; /* NULL if removed */
    const char *impact;        /* Microsoft's word, or NULL */
    const char *effective;     /* YYYYMMDD, or NULL */
    bool is_prefix;
};

/* A host pattern (through a name that stands for it) whose verdict differs. */
struct diff_verdict {
    const char *pattern; /* as the tables write it */
    const char *name;    /* the name that was asked */
    uint16_t port;
    bool opened;           /* inspect before, bypass now; else the reverse */
    const char *why;       /* why-words "before -> now" */
    const struct set *set; /* deciding set of the bypassing side, or NULL */
    uint32_t group_known;  /* 1 if that endpoint set (source, id) was in the old table with a bypassed category */
};

/* A run of addresses, first to last, whose verdict at a port differs. */
struct diff_range {
    struct addr first, last;
    uint16_t port;
    bool opened;
    const struct set *set;
    bool group_known; /* as above */
};

struct diff {
    struct arena *arena; /* owns everything */
    struct diff_entry *entries;
    size_t entry_count;
    size_t counts[DIFF_KINDS];
    struct diff_verdict *verdicts;
    size_t verdict_count;
    struct diff_range *ranges;
    size_t range_count;
    size_t old_rules, new_rules;
};

/*
 * Compares. Verdicts are asked of the two images (NULL: everything is inspected) for a name of every pattern of both
 * tables and for every piece of address space between two edges of prefixes, at every port that any of the tables
 * mentions for TCP (ranges by their ends) and at 80 and 443, as of `today`. `changes` may be NULL. The tables and
 * images must outlive the diff. -1 with ERR_MEM. Cost: rules times ports lookups.
 */
int diff_tables(struct diff **ret, const struct table *old_table, const struct image *old_image,
                const struct table *new_table, const struct image *new_image, uint32_t today,
                const struct service_change *changes, size_t change_count, struct err *err);

void diff_free(struct diff *diff); /* NULL is allowed */

/* True if nothing differs. */
bool diff_is_empty(const struct diff *diff);

/* One paragraph: how many of each kind, the entries themselves if they are few, what opens and closes. No line end. */
void diff_summary(const struct diff *diff, struct buf *buf);

/* Everything, a line each, for a person; and as one JSON object. */
void diff_print(const struct diff *diff, struct buf *buf);
void diff_print_json(const struct diff *diff, struct buf *buf);

/* `added`, `removed`, ... */
const char *diff_word(enum diff_kind kind);

#endif
