/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lend.h - a table in a folder of the test, which is lent to the helpers of a squid.conf. */
#ifndef TESTS_UNIT_LEND_H
#define TESTS_UNIT_LEND_H

struct ruleset;

/* The day on which the helpers answer. */
#define LEND_TODAY 20000

/* Makes the folder of the test and the table from lines of a list. For a set_up(): 0, or the test fails. */
int lend_open(void **state, const char *lines);

/* For a tear_down(). */
int lend_close(void **state);

/* Lends the table to the helpers of a configuration; takes it back, which is nothing to do. */
void lend_table(struct ruleset *conf);
void lend_take_back(struct ruleset *conf);

#endif
