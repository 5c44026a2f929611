/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * opening.h - requests that were inspected and would be bypassed: what a person must agree to.
 *
 *     old image, new image --> standings of every class of names and addresses --> openings
 *
 * A request is a destination (name or address), perhaps an SNI, perhaps an original address, and a port. verdict.h
 * combines the standing of each, so it is enough to compare the standings:
 *
 *     NAME        a name is bypassed at a port where it was not
 *     ADDRESS     the same for an address without SNI
 *     WITH        a name or address that was bypassed passes together with original addresses that it did not pass with
 *     WITH_SNI    the same for a destination and an SNI, because the other of the two decides now
 *
 * Not an opening: an address that joins an endpoint set which was bypassed already for the same names and ports, unless
 * a rule kept the address inspected, or it is in special-use space (struct opening_input.joins_held: not even then).
 *
 * Where it sits: room change, part of diff.h. Whether openings are held is decided by the review.
 */
#ifndef COMMON_OPENING_H
#define COMMON_OPENING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "name/addr.h"
#include "name/ports.h"
#include "verdict/verdict.h"

struct buf;
struct diff;
struct diff_entry;
struct endpoint_set;
struct rule;
struct table;
struct terms;

/* The riskiest first. */
enum opening_kind {
    OPENING_NAME,
    OPENING_WITH_SNI,
    OPENING_WITH,
    OPENING_ADDRESS,
};

struct opening {
    enum opening_kind kind;
    bool stands_in;          /* the request stands for others, which regexes decide about: it may not open itself */
    bool joins;              /* ADDRESS, WITH: an address joined its set. Only if joining is held */
    const char *pattern;     /* of the destination, as the tables write it; ADDRESS and WITH: may be an address range */
    const char *dst;         /* one request: destination ... */
    const char *sni;         /* ... SNI; NULL: none */
    const char *sni_pattern; /* WITH_SNI: the pattern of the SNI */
    struct addr first, last; /* WITH, WITH_SNI: the first run of original addresses; ADDRESS: its range */
    size_t more_runs;        /* how many more runs there are */
    bool some;               /* NAME: only some names of the pattern, such as dst */
    bool by_sni;             /* WITH_SNI: the SNI changed, and dst is one of several; else the other way round */
    bool any;                /* WITH, WITH_SNI: any address passes, since the deciding sets publish none */
    struct ports ports;
    uint16_t port; /* one of the ports: 443, else 80, else the lowest */
    enum why old_why;
    const char *old_rule, *new_rule; /* the deciding rules on this request, without its original address; or NULL */
    const struct terms *old_terms, *new_terms; /* of these rules */
};

/* The pattern that the opening is about: of WITH_SNI the one whose rules changed, else that of the destination. */
const char *opening_subject(const struct opening *opening);

/*
 * Whether the entry is a regex whose change may open names: it kept them inspected, kept a weaker category from
 * deciding, bypasses them now, or does so for longer. Nobody can list its names, so that nothing else is told of
 * them. The same regex in another file is no change. Cost: a walk over both tables.
 */
bool opening_by_regex(const struct diff *diff, const struct diff_entry *entry);

/* Whether a line may match names that a regex (with its `~`) matches: false if their ends differ. */
bool opening_regex_meets(const char *regex, const struct rule *rule);

/* Appends a request as the helpers read it: `dst sni la port`. */
void opening_print_request(struct buf *buf, const struct opening *opening);

/* The first row of a set in a sorted table, whose rows are together; of a set without rows where it would be. Cost: a
 * binary search. */
size_t opening_find_set(const struct table *table, const struct endpoint_set *set);

#endif
