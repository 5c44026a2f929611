/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_judge.h - each destination of a log with its verdict under one table, or under two.
 *
 *     replay_next() --> [the days of a destination, added up] --> [verdicts, in batches] --> judge.destination()
 *
 * Where it sits: room report, above replay and verdict. What is made of a verdict is the caller's: a report (report.c),
 * or what a comparison of tables concerns (room evidence).
 */
#ifndef COMMON_REPORT_JUDGE_H
#define COMMON_REPORT_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report.h"
#include "verdict/request.h"

/* One destination, or one client, with all its days. */
struct subject {
    struct ledger_key key; /* its parts point into `text` */
    char text[LEDGER_KEY_MAX];
    struct report_sum sum;
    struct report_day *days; /* its requests count as bypassed until it is judged */
    size_t day_count, day_room;
};

/* What is known of a destination. All of it lives until the function it is handed to returns. */
struct judged {
    const struct subject *subject;
    const struct request *request;
    const struct verdict *verdict, *other; /* other: NULL if nothing is compared */
};

struct judge {
    const struct image *image, *other; /* NULL: as without a table */
    bool compares;                     /* `other` counts */
    uint32_t today;                    /* day, UTC, for expires= */
    void (*destination)(void *arg, const struct judged *judged);
    void (*client)(void *arg, const struct subject *subject); /* NULL: clients are passed over */
    void *arg;
};

/* Hands over all entries of a replay, in its order. `arena` holds what is in progress. -1 with ERR_MEM, or as
 * replay_next(). Cost: a look-up for each destination and table. */
int report_judge(const struct judge *judge, struct arena *arena, struct replay *replay, struct err *err);

/* Adds counts, days and clients of one sum to another, in the arena of the other. */
void report_sum_add(struct report_sum *to, struct arena *arena, const struct report_sum *from);

#endif
