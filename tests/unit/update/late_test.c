// SPDX-License-Identifier: GPL-2.0-or-later
/* late_test.c - update.h, ask.h: a version that is announced before its document is there. */
#include "update/update.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "decide/decide.h"
#include "state/state.h"
#include "update_stage.h"

#define DAY INT64_C(86400) /* seconds */

/* The note about a late document is this much older, and so is the last time it was fetched. */
static void
let_pass(const struct flow_stage *stage, int64_t since_s, int64_t asked_s)
{
    char note[80];
    int64_t now = (int64_t)time(NULL);
    snprintf(note, sizeof note, "%s %lld %lld", update_service.version, (long long)(now - since_s),
             (long long)(now - asked_s));
    state_status_set(stage->state, "late_Worldwide", note);
}

static void
late(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    update_stage_open(&stage, "");
    update_service.version = SECOND;
    for (int i = 2; i < 5; i++) {
        assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
        assert_true(result.what == FLOW_SAME && result.generation == 1 && update_service.documents == i);
        flow_stage_heard(&stage, "announced, but not there",
                         "Worldwide: version " SECOND
                         " is announced, but the document is still that of version " FIRST);
        assert_int_equal(update_service.changes, 0);
    }
    update_service.sets = BASE STAGE_SET("3", "Default", "new.example");
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_PUBLISHED && result.generation == 2);
    flow_stage_heard(&stage, "there", "Worldwide " SECOND);
    int asked = update_service.documents;
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    assert_int_equal(update_service.documents, asked);
    flow_stage_close(&stage);
}

/* The very first document may be an old one, too, and so may one of another query: a look a day shows it. */
static void
doubted(void **unused)
{
    (void)unused;
    static const char *const confs[] = {"", "tenant_name contoso\n"};
    struct flow_stage stage;
    struct flow_result result;
    update_stage_open(&stage, "");
    for (size_t i = 0; i < ROWS(confs); i++) {
        char set[400];
        int asked = update_service.documents;
        flow_stage_close(&stage);
        flow_stage_open(&stage, confs[i]);
        if (i > 0) {
            update_service.sets = BASE STAGE_SET("4", "Default", "query.example");
            assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
            assert_true(result.what == FLOW_PUBLISHED && update_service.documents == ++asked);
        }
        assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
        assert_int_equal(update_service.documents, asked);
        char note[STATE_VALUE_MAX];
        state_status_get(stage.state, "late_Worldwide", note);
        check_says("noted", note, FIRST " ");
        let_pass(&stage, 2 * DAY, 86400);
        assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
        assert_true(result.what == FLOW_SAME && update_service.documents == asked + 1);
        flow_stage_heard(&stage, "a look", "Worldwide: version " FIRST " is still the same");
        let_pass(&stage, 2 * DAY, 86400);
        snprintf(set, sizeof set, BASE STAGE_SET("3", "Default", "%zu.example"), i);
        update_service.sets = set;
        assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
        assert_true(result.what == FLOW_PUBLISHED && update_service.documents == asked + 2);
        flow_stage_heard(&stage, "the real one", "is published: Worldwide " FIRST);
    }
    flow_stage_close(&stage);
}

static void
late_for_days(void **unused)
{
    (void)unused;
    static const struct {
        const char *why;
        int64_t since_s, asked_s;
        bool asks;
    } rows[] = {
        {"asked an hour ago", .since_s = 2 * DAY, .asked_s = 3600},
        {"asked a day ago", .since_s = 2 * DAY, .asked_s = 86400, .asks = true},
        {"the clock was set back", .since_s = 2 * DAY, .asked_s = -3600, .asks = true},
        {"the last day of a month", .since_s = 31 * DAY - 60, .asked_s = 86400, .asks = true},
        {"after a month", .since_s = 31 * DAY, .asked_s = 2 * DAY},
    };
    struct flow_stage stage;
    struct flow_result result;
    update_stage_open(&stage, "");
    update_service.version = SECOND;
    update_stage_run_later(&stage, &result);
    let_pass(&stage, 86399 - 60, 3600);
    update_stage_run_later(&stage, &result);
    assert_int_equal(result.what, FLOW_SAME);
    let_pass(&stage, 86400, 3600);
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_PUBLISHED && result.generation == 2);
    flow_stage_heard(&stage, "a day",
                     "Worldwide: the document has been that of version " FIRST
                     " for a day; it counts as version " SECOND " now");
    for (size_t i = 0; i < ROWS(rows); i++) {
        int asked = update_service.documents;
        let_pass(&stage, rows[i].since_s, rows[i].asked_s);
        CHECK(rows[i].why, update_stage_run_later(&stage, &result) == UPDATE_DONE);
        CHECK(rows[i].why, result.what == FLOW_SAME && result.generation == 2);
        CHECK(rows[i].why, update_service.documents == asked + (rows[i].asks ? 1 : 0));
    }
    update_service.sets = BASE STAGE_SET("3", "Default", "new.example");
    let_pass(&stage, 2 * DAY, 86400);
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_PUBLISHED && result.generation == 3);
    flow_stage_close(&stage);
}

/* What waits, and what was rejected, is known again as well. */
static void
late_after_pending(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    struct err err = {0};
    update_stage_open(&stage, "");
    update_service.version = SECOND;
    update_service.sets = WIDER;
    update_stage_run_later(&stage, &result);
    assert_true(result.what == FLOW_PENDING && result.generation == 2);
    update_service.version = THIRD;
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_WAITING && result.generation == 2);
    flow_stage_heard(&stage, "it waits", THIRD " is announced, but the document is still that of version " SECOND);
    struct decide decide = {.conf = stage.conf, .state = stage.state, .listener = &stage.listener, .now = STAGE_NOW};
    assert_int_equal(decide_find(&decide, NULL, false, &err), 0);
    assert_int_equal(decide_reject(&decide, &err), 0);
    decide_clear(&decide);
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_SAME && result.generation == 1);
    flow_stage_heard(&stage, "rejected", THIRD " is announced, but the document is still that of version " SECOND);
    update_service.sets = BASE STAGE_SET("3", "Default", "new.example");
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    assert_int_equal(result.what, FLOW_PUBLISHED);
    flow_stage_close(&stage);
}

/* A document that was imported without a version, or under a version from the future, gets its version at once. */
static void
named_at_last(void **unused)
{
    (void)unused;
    static const char *const versions[] = {"", "9999123100"};
    for (size_t i = 0; i < ROWS(versions); i++) {
        struct flow_stage stage;
        struct flow_result result;
        struct err err = {0};
        memset(&update_service, 0, sizeof update_service);
        update_service.version = SECOND;
        update_service.sets = BASE;
        flow_stage_open(&stage, "");
        result = flow_stage_run(&stage, &(struct flow){0}, versions[i], BASE);
        assert_int_equal(state_publish(stage.state, result.generation, &err), 0);
        CHECK(versions[i], update_stage_run(&stage, &result, false) == UPDATE_DONE && result.what == FLOW_PUBLISHED);
        flow_stage_heard(&stage, versions[i], "is published: Worldwide " SECOND);
        flow_stage_close(&stage);
        assert_int_equal(flow_stage_tear_down(unused), 0);
        assert_int_equal(flow_stage_set_up(unused), 0);
    }
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, flow_stage_set_up, flow_stage_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(late), TEST(late_for_days), TEST(doubted), TEST(late_after_pending),
                                       TEST(named_at_last)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
