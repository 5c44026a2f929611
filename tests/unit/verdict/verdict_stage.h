/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdict_stage.h - one question per row, asked of a table text; used by both tests of verdict.h.
 *
 * A verdict is written `OK|ERR why [category rule [id]]`, as in `OK rule Optimize outlook.office365.com 1`. Without
 * a category it is `-`. Every verdict is explained as well: if it has a rule, there is an explanation.
 */
#ifndef TESTS_UNIT_VERDICT_STAGE_H
#define TESTS_UNIT_VERDICT_STAGE_H

#include <stddef.h>

#include "compile/compile.h"
#include "unit.h"

struct explained;
struct request;

/* One question; NULL is absent. The day is 2026-06-01 unless the row says another. */
struct row {
    const char *why, *dst, *sni, *la, *port, *want;
    const char *day;
};

/* Compiles the table with the options (NULL: none) and asks all rows. Fails with the reason of the first that differs.
 */
void ask_rows(const char *text, const struct policy *options, const struct row *rows, size_t count);

/* The request of a row. */
void row_request(struct request *request, const struct row *row);

/* For verdict_explain(): counts into the size_t at `arg`. */
void count_side(void *arg, const struct explained *explained);

#define ASK(text, options, rows) ask_rows(text, options, rows, ROWS(rows))

#endif
