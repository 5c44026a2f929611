/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_prefix.h - a prefix as a query: what it holds, what holds it, and what the addresses in it get. Private to
 * `m365ctl lookup`.
 *
 * Where it sits: room lookup, beside cmd_answer.c. Only prefix rules matter here: a request for a name is answered by
 * its name.
 */
#ifndef HELPER_CMD_PREFIX_H
#define HELPER_CMD_PREFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "name/addr.h"

struct also;
struct holding;
struct image;

struct prefix_answer {
    const struct image *image;
    struct prefix prefix;
    const char *query; /* as it was given */
    size_t query_len;
    uint32_t today;
    bool all;                      /* print everything, however long, and what is held */
    const struct holding *holding; /* NULL: not known, or not asked */
    const struct also *also;       /* Microsoft's other lists; NULL: none is named */
    struct buf ranges;             /* of struct range: neighbours with the same answer, in order */
    struct buf rules;              /* of struct held: rules whose prefix is inside, and those around it */
    bool bypass;                   /* every address is bypassed */
    bool mixed;                    /* some are bypassed and some are not */
};

/* Fills in the rest of an answer, whose image, prefix, query and today are given. The caller clears it. False if it
 * holds too much to list. Cost: a lookup for each rule inside. */
bool prefix_ask(struct prefix_answer *answer);
void prefix_clear(struct prefix_answer *answer);

/* Append the answer: as lines, with a query column of this width, or as one JSON object on a line. */
void prefix_print_text(struct buf *buf, const struct prefix_answer *answer, size_t width);
void prefix_print_json(struct buf *buf, const struct prefix_answer *answer);

#endif
