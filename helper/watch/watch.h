/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch.h - the commands that show how things are.
 *
 * Where it sits: room watch, above cmd.
 */
#ifndef HELPER_WATCH_H
#define HELPER_WATCH_H

#include "cmd/cmd.h"

extern const struct command cmd_metrics, cmd_status;

#endif
