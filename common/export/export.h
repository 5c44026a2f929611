/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * export.h - the table in other programs' formats: PAC files, firewalls, routers, resolvers, pages.
 *
 *     table --> [names, address sets or rows] --> exporter --> text of another program
 *
 * Where it sits: room export, above compile and verdict. The command `export` and the lines `export` of m365.conf come
 * through here. Each format is one exporter (format/format.c). What the table means is taken from verdicts, never
 * worked out again by an exporter. Files are not written here.
 */
#ifndef COMMON_EXPORT_H
#define COMMON_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct err;
struct exporter;
struct listener;
struct policy;
struct table;

#define EXPORT_TEXT_MAX ((size_t)1 << 30) /* bytes of one export */
#define EXPORT_AREAS_MAX 8
#define EXPORT_WORD_MAX 256 /* bytes of a text option */

/* Every option: its identifier, its name, the name of its value (NULL: takes none) and its help. */
#define EXPORT_OPTIONS(X)                                                                                              \
    X(CATEGORY, "category", "LIST", "only these of Optimize, Allow, Default; default: those that are bypassed")        \
    X(AREA, "area", "LIST", "only these service areas, as in Exchange,Teams")                                          \
    X(REQUIRED, "required", NULL, "only lines marked as required, by Microsoft or by you")                             \
    X(OPTIONAL, "optional", NULL, "only the others, local lines among them")                                           \
    X(EXPRESSROUTE, "expressroute", NULL, "only lines marked with expressroute")                                       \
    X(IPV4, "ipv4", NULL, "only IPv4 addresses")                                                                       \
    X(IPV6, "ipv6", NULL, "only IPv6 addresses")                                                                       \
    X(TCP, "tcp", "PORT", "only this TCP port; names are asked for 443 by default")                                    \
    X(UDP, "udp", "PORT", "only this UDP port")                                                                        \
    X(BYPASSED, "bypassed", NULL, "only lines whose category is bypassed")                                             \
    X(NAME, "name", "WORD", "what the sets, lists and tables are called; default m365")                                \
    X(TYPE, "type", "1|2|3", "pac: 1 (default) Optimize direct, 2 and Allow, 3 without tenant restrictions")           \
    X(DIRECT, "direct", "TEXT", "pac: the answer for names that bypass the proxy; default DIRECT")                     \
    X(PROXY, "proxy", "TEXT", "pac: the answer for all others, as in 'PROXY proxy.example:3128'")                      \
    X(LOWERCASE, "lowercase", NULL, "pac: as in Get-PacFile; the host is always in lower case")                        \
    X(FAST, "fast", NULL, "pac: an index instead of one test after another")                                           \
    X(SLASH, "slash", NULL, "edl: names end with a slash")                                                             \
    X(SUPERNETS, "supernets", "FILE", "routers: Microsoft's CSV of its public prefixes")

enum export_option {
#define EXPORT_OPTION_ID(id, name, value, help) EXPORT_##id,
    EXPORT_OPTIONS(EXPORT_OPTION_ID)
#undef EXPORT_OPTION_ID
        EXPORT_OPTION_COUNT
};

/* What is wanted. The texts belong to the caller. */
struct export_wish {
    const struct exporter *format;
    uint32_t given;      /* options that were given, bits 1 << enum export_option */
    uint32_t categories; /* bits 1 << enum verb; 0: those the policy bypasses */
    char areas[EXPORT_AREAS_MAX][33];
    size_t area_count;
    uint16_t tcp, udp; /* 0: not given */
    unsigned type;
    const char *name, *direct, *proxy, *supernets;
};

/* Starts a wish for a format (format.h). */
void export_wish_init(struct export_wish *ret, const struct exporter *format);

/* The option with this name, `--` left out; EXPORT_OPTION_COUNT if there is none. */
enum export_option export_option_find(const char *name);
bool export_option_takes_value(enum export_option option);

/* Sets one option. The value is NULL for one that takes none; a text is kept, not copied. -1 with ERR_USAGE: a bad
 * value, given twice, or not an option of this format. */
int export_wish_set(struct export_wish *wish, enum export_option option, const char *value, struct err *err);

/* To be called when all options are set: -1 with ERR_USAGE if one is missing, or two contradict each other. */
int export_wish_check(const struct export_wish *wish, struct err *err);

/* What is exported. The table is sorted here if it is not. */
struct export_source {
    struct table *table;
    const struct policy *policy;
    const struct listener *listener; /* hears what a format without comments cannot say; NULL: nobody */
    uint32_t today;                  /* days since 1970-01-01, UTC: lines that expired by then do not count */
};

/*
 * Appends the export: a header in the comments of its format (table, options, date, digest, and each thing in which the
 * format differs from the verdicts, counted), then the text. The same source, wish and day give the same bytes. -1 with
 * ERR_USAGE, ERR_LIMIT, ERR_MEM, or as compile_table(). Cost: compiles the table; for addresses a verdict for each
 * range between two ends of prefixes and each range of ports.
 */
int export_make(struct buf *ret, const struct export_source *source, const struct export_wish *wish, struct err *err);

/* True if two exports differ at most in the day on which they were made. */
bool export_same(const struct buf *a, const struct buf *b);

#endif
