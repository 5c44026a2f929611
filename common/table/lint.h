/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lint.h - what is wrong or useless in tables that are valid, each held against all others.
 *
 * Where it sits: floor 4, after table.h. Reading sources is the caller's, and so is what only compiling finds. Whoever
 * calls decides where the sentences go.
 *
 * Lines that expire or have expired, are said twice, never decide, change nothing, match what strangers own, or work
 * against a preset are findings. A check is a function in the list of lint_run.c.
 */
#ifndef COMMON_LINT_H
#define COMMON_LINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct listener;
struct policy;
struct table;

/* One table. Published endpoint sets in it are not judged as local lines are. */
struct lint_source {
    const char *path; /* how sentences name it */
    struct table *table;
    bool preset; /* shipped: its lines are not judged, but local lines are held against them */
};

struct lint {
    const struct lint_source *sources; /* in the order that decides ties */
    size_t source_count;
    uint32_t today;
    const struct policy *policy;     /* its label does not count */
    const struct listener *listener; /* hears file, line, what is wrong and what to do */
    size_t findings;                 /* counted here; more than are said, if there are many of one kind */
};

/*
 * Looks over every table. Findings are said source by source and counted. -1 with ERR_MEM: nothing was looked over.
 * Cost: a sort of all rules; each rule against the few texts that may cover it and against globs and regexes.
 */
int lint_run(struct lint *lint, struct err *err);

/* Says the complaints of one table and counts them, but for what `refusal`, a sentence about the same file, has said
 * already ("" for none). It is for a table that was refused; lint_run() does the same for each of its sources. */
void lint_complaints(struct lint *lint, const struct lint_source *source, const char *refusal);

#endif
