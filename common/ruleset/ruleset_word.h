/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ruleset_word.h - cuts a line of squid.conf into the words that Squid sees (src/ConfigParser.cc). Private to room
 * ruleset.
 *
 * Normally white space separates words, and a value that begins with a quote names a file with one value a line. With
 * `configuration_includes_quoted_values on` quotes hold one word together, and parameters("file") names a file.
 */
#ifndef COMMON_RULESET_WORD_H
#define COMMON_RULESET_WORD_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct words {
    struct arena *arena;
    const char *at;      /* what is left of the line */
    bool quoted;         /* configuration_includes_quoted_values */
    bool pairs;          /* a backslash escapes white space: in regexes */
    const char *file;    /* what is left of a file, or NULL */
    bool ended;          /* a file is the end of its line */
    const char *missing; /* a file that does not exist: Squid goes on without it */
    const char *closed;  /* a file that cannot be read here */
    const char *refused; /* a word that Squid refuses, and then it does not start */
};

/* Starts after the directive. */
void words_init(struct words *ret, const char *text, bool quoted, struct arena *arena);

/* The next word (NextToken), or NULL at the end. */
const char *words_next(struct words *words);

/* The next word of a command line, where quotes always hold one word together (NextQuotedToken). */
const char *words_next_quoted(struct words *words);

/* The next value of an ACL or a rule (strtokFile): a word, or one of a file. */
const char *words_next_value(struct words *words);

#endif
