/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff_name.h - which names stand for all names of a pattern. Private to the diff*.c and opening*.c files.
 *
 *     diff_pattern.c  divides patterns and their crossings into shapes
 *     diff_verdict.c  asks about one name of a shape
 *     diff_regex.c    what bypass regexes would decide about other names of it
 *
 * A shape is a pattern in which a star stands for any text. The name with a label in each star that no rule mentions
 * matches no other pattern than those which match every name of the shape. So if any name of two patterns opens because
 * one of them decided and the other one decides, the name of one of their shapes does as well.
 */
#ifndef COMMON_DIFF_NAME_H
#define COMMON_DIFF_NAME_H

#include <string.h>

#include "diff_build.h"
#include "name/addr.h"

/* Whose names are asked about. */
struct asked {
    const char *pattern; /* as the tables write it */
    const char *other;   /* the other one of a crossing, else the same */
    size_t from;         /* where the verdicts of the pattern begin */
    bool some;           /* not the names that stand for all of the pattern: a tenant's, or those of another one too */
};

/* What is assumed about the regexes of both tables where a name stands for others, which they may match or not. */
struct assumed {
    const char *regex;         /* this one matches, and no other; NULL: none does */
    const struct terms *terms; /* of the regex */
    char suffix[HOST_MAX + 3]; /* a pattern that every name it matches has: `*.` and its suffix, or `*` */
    bool stands_in;            /* the name is not such a name */
};

/* A name for each shape. */
void diff_ask_shape(struct differ *differ, const struct asked *asked, const char *shape, size_t len);

/* One name. Whatever is assumed must live as long as the comparison. The second only notes how it stands, for requests
 * with addresses or another name; false if there was no time. */
void diff_ask_name(struct differ *differ, const struct asked *asked, const struct host *name,
                   const struct assumed *assumed);
bool diff_note_name(struct differ *differ, const char *pattern, const struct host *name, const struct assumed *assumed);

/* Notes how the names of a shape stand that only this regex matches; if settings changed, asks about them. */
void diff_ask_regex(struct differ *differ, const struct assumed *regex, const char *shape, size_t len);

/* Finds the regexes by which names may be bypassed that other rules decide about. -1 without memory. */
int diff_prepare_regexes(struct differ *differ);

/* Whether a regex of either table matches a name. */
bool diff_regex_matches(const struct differ *differ, const struct host *name);

/* diff_pattern.c: all of them. */
void diff_ask_regexes(struct differ *differ);

/* Order of keys: patterns before prefixes, then text. */
static inline int
diff_compare_keys(const struct ref *a, const struct ref *b)
{
    if (a->is_prefix != b->is_prefix)
        return a->is_prefix ? 1 : -1;
    if (!a->is_prefix)
        return strcmp(a->rule->text, b->rule->text);
    return prefix_compare(a->rule->prefix, b->rule->prefix);
}

/* Whether two lines have the same category and ports. */
bool diff_same_effect(const struct terms *a, const struct terms *b);

/* Whether two standings have another why or category. */
bool diff_decides_otherwise(const struct differ *differ, const struct standing *was, const struct standing *is);

/* The standing of a request for a name in one table, under an assumption. */
void diff_assume(const struct differ *differ, const struct half *half, const struct request *request,
                 const struct assumed *assumed, struct standing *ret);

#endif
