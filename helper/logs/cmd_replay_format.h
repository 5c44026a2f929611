/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_replay_format.h - the format of the logs: a name, a text, or what a squid.conf says.
 *
 * Where it sits: private to room logs, below cmd_replay.c.
 */
#ifndef HELPER_CMD_REPLAY_FORMAT_H
#define HELPER_CMD_REPLAY_FORMAT_H

struct arena;
struct err;
struct log_format;

/* A format by its name (log.h) or its text. -1 as log_format_new(). */
int replay_format_of(struct log_format **ret, struct arena *arena, const char *word, struct err *err);

/*
 * The format that a squid.conf gives to a log: that of the access_log whose file has the name of this log, rotated or
 * not; else the only one that it has. -1: the file cannot be read; ERR_USAGE if it names several formats, and none for
 * this log. Cost: a pass over the file and what it includes.
 */
int replay_format_from(struct log_format **ret, struct arena *arena, const char *squid_conf, const char *log,
                       struct err *err);

#endif
