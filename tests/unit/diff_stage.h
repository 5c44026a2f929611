/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diff_stage.h - two tables, their images and their diff, from table text; for diff_*test.c and review_test.c. */
#ifndef TESTS_DIFF_STAGE_H
#define TESTS_DIFF_STAGE_H

#include "change/diff.h"
#include "compile/compile.h"
#include "table/table.h"

#define STAGE_TODAY 20778 /* 2026-11-21 */

struct image;
struct announced;

struct stage {
    struct table *was, *is;
    struct image *was_image, *is_image;
    struct diff *diff;
};

/* What is compared. */
struct stage_input {
    const char *was, *is;                        /* tables */
    const struct policy *was_policy, *is_policy; /* NULL: the default one */
    const struct announced *changes;
    size_t change_count;
    bool hold_joins;
};

/* Reads, compiles and compares; a table that is refused fails the test. */
void stage_diff(struct stage *ret, const char *was, const char *is);
void stage_diff_with(struct stage *ret, const struct stage_input *input);
void stage_clear(struct stage *stage);

/* A table and its image. */
struct table *stage_table(const char *text);
struct image *stage_image(struct table *table, const struct policy *policy);

/* A line for each entry, verdict and range: `moved a.example w1A->w2A`, `open a.example 443 no-rule>rule w1A`. */
void stage_render(const struct stage *stage, struct buf *buf);

/* How many openings are left when the lines of a lead (NUL-terminated) that keep something closed are added to the new
 * table. */
size_t stage_openings_left(const struct stage_input *input, const char *lead);

/* Whether a regex changed so that the review holds it, whatever it matches (opening.h); nothing else is told of it. */
bool stage_regex_opens(const struct stage *stage);

/* Fails the test if those lines are not `want`. */
void stage_check(const struct stage *stage, const char *why, const char *want);

#endif
