/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * say.h - sentences for a listener, from engines that do not print themselves.
 *
 * Where it sits: room base. The listener decides where a sentence goes and what is put in front of it. Errors do not
 * come this way: they are returned (err.h).
 */
#ifndef COMMON_SAY_H
#define COMMON_SAY_H

#define SAY_MAX 2048 /* bytes of one sentence with its NUL; the rest is cut off */

struct listener {
    void (*hear)(void *arg, const char *sentence); /* without line end; valid during the call */
    void *arg;
};

/* Formats one sentence and hands it over. Total. */
void say(const struct listener *to, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
