/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.h - the sources that a configuration names, one after the other. Part of candidate.h.
 *
 * Where it sits: floor 6. candidate_build() merges them; whoever looks at each alone comes through here too, so that
 * both see the same.
 */
#ifndef COMMON_SOURCE_H
#define COMMON_SOURCE_H

#include <stdbool.h>

struct buf;
struct conf;
struct documents;
struct err;
struct table;

/* One of the sources that are configured: table_read() takes its spec, or table_read_bytes() if there are bytes. */
struct generation_source {
    const char *spec;        /* valid during the call */
    const struct buf *bytes; /* of a document that is at hand; NULL: in the file */
    bool preset;
};

/*
 * Calls take() for each source in the order that decides ties: documents, presets, local rules, lists and tables. -1:
 * take() said so, or a shipped table, a preset or the folder of local rules is not there.
 */
int generation_each_source(const struct conf *conf, const struct documents *documents,
                           int (*take)(void *arg, const struct generation_source *source, struct err *err), void *arg,
                           struct err *err);

/* Reads one of them into a table. */
int generation_read_source(struct table *table, const struct generation_source *source, struct err *err);

#endif
