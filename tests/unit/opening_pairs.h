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

/* Tries that many pairs, a hundredth under valgrind: M365_ROUNDS=N tries N, from M365_FIRST=N on. A pair that fails is
 * made as small as possible, and fails the test. */
void pairs_try(unsigned rounds, pair_try *try_pair);

/* A number from the environment. */
unsigned number_from(const char *variable, unsigned otherwise);

#endif
