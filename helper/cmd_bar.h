/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_bar.h - one line on a terminal that says how far a long command has come.
 *
 * Where it sits: floor 7, beside cmd.h. The line is drawn over itself and gone before anything else is said; cmd_say()
 * sees to that. Where stderr is no terminal nothing is ever drawn. What is quick shows nothing at all.
 */
#ifndef HELPER_CMD_BAR_H
#define HELPER_CMD_BAR_H

struct table_progress;

/* From here on there is something to show, if stderr is a terminal. */
void cmd_bar_start(void);

/* Shows how a table comes along: for load_options.progress. */
void cmd_bar_table(void *arg, const struct table_progress *at);

/* Shows what is done next. */
void cmd_bar_step(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Takes the line away; the next call to show something draws it anew. */
void cmd_bar_clear(void);

/* Takes it away for good. */
void cmd_bar_end(void);

#endif
