/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * subject.h - what a line of a log is about: destination, port, SNI, original address; and what Squid did with it.
 *
 * Where it sits: private to room replay, above log and name. Counting belongs to ledger.c.
 */
#ifndef COMMON_SUBJECT_H
#define COMMON_SUBJECT_H

#include "ledger.h"
#include "log/log.h"

/* Fills in the key of a line's destination. False: it names none, as a request that Squid could not read. Cost: a pass
 * over the host. */
bool subject_key(struct ledger_key *ret, const struct log_line *line);

/* Adds to the counts what this line is: see enum ledger_count. Total. */
void subject_count(uint64_t count[LEDGER_COUNTS], const struct log_line *line);

#endif
