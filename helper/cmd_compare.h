/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_compare.h - two tables that a person names, and their diff: for diff, approve and reject.
 *
 *     nothing, 0     an empty table
 *     a generation   its table and image as they were sealed, and Microsoft's words about its changes
 *     FILE, VERB:FILE   read and compiled here, with tenants, precedence and bypass of the configuration
 *
 * Where it sits: floor 7, part of cmd.
 */
#ifndef HELPER_CMD_COMPARE_H
#define HELPER_CMD_COMPARE_H

#include <stdint.h>

#include "candidate.h"
#include "cmd_state.h"
#include "diff.h"

struct cmd_side {
    char name[160];      /* for people: `generation 42, Worldwide 2025120100` or the file */
    uint32_t generation; /* 0: none */
    struct candidate candidate;
};

struct cmd_compare {
    struct cmd_side old_side, new_side;
    struct arena *arena; /* of the change feed */
    struct diff *diff;
};

/* Compares two generations; 0 is an empty table. The caller clears, also after a failure. */
int cmd_compare_generations(struct cmd_compare *ret, const struct state *state, uint32_t old_generation,
                            uint32_t new_generation, struct err *err);

/* The same for words: `current`, `previous`, `pending`, `42`, `gen-000042`, FILE or VERB:FILE. The folder is opened
 * only if a word asks for it. */
int cmd_compare_words(struct cmd_compare *ret, struct cmd_state *cmd, const char *old_word, const char *new_word,
                      struct err *err);

void cmd_compare_clear(struct cmd_compare *compared);

/* True if the word names a generation or a link and not a file. */
bool cmd_compare_is_generation(const char *word);

/* Adds the reasons why a generation was held, a line `held: ...` each. */
void cmd_compare_add_reasons(struct buf *buf, const struct state *state, uint32_t generation);

#endif
