/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * generation_named.h - the generation that a person means, and what is written down about it.
 *
 * Where it sits: room store, above state.h and record.h. Every command and engine that takes a generation by name uses
 * this, so a name means the same everywhere.
 */
#ifndef COMMON_GENERATION_NAMED_H
#define COMMON_GENERATION_NAMED_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct err;
struct state;

/* True if the word has the form of a name: `current`, `previous`, `pending`, `42`, `000042` or `gen-000042`. Anything
 * else is a file. */
bool generation_is_name(const char *word);

/* The generation with a number, written as above. -1 with ERR_USAGE: not a number, or there is no such generation. */
int generation_by_number(uint32_t *ret, const struct state *state, const char *word, struct err *err);

/* The generation with a name, which may be a link; 0 for `current` if nothing is in use. -1: there is none, or the link
 * cannot be read. */
int generation_by_name(uint32_t *ret, const struct state *state, const char *word, struct err *err);

/* Initialises a buffer and reads review.txt into it; the caller clears it. -1 as state_read(), and there is nothing to
 * clear. */
int generation_read_review(struct buf *ret, const struct state *state, uint32_t generation, struct err *err);

/* True if the head of review.txt has a line with this key and value. False also for generation 0, and if it cannot be
 * read. */
bool generation_says(const struct state *state, uint32_t generation, const char *key, const char *value);

#endif
