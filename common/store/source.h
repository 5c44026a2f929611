/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.h - the sources that a configuration names, one after the other.
 *
 * Where it sits: floor 6, above document.h. candidate_build() merges them. Whoever looks at each of them alone comes
 * through here too, so that both see the same sources. What a source says is for the table to read.
 */
#ifndef COMMON_SOURCE_H
#define COMMON_SOURCE_H

#include <stdbool.h>

struct buf;
struct conf;
struct documents;
struct err;
struct table;

/* One configured source: read by table_read(), or by table_read_bytes() if its bytes are here. */
struct source {
    const char *spec;        /* only valid during the call */
    const struct buf *bytes; /* of a document; NULL: they are in the file */
    bool preset;
};

/*
 * Calls take() for each source in the order that decides ties: documents, presets, local rules, lists and tables. -1 if
 * take() fails, or with ERR_IO if a shipped table, a preset or the folder of local rules is missing or cannot be read.
 */
int source_each(const struct conf *conf, const struct documents *documents,
                int (*take)(void *arg, const struct source *source, struct err *err), void *arg, struct err *err);

/* Reads one of them into a table. -1 as table_read(). */
int source_read(struct table *table, const struct source *source, struct err *err);

#endif
