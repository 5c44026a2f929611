/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * opening_build.h - how the parts that find openings share what they know. Private to the opening*.c and diff*.c files.
 *
 *     opening_note.c   while diff_ask.c asks: keeps the standings, each different one once
 *     opening_group.c  the endpoint sets of both tables, and which of them an address may join
 *     opening_bits.c   which pieces of the address space belong to which prefix and endpoint set, as bits
 *     opening_find.c   compares; opening_add.c keeps and opening.c orders what was found
 */
#ifndef COMMON_OPENING_BUILD_H
#define COMMON_OPENING_BUILD_H

#include "diff_build.h"
#include "opening.h"

#define OPENING_BITS_MAX ((size_t)128 << 20) /* bytes of all bits; beyond, the comparison is partial */
#define OPENING_PAIRS_MAX ((size_t)4 << 20)  /* pairs of a destination and an SNI that are compared */
#define OPENINGS_MAX ((size_t)100 * 1000)    /* kept */
#define OPENING_NO_STANCE 0                  /* number of the stance of whatever is not bypassed */

/* What counts of a standing, each different one once. */
struct stance {
    enum verb verb;
    uint32_t group_count;   /* 0: its sets publish no address */
    uint32_t bare_count;    /* of the old table: sets that publish none yet, but do in the new one */
    const uint32_t *groups; /* sorted; then those that publish none yet, sorted */
    bool changed;           /* an address joined or left one of the groups */
};

/* One endpoint set of either table. */
struct group {
    const char *source;
    uint32_t id;
    uint64_t *was, *is; /* bits of its addresses in each table; NULL: it has none */
    bool published[2];  /* whether it publishes addresses in each table, be they expired */
    bool changed, same; /* same: what joins it is no opening, see opening_group.c */
};

/* What a name or an address was and is at every port piece: two stances each. Each different one once. */
struct course {
    const uint32_t *stances; /* was, is, was, is ... */
    uint32_t first;          /* its subjects, a list; UINT32_MAX ends it */
    bool has_names;
};

struct subject {
    const char *pattern;
    const char *name;
    uint32_t course;
    uint32_t next;
    size_t piece; /* of an address */
    bool is_addr;
    const struct assumed *assumed; /* NULL: nothing */
};

/* A run of addresses between two edges. */
struct address_piece {
    struct addr first, last;
};

/* What is found for two stances at one port piece. */
struct found_bits {
    uint64_t key;
    const uint64_t *bits; /* NULL: nothing opens */
    bool known, joins;
};

/* The runs of addresses of some bits. */
struct runs {
    const uint64_t *bits;
    size_t without; /* a piece that is left out, or SIZE_MAX */
    size_t count;
    struct addr first, last; /* of the first run */
};

struct slots {
    uint32_t *of; /* number + 1 */
    size_t room;
};

struct opener {
    struct differ *differ;
    struct group *groups;
    size_t group_count;
    uint32_t *set_groups[2]; /* group + 1 by number of set, of the old and the new image */
    struct stance *stances;
    size_t stance_count, stance_room;
    struct slots stance_slots, course_slots;
    struct course *courses;
    size_t course_count, course_room;
    struct subject *subjects;
    size_t subject_count, subject_room;
    uint32_t *asking; /* the course that is being noted */
    const struct address_piece *pieces;
    size_t piece_count, words;                     /* words of 64 bits for one set of pieces */
    size_t piece;                                  /* the piece that is being asked about */
    uint64_t *inspect_was, *inspect_is, *joinable; /* `words` for each port piece */
    uint64_t *spoke;                               /* a bit for group * port pieces + piece: see opening_note.c */
    struct found_bits *found;
    size_t found_room, found_count;
    bool *inspect_opened;                 /* by port piece */
    uint64_t *admitted, *joined, *opened; /* room for one set of pieces each */
    size_t kept_words;                    /* of bits that were found */
    struct runs runs;                     /* those found last */
    size_t opening_room;
    bool hold_joins;
};

/* Prepares before anything is asked. -1 without memory. */
int opening_prepare(struct opener *opener, struct differ *differ);

/* opening_group.c: finds out which sets publish addresses, and which were bypassed. -1 without memory. */
int opening_note_sets(struct opener *opener);

/* Whether a set of the old table was bypassed at a port piece, its addresses alone as well. */
bool opening_spoke(const struct opener *opener, uint32_t group, size_t port_piece);

/* Notes the standings at one port piece of what is being asked. For an address that opens, *ret_joins says whether it
 * only joined a set that was bypassed before. */
void opening_note(struct opener *opener, size_t port_piece, const struct standing *was, const struct standing *is,
                  bool is_addr, bool *ret_joins);

/* Keeps who was asked. The texts must live as long as the diff. */
void opening_note_subject(struct opener *opener, const char *pattern, const char *name, bool is_addr,
                          const struct assumed *assumed);

/* Tells which address pieces will be asked about, and finds which belong to which set. */
void opening_prepare_bits(struct opener *opener, const struct address_piece *pieces, size_t count);

/* opening_group.c: numbers the endpoint sets of both tables (false without memory); finds one of them. */
bool opening_find_groups(struct opener *opener);
struct group *opening_find_group(struct opener *opener, const char *source, size_t len, uint32_t id);

/* A group by set number of one image (side 0: old, 1: new); UINT32_MAX if it is unknown. */
uint32_t opening_group(struct opener *opener, int side, uint32_t set);

/* Finds and keeps what passes together now and did not before. */
void opening_find(struct opener *opener);

/* Adds an opening. NULL without memory, or if there are too many. */
struct opening *opening_add(struct opener *opener, enum opening_kind kind);

/* What decided about a request on each side: fills rules and terms. The regex that was assumed decides now. */
void opening_explain(struct differ *differ, struct opening *opening, const struct request *request);
void opening_explain_regex(struct opening *opening, const struct assumed *assumed);
bool opening_stands_in(const struct subject *subject); /* NULL is allowed */

/* opening.c: finds all openings, also those that verdicts and ranges tell. These must be in order. */
void opening_collect(struct opener *opener);
#endif
