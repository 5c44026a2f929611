/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verb.h - what a rule says about the names it matches: the first word of its line.
 *
 * Where it sits: room name. Tables, images and verdicts all use it.
 */
#ifndef COMMON_VERB_H
#define COMMON_VERB_H

#include <stdbool.h>
#include <stddef.h>

/* In order of strength. An inspect line is not a category and beats them all. */
enum verb { VERB_DEFAULT, VERB_ALLOW, VERB_OPTIMIZE, VERB_INSPECT };

/* Bytes of an area, a source or a label: the words after a verb, which are passed on to Squid. */
#define WORD_MAX 32

/* Returns `default`, `allow`, `optimize` or `inspect`. */
const char *verb_word(enum verb verb);

/* Reads such a word, lower case only. Anything else returns false and leaves *ret unchanged. */
bool verb_parse(enum verb *ret, const char *text, size_t len);

/* Returns the path in a source `PATH` or `VERB:PATH`. If there is a verb, sets *ret (unless NULL), and only then does
 * the returned pointer differ from `source`. */
const char *verb_cut(enum verb *ret, const char *source);

#endif
