/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seen.h - what the access log had of a row of a comparison: `1,204 requests of 87 clients, last 2026-11-28`.
 *
 * Where it sits: room seen, above replay. A comparison of tables may carry it (diff->seen), and then all that is
 * printed of it says it. Room evidence finds it in the log. Without it every text is as if there were no log.
 */
#ifndef COMMON_SEEN_H
#define COMMON_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "replay/clients.h"

struct arena;
struct buf;
struct json_writer;

#define SEEN_EXAMPLES 3

/* All zero: nothing was seen. */
struct seen {
    uint64_t requests;
    int64_t last; /* seconds since 1970; 0: not known */
    struct clients clients;
};

/* The lists of a comparison. */
enum seen_list { SEEN_OPENINGS, SEEN_VERDICTS, SEEN_RANGES, SEEN_LISTS };

/* A request that the tables decide about differently belongs to the opening, and to the verdict or the range, whose
 * pattern is the narrowest that has it. */
struct seen_rows {
    struct arena *arena;                       /* owns all of this */
    struct seen *list[SEEN_LISTS];             /* one for each row of the comparison */
    struct seen opened, closed, ranges_closed; /* requests that open, that close, that close by their address */
    struct seen other;                         /* of `opened` and `closed` those that belong to no row */
    const char *examples[SEEN_EXAMPLES];       /* `host:port` of the first of these; NULL: no more */
    uint64_t requests;                         /* of the log, whatever is decided about them */
    uint32_t first_day, last_day;              /* of the log; both 0: it has no requests, or no times */
    uint32_t days_without;                     /* days between them that nothing is known of */
    uint32_t days_unread;                      /* days whose file is damaged */
    uint64_t lines_unread;                     /* lines of the logs that are not understood */
    uint64_t logs_unread;                      /* logs that could not be read, or only in part */
};

/* Adds one to another, whose clients are in the arena. False without memory. */
bool seen_add(struct seen *to, struct arena *arena, const struct seen *from);

/* Appends `0 requests` or `1,204 requests of 87 clients, last 2026-11-28`. An estimated number of clients has a `~`
 * before it. */
void seen_print(struct buf *buf, const struct seen *seen);

/* The same after `before`, of row number `at` of one of the arrays of `rows`. Nothing if `rows` is NULL. */
void seen_print_row(struct buf *buf, const struct seen_rows *rows, const char *before, enum seen_list list, size_t at);

/* Append which days the log covers, what of it could not be read, and what belongs to no row; and the same as a last
 * line: `log: 2026-11-01 to 2026-11-30`. Nothing as above. */
void seen_add_days(struct buf *buf, const struct seen_rows *rows);
void seen_print_days(struct buf *buf, const struct seen_rows *rows);

/* Writes `"seen":{"requests":...}` into an object that is open; nothing as above. The second: `"log":{...}`. */
void seen_write_row(struct json_writer *json, const struct seen_rows *rows, enum seen_list list, size_t at);
void seen_write_days(struct json_writer *json, const struct seen_rows *rows);

#endif
