/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_log.h - decisions in the system's log, a line each, for whoever collects these: an audit outside the state
 * folder.
 *
 *     m365ctl[4711]: decision=approved generation=42 label=2025120100 digest=9f2c... replaces=41 by="alice"
 * note="CHG-1"
 *
 * Where it sits: room cmd, above cmd_state.h. The records that count are those of the generations (store/decision.h).
 */
#ifndef HELPER_CMD_LOG_H
#define HELPER_CMD_LOG_H

#include <stdbool.h>
#include <stdint.h>

struct cmd_state;
struct flow_result;

/* Logs that something was decided about a generation. `rows` are the patterns it is about; NULL: the whole. Fails
 * silently: without a log there is nobody to tell. */
void cmd_log_decision(const struct cmd_state *cmd, const char *what, uint32_t generation, const char *rows);

/* Logs what a publish, an import or an update did: `published`, and `held` for what waits now. Nothing if neither.
 * `good`: it did not fail; a failed one may have published the safe part. */
void cmd_log_flow(const struct cmd_state *cmd, const struct flow_result *result, bool good);

#endif
