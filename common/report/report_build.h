/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_build.h - a report while it is made: groups and lists.
 *
 * Where it sits: private to room report, below report.c.
 */
#ifndef COMMON_REPORT_BUILD_H
#define COMMON_REPORT_BUILD_H

#include "report.h"
#include "report_judge.h"

struct domains; /* Microsoft's */

struct making {
    struct report *report;
    struct arena *arena;
    struct arena *rules;         /* for groups of REPORT_RULE alone: there may be many, and then some are left out */
    struct report_group **slots; /* open addressing; half are free */
    size_t slot_count;
    const struct domains *domains;
};

/* Adds a subject to the group of a key, which gets this name if it is new. If no more rules fit, report->groups_full is
 * set; other groups are few. */
void report_group_add(struct making *making, enum report_by by, uint64_t key, const char *name,
                      const struct subject *subject);

/* A number for a text. */
uint64_t report_key(const char *text, size_t len);

/* Puts the groups in order. False without memory. */
bool report_group_end(struct making *making);

/* Adds a subject with verdicts to a list, if it is worth it. */
void report_list_add(struct report *report, enum report_list which, uint64_t worth, const struct subject *subject,
                     const struct verdict *verdict, const struct verdict *other);

/* Makes the lists. False without memory. */
bool report_list_begin(struct making *making);

/* Microsoft's domains: those that the published rules of a table are about, and some that no table has. The table may
 * be NULL, and must outlive them. NULL without memory. Cost: a look at each rule. */
const struct domains *report_domains(struct arena *arena, const struct table *table);

/* True if a name in lower case is such a domain, or below one. Cost: a look-up for each of its labels. */
bool report_is_microsoft(const struct domains *domains, struct squid_word name);

#endif
