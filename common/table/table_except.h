/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table_except.h - exceptions of a list that is bypassed, which no table can express with the verb of the list. Private
 * to the table*.c files.
 *
 * Where it sits: room table, next to table_build.h, for table_list.c.
 */
#ifndef COMMON_TABLE_EXCEPT_H
#define COMMON_TABLE_EXCEPT_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct reader;
struct table;

/* Starts zeroed. */
struct excepts {
    struct table *table; /* the exceptions as rules, whose verb means nothing */
    const char **names;  /* their names, sorted, in the arena of that table */
    const char **above;  /* these and all names above them, sorted */
    size_t name_count, above_count;
};

/* Adds an exception: a name, `.x`, `*.x` or a prefix. -1 with ERR_MEM, or with ERR_SYNTAX if it is anything else. */
int table_except_add(struct excepts *excepts, const struct reader *from, const char *text, size_t len, struct err *err);

/*
 * Removes the rules from number `before` on that would bypass something to which the exceptions apply, and counts them
 * in *ret. Those are the rules that cover an exception, or are equal to one. `wins`: also those that an exception
 * covers; otherwise these are more specific, and stay. Without exceptions nothing happens. -1 with ERR_MEM. Cost: two
 * searches for each rule, and with `wins` one for each label.
 */
int table_except_apply(size_t *ret, struct table *table, size_t before, struct excepts *excepts, bool wins,
                       struct err *err);

void table_except_clear(struct excepts *excepts);

#endif
