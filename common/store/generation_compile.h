/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * generation_compile.h - the image of a generation, compiled again from what was sealed.
 *
 * Where it sits: room store, private, below candidate.c and generation_image.c. What proves a table is known to
 * compile/sealed.h.
 */
#ifndef COMMON_GENERATION_COMPILE_H
#define COMMON_GENERATION_COMPILE_H

#include <stdint.h>

#include "base/digest.h"

struct candidate;
struct err;
struct sealed_policy;
struct state;

/* The policy of a generation with the table text and the image bytes of this candidate, and the digest in its
 * review.txt. -1 as state_read() and sealed_policy_read(). */
int generation_read_policy(struct sealed_policy *ret, char digest[DIGEST_TEXT_MAX], const struct candidate *candidate,
                           const struct state *state, uint32_t generation, struct err *err);

/* Replaces the image of a candidate that was read from a generation by one that is compiled again from its table; the
 * digest becomes the one in its review.txt. -1 with ERR_CORRUPT if the table is not what was sealed or its policy is
 * not known; also as state_read() and compile_table(). */
int generation_compile(struct candidate *candidate, const struct state *state, uint32_t generation, struct err *err);

#endif
