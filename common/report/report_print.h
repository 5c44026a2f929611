/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_print.h - a report as text for a terminal, as JSON, and as a page.
 *
 * Where it sits: room report, above report.h. One file a form: report_text.c, report_json.c, report_html.c.
 */
#ifndef COMMON_REPORT_PRINT_H
#define COMMON_REPORT_PRINT_H

#include <stdint.h>

#include "report.h"

struct buf;

/* What the head of a report says besides the report itself. */
struct report_head {
    const struct replay *replay; /* for its totals */
    const char *logs;            /* how to call what was read: `3 logs`, a path */
    const char *table, *other;   /* labels of the tables; other: NULL if nothing is compared */
    const char *client;          /* the one client whose lines were counted; NULL: all */
    bool stopped;                /* before the end, by ^C */
};

/* Append the report. Fail only for lack of memory (buf_ok()). Cost: a pass over its lists. */
void report_print_text(struct buf *out, const struct report *report, const struct report_head *head);
void report_print_json(struct buf *out, const struct report *report, const struct report_head *head);
void report_print_html(struct buf *out, const struct report *report, const struct report_head *head);

#define REPORT_NOTE_MAX 200

/* Sentence number `at` (from 0) about what the counts do not hold: lines of other formats, no SNI, and so on. False:
 * there are no more. Cost: nothing. */
bool report_note(char ret[REPORT_NOTE_MAX], const struct report *report, const struct report_head *head, unsigned at);

#define REPORT_AMOUNT_MAX 24

/* Writes a number of bytes in the largest unit that leaves at least one digit before the point: `512 B`, `1.2 GB`
 * (powers of 1000). */
void report_bytes(char ret[REPORT_AMOUNT_MAX], uint64_t bytes);

/* Appends `4 requests to 2 destinations`. */
void report_add_amounts(struct buf *out, const struct report *report);

/* Writes a number of clients; an estimate has a `~` before it. */
void report_clients(char ret[REPORT_AMOUNT_MAX], uint64_t count, bool exact);

/* Writes a part of the whole in per cent, with one digit after the point. */
void report_share(char ret[REPORT_AMOUNT_MAX], uint64_t part, uint64_t whole);

#endif
