/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_status_log.h - the part of `m365ctl status` about the access log: how far it is counted, or what is wrong.
 *
 * Where it sits: room watch, for cmd_status.c. The counts belong to room traffic.
 */
#ifndef HELPER_CMD_STATUS_LOG_H
#define HELPER_CMD_STATUS_LOG_H

#include <stdbool.h>

#include "state/state.h"
#include "traffic/traffic.h"

struct buf;
struct json_writer;

struct status_log {
    bool wanted; /* the configuration names a log */
    struct traffic_reach reach;
    char error[STATE_VALUE_MAX];
};

/* Reads which days there are, and the trouble that the last update had, if that is wanted. */
void status_log_read(struct status_log *ret, const struct state *state, bool wanted);

/* Add it: a line of text if a log is wanted; the member `log`, which is null if none is. */
void status_log_add(struct buf *out, const struct status_log *log);
void status_log_write(struct json_writer *json, const struct status_log *log);

#endif
