/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_lookup.h - one answered query, and how it is printed. Private to `m365ctl lookup`.
 *
 * Where it sits: room lookup. cmd_lookup.c reads queries, cmd_answer.c prints answers, cmd_explain.c explains them,
 * cmd_prefix.c answers prefixes, cmd_paste.c reads what people paste. The verdict itself comes from room verdict.
 */
#ifndef HELPER_CMD_LOOKUP_H
#define HELPER_CMD_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

#include "verdict/request.h"
#include "verdict/verdict.h"

struct also;
struct answer_tails;
struct buf;
struct holding;
struct image;
struct image_set;

struct answer {
    const struct image *image;
    struct request request;
    struct verdict verdict;
    uint32_t today;
    const char *query; /* as it was given, without line end */
    size_t query_len;
    const char *text; /* what is left of it, see paste_clean(); NULL if the query is a line of fields */
    size_t text_len;
    const char *host; /* the host in the text; NULL if there is none */
    size_t host_len;
    const struct explained *matches; /* every matching rule; only if an explanation was requested */
    size_t match_count;
    const struct holding *holding; /* rows that are held in the table; NULL: not known, or not asked */
    const struct also *also;       /* Microsoft's other lists; NULL: none is named */
    struct answer_tails *tails;    /* what was printed for such verdicts before; NULL: nothing is kept */
};

/* Appends one line: query, action, category, why, rule, set. `width` is the width of the query column. */
void answer_print_text(struct buf *buf, const struct answer *answer, size_t width);

/* Appends one object on one line, keys in the order of m365ctl(8). `others` adds the matches that do not decide. */
void answer_print_json(struct buf *buf, const struct answer *answer, bool others);

/* Appends the prefixes around the address of the query, or why there is none; nothing for a name. */
void answer_print_around(struct buf *buf, const struct answer *answer);

/* Appends whose the address of the query is by the other lists; nothing for a name, or without lists. */
void answer_print_also(struct buf *buf, const struct answer *answer, bool all);

/* Appends the sentences that go below the line of answer_print_text(). */
void answer_explain(struct buf *buf, const struct answer *answer);

/* The category that decided; NULL if none did. `set` is the set of the verdict. */
const char *answer_category(const struct answer *answer, const struct image_set *set);

/* True if this match is the rule the verdict reports. */
bool answer_is_decider(const struct answer *answer, const struct explained *match);

#endif
