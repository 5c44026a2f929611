/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * patience.h - how much CPU time a search may still take, for documents that make every step dear.
 *
 * Where it sits: room change, below everything that searches. Searches count their steps; this ends those whose steps
 * take longer than anybody thought. Whoever runs out of patience must say so, and hold rather than publish.
 */
#ifndef COMMON_PATIENCE_H
#define COMMON_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* All zero: it never ends. */
struct patience {
    int64_t until; /* CPU time of this thread, ns */
};

static inline int64_t
patience_clock(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* From now on this many seconds of the CPU time of this thread. */
static inline void
patience_begin(struct patience *ret, unsigned seconds)
{
    ret->until = patience_clock() + (int64_t)seconds * 1000000000;
}

/* Whether they are over. Cost: a system call. */
static inline bool
patience_is_over(const struct patience *patience)
{
    return patience->until != 0 && patience_clock() > patience->until;
}

/* The same for a loop: asks at each 64th of its turns. */
static inline bool
patience_ends(const struct patience *patience, uint64_t turn)
{
    return turn % 64 == 63 && patience_is_over(patience);
}

#endif
