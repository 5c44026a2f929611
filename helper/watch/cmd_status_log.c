// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_status_log.c - see cmd_status_log.h. */
#include "cmd_status_log.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/json_write.h"
#include "base/utf8.h"
#include "cmd/cmd_state.h"

void
status_log_read(struct status_log *ret, const struct state *state, bool wanted)
{
    struct err err = {0};
    *ret = (struct status_log){.wanted = wanted};
    if (!ret->wanted)
        return;
    state_status_get(state, STATUS_TRAFFIC_ERROR, ret->error);
    if (traffic_look(&ret->reach, state, &err) != 0 && ret->error[0] == '\0')
        snprintf(ret->error, sizeof ret->error, "%s", err.text);
}

void
status_log_add(struct buf *out, const struct status_log *log)
{
    char day[DAY_TEXT_MAX], until[DAY_TIME_MAX];
    if (!log->wanted)
        return;
    day_format(day, log->reach.since);
    day_format_time(until, log->reach.until);
    buf_add_text(out, "log         ");
    if (log->reach.days > 0)
        buf_add_fmt(out, "counted from %s to %s%s", day, until, log->error[0] == '\0' ? "" : "; ");
    else if (log->reach.until > 0)
        buf_add_fmt(out, "no line before %s%s", until, log->error[0] == '\0' ? "" : "; ");
    else if (log->error[0] == '\0')
        buf_add_text(out, "nothing is counted yet");
    utf8_add_printable(out, log->error, strlen(log->error));
    buf_add_char(out, '\n');
}

void
status_log_write(struct json_writer *json, const struct status_log *log)
{
    char day[DAY_TEXT_MAX] = "", until[DAY_TIME_MAX] = "";
    if (!log->wanted) {
        json_write_null(json, "log");
        return;
    }
    if (log->reach.days > 0)
        day_format(day, log->reach.since);
    if (log->reach.until > 0)
        day_format_time(until, log->reach.until);
    json_write_object(json, "log");
    cmd_write_head_text(json, "since", day);
    cmd_write_head_text(json, "until", until);
    json_write_number(json, "days", log->reach.days);
    cmd_write_head_text(json, "error", log->error);
    json_write_end(json);
}
