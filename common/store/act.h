/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * act.h - everything that was done about a generation, in order: it was made, then decided upon (decision.h).
 *
 * Where it sits: room store, above decision.h. From these acts it is known when a generation came into use, which may
 * be long after it was made, and more than once.
 */
#ifndef COMMON_ACT_H
#define COMMON_ACT_H

#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "decision.h"

/* `what` of the first act; but a generation that a person made by approving rows has the word of that decision. */
#define ACT_MADE "made"

/* Texts are "" if they are not recorded, and are cut to their room. */
struct act {
    char what[16]; /* ACT_MADE, or the word of a decision */
    char at[DAY_TIME_MAX], by[64], note[300];
    bool uses; /* since then the generation was in use */
};

/* Calls each() for all acts, in order. -1 with ERR_IO: a record cannot be read; some calls may have been made. Cost:
 * reads review.txt and the decisions. */
int act_each(const struct state *state, uint32_t generation, void (*each)(void *arg, const struct act *act), void *arg,
             struct err *err);

/* When a generation came into use; the last time, or `earlier` times before that. "" if that is not recorded. -1 as
 * above. */
int act_used(char ret[DAY_TIME_MAX], const struct state *state, uint32_t generation, size_t earlier, struct err *err);

#endif
