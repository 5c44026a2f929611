/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * review.h - may this table be published by itself, or must a person look?
 *
 * Where it sits: floor 6, above diff.h, conf.h and verdict.h. It decides; candidate.h acts.
 *
 *     auto      what passes the gates is published
 *     widening  (default) and makes no host bypassed that was inspected: no raised category, no new name or wildcard of
 *               a bypassed category, no wider prefix, no address outside a set that was bypassed already; nor anything
 *               that no name can be asked for (a regex, too many ports)
 *     always    nothing is published by itself but what changes no rule
 *
 * Gates hold a table in every mode: shrunk beyond the limit, a canary that does not have its category, a
 * must-not-bypass name that would be bypassed, a published bypass prefix or wildcard that is too wide and is not in use
 * already, a document older than the one in use.
 */
#ifndef COMMON_REVIEW_H
#define COMMON_REVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "verb.h"

struct arena;
struct buf;
struct candidate;
struct conf;
struct diff;
struct documents;
struct err;

struct review {
    bool publish;
    const char **reasons; /* why it is held, one sentence each, the entries in them; none if publish */
    size_t reason_count;
};

/*
 * Decides about `candidate` against what is in use, as of `today`. `old_documents` gives the versions in use, NULL for
 * the first table; the first table ever is published if it passes the gates, in every mode but always. Reasons belong
 * to the arena. -1 with ERR_MEM.
 */
int review_decide(struct review *ret, struct arena *arena, const struct conf *conf, const struct candidate *candidate,
                  const struct documents *documents, const struct documents *old_documents, const struct diff *diff,
                  uint32_t today, struct err *err);

/* Writes review.txt: its head (candidate.h), the reasons, the diff's summary and the diff. `by` is update, import or
 * publish. */
void review_print(const struct review *review, const struct conf *conf, const struct candidate *candidate,
                  const struct documents *documents, const struct diff *diff, uint32_t generation, const char *by,
                  int64_t now, struct buf *buf);

/* A name that must have at least this category, if its service area is asked for. */
struct review_canary {
    const char *query;
    enum verb verb;
    const char *area;
};

/* The built-in canaries of an instance; ends with a NULL query. */
const struct review_canary *review_canaries(const char *instance);

#endif
