/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_find.h - lookups in an open image: the rules that match one name or address, or many at once.
 *
 * Where it sits: room image, above image.h. Choosing among the rules that were found belongs to verdict.h.
 */
#ifndef COMMON_IMAGE_FIND_H
#define COMMON_IMAGE_FIND_H

#include "image.h"
#include "name/host.h"

struct prefix;

/* One rule that matches. */
struct image_hit {
    struct image_rule rule;
    uint32_t set;
    uint32_t weight; /* larger wins: see precedence.h */
    bool limit;      /* a regex that hit its limit, so there is no answer */
};

/* A walk over the matches of one name or address. The fields are private to image*.c. All that a walk over an address
 * needs is in the first cache line. */
struct image_cursor {
    _Alignas(64) const struct image *image;
    const struct addr *addr;
    const struct host *host;
    uint32_t node;           /* for an address: the next rule, plus one */
    uint16_t suffixes;       /* suffixes to look up, the whole name last: the first ones were prefetched first */
    uint8_t asked;           /* how many of them are done */
    bool whole;              /* the current node is the whole name */
    uint32_t rule, rule_end; /* rules of the current node */
    uint32_t regex;          /* the next regex */
    uint32_t steps;
    uint64_t places[HOST_LABELS_MAX + 1]; /* bucket, start in the name, tag: 32, 16 and 16 bits */
};

/* Start a walk; `host` or `addr` must outlive it. Cost: one pass over the name, or a few steps down the tree of
 * addresses. */
void image_find_name(const struct image *image, const struct host *host, struct image_cursor *ret);
void image_find_addr(const struct image *image, const struct addr *addr, struct image_cursor *ret);

/*
 * Sets *ret to an address at or after `from`: all addresses from one to the other are in the same prefixes. It need not
 * be the last such address. Going on behind it, one meets every first address of a prefix. Cost: as for a walk, without
 * popcnt.
 */
void image_same_until(const struct image *image, const struct addr *from, struct addr *ret);

/*
 * Starts `count` walks as image_find_name() does, but in passes (all hashes, all lines of the index, all names), so
 * that the cache misses of the names overlap. NULL hosts are skipped. Pays off for an image that does not fit the
 * cache; about 16 to 64 names at a time are enough. Cost: as one by one, without most of the waiting.
 */
void image_find_names(const struct image *image, const struct host *const *hosts, size_t count,
                      struct image_cursor *ret);

/*
 * Starts `count` walks as image_find_addr() does: the same matches for any image, intact or damaged. NULL addresses are
 * skipped; families may be mixed. Up to 32 at a time go down the tree together, so that their cache misses overlap; the
 * first rule of each is prefetched. Cost on 900,000 prefixes: half of one by one, less if others use the cache, too;
 * about 1.5 times that of DPDK's rte_fib in bulk. On 200,000 of IPv6: two thirds of one by one, half of rte_fib6.
 */
void image_find_addrs(const struct image *image, const struct addr *const *addrs, size_t count,
                      struct image_cursor *ret);

/* The prefix of a rule that was found by an address. False for the rule of a name, or if the image is damaged there. */
bool image_rule_prefix(const struct image *image, struct image_rule rule, struct prefix *ret);

/* True if the image is so large that starting lookups together pays off. */
bool image_is_large(const struct image *image);

/* Finds the next match, in any order. False at the end, which is reached in finitely many steps for any file. */
bool image_next(struct image_cursor *cursor, struct image_hit *ret);

#endif
