// SPDX-License-Identifier: GPL-2.0-or-later
/* update_test.c - update.h and ask.h: when the service is asked, for what, and what is remembered. */
#include "update/update.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "conf/conf.h"
#include "decide/decide.h"
#include "state/state.h"
#include "update_stage.h"

#define DAY INT64_C(86400) /* seconds */

static void
published(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    update_stage_open(&stage, "tenant_name contoso\n");
    flow_stage_heard(&stage, "the document", "Worldwide: version " FIRST " fetched, ");
    assert_int_equal(update_service.versions, 1);
    assert_int_equal(update_service.documents, 1);
    check_says("what is asked for", update_service.url, "/endpoints/Worldwide?ClientRequestId=");
    check_says("what is asked for", update_service.url, "&TenantName=contoso");
    assert_true(state_status_number(stage.state, STATUS_LAST_GOOD) > 0);
    assert_int_equal(update_stage_run(&stage, &result, false), UPDATE_EARLY);
    flow_stage_heard(&stage, "too early", "the service was asked already; the next time is ");
    assert_int_equal(update_service.versions, 1);
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_SAME && result.generation == 1);
    flow_stage_heard(&stage, "nothing new", "Worldwide: version " FIRST " is in use");
    assert_int_equal(update_service.documents, 1);
    assert_int_equal(update_stage_run(&stage, &result, true), UPDATE_DONE);
    assert_true(result.what == FLOW_SAME && update_service.documents == 2);
    flow_stage_close(&stage);
}

static void
asked_by_one_client(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    char first[2048];
    update_stage_open(&stage, "");
    update_stage_run_later(&stage, &result);
    snprintf(first, sizeof first, "%s", update_service.url);
    update_stage_run_later(&stage, &result);
    assert_string_equal(update_service.url, first);
    flow_stage_write("state/client-id", "nonsense\n");
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    flow_stage_heard(&stage, "damaged", "does not contain a ClientRequestId; a new one is made");
    assert_string_not_equal(update_service.url, first);
    flow_stage_close(&stage);
}

static void
waiting(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    struct err err = {0};
    update_stage_open(&stage, "");
    update_service.version = SECOND;
    update_service.sets = WIDER;
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_PENDING && result.generation == 2 && update_service.changes == 1);
    check_says("changes since what is in use", update_service.url, "/changes/Worldwide/" FIRST "?");
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_WAITING && result.generation == 2 && update_service.documents == 2);
    flow_stage_heard(&stage, "it is here", "Worldwide: version " SECOND " waits for approval");
    struct decide decide = {.conf = stage.conf, .state = stage.state, .listener = &stage.listener, .now = STAGE_NOW};
    assert_int_equal(decide_find(&decide, NULL, false, &err), 0);
    assert_int_equal(decide_reject(&decide, &err), 0);
    decide_clear(&decide);
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_SAME && update_service.documents == 2);
    flow_stage_heard(&stage, "rejected", "Worldwide: version " SECOND " was rejected or rolled back");
    update_service.version = THIRD;
    update_service.sets = WIDER STAGE_SET("4", "Allow", "newer.example");
    update_service.mute = true;
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    flow_stage_heard(&stage, "the feed only annotates", "no connection; continuing without Microsoft's remarks");
    assert_int_equal(result.what, FLOW_PENDING);
    flow_stage_close(&stage);
}

static void
asked_otherwise(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    update_stage_open(&stage, "");
    flow_stage_close(&stage);
    flow_stage_open(&stage, "tenant_name contoso\n");
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    assert_int_equal(update_service.documents, 2);
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    assert_int_equal(update_service.documents, 2);
    flow_stage_close(&stage);
}

static const struct {
    const char *why;
    bool unreachable;
    long status;
    int64_t retry_after_s;
    const char *version;
    const char *heard;
    int64_t wait_s; /* at least, and at most an eighth more */
} failures[] = {
    {"no connection", .unreachable = true, .version = FIRST,
     .heard = "no connection; generation 1 stays in use; next try after ", .wait_s = 900},
    {"too many requests", .status = 429, .version = FIRST, .heard = "answers 429, too many requests", .wait_s = 3600},
    {"a wait that the service names", .status = 429, .retry_after_s = 7200, .version = FIRST, .heard = "answers 429",
     .wait_s = 7200},
    {"out of order", .status = 503, .version = FIRST, .heard = "answers 503, a failure on its side", .wait_s = 900},
    {"no version", .version = "latest", .heard = "'latest' is not a version of 10 digits", .wait_s = 900},
    {"an older version", .version = "2025120100", .heard = "older than " FIRST ", which is in use; it is refused",
     .wait_s = 900},
    {"a version from the future", .version = "9999123100",
     .heard = "the service has version 9999123100 of Worldwide, more than 31 days ahead of the clock", .wait_s = 900},
};

static void
failed(void **unused)
{
    for (size_t i = 0; i < ROWS(failures); i++) {
        struct flow_stage stage;
        struct flow_result result;
        update_stage_open(&stage, "");
        update_service.unreachable = failures[i].unreachable;
        update_service.status = failures[i].status;
        update_service.retry_after_s = failures[i].retry_after_s;
        update_service.version = failures[i].version;
        int64_t before = (int64_t)time(NULL);
        CHECK(failures[i].why, update_stage_run_later(&stage, &result) == UPDATE_FAILED);
        flow_stage_heard(&stage, failures[i].why, failures[i].heard);
        int64_t wait = state_status_number(stage.state, STATUS_BACKOFF_UNTIL) - before;
        CHECK(failures[i].why, wait >= failures[i].wait_s && wait <= failures[i].wait_s * 9 / 8 + 60);
        CHECK(failures[i].why, state_status_number(stage.state, STATUS_FAILED_SINCE) >= before);
        CHECK(failures[i].why, update_stage_run(&stage, &result, false) == UPDATE_EARLY);
        flow_stage_heard(&stage, failures[i].why, "the service is left alone until ");
        memset(&update_service, 0, sizeof update_service);
        update_service.version = FIRST;
        update_service.sets = BASE;
        CHECK(failures[i].why, update_stage_run(&stage, &result, true) == UPDATE_DONE);
        CHECK(failures[i].why, state_status_number(stage.state, STATUS_FAILED_SINCE) == 0);
        flow_stage_close(&stage);
        assert_int_equal(flow_stage_tear_down(unused), 0);
        assert_int_equal(flow_stage_set_up(unused), 0);
    }
}

/* A person who forces a version from the future only has it held, and even when it is in use it blocks no real one. */
static void
from_the_future(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    struct err err = {0};
    update_stage_open(&stage, "shrink_limit 100%\n");
    update_service.version = "9999123100";
    update_service.sets = WIDER;
    assert_int_equal(update_stage_run(&stage, &result, true), UPDATE_DONE);
    assert_true(result.what == FLOW_PENDING && result.generation == 2);
    flow_stage_heard(&stage, "held", "the Worldwide document has version 9999123100, more than 31 days ahead");
    assert_int_equal(state_publish(stage.state, 2, &err), 0);
    update_service.version = SECOND;
    update_service.sets = BASE;
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_PUBLISHED && result.generation == 3);
    flow_stage_close(&stage);
}

/* Each failure of one kind doubles the wait. */
static void
doubled(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    update_stage_open(&stage, "");
    update_service.unreachable = true;
    for (int64_t wait_s = 900; wait_s <= 14400; wait_s *= 2) {
        int64_t before = (int64_t)time(NULL);
        assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_FAILED);
        int64_t wait = state_status_number(stage.state, STATUS_BACKOFF_UNTIL) - before;
        assert_true(wait >= wait_s && wait <= wait_s * 9 / 8 + 60);
    }
    flow_stage_close(&stage);
}

static void
told(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    struct buf feed;
    struct err err = {0};
    update_stage_open(&stage, "feed feed.xml\nnotice_failed 24 hours\n");
    update_service.unreachable = true;
    update_stage_run_later(&stage, &result);
    state_status_set_number(stage.state, STATUS_FAILED_SINCE, (int64_t)time(NULL) - INT64_C(25) * 3600);
    update_stage_run_later(&stage, &result);
    update_stage_run_later(&stage, &result);
    buf_init(&feed, 1 << 20);
    if (file_read(&feed, stage.conf->feed, 1 << 20, &err) != 0)
        fail_msg("%s", err.text);
    buf_add_char(&feed, '\0');
    const char *first = strstr(feed.data, "updates fail");
    assert_non_null(first);
    check_says("why", first, "no connection");
    const char *item = strstr(first, "</item>");
    assert_null(strstr(item, "updates fail"));
    buf_clear(&feed);
    flow_stage_close(&stage);
}

/* An image is gone, or the link to all of it. */
static void
damaged(void **unused)
{
    static const char *const says[] = {
        "'m365ctl rollback' or 'm365ctl publish' repairs it; until then a helper that starts has no table and answers "
        "no-table; "
        "next",
        "'m365ctl rollback' or 'm365ctl publish' repairs it; until then a helper that starts does not find it; next"};
    for (size_t i = 0; i < ROWS(says); i++) {
        struct flow_stage stage;
        struct flow_result result;
        char path[PATH_MAX];
        struct err err = {0};
        update_stage_open(&stage, "");
        assert_int_equal(state_path(stage.state, 1, "image", path, &err), 0);
        if (i == 1)
            snprintf(path, sizeof path, "%s/current", state_folder(stage.state));
        assert_int_equal(unlink(path), 0);
        int asked = update_service.versions;
        assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_FAILED);
        flow_stage_heard(&stage, "a person must act", says[i]);
        assert_int_equal(update_service.versions, asked);
        flow_stage_close(&stage);
        flow_stage_tear_down(unused);
        flow_stage_set_up(unused);
    }
}

/* What was not delivered is told by the next update, and so is what has waited for a week. */
static void
told_again(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    struct buf text;
    struct err err = {0};
    char conf[4500], reminded[64];
    flow_stage_write("tell.sh", "cd \"$1\" || exit\n"
                                "test ! -e deaf || exit 3\n"
                                "echo \"$M365_EVENT $M365_GENERATION\" >>told\n");
    snprintf(conf, sizeof conf, "notice_command /bin/sh %s %s\n", folder_path("f/tell.sh"), folder_path("f"));
    update_stage_open(&stage, conf);
    update_service.version = SECOND;
    update_service.sets = WIDER;
    flow_stage_write("deaf", "");
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    assert_int_equal(result.what, FLOW_PENDING);
    assert_int_equal(unlink(folder_path("f/deaf")), 0);
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_DONE);
    snprintf(reminded, sizeof reminded, "2 %lld", (long long)time(NULL) - 8 * DAY);
    state_status_set(stage.state, "notice_reminded", reminded);
    update_service.unreachable = true;
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_FAILED);
    assert_int_equal(update_stage_run_later(&stage, &result), UPDATE_FAILED);
    buf_init(&text, 1 << 20);
    if (file_read(&text, folder_path("f/told"), 10000, &err) != 0)
        fail_msg("%s", err.text);
    check_text("told", text.data, text.len, "published 1\npending 2\nreminder 2\n");
    buf_clear(&text);
    flow_stage_close(&stage);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, flow_stage_set_up, flow_stage_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(published),  TEST(asked_by_one_client),
        TEST(waiting),    TEST(asked_otherwise),
        TEST(failed),     TEST(doubled),
        TEST(told),       TEST(damaged),
        TEST(told_again), TEST(from_the_future),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
