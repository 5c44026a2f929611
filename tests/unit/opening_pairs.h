/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * opening_pairs.h - random pairs of tables: an old one, and what Microsoft or an administrator made of it.
 *
 * Where it sits: under opening_random_test.c. The patterns cross, cover each other and reach into SharePoint; what
 * requests they answer is asked by opening_oracle.h.
 */
#ifndef TESTS_OPENING_PAIRS_H
#define TESTS_OPENING_PAIRS_H

#include "base/buf.h"
#include "table/policy.h"

struct pair {
    struct buf was, is; /* table text with a NUL at its end; a line is `VERB PATTERN [id=N] [tcp=...] [udp=...] ...` */
    struct policy was_policy, is_policy;
    bool hold_joins;
    bool has_tenants; /* many of its patterns have a tenant, elsewhere than in SharePoint */
};

void pair_init(struct pair *pair);
void pair_clear(struct pair *pair);

/* Makes the pair of this number, always the same one. */
void pair_make(struct pair *ret, unsigned number);

/* Says what is wrong with a pair; nothing if it is right. */
typedef void pair_try(const struct pair *pair, struct buf *fault);

/* Makes a pair that fails as small as possible, and fails the test with it. */
void pair_fail(unsigned number, struct pair *pair, pair_try *try_pair, struct buf *fault);

/* A number from the environment. */
unsigned number_from(const char *variable, unsigned otherwise);

#endif
