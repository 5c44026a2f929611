/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * advise_worker.h - findings, and of which of Squid's workers each is true. Private to room advise.
 */
#ifndef COMMON_ADVISE_WORKER_H
#define COMMON_ADVISE_WORKER_H

#include <stdbool.h>
#include <stddef.h>

struct advice;
struct arena;
struct ruleset_texts;
struct squidconf;

/* A finding, and for which workers it was made. */
struct heard {
    const char *file;
    unsigned number;
    bool counts;
    bool dead; /* a rule that no request reaches: true only if it is so in each worker that has the rule */
    const char *text;
    bool mended;      /* the text has the same correction for all of them */
    unsigned workers; /* bits: indexes of ruleset_texts */
};

struct hearing {
    struct heard *heard;
    size_t count, room;
};

/* Adds a finding: a sentence, then indented lines; each ends with a line end. */
void advise_add(struct advice *advice, const struct heard *heard);

/* Tells the doctor what was found, and for which workers if it is not for all; then without a correction, as that was
 * tried with the rules of these workers only. */
void advise_tell(struct squidconf *found, const struct hearing *hearing, const struct ruleset_texts *texts,
                 struct arena *arena);

#endif
