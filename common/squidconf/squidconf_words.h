/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squidconf_words.h - recognizes single words of a squid.conf: directives, the tokens of FORMAT, the options of the
 * helpers. Private to room squidconf. What whole lines say is squidconf_model.h.
 */
#ifndef COMMON_SQUIDCONF_WORDS_H
#define COMMON_SQUIDCONF_WORDS_H

#include "squid/squid.h"
#include "squidconf.h"

struct squidconf_line;

/* True if the line is this directive; if the word is in the list, which ends with NULL. */
bool squidconf_is(const struct squidconf_line *line, const char *directive);
bool squidconf_one_of(const char *word, const char *const *list);

/* True for a url_rewrite_program line that runs url_m365_rewrite. */
bool squidconf_is_rewriter(const struct squidconf_line *line);

/* True for a token of FORMAT that sends this field. */
bool squidconf_is_token(const char *word, enum squid_field field, enum squidconf_version version);

/* The percent sign of an SNI token without `#` somewhere in the word, or NULL. */
const char *squidconf_raw_sni(const char *word);

/* True for a token that makes Squid ask for a password. */
bool squidconf_is_login(const char *word);

/* True for a word that Squid 3.5 does not know. */
bool squidconf_is_later(const char *word);

/* True for an option of external_acl_type. */
bool squidconf_is_option(const char *word);

/* The helpers' options that take a value. */
#define SQUIDCONF_WITH_VALUE "tFrs"

/* The n-th value of a helper's option, `-t FILE` or `-tFILE`; "" for an option without a value; NULL if there are
 * fewer. `at` is the index of the program. */
const char *squidconf_argument(const struct squidconf_line *line, size_t at, char letter, size_t n);

#endif
