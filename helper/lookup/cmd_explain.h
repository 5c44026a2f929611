/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_explain.h - what the files of explanations share: cmd_explain_say.c prints, cmd_explain_why.c and cmd_explain.c
 * find the words. Private to them. */
#ifndef HELPER_CMD_EXPLAIN_H
#define HELPER_CMD_EXPLAIN_H

#include "cmd_lookup.h"
#include "image.h"

/* A sentence begins with its indent and ends with its line end. */
void explain_begin(struct buf *buf);
void explain_end(struct buf *buf);
void explain_say(struct buf *buf, const char *sentence);

/* `'host'` or an address. */
void explain_add_identifier(struct buf *buf, const struct identifier *identifier);

/* `set 147, Default` or `local line, allow`. */
void explain_add_set(struct buf *buf, const struct image_set *set);

/* What the why-word of the answer means here, and what to do. */
void explain_why(struct buf *buf, const struct answer *answer);

#endif
