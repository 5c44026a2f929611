/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff.h - what changed between two tables, in the field's words and in what it means.
 *
 *     old table, new table --> entries    which set gained, lost or changed which pattern or prefix
 *     old image, new image --> verdicts   which names are bypassed now that were inspected, or the reverse
 *                          --> ranges     the same for addresses
 *
 * Where it sits: room change, above verdict and table. Microsoft's change feed only annotates the diff. Whether a
 * change may be published is decided in review.h.
 */
#ifndef COMMON_DIFF_H
#define COMMON_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "name/addr.h"
#include "name/ports.h"
#include "table/table.h"
#include "verdict/verdict.h"

struct announced;
struct buf;
struct err;
struct image;
struct later_found;

/* A pattern may stay in one set, leave a second and join a third: each is an entry of its own. */
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

/* How the verdict of a name or an address differs. */
struct diff_answer {
    struct ports ports; /* all TCP ports that this is true for */
    bool opened;        /* inspect before, bypass now; else the reverse */
    bool joins;         /* an address that only joined a set which was bypassed already */
    enum why old_why, new_why;
    const struct terms *terms; /* of the deciding set on the bypassing side; NULL: not in its table */
};

/* A host pattern whose verdict differs, asked through one name that it matches. */
struct diff_verdict {
    const char *pattern; /* as the tables write it */
    const char *name;    /* the name that was asked */
    bool some;           /* only some of its names, such as this one: those of a tenant, or of another wildcard too */
    uint16_t port;       /* one of the ports: 443, else 80, else the lowest */
    const char *regex;   /* about those names of the pattern that this regex may match; NULL: about any */
    bool stands_in;      /* the name asked stands for others: regexes decide about it otherwise */
    struct diff_answer answer;
};

/* A run of addresses, first to last, whose verdict (no SNI) differs. */
struct diff_range {
    struct addr first, last;
    struct diff_answer answer;
};

struct diff {
    struct arena *arena; /* owns everything but the tables and images */
    const struct table *old_table, *new_table;
    const struct image *old_image, *new_image; /* NULL: everything is inspected */
    uint32_t today;
    const uint16_t *ports; /* that were asked about, port_count of them */
    size_t port_count;
    struct diff_entry *entries; /* by kind, then patterns before prefixes, then text */
    size_t entry_count, counts[DIFF_KINDS];
    struct diff_verdict *verdicts; /* opened first, then by pattern */
    size_t verdict_count;
    size_t opened;             /* of these */
    struct diff_range *ranges; /* opened first, then by address */
    size_t range_count, ranges_opened;
    struct opening *openings; /* the riskiest first; opening.h */
    size_t opening_count;
    struct seen_rows *seen; /* what the log had of each of these, seen.h; NULL: nobody asked */
    const char *options;    /* what else changed: bypassed categories, precedence, tenants; or NULL */
    size_t regex_count;     /* different regexes of both tables, for which no name could be asked */
    bool hold_joins;        /* as in diff_input */
    bool partial;           /* it would have taken too long or too much memory: not all was asked or kept */
    size_t old_rules, new_rules;
    uint32_t old_bypass, new_bypass; /* categories: bits 1 << enum verb; 0 without an image */
};

struct diff_input {
    const struct table *old_table, *new_table; /* sorted */
    const struct image *old_image, *new_image; /* NULL: everything is inspected */
    uint32_t today;                            /* days since 1970-01-01, UTC */
    const struct announced *changes;           /* the change feed; NULL: none */
    size_t change_count;
    bool hold_joins; /* addresses that join a bypassed set are openings as well */
};

/*
 * Compares two tables. Verdicts are asked of both images as of `today`:
 *   - Names for each pattern of either table. An exact pattern is its own name. A wildcard gets a label that no rule
 *     mentions, and the names of our tenants. Wildcards that cross also get names that both match. Where other rules
 *     decide now, bypass regexes are assumed to match as well. Regexes that changed are only counted.
 *   - The first address of each piece between two edges of prefixes of either table.
 * Each is asked at one TCP port of every piece between two edges of port ranges. Tables and images must outlive the
 * diff. -1 with ERR_MEM. Cost: rules times ports lookups, at most seconds, more only for local lines; then partial.
 */
int diff_tables(struct diff **ret, const struct diff_input *input, struct err *err);
void diff_free(struct diff *diff);           /* NULL is allowed */
bool diff_is_empty(const struct diff *diff); /* nothing differs */

/* One paragraph: how many of each kind, what opens and closes; no line end. Everything, by kind, a line each. Only what
 * opens: verdicts and ranges. What records contain: the paragraph and everything. */
void diff_summary(const struct diff *diff, struct buf *buf);
void diff_print(const struct diff *diff, struct buf *buf);
void diff_print_opened(const struct diff *diff, struct buf *buf);
void diff_report(const struct diff *diff, struct buf *buf);
/* What a person needs of it besides the openings: names that are bypassed on a side and local lines, `most` of each
 * kind; published addresses, a line for each set; how many others. `closings`: also what closes. The buffer may fail.
 * Everything, and what opens later, as a JSON object and a line end; a generation is 0 if a side is none. */
void diff_print_brief(const struct diff *diff, size_t most, bool closings, struct buf *buf);
void diff_print_json(const struct diff *diff, const struct later_found *later, uint32_t old, uint32_t new,
                     struct buf *buf);
const char *diff_word(enum diff_kind kind); /* `added`, `removed`, ... */
/* `set 184, Common, worldwide`, or `local, partners`: where an entry of the table belongs. */
void diff_add_set(struct buf *buf, const struct table *table, const struct terms *terms);

#define DIFF_RANGE_TEXT_MAX (2 * ADDR_TEXT_MAX) /* `192.0.2.0/24` if the range is a prefix, else `first-last` */
void diff_range_text(char ret[DIFF_RANGE_TEXT_MAX], const struct diff_range *range);

#endif
