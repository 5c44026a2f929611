/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * history.h - what is recorded about each generation that is kept, and its fate.
 *
 * Where it sits: room change, above room store. Only records are read here; what a generation answers is in blame.h.
 * Printing is left to the caller.
 */
#ifndef COMMON_HISTORY_H
#define COMMON_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/day.h"

struct act;
struct err;
struct listener;
struct state;

/* Texts are "" if they are not recorded, and are cut to their room. */
struct history_entry {
    uint32_t generation;
    const char *fate;  /* current, previous, pending, rejected, published, superseded or unused */
    struct buf review; /* its whole review.txt (record.h) */
    char created[DAY_TIME_MAX], label[40], rules[16];
    char used[DAY_TIME_MAX];                    /* when it came into use, the last time; "" if it never did */
    char how[16];                               /* update, import or publish */
    char decided[32], at[DAY_TIME_MAX], by[64]; /* the last decision; else who published by hand */
    char note[300];                             /* the last one there is */
    const struct act *acts;                     /* how it was made, and every decision */
    size_t act_count;
};

/*
 * Calls each() for all generations, the newest first; the entry is valid during the call. A link or a generation that
 * cannot be read is reported to the listener and left out. -1 with ERR_IO or ERR_MEM if the folder cannot be read.
 * Cost: reads the records of every generation.
 */
int history_each(struct state *state, const struct listener *listener,
                 void (*each)(void *arg, const struct history_entry *entry), void *arg, struct err *err);

#endif
