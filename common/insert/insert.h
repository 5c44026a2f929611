/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * insert.h - puts the lines for Microsoft 365 into an existing squid.conf.
 *
 *     squid.conf --> lines, rules --> a place for each line --> files as they would be --> read and asked again -->
 * diff ^                                                        |
 *                                          '------- the next place, if a request ends wrong <-------'
 *
 * Where it sits: room insert, above outcome and squidconf. Nothing is written: the result is a diff. Lines are only
 * added; what is there stays to the letter. They go below what the administrator denies without a password, terminates,
 * or inspects by name. A place counts only if the other bypassed names of the table then get through without a password
 * and without inspection, no situation of outcome.h ends less safe than before, and no client of a network that the
 * file names gets in who does not with the password of an ordinary user (outcome_user.h).
 */
#ifndef COMMON_INSERT_H
#define COMMON_INSERT_H

#include "base/buf.h"
#include "squidconf/squidconf.h"

struct err;
struct ruleset;

struct insert_about {
    const char *path;                     /* the squid.conf */
    struct squidconf_wish wish;           /* its ports, `auth` and `bump` are not used: those of the file count */
    unsigned version;                     /* of Squid, for the model: 4 to 7 */
    void (*load)(struct ruleset *conf);   /* opens the tables of the helpers */
    void (*unload)(struct ruleset *conf); /* closes them */
};

struct insert_result {
    struct buf diff;     /* a unified diff over all files that change; empty: all lines are there already */
    struct buf outcomes; /* situations, and how they end before and after; only with a diff */
    struct buf notes;    /* sentences, each on a line: which rules of the file keep bypassed names closed or inspected,
                            and which are gone around */
    bool from_root;      /* the names in the diff are absolute: `cd / && patch -p0` */
};

/*
 * Finds the places. -1 with one sentence and *ret empty: ERR_SYNTAX if Squid would refuse the file, or if the lines
 * cannot be placed (FILE:LINE where there is one); ERR_IO, ERR_LIMIT or ERR_MEM. The caller clears the buffers. Cost:
 * about as much as reading the files and finding all outcomes, for each of some sixty places at most.
 */
int insert_find(struct insert_result *ret, const struct insert_about *about, struct err *err);

#endif
