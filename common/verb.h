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

/* In the order of their strength; an inspect line is no category and beats all. */
enum verb { VERB_DEFAULT, VERB_ALLOW, VERB_OPTIMIZE, VERB_INSPECT };

/* Bytes of an area, of a source, of a label: the words that stand behind a verb and are handed on to Squid. */
#define WORD_MAX 32

/* `default`, `allow`, `optimize`, `inspect`. */
const char *verb_word(enum verb verb);

/* The same back, lower case only. False, leaving *ret alone, for anything else. */
bool verb_parse(enum verb *ret, const char *text, size_t len);

/* The path in a source, `PATH` or `VERB:PATH`. Sets *ret, unless it is NULL, if there is a verb; only then the path is
 * another pointer than the source. */
const char *verb_cut(enum verb *ret, const char *source);

#endif
