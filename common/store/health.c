// SPDX-License-Identifier: GPL-2.0-or-later
/* health.c - see health.h. */
#include "health.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "base/day.h"
#include "candidate.h"
#include "conf/conf.h"
#include "generation_named.h"
#include "record.h"

#define FUTURE_SLACK 300 /* seconds that another clock may be ahead */

static void __attribute__((format(printf, 3, 4)))
add_cause(struct health *health, enum health_level level, const char *fmt, ...)
{
    va_list args;
    if (health->cause_count < HEALTH_CAUSES_MAX) {
        va_start(args, fmt);
        vsnprintf(health->causes[health->cause_count++], ERR_TEXT_MAX, fmt, args);
        va_end(args);
    }
    if (level > health->level)
        health->level = level;
}

static void
read_generation(struct health *health, const struct state *state, enum state_link link, struct health_generation *ret)
{
    struct err err = {0};
    buf_init(&ret->review, RECORD_MAX);
    if (state_get(state, link, &ret->number, &err) != 0 ||
        (ret->number != 0 && generation_read_review(&ret->review, state, ret->number, &err) != 0)) {
        add_cause(health, HEALTH_TROUBLE, "%s", err.text);
        return;
    }
    if (ret->number != 0 && link != STATE_PENDING)
        act_used(ret->used, state, ret->number, 0, NULL);
    record_get(&ret->review, "created", ret->created, sizeof ret->created);
    record_get(&ret->review, "by", ret->by, sizeof ret->by);
    record_get(&ret->review, "label", ret->label, sizeof ret->label);
    record_get(&ret->review, "rules", ret->rules, sizeof ret->rules);
}

/* The date of the documents in use: the day in their version, or when the generation was made. */
static int64_t
day_of_documents(const struct health *health)
{
    const char *label = health->current.label;
    uint32_t day;
    char text[DAY_TEXT_MAX];
    if (strlen(label) == 10 && strspn(label, "0123456789") == 10) {
        snprintf(text, sizeof text, "%.4s-%.2s-%.2s", label, label + 4, label + 6);
        if (day_parse(&day, text, 10))
            return (int64_t)day * 86400;
    }
    return day_parse_time(health->current.created);
}

static void
judge_service(struct health *health, const struct conf *conf)
{
    char span[64];
    struct buf buf;
    buf_init(&buf, sizeof span);
    int64_t heard = health->last_good != 0 ? health->last_good : day_of_documents(health);
    int64_t failing = health->failed_since == 0 ? 0 : health->now - health->failed_since;
    int64_t silent = heard == 0 ? 0 : health->now - heard;
    if (failing >= (int64_t)conf->failed_hours * 3600) {
        day_add_span(&buf, failing);
        add_cause(health, HEALTH_ATTENTION, "updates have failed for %.*s: %.400s", (int)buf.len, buf.data,
                  health->error);
        buf_reset(&buf);
    }
    if (silent >= (int64_t)conf->stale_hours * 3600) {
        day_add_span(&buf, silent);
        add_cause(health, HEALTH_ATTENTION, "the service has not answered for %.*s: the table may be out of date",
                  (int)buf.len, buf.data);
    }
    if (health->last_try > health->now + FUTURE_SLACK || health->last_good > health->now + FUTURE_SLACK ||
        health->failed_since > health->now + FUTURE_SLACK)
        add_cause(health, HEALTH_ATTENTION,
                  "the last check is in the future: the clock was set back, or was wrong at that time");
    buf_clear(&buf);
}

static void
judge_tables(struct health *health, const struct state *state)
{
    struct err err = {0};
    if (health->current.number == 0 && health->level < HEALTH_TROUBLE)
        add_cause(health, HEALTH_ATTENTION,
                  "nothing is published yet; run 'm365ctl update', or 'm365ctl publish' without a network");
    else if (health->current.number != 0 && generation_verify(state, health->current.number, &err) != 0)
        add_cause(health, HEALTH_TROUBLE, "%s", err.text);
    if (health->pending.number != 0)
        add_cause(health, HEALTH_ATTENTION,
                  "generation %u waits for a decision: 'm365ctl diff', then 'm365ctl approve' or 'm365ctl reject'",
                  health->pending.number);
}

void
health_look(struct health *ret, const struct conf *conf, const struct state *state, int64_t now)
{
    *ret = (struct health){.now = now};
    ret->last_try = state_status_number(state, STATUS_LAST_TRY);
    ret->last_good = state_status_number(state, STATUS_LAST_GOOD);
    ret->failed_since = state_status_number(state, STATUS_FAILED_SINCE);
    ret->backoff_until = state_status_number(state, STATUS_BACKOFF_UNTIL);
    ret->next_poll = state_status_number(state, STATUS_NEXT_POLL);
    state_status_get(state, STATUS_ERROR, ret->error);
    read_generation(ret, state, STATE_CURRENT, &ret->current);
    read_generation(ret, state, STATE_PREVIOUS, &ret->previous);
    read_generation(ret, state, STATE_PENDING, &ret->pending);
    judge_tables(ret, state);
    judge_service(ret, conf);
}

void
health_clear(struct health *health)
{
    buf_clear(&health->current.review);
    buf_clear(&health->previous.review);
    buf_clear(&health->pending.review);
}
