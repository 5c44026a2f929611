// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * update.c - see update.h.
 *
 * Whatever goes wrong, what is in use stays in use. Times in the status may be wrong, since clocks jump. A time further
 * away than this program ever sets one is ignored, and the service is asked.
 */
#include "update.h"

#include <time.h>

#include "ask.h"
#include "base/day.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/place.h"
#include "base/say.h"
#include "conf/conf.h"
#include "flow.h"
#include "notice_tell.h"
#include "repair.h"
#include "state/state.h"
#include "state/state_lock.h"
#include "store/document.h"
#include "store/generation_image.h"

#define BACKOFF_FARTHEST (SERVICE_BACKOFF_429_MOST + SERVICE_BACKOFF_429_MOST / 8)
#define EARLY_SECONDS 300 /* a timer with jitter may come this much before its time */

/* Keys of the status, in addition to those in state.h. */
#define STATUS_FAILURES "failures"           /* in a row, of one kind */
#define STATUS_BACKOFF_FIRST "backoff_first" /* the kind: its first wait */

/* Whether it is too early to ask the service. If so, reports it. */
static bool
is_early(const struct ask *ask, int64_t now)
{
    char when[DAY_TIME_MAX], why[STATE_VALUE_MAX];
    int64_t until = state_status_number(ask->state, STATUS_BACKOFF_UNTIL);
    int64_t next = state_status_number(ask->state, STATUS_NEXT_POLL);
    int64_t interval = (int64_t)ask->service.conf->poll_minutes * 60;
    int64_t early = interval / 10 < EARLY_SECONDS ? interval / 10 : EARLY_SECONDS;
    if (until > now && until - now <= BACKOFF_FARTHEST) {
        state_status_get(ask->state, STATUS_ERROR, why);
        day_format_time(when, until);
        if (!ask->quiet)
            say(ask->listener, "the service is left alone until %s, because %s; --force asks it anyway", when,
                why[0] == '\0' ? "it failed" : why);
        return true;
    }
    if (until == 0 && next - early > now && next - now <= interval) {
        day_format_time(when, next);
        if (!ask->quiet)
            say(ask->listener, "the service was asked already; the next time is %s, and --force asks now", when);
        return true;
    }
    return false;
}

static void
remember_success(const struct ask *ask, const struct flow_result *result, int64_t now)
{
    static const char *const over[] = {STATUS_FAILED_SINCE, STATUS_ERROR, STATUS_BACKOFF_UNTIL, STATUS_FAILURES,
                                       STATUS_BACKOFF_FIRST};
    for (size_t i = 0; i < sizeof over / sizeof over[0]; i++)
        state_status_set(ask->state, over[i], NULL);
    state_status_set_number(ask->state, STATUS_LAST_GOOD, now);
    state_status_set_number(ask->state, STATUS_NEXT_POLL, now + (int64_t)ask->service.conf->poll_minutes * 60);
    ask_remember(ask, result->what == FLOW_SAME || result->what == FLOW_REFUSED);
}

/* When the service may be asked again. */
static int64_t
remember_failure(const struct ask *ask, int64_t now, const struct err *err)
{
    struct state *state = ask->state;
    int64_t failures = 1, until = now + (int64_t)ask->service.conf->poll_minutes * 60;
    int64_t since = state_status_number(state, STATUS_FAILED_SINCE);
    if (since == 0 || since > now)
        state_status_set_number(state, STATUS_FAILED_SINCE, now);
    state_status_set(state, STATUS_ERROR, err->text);
    state_status_set_number(state, STATUS_FAILED_FETCHES, state_status_number(state, STATUS_FAILED_FETCHES) + 1);
    state_status_set(state, STATUS_BACKOFF_UNTIL, NULL);
    if (ask->service.backoff_s > 0) {
        if (state_status_number(state, STATUS_BACKOFF_FIRST) == ask->service.backoff_s)
            failures = state_status_number(state, STATUS_FAILURES) + 1;
        if (failures < 1 || failures > 100)
            failures = failures < 1 ? 1 : 100;
        uint32_t wait = service_backoff(ask->service.backoff_s, (uint32_t)failures);
        until = now + wait + digest_random(wait / 8 + 1);
        state_status_set_number(state, STATUS_FAILURES, failures);
        state_status_set_number(state, STATUS_BACKOFF_FIRST, ask->service.backoff_s);
        state_status_set_number(state, STATUS_BACKOFF_UNTIL, until);
    }
    state_status_set_number(state, STATUS_NEXT_POLL, until);
    return until;
}

static void
say_failure(const struct ask *ask, const struct err *err, int64_t again)
{
    char when[DAY_TIME_MAX];
    day_format_time(when, again);
    const char *helpers = repair_helpers(ask->state);
    if (helpers != NULL)
        say(ask->listener,
            "%s; 'm365ctl rollback%s' or 'm365ctl publish%s' repairs it; until then %s; next try after %s", err->text,
            place_option(), place_option(), helpers, when);
    else if (ask->damaged)
        say(ask->listener, "%s; next try after %s", err->text, when);
    else if (ask->current == 0)
        say(ask->listener, "%s; nothing was published yet; next try after %s", err->text, when);
    else
        say(ask->listener, "%s; generation %u stays in use; next try after %s", err->text, ask->current, when);
}

/* Asks and builds. On success *ret says what became of it. 1: others changed what is in use meanwhile. */
static int
attempt(struct flow_result *ret, struct ask *ask, const struct flow *flow, struct err *err)
{
    struct documents documents = {0};
    bool is_new;
    if (ask->damaged || ask_client_id(ask, err) != 0 || ask_documents(&documents, &is_new, ask, err) != 0)
        return -1;
    ask->service.backoff_s = 0;
    *ret = ask->pending != 0 ? (struct flow_result){.what = FLOW_WAITING, .generation = ask->pending}
                             : (struct flow_result){.what = FLOW_SAME, .generation = ask->current};
    if (!is_new)
        return flow_is_unfinished(flow, ask->current, NULL) ? flow_renew(ret, flow, err) : 0;
    struct flow fetched = *flow;
    fetched.now = (int64_t)time(NULL);
    int result = flow_run(ret, &fetched, &documents, err);
    if (ret->published != 0)
        ask->current = ret->published;
    documents_clear(&documents);
    return result;
}

/* What was not delivered before; then trouble that lasts too long, once; and once a week what waits. */
static void
tell(const struct ask *ask, const struct flow *flow, size_t undelivered)
{
    static const enum notice_event troubles[] = {NOTICE_FAILED, NOTICE_STALE};
    struct notice_to to;
    struct err err = {0};
    flow_notice_to(&to, flow);
    notice_again(&to, undelivered);
    for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++) {
        if (notice_due(flow->conf, ask->state, troubles[i], flow->now))
            notice_about(&to, troubles[i], ask->current);
    }
    notice_remind(&to);
    if (state_status_write(ask->state, &err) != 0)
        say(ask->listener, "%s; the next update may tell people the same again", err.text);
}

/* Remembers in the status what happened, and when to ask again. */
static enum update_done
finish(const struct ask *ask, struct flow *flow, const struct flow_result *result, bool failed, struct err *err)
{
    flow->now = (int64_t)time(NULL);
    state_status_set_number(ask->state, STATUS_LAST_TRY, flow->now);
    if (failed)
        say_failure(ask, err, remember_failure(ask, flow->now, err));
    else
        remember_success(ask, result, flow->now);
    if (state_status_write(ask->state, err) != 0) {
        say(ask->listener, "%s; the next update will not know about this one", err->text);
        failed = true;
    }
    return failed ? UPDATE_FAILED : UPDATE_DONE;
}

/* What is in use, and what waits; again after somebody else changed it. */
static void
look(struct ask *ask, struct state_mark *seen, struct err *err)
{
    bool failed = repair_waiting(ask->state, ask->listener, false, err) < 0;
    state_mark(ask->state, seen);
    ask->damaged = failed || state_get(ask->state, STATE_CURRENT, &ask->current, err) != 0 ||
                   state_get(ask->state, STATE_PENDING, &ask->pending, err) != 0;
}

enum update_done
update_run(struct flow_result *ret, const struct update *update)
{
    struct state_mark seen;
    struct ask ask = {.service = {.conf = update->conf, .fetcher = update->fetcher},
                      .now = (int64_t)time(NULL),
                      .state = update->state,
                      .listener = update->listener,
                      .force = update->force,
                      .quiet = update->quiet};
    struct flow flow = {.conf = update->conf,
                        .state = update->state,
                        .listener = update->listener,
                        .by = "update",
                        .now = ask.now,
                        .quiet = update->quiet,
                        .seen = &seen};
    struct err err = {0};
    size_t undelivered;
    if (state_lock_update(update->state, &err) != 0) {
        say(update->listener, "%s", err.text);
        return UPDATE_FAILED;
    }
    undelivered = notice_undelivered(ask.state);
    generation_mend_linked(ask.state, ask.listener);
    look(&ask, &seen, &err);
    bool early = !ask.damaged && !ask.force && is_early(&ask, flow.now);
    int result = early ? 0 : attempt(ret, &ask, &flow, &err);
    for (int tries = 1; result > 0; tries++) {
        look(&ask, &seen, &err);
        result = tries < FLOW_TRIES ? attempt(ret, &ask, &flow, &err) : flow_moved(&err);
    }
    enum update_done done = early ? UPDATE_EARLY : finish(&ask, &flow, ret, result != 0, &err);
    if (!early)
        tell(&ask, &flow, undelivered);
    state_unlock_update(update->state);
    return done;
}
