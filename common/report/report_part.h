/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_part.h - what a report for people has: its parts in the order in which they are read, their titles and
 * columns.
 *
 *     struct report --> report_part() --> the same parts as text, and as a page
 *
 * Where it sits: private to room report, above report.h and below report_text.c and report_html.c. How a part looks is
 * up to these two.
 */
#ifndef COMMON_REPORT_PART_H
#define COMMON_REPORT_PART_H

#include "base/day.h"
#include "report_print.h"

enum report_part_kind {
    REPORT_PART_GROUPS,  /* the requests by one thing */
    REPORT_PART_ROWS,    /* the largest of a list */
    REPORT_PART_NAMES,   /* rules */
    REPORT_PART_NOTHING, /* its title says that there is nothing to show */
};

#define REPORT_TITLE_MAX 96

struct report_part {
    enum report_part_kind kind;
    char title[REPORT_TITLE_MAX];
    const char *subject, *detail;       /* heads of the first column, and of the one before the last */
    uint64_t all;                       /* groups, rows or names there were, more than are shown */
    struct report_group *const *groups; /* of REPORT_PART_GROUPS: `all` of them */
    const struct report_rows *rows;     /* of REPORT_PART_ROWS */
    bool are_clients;                   /* the rows; else destinations */
    const struct report_names *names;   /* of REPORT_PART_NAMES */
};

/* Part number `at` (from 0); those that have nothing in them are left out. False: there are no more. Cost: a pass over
 * the groups. */
bool report_part(struct report_part *ret, const struct report *report, unsigned at);

/* The columns after the first one. The detail of rows is written by each form; of groups it is their first day. */
enum report_column { COLUMN_REQUESTS, COLUMN_SHARE, COLUMN_BYTES, COLUMN_CLIENTS, COLUMN_DETAIL, COLUMN_LAST, COLUMNS };

/* The head of a column of a part. */
const char *report_column_head(const struct report_part *part, enum report_column column);

struct report_cell {
    uint64_t value; /* to sort by */
    char text[REPORT_AMOUNT_MAX];
};

/* What stands in the columns for a group, and for a row; the detail of a row is empty. */
void report_group_cells(struct report_cell ret[COLUMNS], const struct report *report, const struct report_group *group);
void report_row_cells(struct report_cell ret[COLUMNS], const struct report *report, const struct report_row *row);

#define REPORT_NAME_MAX (3 * LEDGER_PART_MAX + 32)

/* How to call a row: a client, or `host:port` (443 is not said) with the SNI and the original address if they are
 * others. */
void report_row_name(char ret[REPORT_NAME_MAX], const struct report_row *row, bool is_client);

/* The day of a moment; `-` if it is not known. */
void report_day_text(char ret[DAY_TEXT_MAX], int64_t when);

#endif
