/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lookup.h - the command of this room, for the table of commands in m365ctl.c.
 *
 * Where it sits: room lookup, its only door. How the command reads and prints is in cmd_lookup.h.
 */
#ifndef HELPER_LOOKUP_H
#define HELPER_LOOKUP_H

#include "cmd/cmd.h"

/* `m365ctl lookup`: reads queries, looks them up, prints the answers. */
extern const struct command cmd_lookup;

#endif
