/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_replay.h - the command of room evidence.
 *
 * Where it sits: room evidence, for the table of commands in m365ctl.c.
 */
#ifndef HELPER_CMD_REPLAY_H
#define HELPER_CMD_REPLAY_H

#include "cmd/cmd.h"

extern const struct command cmd_replay;

#endif
