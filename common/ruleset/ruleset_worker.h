/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ruleset_worker.h - the lines of each of Squid's workers, for whoever changes lines and reads them again.
 *
 * Where it sits: room ruleset. Whoever only asks what becomes of requests needs ruleset_open() alone.
 */
#ifndef COMMON_RULESET_WORKER_H
#define COMMON_RULESET_WORKER_H

#include "ruleset.h"
#include "squidconf/squidconf_text.h"

/* The lines that Squid's workers read. */
struct ruleset_texts {
    struct {
        struct squidconf_text text;
        unsigned number; /* of the worker */
        bool more_alike; /* other workers read the same */
    } worker[RULESET_WORKERS_MAX];
    size_t count; /* one, unless a macro tells them apart in a line about requests */
    bool cut;     /* there are more */
};

/*
 * Reads the lines for each worker whose rules are not those of a worker before it: of the numbers that conditions on
 * `${process_number}` name and one that they do not, or if the macro is in a rule, of the first RULESET_WORKERS_MAX.
 * What the master or the coordinator would refuse is refused as well (ERR_SYNTAX, and *about->refused), as they read
 * the same file; what a worker would refuse is up to ruleset_make(). -1 as squidconf_text_read().
 */
int ruleset_read_texts(struct ruleset_texts *ret, const char *path, const struct ruleset_about *about, struct err *err);

#endif
