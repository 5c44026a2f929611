/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compare.h - two tables named by a person, and their diff: for the commands diff, approve and reject.
 *
 *     nothing, 0     an empty table; the shipped one, as long as helpers answer from that
 *     a generation   its table and image as they were sealed, and what Microsoft announced about its changes
 *     FILE, VERB:FILE   read and compiled here, with tenants, precedence and bypass of the configuration
 *
 * Where it sits: room change, above diff.h. What a diff means is judged in review.h.
 */
#ifndef COMMON_COMPARE_H
#define COMMON_COMPARE_H

#include <stdint.h>

#include "diff.h"
#include "store/candidate.h"

struct listener;

struct compared_side {
    char name[160];      /* for people: `generation 42, Worldwide 2025120100` or the file */
    uint32_t generation; /* 0: none */
    struct candidate candidate;
};

struct compared {
    struct compared_side old_side, new_side;
    struct arena *arena; /* of the change feed */
    struct diff *diff;
};

/* What names are looked up in, and files are compiled with. */
struct compare_with {
    const struct conf *conf;
    const struct state *state; /* NULL if no word names a generation */
    uint32_t today;
    const struct listener *listener; /* hears the complaints about a file */
};

/* Compares two generations; 0 is as above. -1: one of them cannot be read. The caller clears *ret even after a
 * failure. */
int compare_generations(struct compared *ret, const struct state *state, uint32_t old_generation,
                        uint32_t new_generation, uint32_t today, struct err *err);

/* The same for words: names of generations (generation_named.h), FILE or VERB:FILE. -1 also if a word names nothing or
 * a file is refused. */
int compare_words(struct compared *ret, const struct compare_with *with, const char *old_word, const char *new_word,
                  struct err *err);

void compare_clear(struct compared *compared);

/* Adds the reasons why a generation was held, a line `held: ...` each; nothing if they cannot be read. */
void compare_add_reasons(struct buf *buf, const struct state *state, uint32_t generation);

#endif
