/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list_build.h - what the formats of lists share. Private to the list*.c files.
 *
 * Where it sits: room list. Callers from outside use list.h.
 */
#ifndef COMMON_LIST_BUILD_H
#define COMMON_LIST_BUILD_H

#include "list.h"

#define LIST_PATTERN_MAX 512 /* more than a host name has */

/* Bytes of a line. */
struct piece {
    const char *text;
    size_t len;
};

/* The formats, a file each. */
extern const struct list_format list_adblock, list_address, list_clash, list_dnsmasq, list_edl, list_hosts, list_ipset,
    list_rpz, list_unbound;

/* Takes the next word between blanks; false at the end. */
bool piece_word(struct piece *rest, struct piece *ret);

/* Takes what is before the next `cut`, which is dropped, without the blanks around it; false if nothing is left. */
bool piece_field(struct piece *rest, char cut, struct piece *ret);

/* Drops blanks at both ends. */
void piece_trim(struct piece *piece);

/* Drops a comment: from `mark` on, at the start or after a blank. */
void piece_cut_comment(struct piece *piece, char mark);

/* Whether it is this word, or begins or ends so, in any case of letters. */
bool piece_is(const struct piece *piece, const char *word);
bool piece_begins(const struct piece *piece, const char *word);
bool piece_ends(const struct piece *piece, const char *word);

/* Drops this many bytes at the front, or at the end. That many must be there. */
void piece_skip(struct piece *piece, size_t n);
void piece_drop(struct piece *piece, size_t n);

/* True if it contains the word. */
bool piece_has(const struct piece *piece, const char *word);

/* True if all its bytes can be in a host name: letters, digits, `-`, `_`, dots, and those of other scripts. At least
 * one is none of digits and dots. */
bool piece_is_name(const struct piece *piece);

/* The same of at least two labels, none of them empty, and the last of which ends as a label does. `-x.example` is one,
 * while a filter of an ad blocker such as `-ads-` is not. */
bool piece_is_dotted(const struct piece *piece);

/* The same as piece_is_name(), but with stars. */
bool piece_is_pattern(const struct piece *piece);

/* Writes `.b.c` for `b.c`, and anything that includes other names already, or is an address, as it is. False if it is
 * too long for a host name. */
bool piece_put_dot(char ret[LIST_PATTERN_MAX], const struct piece *piece, struct piece *ret_piece);

/* True for an address, alone or with a length or netmask after a slash. */
bool piece_is_address(const struct piece *piece);

/* Hands over a pattern or prefix as it is; a name with all names below it (an address stays one); the same as an
 * exception; one of which only a part is meant; what is left out. They return what the sink does. */
int list_add(struct list *list, const struct piece *piece, struct err *err);
int list_add_below(struct list *list, const struct piece *piece, struct err *err);
int list_except(struct list *list, const struct piece *piece, struct err *err);
int list_except_below(struct list *list, const struct piece *piece, struct err *err);
int list_add_part(struct list *list, const struct piece *piece, const char *kind, struct err *err);
int list_leave(struct list *list, enum list_left left, const char *kind, struct err *err);

/* True if the word is the one that was remembered, or none was and it fits: then it is remembered. */
bool list_remember(struct list *list, const struct piece *word);

/* Hands over `ADDRESS`, `ADDRESS/LENGTH`, `ADDRESS/NETMASK` or `FIRST-LAST`, as the fewest prefixes that have exactly
 * these addresses. -1 with ERR_SYNTAX if it is none of them, or as the sink. */
int list_add_addresses(struct list *list, const struct piece *piece, struct err *err);

/* An error about a piece: `'PIECE' SENTENCE`. Returns -1. */
int list_refuse(const struct piece *piece, const char *sentence, struct err *err);

#endif
