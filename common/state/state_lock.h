/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state_lock.h - one writer at a time, one updater at a time, and whether anybody wrote since somebody looked.
 *
 *     state_mark() --> fetch, build, compare, review --> state_lock() --> state_is_marked()? --> write -->
 * state_unlock()
 *
 * Where it sits: room state, beside state.h. A slow service, a large table or a slow notice command must not make an
 * administrator wait who wants to roll back. So everything that takes long is done without the write lock, and what it
 * was based on is compared once more under the lock.
 */
#ifndef COMMON_STATE_LOCK_H
#define COMMON_STATE_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/file.h"

struct err;
struct state;

/*
 * Every function that writes takes the write lock and gives it back. A caller that must do several steps as one, or
 * must be sure that nothing has changed since it looked, holds it meanwhile; calls may be nested. It is meant to be
 * held for a moment: never while something is fetched, built, compared, or told to people. -1: ERR_LIMIT (another
 * writer has held it for state_lock_wait_ms; the sentence has its pid), ERR_IO, or ERR_USAGE (opened for reading).
 */
int state_lock(struct state *state, struct err *err);
void state_unlock(struct state *state);

/* How long state_lock() waits: ten seconds. Tests set a shorter time. */
extern uint32_t state_lock_wait_ms;

/* Makes this the one updater until it is unlocked or the state is closed, and reads the status again. Nobody who only
 * writes waits for it. -1 with ERR_LIMIT (another updater is at work; the sentence has its pid), or as state_lock().
 * Does not wait. */
int state_lock_update(struct state *state, struct err *err);
void state_unlock_update(struct state *state);

/* Which generations the links named at some moment. */
struct state_mark {
    struct file_id links[3];
};

/* Remembers that, and says whether no link was set or removed since. What was decided without the lock is still valid
 * if this holds under the lock. A link that cannot be examined counts as missing. Cost: three system calls. */
void state_mark(const struct state *state, struct state_mark *ret);
bool state_is_marked(const struct state *state, const struct state_mark *mark);

#endif
