/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * export_build.h - what the exporters share: the job, the decided names, the address sets, the rows, and notes about
 * what a format cannot say.
 *
 * Private to room export. export.c makes the job and calls one exporter; an exporter reads one of the three views and
 * appends text. It never decides what is bypassed.
 */
#ifndef COMMON_EXPORT_BUILD_H
#define COMMON_EXPORT_BUILD_H

#include "export.h"
#include "table/table.h"

struct arena;
struct image;

/* Hashes of the notes so far. */
struct export_said {
    uint64_t *slots; /* 0: free */
    size_t count, room;
};

struct export_job {
    const struct export_source *source;
    const struct export_wish *wish;
    struct arena *arena;
    uint32_t
        selected; /* categories that count as selected, bits 1 << enum verb; an exporter may look at some of them */
    struct image *image; /* compiled with all of them bypassed */
    struct buf notes;    /* lines for the header */
    struct export_said said;
};

/* One format. */
struct exporter {
    const char *name;
    const char *summary; /* one line */
    const char *open;    /* what begins a comment line; NULL: the format has no comments, so no header */
    const char *close;   /* what ends it; NULL for nothing */
    uint64_t takes;      /* options, bits 1 << enum export_option */
    const char *before;  /* what must come before the header; NULL for nothing */
    int (*write)(struct export_job *job, struct buf *out, struct err *err);
};

#define EXPORT_RESTRICTIONS "tenant-restrictions" /* the preset, and the name of its source */

/* Options that every exporter of one view takes. */
#define EXPORT_BIT(option) (UINT64_C(1) << EXPORT_##option)
#define EXPORT_TAKES_ROWS                                                                                              \
    (EXPORT_BIT(CATEGORY) | EXPORT_BIT(AREA) | EXPORT_BIT(REQUIRED) | EXPORT_BIT(OPTIONAL) | EXPORT_BIT(EXPRESSROUTE))
#define EXPORT_TAKES_LINES                                                                                             \
    (EXPORT_TAKES_ROWS | EXPORT_BIT(TCP) | EXPORT_BIT(UDP) | EXPORT_BIT(IPV4) | EXPORT_BIT(IPV6) | EXPORT_BIT(BYPASSED))
#define EXPORT_TAKES_NAMES (EXPORT_TAKES_ROWS | EXPORT_BIT(TCP))
#define EXPORT_TAKES_PAC                                                                                               \
    ((EXPORT_TAKES_NAMES & ~EXPORT_BIT(CATEGORY)) | EXPORT_BIT(TYPE) | EXPORT_BIT(DIRECT) | EXPORT_BIT(PROXY) |        \
     EXPORT_BIT(LOWERCASE) | EXPORT_BIT(FAST))
#define EXPORT_TAKES_ADDRS                                                                                             \
    (EXPORT_TAKES_ROWS | EXPORT_BIT(TCP) | EXPORT_BIT(UDP) | EXPORT_BIT(IPV4) | EXPORT_BIT(IPV6) | EXPORT_BIT(NAME))

#define EXPORT_TAKES_ROUTES (EXPORT_TAKES_ADDRS | EXPORT_BIT(SUPERNETS))

bool export_given(const struct export_job *job, enum export_option option);

/* The word of --name, or `m365`. */
const char *export_name_of(const struct export_job *job);

#define EXPORT_NOTE_MAX 4096 /* bytes of a line of the header, more than two regexes */

/* Adds a line to the header, unless it is there. Without memory the notes fail, and with them the export. */
void export_note(struct export_job *job, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Names that the header lists for one reason, several in a line: `what: a.example b.example`. */
struct export_listing {
    struct export_job *job;
    const char *what;
    size_t len;
    char names[EXPORT_NOTE_MAX / 2];
};

/* Adds a name, behind a text that may be empty; the last one is followed by an end. */
void export_listing_add(struct export_listing *listing, const char *star, const char *name);
void export_listing_end(struct export_listing *listing);

/* True if terms pass the filters on endpoint sets: area, required, optional, expressroute. Categories and ports are not
 * asked. */
bool export_passes(const struct export_job *job, const struct terms *terms);
bool export_passes_area(const struct export_job *job, const char *area, size_t area_len);
bool export_passes_set(const struct export_job *job, const char *area, size_t area_len, bool required,
                       bool expressroute);

/* ---- lines: as they are in the table, in its order, without a decision between them ---- */

/* True if a line of the table is wanted: filters, categories, ports, --ipv4, --ipv6, and not expired. A local inspect
 * line is wanted only if `inspects` is set and no category was asked for. */
bool export_wants_rule(const struct export_job *job, const struct rule *rule, bool inspects);

/* The lines of one endpoint set, or the local lines of one source. */
struct export_set {
    const struct terms *terms; /* of the first line */
    size_t first, end;         /* rules of the table */
};

/* The next set from rule *at on, which moves behind it; false at the end. */
bool export_next_set(const struct export_job *job, size_t *at, struct export_set *ret);

/* Appends `Optimize`, `Optimize and Allow` or `Optimize, Allow and Default`. True if there are several. */
bool export_add_categories(struct buf *out, uint32_t categories);

/* The name of a service area for people, as in `Exchange Online`; the area itself if it has none. */
const char *export_area_title(const char *area);

#endif
