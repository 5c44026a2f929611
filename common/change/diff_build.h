/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff_build.h - how the parts of one comparison share their findings. Private to the diff*.c files.
 *
 *     diff.c          walks over both tables, key by key, and says what each set did with each pattern
 *     diff_pair.c     finds what replaces what it covers; asks the change feed
 *     diff_ask.c      asks both images about a name or an address, at every port that matters
 *     diff_work.c     counts how much was asked: a comparison takes seconds at most
 *     diff_verdict.c, diff_pattern.c, diff_regex.c  the names, see diff_name.h
 *     diff_range.c    the addresses
 *     diff_print.c, diff_summary.c, diff_json.c
 */
#ifndef COMMON_DIFF_BUILD_H
#define COMMON_DIFF_BUILD_H

#include "base/arena.h"
#include "diff.h"
#include "image/image.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define DIFF_PIECES_MAX 2000 /* pieces of the port space */
#define DIFF_WORK_LOOKUP 16  /* what a lookup costs that finds nothing; diff_work.c */

/* One rule of one side. */
struct ref {
    const struct rule *rule;
    const struct terms *terms;
    const struct table *table;
    bool is_prefix;
    bool local; /* it belongs to no endpoint set, or is an inspect line */
    bool paired;
};

/* All rules of one side in the order of their keys; of one key by set. */
struct half {
    const struct table *table;
    const struct image *image;
    struct ref *refs;
    size_t count;
    uint32_t bypass; /* categories; 0 without an image */
};

/* A range of ports that the same rules speak for. One port is asked for all of them. */
struct port_piece {
    uint16_t low, high, ask;
};

/* An answer under construction. Its ports are in `ranges`; those of the answer itself are empty. */
struct change {
    struct diff_answer answer;
    struct port_range *ranges; /* room for one for each port piece */
    uint32_t range_count;
};

struct address_piece;
struct assumed;
struct key_count;
struct opener;
struct wild;

/* What may still be asked, and how many rules a lookup visits; diff_work.c. */
struct work {
    uint64_t left;
    struct key_count *keys;
    size_t room;
};

struct differ {
    struct diff *diff;
    struct arena *arena;   /* of the diff */
    struct arena *scratch; /* dies with the comparison */
    struct half old_half, new_half;
    uint32_t today;
    size_t entry_room, verdict_room, range_room;
    struct port_piece *pieces;
    size_t piece_count;
    struct change *changes; /* of the name or address asked last: at most one for each port piece */
    size_t change_count;
    char labels[3][HOST_LABEL_MAX + 1]; /* labels that no rule mentions; regexes may tell them apart */
    const char **tenants;               /* of both images */
    size_t tenant_count;
    bool no_tenants; /* one of the images has none: `<tenant>` is any label there */
    struct assumed *no_regex, *regexes;
    size_t regex_count;
    bool differs;       /* other rules decide about the name asked last, on any port */
    struct wild *wilds; /* every wildcard of either side once */
    size_t wild_count, wild_room;
    struct work work;
    struct opener *opener; /* opening_build.h */
};

/* Turns added and removed entries into broadened and narrowed ones. */
void diff_pair_entries(struct differ *differ);

/* Adds Microsoft's words to the entries. */
void diff_annotate(struct differ *differ, const struct announced *changes, size_t count);

/* diff_ask.c: finds the port pieces, the label, the tenants and the options that differ; -1 without memory. */
int diff_prepare_asking(struct differ *differ);

/* diff_work.c: counts the rules, after the port pieces are known. -1 without memory. */
int diff_prepare_work(struct differ *differ);

/* Takes these steps from those that are left. False if there are fewer: then the comparison is partial from here on. */
bool diff_may_work(struct differ *differ, uint64_t steps);

/* The steps of one lookup of a name in both images. */
uint64_t diff_work_of_name(const struct differ *differ, const char *name, size_t len);

/* Asks both images at every port piece. Afterwards differ->changes has what differs. Sets the port of the request. */
void diff_ask(struct differ *differ, struct request *request, const struct assumed *assumed);

/* The terms in the table of the set that a verdict of its image names; NULL if there are none. */
const struct terms *diff_deciding_terms(const struct half *half, const struct verdict *verdict);

/* 443, else 80, else the lowest. */
uint16_t diff_choose_port(const struct ports *ports);

/* Whether two answers are the same apart from their ports; whether an answer has the ports of a change. */
bool diff_same_answer(const struct diff_answer *a, const struct diff_answer *b);
bool diff_same_ports(const struct diff_answer *answer, const struct change *change);

/* The answer of a change with its ports, in the arena of the diff. Without memory it has no ports. */
struct diff_answer diff_keep_answer(struct differ *differ, const struct change *change);

/* diff_pattern.c: asks about the names of one key; and at the end about names that two wildcards share. */
void diff_ask_pattern(struct differ *differ, const struct ref *ref, bool changed);
void diff_ask_crossings(struct differ *differ);

/* diff_print.c: Microsoft's words after an entry. */
void diff_add_impact(struct buf *buf, const struct diff_entry *entry);

/* diff_print.c, for diff_summary.c: whether an entry is only counted there, since it bypasses nothing on either side or
 * changes attributes only; the other entries without published addresses, and with `closings` what closes, `most` each;
 * what could not be compared. */
bool diff_is_quiet(const struct diff *diff, const struct diff_entry *entry);
void diff_print_names(const struct diff *diff, size_t most, bool closings, struct buf *buf);
void diff_print_gaps(const struct diff *diff, struct buf *buf);

/* diff_range.c: the fewest prefixes that hold exactly these addresses, in order. Returns how many; most + 1 if they are
 * more than `most`. */
size_t diff_range_prefixes(struct prefix *ret, size_t most, const struct diff_range *range);
void diff_ask_addresses(struct differ *differ);

/* opening_bits.c: the pieces of the address space that a prefix covers: from *ret_from to before *ret_to. */
void diff_find_pieces(const struct address_piece *pieces, size_t count, const struct prefix *prefix, size_t *ret_from,
                      size_t *ret_to);

#endif
