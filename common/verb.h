/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verb.h - what a rule says of the names it matches: the first word of its line.
 *
 * Where it sits: floor 3. The one thing that a table, an image and a verdict all speak of.
 */
#ifndef COMMON_VERB_H
#define COMMON_VERB_H

#include <stdbool.h>
#include <stddef.h>

/* In the order of their strength; an inspect line has no category and beats all. */
enum verb { VERB_DEFAULT, VERB_ALLOW, VERB_OPTIMIZE, VERB_INSPECT };

/* Bytes of an area, of a source, of a label: the words that follow a verb and are handed on to Squid. */
#define WORD_MAX 32

/* `default`, `allow`, `optimize`, `inspect`. */
const char *verb_word(enum verb verb);

/* The same back, lower case only. False, leaving *ret alone, for anything else. */
bool verb_parse(enum verb *ret, const char *text, size_t len);

/* Microsoft's word for it: `Default`, `Allow`, `Optimize`; NULL for an inspect line, which has no category. */
const char *verb_category(enum verb verb);

/* The same for people: the category, or `inspect`. */
const char *verb_title(enum verb verb);

/* A category back, spelled exactly so. False, leaving *ret alone, for anything else. */
bool verb_parse_category(enum verb *ret, const char *text, size_t len);

/* The categories, strongest first, as lists of them are printed. */
#define VERB_CATEGORIES 3
extern const enum verb verb_categories[VERB_CATEGORIES];

/* The categories that are bypassed unless somebody says otherwise: a bit `1 << verb` each. */
#define VERB_BYPASS_USUAL (1u << VERB_OPTIMIZE | 1u << VERB_ALLOW)

/* The path in a source, `PATH` or `VERB:PATH`. Sets *ret, unless it is NULL, if there is a verb; only then the path is
 * another pointer than the source. */
const char *verb_cut(enum verb *ret, const char *source);

#endif
