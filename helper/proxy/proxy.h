/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proxy.h - the commands of this room, for the table of commands in m365ctl.c.
 *
 * Where it sits: room proxy, its only door.
 */
#ifndef HELPER_PROXY_H
#define HELPER_PROXY_H

#include "cmd/cmd.h"

/* `m365ctl doctor` says what is wrong with a squid.conf, `m365ctl squid-conf` prints lines for one or puts them into
 * it, `m365ctl trace` says what Squid does with a request. */
extern const struct command cmd_doctor, cmd_squid_conf, cmd_trace;

#endif
