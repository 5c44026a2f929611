// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_status.c - `m365ctl status`: what is in use, what waits, when the service was last heard; an exit code for
 * monitoring.
 *
 * 0: fine. 1: a person should look (nothing published, something waits, the service is failing or silent for too long,
 * the clock jumped). 2: trouble (what is in use is damaged or cannot be read). Each cause is one sentence in
 * `attention`.
 */
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/json_write.h"
#include "base/utf8.h"
#include "cmd_state.h"
#include "store/candidate.h"
#include "store/conf.h"
#include "store/generation_named.h"
#include "store/record.h"
#include "store/state.h"

#define FUTURE_SLACK 300 /* seconds that another clock may be ahead */
#define CAUSES_MAX 8

struct generation_view {
    uint32_t number; /* 0: none */
    struct buf review;
    char created[DAY_TIME_MAX], by[16], label[40], rules[16];
};

struct status {
    struct cmd_state cmd;
    int64_t now, last_try, last_good, failed_since, backoff_until, next_poll;
    char error[STATE_VALUE_MAX];
    struct generation_view current, previous, pending;
    char causes[CAUSES_MAX][ERR_TEXT_MAX];
    size_t cause_count;
    int result;
    struct buf out;
};

static void __attribute__((format(printf, 3, 4))) add_cause(struct status *status, int result, const char *fmt, ...)
{
    va_list args;
    if (status->cause_count < CAUSES_MAX) {
        va_start(args, fmt);
        vsnprintf(status->causes[status->cause_count++], ERR_TEXT_MAX, fmt, args);
        va_end(args);
    }
    if (result > status->result)
        status->result = result;
}

static void
view(struct status *status, enum state_link link, struct generation_view *ret)
{
    struct err err = {0};
    buf_init(&ret->review, RECORD_MAX);
    if (state_get(status->cmd.state, link, &ret->number, &err) != 0 ||
        (ret->number != 0 && generation_read_review(&ret->review, status->cmd.state, ret->number, &err) != 0)) {
        add_cause(status, CMD_TROUBLE, "%s", err.text);
        return;
    }
    record_get(&ret->review, "created", ret->created, sizeof ret->created);
    record_get(&ret->review, "by", ret->by, sizeof ret->by);
    record_get(&ret->review, "label", ret->label, sizeof ret->label);
    record_get(&ret->review, "rules", ret->rules, sizeof ret->rules);
}

/* When the documents in use are from: the day in their version, or when the generation was made. */
static int64_t
day_of_documents(const struct status *status)
{
    const char *label = status->current.label;
    uint32_t day;
    char text[DAY_TEXT_MAX];
    if (strlen(label) == 10 && strspn(label, "0123456789") == 10) {
        snprintf(text, sizeof text, "%.4s-%.2s-%.2s", label, label + 4, label + 6);
        if (day_parse(&day, text, 10))
            return (int64_t)day * 86400;
    }
    return day_parse_time(status->current.created);
}

static void
judge_service(struct status *status)
{
    const struct conf *conf = status->cmd.conf;
    char span[64];
    struct buf buf;
    buf_init(&buf, sizeof span);
    int64_t heard = status->last_good != 0 ? status->last_good : day_of_documents(status);
    int64_t failing = status->failed_since == 0 ? 0 : status->now - status->failed_since;
    int64_t silent = heard == 0 ? 0 : status->now - heard;
    if (failing >= (int64_t)conf->failed_hours * 3600) {
        cmd_add_span(&buf, failing);
        add_cause(status, CMD_NO, "updates fail for %.*s: %.400s", (int)buf.len, buf.data, status->error);
        buf_reset(&buf);
    }
    if (silent >= (int64_t)conf->stale_hours * 3600) {
        cmd_add_span(&buf, silent);
        add_cause(status, CMD_NO, "nothing was heard of the service for %.*s: the table may be out of date",
                  (int)buf.len, buf.data);
    }
    if (status->last_try > status->now + FUTURE_SLACK || status->last_good > status->now + FUTURE_SLACK ||
        status->failed_since > status->now + FUTURE_SLACK)
        add_cause(status, CMD_NO, "the last check lies in the future: the clock was set back, or was wrong then");
    buf_clear(&buf);
}

static void
judge_tables(struct status *status)
{
    struct err err = {0};
    if (status->current.number == 0 && status->result < CMD_TROUBLE)
        add_cause(status, CMD_NO,
                  "nothing is published yet; run 'm365ctl update', or 'm365ctl publish' without a network");
    else if (status->current.number != 0 && generation_verify(status->cmd.state, status->current.number, &err) != 0)
        add_cause(status, CMD_TROUBLE, "%s", err.text);
    if (status->pending.number != 0)
        add_cause(status, CMD_NO,
                  "generation %u waits for a decision: 'm365ctl diff', then 'm365ctl approve' or 'm365ctl reject'",
                  status->pending.number);
}

static void
look(struct status *status)
{
    const struct state *state = status->cmd.state;
    status->now = cmd_now();
    status->last_try = state_status_number(state, STATUS_LAST_TRY);
    status->last_good = state_status_number(state, STATUS_LAST_GOOD);
    status->failed_since = state_status_number(state, STATUS_FAILED_SINCE);
    status->backoff_until = state_status_number(state, STATUS_BACKOFF_UNTIL);
    status->next_poll = state_status_number(state, STATUS_NEXT_POLL);
    state_status_get(state, STATUS_ERROR, status->error);
    view(status, STATE_CURRENT, &status->current);
    view(status, STATE_PREVIOUS, &status->previous);
    view(status, STATE_PENDING, &status->pending);
    judge_tables(status);
    judge_service(status);
}

/* ---- text ---- */

static void
add_name(struct buf *out, const char *name)
{
    buf_add_text(out, name);
    buf_add_fill(out, ' ', 12 - strlen(name));
}

static void
add_when(struct status *status, const char *name, int64_t when)
{
    char text[DAY_TIME_MAX];
    struct buf *out = &status->out;
    if (when == 0)
        return;
    day_format_time(text, when);
    add_name(out, name);
    buf_add_text(out, text);
    buf_add_text(out, when <= status->now ? ", " : ", in ");
    cmd_add_span(out, when <= status->now ? status->now - when : when - status->now);
    buf_add_text(out, when <= status->now ? " ago\n" : "\n");
}

static void
add_generation(struct status *status, const char *name, const struct generation_view *seen)
{
    struct buf *out = &status->out;
    add_name(out, name);
    if (seen->number == 0) {
        buf_add_text(out, "none\n");
        return;
    }
    buf_add_fmt(out, "generation %u, label %.39s, %.15s rules, by %.15s\n", seen->number, seen->label, seen->rules,
                seen->by);
    add_when(status, "  made", day_parse_time(seen->created));
    add_name(out, "  versions");
    cmd_add_versions(out, &seen->review);
    buf_add_char(out, '\n');
}

static void
add_reasons(struct status *status)
{
    char reason[600];
    size_t at = 0;
    while (record_next(&status->pending.review, "reason", &at, reason, sizeof reason)) {
        add_name(&status->out, "  reason");
        utf8_add_printable(&status->out, reason, strlen(reason));
        buf_add_char(&status->out, '\n');
    }
}

static void
print_text(struct status *status)
{
    struct buf *out = &status->out;
    add_generation(status, "current", &status->current);
    if (status->previous.number != 0)
        buf_add_fmt(out, "previous    generation %u, label %.39s\n", status->previous.number, status->previous.label);
    add_generation(status, "pending", &status->pending);
    add_reasons(status);
    add_when(status, "last check", status->last_try);
    add_when(status, "last answer", status->last_good);
    add_when(status, "failing", status->failed_since);
    if (status->error[0] != '\0') {
        add_name(out, "last error");
        utf8_add_printable(out, status->error, strlen(status->error));
        buf_add_char(out, '\n');
    }
    if (status->backoff_until > status->now)
        add_when(status, "back-off", status->backoff_until);
    add_when(status, "next check", status->next_poll);
    for (size_t i = 0; i < status->cause_count; i++) {
        add_name(out, "attention");
        utf8_add_printable(out, status->causes[i], strlen(status->causes[i]));
        buf_add_char(out, '\n');
    }
}

/* ---- JSON ---- */

static void
write_time(struct json_writer *json, const char *key, int64_t when)
{
    char text[DAY_TIME_MAX] = "";
    if (when != 0)
        day_format_time(text, when);
    cmd_write_head_text(json, key, text);
}

static void
write_generation(struct json_writer *json, const char *key, const struct generation_view *seen, int64_t now)
{
    char reason[600];
    size_t at = 0;
    if (seen->number == 0) {
        json_write_null(json, key);
        return;
    }
    int64_t created = day_parse_time(seen->created);
    json_write_object(json, key);
    json_write_number(json, "generation", seen->number);
    cmd_write_head_text(json, "created", seen->created);
    json_write_number(json, "age", created == 0 || created > now ? 0 : (uint64_t)(now - created));
    cmd_write_head_text(json, "how", seen->by);
    cmd_write_head_text(json, "label", seen->label);
    cmd_write_versions(json, &seen->review);
    cmd_write_head_number(json, "rules", seen->rules);
    json_write_array(json, "reasons");
    while (record_next(&seen->review, "reason", &at, reason, sizeof reason))
        json_write_text(json, NULL, reason);
    json_write_end(json);
    json_write_end(json);
}

static void
print_json(struct status *status)
{
    static const char *const words[] = {"fine", "attention", "trouble"};
    struct json_writer json = {.buf = &status->out};
    json_write_object(&json, NULL);
    write_generation(&json, "current", &status->current, status->now);
    write_generation(&json, "previous", &status->previous, status->now);
    write_generation(&json, "pending", &status->pending, status->now);
    write_time(&json, "lastCheck", status->last_try);
    write_time(&json, "lastAnswer", status->last_good);
    write_time(&json, "failingSince", status->failed_since);
    cmd_write_head_text(&json, "lastError", status->error);
    write_time(&json, "backoffUntil", status->backoff_until > status->now ? status->backoff_until : 0);
    write_time(&json, "nextCheck", status->next_poll);
    json_write_text(&json, "status", words[status->result]);
    json_write_array(&json, "attention");
    for (size_t i = 0; i < status->cause_count; i++)
        json_write_text(&json, NULL, status->causes[i]);
    json_write_end(&json);
    json_write_end(&json);
    buf_add_char(&status->out, '\n');
}

static int
run_status(const struct command *command, int argc, char **argv)
{
    struct status status = {0};
    struct err err = {0};
    if (cmd_parse_alone(command, argc, argv, cmd_state_option, &status.cmd) != 0)
        return CMD_TROUBLE;
    if (cmd_state_open(&status.cmd, false, &err) != 0)
        return cmd_trouble(&err);
    buf_init(&status.out, CMD_STATE_OUTPUT_MAX);
    look(&status);
    if (status.cmd.json)
        print_json(&status);
    else
        print_text(&status);
    bool good = cmd_print(&status.out);
    buf_clear(&status.out);
    buf_clear(&status.current.review);
    buf_clear(&status.previous.review);
    buf_clear(&status.pending.review);
    cmd_state_close(&status.cmd);
    return good ? status.result : CMD_TROUBLE;
}

static const struct cmd_option options[] = {CMD_OPTION_CONFIG, {CMD_JSON, "json", NULL, "one object"}, {0}};

const struct command cmd_status = {
    .name = "status",
    .summary = "tells what is in use, what waits and when the service was heard",
    .arguments = "",
    .options = options,
    .details = "Exit code for monitoring: 0 fine; 1 a person should look (nothing published, something waits, the\n"
               "service fails or is silent for longer than the configuration allows, the clock jumped); 2 trouble\n"
               "(what is in use is damaged, the configuration or the state cannot be read).\n",
    .run = run_status,
};
