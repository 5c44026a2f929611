/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff.h - what changed between two tables, in the field's words and in what it means.
 *
 *     old table, new table --> entries    which set gained, lost or changed which pattern or prefix
 *     old image, new image --> verdicts   which names are bypassed now that were inspected, or the reverse
 *                          --> ranges     the same for addresses
 *
 * Where it sits: floor 6. Computed from the two tables and their images alone; Microsoft's change feed only annotates.
 * Whether a change may be published is review.h's.
 */
#ifndef COMMON_DIFF_H
#define COMMON_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "name/addr.h"
#include "name/ports.h"
#include "table/table.h"

struct arena;
struct buf;
struct err;
struct image;
struct announced;

#define DIFF_PIECES_MAX 2000                     /* pieces of the port space */
#define DIFF_CROSSINGS_MAX ((size_t)1000 * 1000) /* pairs of wildcards */

/* A pattern or prefix is handled set by set: it may stay in one set, leave a second and join a third. */
enum diff_kind {
    DIFF_ADDED,     /* joined a set, and left no other one */
    DIFF_REMOVED,   /* left a set, and joined no other one */
    DIFF_MOVED,     /* left one set and joined another of the same category */
    DIFF_RAISED,    /* stronger category, in its set or through another: Default < Allow < Optimize */
    DIFF_LOWERED,   /* weaker category */
    DIFF_PORTS,     /* other TCP or UDP ports */
    DIFF_BROADENED, /* a new wildcard or prefix replaces what it covers */
    DIFF_NARROWED,  /* names, narrower wildcards or prefixes replace what covered them */
    DIFF_ATTRIBUTE, /* required, ExpressRoute, area, expiry, owner ... */
    DIFF_LOCAL,     /* a local line came, went or changed its verb (verb inspect, or a line without id) */
    DIFF_KINDS,
};

struct diff_entry {
    enum diff_kind kind;
    bool is_prefix;
    bool elsewhere;    /* added or removed, but also in a set that kept it */
    const char *text;  /* pattern or prefix; of broadened and narrowed the new one */
    const char *other; /* broadened and narrowed: the one it replaces; removed: a wider one that still covers
                          it; added: a wider one that covered it before; or NULL */
    const struct terms *old_terms; /* in the old table; NULL if there is none */
    const struct terms *new_terms; /* in the new table; NULL if there is none */
    const char *impact;            /* Microsoft's word, or NULL */
    const char *effective;         /* YYYYMMDD, or NULL */
};

/* A host pattern, through a name that stands for it, whose verdict differs. */
struct diff_verdict {
    const char *pattern; /* as the tables write it */
    const char *name;    /* the name that was asked */
    struct ports ports;  /* all TCP ports that this is true for */
    uint16_t port;       /* one of them: 443, else 80, else the lowest */
    bool opened;         /* inspect before, bypass now; else the reverse */
    bool group_known;    /* that endpoint set (source, id) was in the old table with a bypassed category */
    const char *old_why, *new_why;
    const struct terms *terms; /* deciding set of the bypassing side; NULL if it is not in its table */
};

/* A run of addresses, first to last, whose verdict (no SNI) differs. */
struct diff_range {
    struct addr first, last;
    struct ports ports;
    bool opened;
    bool group_known; /* as above */
    const char *old_why, *new_why;
    const struct terms *terms;
};

struct diff {
    struct arena *arena; /* owns everything but the tables */
    const struct table *old_table, *new_table;
    struct diff_entry *entries; /* by kind, then patterns before prefixes, then text */
    size_t entry_count;
    size_t counts[DIFF_KINDS];
    struct diff_verdict *verdicts; /* opened first, then by pattern */
    size_t verdict_count;
    size_t opened;             /* of these */
    struct diff_range *ranges; /* opened first, then by address */
    size_t range_count;
    size_t ranges_opened;
    const char *options; /* what else changed: bypassed categories, precedence, tenants; or NULL */
    size_t regex_count;  /* regexes of both tables, for which no name could be asked */
    bool partial;        /* more ports or crossing wildcards than DIFF_*_MAX: not all were asked */
    size_t old_rules, new_rules;
    uint32_t old_bypass, new_bypass; /* categories: bits 1 << enum verb; 0 without an image */
};

/*
 * Compares two sorted tables. Verdicts are asked of the two images (NULL: everything is inspected) as of `today`
 *   - for a name of every pattern of both tables: an exact one itself, a wildcard with a label in its star that no rule
 *     mentions (of `<tenant>`, and under a tenant suffix, with the configured tenants too), two wildcards that cross
 *     with a name that both match; regexes are only counted;
 *   - for the first address of every piece between two edges of prefixes of either table;
 * at one TCP port of every piece between two edges of ports. `changes` may be NULL. Tables and images must outlive the
 * diff. -1 with ERR_MEM. Cost: rules times ports lookups, plus added times removed wildcards.
 */
int diff_tables(struct diff **ret, const struct table *old_table, const struct image *old_image,
                const struct table *new_table, const struct image *new_image, uint32_t today,
                const struct announced *changes, size_t change_count, struct err *err);

void diff_free(struct diff *diff); /* NULL is allowed */

/* True if nothing differs. */
bool diff_is_empty(const struct diff *diff);

/* One paragraph: how many of each kind, the entries themselves if they are few, what opens and closes. No line end. */
void diff_summary(const struct diff *diff, struct buf *buf);

/* Everything for a person, grouped by kind, a line each; nothing if the diff is empty. */
void diff_print(const struct diff *diff, struct buf *buf);

/* Only what is bypassed now and was inspected before: verdicts and ranges. */
void diff_print_opened(const struct diff *diff, struct buf *buf);

/* Everything as one JSON object and a line end. */
void diff_print_json(const struct diff *diff, struct buf *buf);

/* `added`, `removed`, ... */
const char *diff_word(enum diff_kind kind);

/* `set 184, Common, worldwide`, or `local, partners`: where an entry stands. The set belongs to the table. */
void diff_add_set(struct buf *buf, const struct table *table, const struct terms *terms);

/* `192.0.2.0/24` if the range is a prefix, else `first-last`. */
#define DIFF_RANGE_TEXT_MAX (2 * ADDR_TEXT_MAX)
void diff_range_text(char ret[DIFF_RANGE_TEXT_MAX], const struct diff_range *range);

#endif
