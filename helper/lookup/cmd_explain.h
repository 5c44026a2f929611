/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_explain.h - what the files that explain an answer share: cmd_explain.c, cmd_explain_why.c and
 * cmd_explain_held.c write the sentences, cmd_explain_say.c has the parts that recur.
 *
 * Where it sits: room lookup, private to cmd_explain*.c. What decided is not worked out here (verdict.h).
 */
#ifndef HELPER_CMD_EXPLAIN_H
#define HELPER_CMD_EXPLAIN_H

#include "cmd_lookup.h"
#include "image/image.h"

struct json_writer;
struct load_options;
struct prefix;

/* Begin a sentence with its indent, end it with a line end, or do both for a whole sentence. */
void explain_begin(struct buf *buf);
void explain_end(struct buf *buf);
void explain_say(struct buf *buf, const char *sentence);

/* `'host'` or an address. */
void explain_add_identifier(struct buf *buf, const struct identifier *identifier);

/* `set 147, Default` or `local line, allow`. */
void explain_add_set(struct buf *buf, const struct image_set *set);

/* Finds the rows that are held in the generation whose image these options name; none if it is an image or table of no
 * generation. False if they cannot be read; damage is reported. The caller clears them (holding.h). */
bool explain_find_holding(struct holding *ret, const struct load_options *options);

/* What may be held: the names and addresses of a request, a prefix, or a pattern itself. */
struct held_query {
    const struct holding *holding; /* NULL: not known */
    const struct request *request;
    const struct prefix *prefix; /* NULL: the request is asked about */
    const char *pattern;         /* canonical; NULL: the request or the prefix is asked about */
    const struct image *image;   /* NULL: it bypasses the usual categories */
};

/* Append what is held, since when, and what the newest sources say: as lines, or as `"held":[...]` (null if it is not
 * known). */
void explain_held(struct buf *buf, const struct held_query *query);
void explain_write_held(struct json_writer *json, const struct held_query *query);

/* What the answer's reason (why) means for this request, and what to do. */
void explain_why(struct buf *buf, const struct answer *answer);

#endif
