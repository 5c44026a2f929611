/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * late.h - a version that the service announces before it has the document.
 *
 *     first day   the old document keeps its old version, and the new one is fetched at every update
 *     after that  the service means it: this is the document of the new version. It is fetched once a day
 *     a month     nothing more is expected
 *
 * A first document, or one of another query, can be compared with none: it begins at the second line.
 *
 * Where it sits: room update, below ask.h. What is remembered about this is in the status of the state folder. Which
 * documents are equal is found out by ask.c.
 */
#ifndef COMMON_LATE_H
#define COMMON_LATE_H

#include <stdbool.h>
#include <stdint.h>

struct state;

/* True if this version was noted as late and its document is to be fetched again now. */
bool late_is_due(const struct state *state, const char *instance, const char *version, int64_t now);

/* Notes in the status that the service sent an old document for this version. True on the first day: the document is
 * not that of this version yet. */
bool late_note(struct state *state, const char *instance, const char *version, int64_t now);

/* Notes in the status that nobody can tell whether the document is that of this version. */
void late_doubt(struct state *state, const char *instance, const char *version, int64_t now);

/* True if this version is noted. */
bool late_is_noted(const struct state *state, const char *instance, const char *version);

/* The document has come. */
void late_forget(struct state *state, const char *instance);

#endif
