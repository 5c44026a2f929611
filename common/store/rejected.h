/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rejected.h - rows that a person does not want: the file `rejected` of the state folder.
 *
 *     rejected 2026-11-29 alice worldwide *.example
 *
 * Such a row stays in its older form in every later table, for as long as the newest document would open something
 * with it, and is not proposed again. One that inspects a name in use stays also when the document drops it. Only
 * approving it, or publishing it by force, takes it off the list.
 *
 * Where it sits: room store, above state.h. Who may decide, and about what, is room update's business (decide.h); the
 * decision records say it as well.
 */
#ifndef COMMON_REJECTED_H
#define COMMON_REJECTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;
struct err;
struct held;
struct state;

struct rejected_row {
    const char *day, *by, *source, *pattern;
};

struct rejected {
    struct arena *arena;
    struct rejected_row *of; /* by source, then pattern */
    size_t count, room;
};

/* Reads the list; none if there is no file. -1 with ERR_IO, ERR_CORRUPT (a damaged line), ERR_LIMIT or ERR_MEM, and
 * there is nothing to clear. */
int rejected_read(struct rejected *ret, const struct state *state, struct err *err);
void rejected_clear(struct rejected *rejected);

/* True if a row is on the list, and which line it is; NULL if there is none. Cost: a binary search. */
bool rejected_has(const struct rejected *rejected, const char *source, const char *pattern);
const struct rejected_row *rejected_find(const struct rejected *rejected, const char *source, const char *pattern);

/* Marks the rows that are on the list: they may have been rejected after they were held. -1 as rejected_read(). */
int rejected_mark(struct held *held, const struct state *state, struct err *err);

/* Puts all these rows on the list; held_select() chooses them. A row that is on it keeps its day and name. The list is
 * read and written under the write lock. -1 as rejected_read(), or as state_write_own(), or with ERR_LIMIT if it would
 * be too long; the list is unchanged then. */
int rejected_add(struct state *state, const struct held *held, const char *by, int64_t now, struct err *err);

/* Takes rows off the list: those that `held` holds, because they were approved. Others stay on it, even if the newest
 * documents do not have them: they may come back. -1 as above. */
int rejected_lift(struct state *state, const struct held *held, struct err *err);

/* Appends `'PATTERN' was rejected on DAY by NAME`, or that it is held if it is not on the list. */
void rejected_describe(struct buf *buf, const struct rejected *rejected, const char *source, const char *pattern);

#endif
