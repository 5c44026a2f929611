/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * expiry.h - local lines of a table that expire soon, or have just expired, and inspect lines whose day comes: these
 * stay in force, so their day is only one to look at them.
 *
 * Where it sits: room table, above table.h. `m365ctl status`, notices and the linter say it, each in its own form. What
 * an expired line means for a request belongs to verdict.h.
 */
#ifndef COMMON_EXPIRY_H
#define COMMON_EXPIRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPIRY_SOON_DAYS 30  /* days before the last one from which a line is reported */
#define EXPIRY_URGENT_DAYS 7 /* days before and after, in which a person should look */

struct arena;
struct buf;
struct err;
struct rule;
struct table;
struct terms;

struct expiring {
    const struct rule *rule;
    const struct terms *terms;
    const char *source; /* name of its source */
    int days;           /* until its day; 0 or less: it was left out so many days ago */
};

/* Lists the local lines that expire within EXPIRY_SOON_DAYS or have expired within EXPIRY_URGENT_DAYS, the first to
 * expire first. An inspect line stays in force; it is listed only before its day. The list belongs to the arena, its
 * texts to the table. -1 with ERR_MEM. Cost: one pass over the rules. */
int expiry_find(struct expiring **ret, size_t *ret_count, struct arena *arena, const struct table *table,
                uint32_t today, struct err *err);

/* True if a person should look: it ends within EXPIRY_URGENT_DAYS, or has ended. Never for an inspect line. */
bool expiry_is_urgent(const struct expiring *line);

/* Adds `2026-12-20, in 21 days: 'a.example' (allow, ours), owner 'alice', ticket NET-1`, and of an inspect line that it
 * stays in force. */
void expiry_add(struct buf *buf, const struct expiring *line);

/* Adds an empty line, a heading and a line for each of them, for a notice, and the same for inspect lines; nothing if
 * there are none. What cannot be
 * listed for want of memory is left out. */
void expiry_report(struct buf *buf, const struct table *table, uint32_t today);

/* Adds `, owner 'alice', ticket NET-1`: as far as the line names them. */
void expiry_add_who(struct buf *buf, const struct terms *terms);

#endif
