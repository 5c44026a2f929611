/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * say.h - sentences to whoever listens, for engines that have something to tell and do not print.
 *
 * Where it sits: floor 2. Where a sentence goes, and with what in front of it, is the listener's. What makes a call
 * fail is not said here but returned (err.h).
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
