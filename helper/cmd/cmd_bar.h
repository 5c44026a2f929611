/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_bar.h - a progress line on the terminal for long commands.
 *
 * Where it sits: room cmd, next to cmd.h. The line is redrawn in place and removed before anything else is printed;
 * cmd_say() takes care of that. Nothing is ever drawn if stderr is not a terminal, or for quick commands.
 */
#ifndef HELPER_CMD_BAR_H
#define HELPER_CMD_BAR_H

struct table_progress;

/* Starts showing progress, if stderr is a terminal. */
void cmd_bar_start(void);

/* Shows the progress of a table: for load_options.progress. */
void cmd_bar_table(void *arg, const struct table_progress *at);

/* Shows the next step (printf format). */
void cmd_bar_step(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Removes the line; the next call that shows something draws it again. */
void cmd_bar_clear(void);

/* Removes the line for good. */
void cmd_bar_end(void);

#endif
