/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.h - the sources that a configuration names, one after the other.
 *
 * Where it sits: room store, above document.h. candidate_build() merges all sources, `m365ctl check` looks at each of
 * them; both use this list. What is inside a source is read in room table.
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
    const char *spec;        /* valid only during the call */
    const struct buf *bytes; /* of a document; NULL: read the file */
    const char *version;     /* of that document; NULL or "": unknown */
    bool shipped; /* came with the program, so its widths are not judged here: a newer list of public suffixes
                     must not refuse it */
    bool preset;
    bool local; /* in the folder of local rules */
    bool own;   /* there or named by `table`: it may not have rows of a published set */
};

/* Calls ignored() for each name in the folder of local rules that source_each() passes over although it may be meant as
 * a file of rules: not hidden, not a README, and not what an editor or a package leaves of a file. */
void source_each_ignored(const struct conf *conf, void (*ignored)(void *arg, const char *name), void *arg);

/*
 * Calls visit() for each source in the order that decides ties: documents, presets, local rules, lists and tables. -1
 * if visit() fails, or with ERR_IO if a shipped table, a preset or the folder of local rules is missing or cannot be
 * read.
 */
int source_each(const struct conf *conf, const struct documents *documents,
                int (*visit)(void *arg, const struct source *source, struct err *err), void *arg, struct err *err);

/* Reads a source into a table. -1 as table_read(). */
int source_read(struct table *table, const struct source *source, struct err *err);

#endif
