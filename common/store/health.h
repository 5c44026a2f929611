/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * health.h - whether everything is fine: what is in use, what waits, when the service last answered.
 *
 * Where it sits: room store, at the top. How this is shown, and with which exit code, is up to the command.
 */
#ifndef COMMON_HEALTH_H
#define COMMON_HEALTH_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "state/state.h"

#define HEALTH_CAUSES_MAX 12

struct arena;
struct conf;
struct expiring;
struct table;

enum health_level {
    HEALTH_FINE,
    HEALTH_ATTENTION, /* a person should look: nothing is published, something waits, rows are held although nothing
                         waits, what is in use is against a gate, a notice was not delivered, the service fails or is
                         silent for too long, the clock jumped, a local line ends within a week or has just ended */
    HEALTH_TROUBLE,   /* what is in use is damaged or cannot be read */
};

/* A generation, as its review.txt describes it. */
struct health_generation {
    uint32_t number; /* 0: none */
    struct buf review;
    char used[DAY_TIME_MAX]; /* when it came into use; "" for one that waits */
    char created[DAY_TIME_MAX], by[16], label[40], rules[16];
};

/* Times are seconds since 1970; 0: never. */
struct health {
    int64_t now, last_try, last_good, failed_since, backoff_until, next_poll;
    char error[STATE_VALUE_MAX]; /* of the last failure; "" if the last try succeeded */
    struct health_generation current, previous, pending;
    char causes[HEALTH_CAUSES_MAX][ERR_TEXT_MAX]; /* what is not fine, a sentence each */
    size_t cause_count;
    struct expiring *expiring; /* local lines in use that expire soon (expiry.h); they belong to the next two */
    size_t expiring_count;
    struct table *in_use; /* NULL: no line has a last day */
    struct arena *arena;
    enum health_level level;
};

/* Looks at everything. Cannot fail: what cannot be read becomes a cause. The caller clears. Cost: reads and verifies
 * all files of the generation in use. */
void health_look(struct health *ret, const struct conf *conf, const struct state *state, int64_t now);
void health_clear(struct health *health);

#endif
