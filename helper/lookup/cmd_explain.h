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

/* Begin a sentence with its indent, end it with a line end, or do both for a whole sentence. */
void explain_begin(struct buf *buf);
void explain_end(struct buf *buf);
void explain_say(struct buf *buf, const char *sentence);

/* `'host'` or an address. */
void explain_add_identifier(struct buf *buf, const struct identifier *identifier);

/* `set 147, Default` or `local line, allow`. */
void explain_add_set(struct buf *buf, const struct image_set *set);

/* What is held about this request, since when, and what the newest sources say. */
void explain_held(struct buf *buf, const struct answer *answer);

/* What the answer's reason (why) means for this request, and what to do. */
void explain_why(struct buf *buf, const struct answer *answer);

#endif
