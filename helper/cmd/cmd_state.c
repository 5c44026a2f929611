// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_state.c - see cmd_state.h. */
#include "cmd_state.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json_write.h"
#include "base/place.h"
#include "base/utf8.h"
#include "cmd_owner.h"
#include "follow/exports.h"
#include "store/act.h"
#include "store/record.h"
#include "update/flow.h"

int
cmd_state_option(void *arg, int code, const char *value, struct err *err)
{
    struct cmd_state *cmd = arg;
    (void)err;
    switch (code) {
    case CMD_CONFIG:
        cmd->config = value;
        place_use(value);
        break;
    case CMD_JSON: cmd->json = true; break;
    case CMD_NOTE: cmd->note = value; break;
    case CMD_BY: cmd->by = value; break;
    case CMD_FORCE: cmd->force = true; break;
    case CMD_QUIET: cmd->quiet = true; break;
    default: break;
    }
    return 0;
}

int
cmd_state_open(struct cmd_state *cmd, bool write, struct err *err)
{
    if (conf_read(&cmd->conf, cmd->config, err) != 0)
        return -1;
    decision_by(cmd->user, cmd->by);
    cmd->by = cmd->user;
    if (cmd_become_owner(cmd->conf->state, err) == 0 && state_open(&cmd->state, cmd->conf->state, write, err) == 0)
        return 0;
    cmd_state_close(cmd);
    return -1;
}

void
cmd_state_close(struct cmd_state *cmd)
{
    state_close(cmd->state);
    conf_free(cmd->conf);
    cmd->state = NULL;
    cmd->conf = NULL;
}

int
cmd_state_follow(struct cmd_state *cmd, int exit_code)
{
    const struct exports exports = {cmd->conf, cmd->state, &cmd_listener, cmd_now()};
    struct err err = {0};
    if (exports_write(&exports, &err) == 0)
        return exit_code;
    cmd_trouble(&err);
    return exit_code == CMD_YES ? CMD_NO : exit_code;
}

int
cmd_state_finish(struct cmd_state *cmd, int exit_code)
{
    int code = cmd_state_follow(cmd, exit_code);
    cmd_state_close(cmd);
    return code;
}

int64_t
cmd_now(void)
{
    return (int64_t)time(NULL);
}

void
cmd_write_head_text(struct json_writer *json, const char *key, const char *value)
{
    json_write_text(json, key, value == NULL || value[0] == '\0' ? NULL : value);
}

void
cmd_write_head_number(struct json_writer *json, const char *key, const char *value)
{
    if (value[0] != '\0' && strspn(value, "0123456789") == strlen(value))
        json_write_number(json, key, strtoull(value, NULL, 10));
    else
        json_write_null(json, key);
}

/* Splits the next "Worldwide 2025120100" in two. False at the end. */
static bool
next_version(const struct buf *review, size_t *at, char value[64], const char **ret_version)
{
    if (!record_next(review, "version", at, value, 64))
        return false;
    char *space = strchr(value, ' ');
    *ret_version = space == NULL ? "-" : space + 1;
    if (space != NULL)
        *space = '\0';
    return true;
}

void
cmd_write_versions(struct json_writer *json, const struct buf *review)
{
    char value[64];
    const char *version;
    size_t at = 0;
    json_write_object(json, "versions");
    while (next_version(review, &at, value, &version))
        json_write_text(json, value, strcmp(version, "-") == 0 ? NULL : version);
    json_write_end(json);
}

void
cmd_add_versions(struct buf *buf, const struct buf *review)
{
    char value[64];
    const char *version;
    size_t at = 0, count = 0;
    while (next_version(review, &at, value, &version))
        count++;
    if (count == 0)
        buf_add_char(buf, '-');
    at = 0;
    for (size_t i = 0; next_version(review, &at, value, &version); i++) {
        if (count == 1 && strcmp(value, "Worldwide") == 0)
            utf8_add_printable(buf, version, strlen(version));
        else
            buf_add_fmt(buf, "%s%.32s %.16s", i == 0 ? "" : ", ", value, version);
    }
}

bool
cmd_is_by_person(const struct act *act)
{
    return strcmp(act->what, ACT_MADE) != 0 || act->by[0] != '\0' || act->note[0] != '\0';
}

bool
cmd_add_act(struct buf *buf, const char *before, const struct act *act)
{
    const char *const parts[] = {act->at, act->what, act->by, act->note}, *const fronts[] = {before, " ", " by ", ": "};
    if (!cmd_is_by_person(act))
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i][0] == '\0')
            continue;
        buf_add_text(buf, fronts[i]);
        utf8_add_printable(buf, parts[i], strlen(parts[i]));
    }
    return true;
}

int
cmd_flow_exit(const struct flow_result *result)
{
    bool held = result->what == FLOW_PENDING || result->what == FLOW_WAITING;
    return held || result->against_gates ? CMD_NO : CMD_YES;
}
