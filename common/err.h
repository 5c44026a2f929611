/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * err.h - one sentence about what went wrong, passed upwards.
 *
 * Where it sits: the lowest floor; everything above reports through it. Nothing here prints: a program prints the text
 * once, with its own name in front.
 *
 * The sentence: lower case, no full stop, the thing in single quotes, position if there is one, what to do when known.
 * A function that can fail returns int (0 or -1) and takes `struct err *err` last; it sets it only on failure.
 */
#ifndef COMMON_ERR_H
#define COMMON_ERR_H

#include <stdarg.h>

/* Longest sentence, in bytes with the closing NUL; a longer one is cut at its end. */
#define ERR_TEXT_MAX 512

enum err_kind {
    ERR_NONE,
    ERR_IO,      /* the system refused: open, read, write, map */
    ERR_SYNTAX,  /* outside bytes are not what their format says */
    ERR_LIMIT,   /* a named ceiling was reached */
    ERR_CORRUPT, /* an image is not one, or is damaged */
    ERR_MEM,     /* no memory */
    ERR_USAGE,   /* the caller of a program asked for what does not exist */
};

struct err {
    enum err_kind kind;
    char text[ERR_TEXT_MAX];
};

/* Sets the sentence (printf format). Bytes outside printable ASCII become `?`, so that a hostile file cannot write to a
 * terminal. `err` may be NULL. Always returns -1, so that `return err_set(...)` is a whole error path. */
int err_set(struct err *err, enum err_kind kind, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the sentence and keeps the kind. `err` may be NULL. Always returns -1. */
int err_add(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts words behind the sentence, such as ", keeping the old table"; they are not cut off. `err` may be NULL. */
void err_append(struct err *err, const char *words);

#endif
