/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table_copy.h - a table made of rules of other tables.
 *
 * Where it sits: room table, next to table.h. Which rules are taken is decided by the caller: the part of a new table
 * that may be used at once (room review), and the rules that are held in an older form (room store).
 */
#ifndef COMMON_TABLE_COPY_H
#define COMMON_TABLE_COPY_H

#include <stdbool.h>

struct err;
struct rule;
struct table;

/* Returns an empty table with the label and the sources of another one, in their order, because that decides ties. NULL
 * without memory. The caller frees it. */
struct table *table_like(const struct table *of);

/* Adds a copy of a rule, which was judged when it was read and is not judged again. `held` becomes the flag of that
 * name. The table must be sorted before it is used. -1: ERR_LIMIT (too many rules or sources) or ERR_MEM. Cost: that of
 * the text, and of finding its terms among those of the table. */
int table_copy_rule(struct table *table, const struct table *from, const struct rule *rule, bool held, struct err *err);

/* Adds the complaints of another table, and what was refused in it. Without memory some are lost. */
void table_copy_complaints(struct table *table, const struct table *from);

#endif
