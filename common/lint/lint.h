/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lint.h - what is wrong or useless in valid tables, each compared with all others.
 *
 * Where it sits: room lint, above room table. The caller reads the sources and decides where the sentences go. What
 * only compiling can find is not checked here.
 *
 * Lines that expire or have expired, are given twice, never decide, change nothing, match what strangers own, or work
 * against a preset, or are written like a row of a published set in a file of local rules are findings. Two hints are
 * only said: a list of domains that does not include the names below them, and published names that stay inspected
 * below a local wildcard. A check is a function in the list of lint_run.c.
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

#define LINT_SAID_USUAL 50

/* One table. Published endpoint sets in it are not judged like local lines. */
struct lint_source {
    const char *path; /* how sentences name it */
    struct table *table;
    bool preset; /* shipped: its lines are not judged, but local lines are compared with them */
    bool bare;   /* a list with a verb, whose names do not include what is below them */
    bool local;  /* a file of local rules, in which no line is meant as a row of a published set */
};

struct lint {
    const struct lint_source *sources; /* in the order that decides ties */
    size_t source_count;
    uint32_t today;
    const struct policy *policy;     /* its label does not count */
    const struct listener *listener; /* hears file, line, what is wrong and what to do */
    size_t findings;                 /* counted here; of many of one kind not all are reported */
    size_t said_max;                 /* reported of one kind and source; 0: LINT_SAID_USUAL */
    bool local_only;                 /* only what is wrong with valid local lines */
};

/*
 * Checks every table. Findings are reported source by source, and counted. -1 with ERR_MEM: nothing was checked. Cost:
 * a sort of all rules; each rule against the few texts that may cover it and against globs and regexes.
 */
int lint_run(struct lint *lint, struct err *err);

/* For a table that was refused: counts its complaints, and says those that `refusal`, the sentence about the refused
 * file, does not contain already. lint_run() does the same for each of its sources. */
void lint_complaints(struct lint *lint, const struct lint_source *source, const char *refusal);

#endif
