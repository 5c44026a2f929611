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

/* Microsoft's word for it: `Default`, `Allow`, `Optimize`; NULL for an inspect line, which has no category. */
const char *verb_category(enum verb verb);

/* The same for people: the category, or `inspect`. */
const char *verb_title(enum verb verb);

/* Reads a category, spelled exactly so. Anything else returns false and leaves *ret unchanged. */
bool verb_parse_category(enum verb *ret, const char *text, size_t len);

/* The categories, strongest first, as lists of them are printed. */
#define VERB_CATEGORIES 3
extern const enum verb verb_categories[VERB_CATEGORIES];
#define VERB_CATEGORY_WORDS "Optimize, Allow, Default" /* the same in a sentence */

/* The categories that are bypassed by default: a bit `1 << verb` each. */
#define VERB_BYPASS_USUAL (1u << VERB_OPTIMIZE | 1u << VERB_ALLOW)

#endif
