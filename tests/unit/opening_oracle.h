/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * opening_oracle.h - what opens between two tables, found as slowly and simply as possible: every request of a small
 * universe is asked of both. It knows verdict.h and the text of the tables, and nothing of how openings are found.
 *
 * Exempt is a request that opens only because an address of it joined an endpoint set. To see that, the old table is
 * asked again with that address in the old form of the set: if the request is bypassed there, nothing else opened. The
 * set must have kept a bypassed name, or if it had none a prefix: with others it is another set of the same number.
 * An address that a rule decided about at that port does not join: a rule kept it inspected.
 */
#ifndef TESTS_OPENING_ORACLE_H
#define TESTS_OPENING_ORACLE_H

#include "name/addr.h"
#include "opening_pairs.h"
#include "verdict/request.h"

#define ORACLE_PORTS_MAX 64

struct image;

struct oracle {
    const struct pair *pair;
    const struct image *was, *is;
    uint16_t ports[ORACLE_PORTS_MAX]; /* the last one of each piece of the port space */
    unsigned port_count;
    struct addr joined[2]; /* those that the table below is about */
    unsigned joined_count;
    uint16_t joined_port;
    int joined_set; /* -1: any */
    bool has_plus;
    struct table *plus_table;
    struct image *plus; /* the old table with them */
};

void oracle_init(struct oracle *ret, const struct pair *pair, const struct image *was, const struct image *is);
void oracle_clear(struct oracle *oracle);

/* True if a request was inspected, is bypassed and is not exempt. */
bool oracle_opens(struct oracle *oracle, const struct request *request);

/* The same, but it is exempt only because of the set that decides now. An address that joined two sets at once may be
 * told as an opening, because the other one would decide. */
bool oracle_may_be_told(struct oracle *oracle, const struct request *request);

/* Calls fn with every request of the universe that opens. It returns false to end. */
void oracle_ask_all(struct oracle *oracle, bool (*fn)(void *arg, const struct request *request), void *arg);

/* The same with every request that both tables bypass. */
void oracle_ask_kept(struct oracle *oracle, bool (*fn)(void *arg, const struct request *request), void *arg);

/* True if the text is a pattern or a regex that matches the name; false for an address. */
bool oracle_matches(const char *text, size_t len, const struct identifier *of);

/* A request as the helpers read it: `dst sni la port`. */
void oracle_print(struct buf *buf, const struct request *request);
void oracle_read(struct request *ret, const char *text);

#endif
