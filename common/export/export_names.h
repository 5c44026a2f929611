/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * export_names.h - the names that are selected, as a list in which the first match counts.
 *
 * Private to room export, above export_build.h. Exporters read the list from its start, or fit it to their format.
 */
#ifndef COMMON_EXPORT_NAMES_H
#define COMMON_EXPORT_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "name/pattern.h"
#include "name/verb.h"

struct arena;
struct buf;
struct err;
struct export_job;
struct terms;

struct export_name {
    const char *text; /* canonical pattern, never `.b.c`: such a line is two entries; a regex as export_regex_plain() */
    const char *line; /* the pattern of its line */
    const struct terms *terms;
    uint32_t weight;
    uint32_t level; /* see export_names_layer() */
    enum verb verb; /* as which it wins: INSPECT is before all others */
    uint16_t len;
    uint8_t kind; /* enum pattern_kind: EXACT, UNDER, GLOB or REGEX */
    bool selected;
};

/* A name that matches no entry is not selected. */
struct export_names {
    struct export_name *item;
    size_t count, room;
};

/*
 * The names that a verdict selects at a TCP port: the first entry that matches a name says whether the name alone (no
 * SNI, no address) is bypassed by a line that passes the filters. Entries without effect are left out. -1 with ERR_MEM
 * or ERR_LIMIT. Cost: a sort, and for each entry a search for each of its labels and a match with each glob and regex.
 */
int export_names(struct export_names *ret, struct export_job *job, uint16_t port, struct err *err);

/* The port that names are asked for: of --tcp, or 443. */
uint16_t export_port(const struct export_job *job);

/* What a format can say about names, bits. */
enum export_can {
    EXPORT_CAN_GLOB = 1,   /* `*cdn.b.c`, `a.*.b.c` */
    EXPORT_CAN_REGEX = 2,  /* regexes of the simple kind, see export_regex_is_simple() */
    EXPORT_CAN_EXCEPT = 4, /* an entry that is not selected inside one that is */
};

/*
 * Replaces what a format cannot say, so that never more is selected than before, and notes it for the header: a
 * selected entry is left out; one that is not selected becomes everything below its literal suffix. Without
 * EXPORT_CAN_EXCEPT exceptions are removed from the list, and each is named in a note, since it is then selected.
 * -1 with ERR_USAGE: an exception to be replaced has no literal suffix, so nothing less than all names would do; or
 * ERR_MEM.
 */
int export_names_fit(struct export_names *names, struct export_job *job, unsigned can, struct err *err);

/* export_names() at export_port(), fitted to a format and sorted by export_names_layer(); notes the port. */
int export_names_for(struct export_names *ret, struct export_job *job, unsigned can, struct err *err);

/* Drops entries without effect: never reached, or followed by the same answer. Part of export_names(). */
int export_names_reduce(struct export_names *names, struct arena *arena, struct err *err);

/*
 * Sorts a reduced list into as few runs of the same answer as possible without changing what it says: level 0 is not
 * selected, level 1 is, level 2 is not, and so on. Entries of one level can be in any order; here plain ones come
 * first, then by text. -1 with ERR_MEM.
 */
int export_names_layer(struct export_names *names, struct arena *arena, struct err *err);

/* Cuts selected entries down to the names of your own tenants. Part of export_names(). */
int export_names_guard(struct export_names *names, struct export_job *job, struct err *err);

/* True if an entry and a pattern that is no regex may match the same name. */
bool export_name_meets(const struct export_name *entry, const char *text, size_t len);

/* Appends an entry as a regular expression that is searched for in a host, without regard to case. It means the same in
 * PCRE2, JavaScript and POSIX extended syntax if a regex is simple. */
void export_name_expression(struct buf *out, const struct export_name *entry);

/* Appends an entry, whose text must live as long as the arena. -1 with ERR_MEM. */
int export_names_add(struct export_names *names, struct arena *arena, const struct export_name *entry, struct err *err);

/* A regex (text with its `~`) without what says nothing here, since all are matched without regard to case and no group
 * is looked at: a leading `(?i)` goes, and `(?:` becomes `(`. NULL without memory. */
const char *export_regex_plain(struct arena *arena, const char *text, size_t len);

/* True if a regex (text with its `~`) means the same in PCRE2, JavaScript and POSIX extended syntax. */
bool export_regex_is_simple(const char *text);

#endif
