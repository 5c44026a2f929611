/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decide_build.h - what the parts of decide.h share: how a decision is locked and recorded. Private to decide*.c.
 */
#ifndef COMMON_DECIDE_BUILD_H
#define COMMON_DECIDE_BUILD_H

#include "decide.h"
#include "store/decision.h"

/* Takes the lock for a decision, if it is still about what was looked at; the caller unlocks. -1 otherwise. */
int decide_lock(struct decide *decide, struct err *err);

/* Says that somebody else has decided meanwhile. Returns -1. */
int decide_moved(struct err *err);

/* Says that the generation waits as a whole, and why. Returns -1. */
int decide_refuse_rows(const struct decide *decide, struct err *err);

/* Adds a decision to the generation, with the diff that was looked at. -1 as decision_write(). */
int decide_record(const struct decide *decide, enum decided what, const char *note, struct err *err);

#endif
