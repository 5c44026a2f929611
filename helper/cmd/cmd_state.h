/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_state.h - what the commands that use the state folder share: common options, the configuration, the open folder,
 * and how facts about a generation are printed.
 *
 * Where it sits: room cmd, above cmd.h.
 */
#ifndef HELPER_CMD_STATE_H
#define HELPER_CMD_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd.h"
#include "conf/conf.h"
#include "state/state.h"

struct act;
struct flow_result;
struct json_writer;

#define CMD_STATE_OUTPUT_MAX ((size_t)64 << 20)

enum cmd_state_code {
    CMD_CONFIG = 'c',
    CMD_JSON = CMD_CODE_FREE,
    CMD_NOTE,
    CMD_BY,
    CMD_FORCE,
    CMD_QUIET,
    CMD_STATE_CODE_FREE
};

#define CMD_OPTION_CONFIG                                                                                              \
    {                                                                                                                  \
        CMD_CONFIG, "config", "FILE", "the configuration to use instead of the standard one"                           \
    }
#define CMD_OPTION_NOTE                                                                                                \
    {                                                                                                                  \
        CMD_NOTE, "note", "TEXT", "the reason; stored with the generation"                                             \
    }
#define CMD_OPTION_BY                                                                                                  \
    {                                                                                                                  \
        CMD_BY, "by", "NAME", "who decides; default: the user, or who called sudo"                                     \
    }
#define CMD_OPTION_QUIET                                                                                               \
    {                                                                                                                  \
        CMD_QUIET, "quiet", NULL, "print only what a person must know"                                                 \
    }

struct cmd_state {
    const char *config; /* of --config; NULL: the standard one */
    const char *note;
    const char *by; /* of --by; after cmd_state_open() never NULL */
    bool json;
    bool force;
    bool quiet;
    char user[64]; /* who decides: --by, or who started m365ctl */
    struct conf *conf;
    struct state *state;
};

/* Handles the options above: a function for cmd_parse(), whose argument is the cmd_state. */
int cmd_state_option(void *arg, int code, const char *value, struct err *err);

/* Reads the configuration, then becomes the owner of the state folder if root started this (cmd_owner.h), and opens the
 * folder. `by` is filled in, if it was not given. On failure nothing stays open. */
int cmd_state_open(struct cmd_state *cmd, bool write, struct err *err);
void cmd_state_close(struct cmd_state *cmd);

/* What follows in a command that may have changed what is in use: writes the exports of the configuration. Returns the
 * exit code given, or CMD_NO in place of CMD_YES if an export failed, which it reports. */
int cmd_state_follow(struct cmd_state *cmd, int exit_code);

/* The same at the end of the command: it also closes. */
int cmd_state_finish(struct cmd_state *cmd, int exit_code);

/* Seconds since 1970. */
int64_t cmd_now(void);

/* Write a value of a review as a text, or null if it is empty; as a number, or null if it is not one. */
void cmd_write_head_text(struct json_writer *json, const char *key, const char *value);
void cmd_write_head_number(struct json_writer *json, const char *key, const char *value);

/* Writes `"versions":{"Worldwide":"2025120100",...}`, with null for an unknown version. */
void cmd_write_versions(struct json_writer *json, const struct buf *review);

/* Adds `2025120100`, or for several documents `Worldwide 2025120100, China 2025112800`. */
void cmd_add_versions(struct buf *buf, const struct buf *review);

/* True unless nobody is named: what a program did by itself is no news. */
bool cmd_is_by_person(const struct act *act);

/* Adds `2026-11-21T08:15:00Z approved by alice: NET-1`; true if anything was added, for a person's act. */
bool cmd_add_act(struct buf *buf, const char *before, const struct act *act);

/* The exit code: CMD_NO if a person must look, else CMD_YES. */
int cmd_flow_exit(const struct flow_result *result);

#endif
