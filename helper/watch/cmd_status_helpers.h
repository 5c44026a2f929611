/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_status_helpers.h - the part of `m365ctl status` about helpers: which run, and what they counted.
 *
 * Where it sits: room watch, for cmd_status.c. The numbers come from room counter (tally.h).
 */
#ifndef HELPER_CMD_STATUS_HELPERS_H
#define HELPER_CMD_STATUS_HELPERS_H

#include <stdbool.h>
#include <stdint.h>

#include "counter/tally.h"

struct buf;
struct json_writer;

struct status_helpers {
    const char *folder; /* of --stats; NULL: the standard one */
    bool wanted;        /* --helpers or --stats */
    bool there;         /* the folder could be read */
    struct tally tally;
};

/* Reads the folder, if that is wanted. Reports what cannot be read on stderr. False if a folder was named and cannot be
 * read, or if the standard one is there and cannot; without a standard one nothing is counted, which is no trouble. */
bool status_helpers_read(struct status_helpers *helpers);
void status_helpers_clear(struct status_helpers *helpers);

/* Add what was read, if anything was wanted: lines of text, or the member `helpers`, which is null if nothing is
 * counted. */
void status_helpers_add(struct buf *out, const struct status_helpers *helpers, int64_t now);
void status_helpers_write(struct json_writer *json, const struct status_helpers *helpers);

#endif
