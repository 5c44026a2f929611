/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_answer_tail.h - the ends of answers, as they were printed before. Private to `m365ctl lookup`.
 *
 * Everything after the request depends on the verdict alone, and a million queries have a few hundred different
 * verdicts. So each end is printed once and copied from then on.
 *
 * Where it sits: room lookup, below cmd_answer.c, the only user.
 */
#ifndef HELPER_CMD_ANSWER_TAIL_H
#define HELPER_CMD_ANSWER_TAIL_H

#include <stddef.h>
#include <stdint.h>

#include "name/addr.h"

struct buf;
struct image;
struct verdict;

#define TAIL_SLOTS_BITS 11
#define TAIL_MAX 256 /* bytes; a longer end is not kept */

/* What a verdict says, without the address it says it about. */
struct tail_key {
    uint32_t number, set; /* of the rule */
    uint8_t why, bypass, has_rule, has_prefix;
    struct prefix prefix;
};

struct tail {
    struct tail_key key;
    uint16_t len; /* 0: nothing is kept here */
    char text[TAIL_MAX];
};

/* For one image and one form of output. Starts zeroed. */
struct answer_tails {
    struct tail slots[1u << TAIL_SLOTS_BITS];
};

/* Appends the end for this verdict. False if it is not kept; then *ret_slot is where tail_keep() puts it. */
bool tail_add(struct answer_tails *tails, const struct image *image, const struct verdict *verdict, struct buf *buf,
              struct tail **ret_slot);

/* Keeps the end of the buffer, from `at` on, in place of what the slot had. */
void tail_keep(struct tail *slot, const struct buf *buf, size_t at);

#endif
