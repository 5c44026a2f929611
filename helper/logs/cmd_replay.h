/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_replay.h - the command of room logs.
 *
 * Where it sits: room logs, for the table of commands in m365ctl.c.
 */
#ifndef HELPER_CMD_REPLAY_H
#define HELPER_CMD_REPLAY_H

#include "cmd/cmd.h"

extern const struct command cmd_replay;

#endif
