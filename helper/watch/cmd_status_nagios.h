/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_status_nagios.h - `m365ctl status --nagios`: one line and an exit code, as plugins of Nagios and Icinga give
 * them.
 *
 *     M365 WARNING - generation 42 waits for a decision: ... | age=86400s pending_age=3600s held=2 ...
 *
 * Where it sits: room watch, for cmd_status.c. Format: "Nagios Plugins Development Guidelines".
 */
#ifndef HELPER_CMD_STATUS_NAGIOS_H
#define HELPER_CMD_STATUS_NAGIOS_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct health;
struct tally;

enum nagios_exit { NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN };

/* Adds the line. `held` is how many rows wait for a decision; `tally` is NULL if nothing is counted or nobody asked.
 * Returns the exit code: what status says; at least WARNING if something of what the helpers counted cannot be read;
 * and CRITICAL while a helper runs without a table. */
int status_nagios_add(struct buf *out, const struct health *health, size_t held, const struct tally *tally);

/* Adds the line for what could not be found out. Returns NAGIOS_UNKNOWN. */
int status_nagios_unknown(struct buf *out, const char *why);

#endif
