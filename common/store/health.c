// SPDX-License-Identifier: GPL-2.0-or-later
/* health.c - see health.h. */
#include "health.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "base/arena.h"
#include "base/day.h"
#include "base/place.h"
#include "candidate.h"
#include "conf/conf.h"
#include "generation_image.h"
#include "generation_named.h"
#include "holding.h"
#include "image/image_layout.h"
#include "record.h"
#include "table/expiry.h"
#include "table/table.h"

#define FUTURE_SLACK 300 /* seconds that another clock may be ahead */
#define EXPIRING_MEMORY ((size_t)256 << 20)
#define CAUSE_MAX 400 /* bytes of a line in a cause */

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

/* What is in use does not suffer. */
static void
add_waiting_damage(struct health *health, const struct err *err)
{
    add_cause(
        health, HEALTH_ATTENTION,
        "%.400s; nobody can decide about it: 'm365ctl publish%s' sets it aside, and the next update fetches it again",
        err->text, place_option());
}

static void
add_damage(struct health *health, const struct err *err)
{
    if (err->kind == ERR_CORRUPT)
        add_cause(health, HEALTH_TROUBLE, "%.400s; 'm365ctl publish%s' repairs it", err->text, place_option());
    else
        add_cause(health, HEALTH_TROUBLE, "%s", err->text);
}

static void
read_generation(struct health *health, const struct state *state, enum state_link link, struct health_generation *ret)
{
    struct err err = {0};
    buf_init(&ret->review, RECORD_MAX);
    if (state_get(state, link, &ret->number, &err) != 0 ||
        (ret->number != 0 && generation_read_review(&ret->review, state, ret->number, &err) != 0)) {
        if (link == STATE_PENDING && err.kind == ERR_CORRUPT)
            add_waiting_damage(health, &err);
        else
            add_damage(health, &err);
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
        add_cause(health, HEALTH_ATTENTION,
                  health->last_good != 0 ? "the service has not answered for %.*s: the table may be out of date"
                                         : "the document in use is %.*s old, and no update has brought one since",
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
    int layout = generation_foreign_layout(state, health->current.number);
    if (health->current.number == 0 && health->level < HEALTH_TROUBLE)
        add_cause(health, HEALTH_ATTENTION,
                  "nothing is published yet; run 'm365ctl update%s', or 'm365ctl publish%s' without a network",
                  place_option(), place_option());
    else if (health->current.number != 0 && generation_verify(state, health->current.number, &err) != 0)
        add_damage(health, &err);
    else if (layout >= 0)
        add_cause(
            health, HEALTH_ATTENTION,
            "the image of generation %u has layout version %d, and this version reads %d: each helper compiles its "
            "table until 'm365ctl publish%s' adds an image of this layout",
            health->current.number, layout, IMAGE_LAYOUT, place_option());
    if (health->pending.number != 0 && generation_verify(state, health->pending.number, &err) != 0)
        add_waiting_damage(health, &err);
    else if (health->pending.number != 0)
        add_cause(
            health, HEALTH_ATTENTION,
            "generation %u waits for a decision: 'm365ctl diff%s', then 'm365ctl approve%s' or 'm365ctl reject%s'",
            health->pending.number, place_option(), place_option(), place_option());
}

/* Rows may be held although nothing waits: whoever ran before was killed, or was an older version. */
static void
judge_held(struct health *health, const struct conf *conf, const struct state *state)
{
    struct holding holding;
    struct holding_count count;
    if (conf->review == REVIEW_AUTO || health->pending.number != 0 || health->level == HEALTH_TROUBLE ||
        holding_read(&holding, state, health->current.number, NULL) != 0)
        return;
    holding_count(&count, &holding);
    holding_clear(&holding);
    if (count.waiting > 0)
        add_cause(health, HEALTH_ATTENTION,
                  "%zu row%s held and wait%s for a decision, but no table does: 'm365ctl publish%s' builds it again",
                  count.waiting, count.waiting == 1 ? " is" : "s are", count.waiting == 1 ? "s" : "", place_option());
}

/* Only `publish` asks the gates of what is in use. What came into use since was asked about then. */
static void
judge_gates(struct health *health, const struct state *state)
{
    char value[STATE_VALUE_MAX];
    unsigned number;
    int at = 0;
    state_status_get(state, STATUS_AGAINST_GATES, value);
    if (sscanf(value, "%9u %n", &number, &at) == 1 && at > 0 && number != 0 && number == health->current.number)
        add_cause(health, HEALTH_ATTENTION,
                  "generation %u is in use against a gate: %.300s; 'm365ctl publish%s' asks the gates again", number,
                  value + at, place_option());
}

static void
judge_exports(struct health *health, const struct state *state)
{
    char error[STATE_VALUE_MAX];
    state_status_get(state, STATUS_EXPORT_ERROR, error);
    if (error[0] != '\0')
        add_cause(health, HEALTH_ATTENTION, "%.500s; 'm365ctl publish%s' tries again", error, place_option());
}

/* Nobody may be waiting for a notice that did not come. */
static void
judge_notices(struct health *health, const struct state *state)
{
    char list[STATE_VALUE_MAX], event[24], number[16];
    size_t count = 1;
    state_status_get(state, STATUS_UNDELIVERED, list);
    if (sscanf(list, "%23s %15[0-9]", event, number) != 2)
        return;
    for (const char *comma = list; (comma = strchr(comma, ',')) != NULL; comma++)
        count++;
    add_cause(health, HEALTH_ATTENTION,
              "%zu notice%s not delivered, the oldest '%s' about generation %s: see notice_command and feed in "
              "m365.conf; the next update, import or publish tries again",
              count, count == 1 ? " was" : "s were", event, number);
}

/* True if some line of the table in use may have a last day. Most tables have none, and need not be read. */
static bool
has_expiry(const struct state *state, uint32_t generation, struct err *err)
{
    struct buf text;
    buf_init(&text, TABLE_PRINT_MAX);
    bool found = state_read(state, generation, "table.txt", &text, err) == 0 && text.len > 0 &&
                 memmem(text.data, text.len, " expires=", 9) != NULL;
    buf_clear(&text);
    return found;
}

static int
find_expiring(struct health *health, const struct state *state, struct err *err)
{
    struct candidate in_use;
    if (candidate_load(&in_use, state, health->current.number, err) != 0)
        return -1;
    health->in_use = in_use.table;
    in_use.table = NULL;
    candidate_clear(&in_use);
    health->arena = arena_new(EXPIRING_MEMORY);
    return health->arena == NULL ? err_set(err, ERR_MEM, "no memory")
                                 : expiry_find(&health->expiring, &health->expiring_count, health->arena,
                                               health->in_use, day_of(health->now), err);
}

static void
judge_expiry(struct health *health, const struct state *state)
{
    struct err err = {0};
    struct buf first;
    size_t urgent = 0;
    if (health->current.number == 0 || health->level == HEALTH_TROUBLE ||
        !has_expiry(state, health->current.number, &err))
        return;
    if (find_expiring(health, state, &err) != 0) {
        add_cause(health, HEALTH_ATTENTION, "cannot tell which local lines expire: %s", err.text);
        return;
    }
    buf_init(&first, RECORD_MAX);
    for (size_t i = 0; i < health->expiring_count; i++) {
        if (expiry_is_urgent(&health->expiring[i]) && urgent++ == 0)
            expiry_add(&first, &health->expiring[i]);
    }
    int len = (int)(first.len > CAUSE_MAX ? CAUSE_MAX : first.len);
    if (urgent > 0)
        add_cause(health, HEALTH_ATTENTION, "%zu local line%s expire%s or expired: %.*s%s", urgent,
                  urgent == 1 ? "" : "s", urgent == 1 ? "s" : "", len, first.data, urgent == 1 ? "" : ", ...");
    buf_clear(&first);
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
    judge_held(ret, conf, state);
    judge_gates(ret, state);
    judge_exports(ret, state);
    judge_notices(ret, state);
    judge_expiry(ret, state);
}

void
health_clear(struct health *health)
{
    buf_clear(&health->current.review);
    buf_clear(&health->previous.review);
    buf_clear(&health->pending.review);
    table_free(health->in_use);
    arena_free(health->arena);
}
