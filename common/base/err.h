/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * err.h - one sentence about what went wrong, passed up the call chain.
 *
 * Where it sits: room base, at the bottom; everything else reports errors through it. It prints nothing: the program
 * prints the text once, with its own name in front.
 *
 * The sentence: lower case, no full stop, the thing in single quotes, the position if there is one, and what to do if
 * that is known. A function that can fail returns an int (0 or -1), takes `struct err *err` last, and sets it only on
 * failure.
 */
#ifndef COMMON_ERR_H
#define COMMON_ERR_H

#include <stdarg.h>

/* The longest sentence in bytes, including the NUL. A longer one is truncated. */
#define ERR_TEXT_MAX 512

enum err_kind {
    ERR_NONE,
    ERR_IO,      /* the system refused to open, read, write or map */
    ERR_SYNTAX,  /* input does not follow its format */
    ERR_LIMIT,   /* a named limit was reached */
    ERR_CORRUPT, /* not an image, or a damaged one */
    ERR_MEM,     /* out of memory */
    ERR_USAGE,   /* the user of a program asked for something that does not exist */
};

struct err {
    enum err_kind kind;
    char text[ERR_TEXT_MAX];
};

/* Sets the sentence (printf format). Bytes outside printable ASCII become `?`, so that a hostile file cannot send
 * control characters to a terminal. `err` may be NULL. Always returns -1, so `return err_set(...)` is a complete error
 * path. */
int err_set(struct err *err, enum err_kind kind, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " in front of the sentence and keeps the kind; an overlong result is truncated. `err` may be NULL.
 * Always returns -1. */
int err_add(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Appends words such as ", keeping the old table". If there is not enough room, the sentence is truncated rather than
 * these words. `err` may be NULL. */
void err_append(struct err *err, const char *words);

#endif
