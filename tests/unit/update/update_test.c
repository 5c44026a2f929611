// SPDX-License-Identifier: GPL-2.0-or-later
/* update_test.c - update.h and ask.h: when the service is asked, for what, and what is remembered. The service is a
 * fetcher of this program. */
#include "update/update.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "conf/conf.h"
#include "flow_stage.h"
#include "store/state.h"
#include "update/decide.h"
#include "update/fetch.h"

#define FIRST "2026010100"
#define SECOND "2026020100"
#define THIRD "2026030100"
#define BASE STAGE_SET("2", "Allow", "*.files.example")
#define WIDER BASE STAGE_SET("3", "Allow", "new.example")

/* What the service answers. */
static struct {
    const char *version, *sets;
    long status;            /* 0: 200 */
    int64_t retry_after_s;  /* with another status */
    bool unreachable, mute; /* there is no answer at all; none about changes */
    int versions, documents, changes;
    char url[2048]; /* the last */
} service;

static int
serve(void *arg, struct buf *ret, struct fetch_answer *ret_answer, const struct fetch_request *request, struct err *err)
{
    (void)arg;
    snprintf(service.url, sizeof service.url, "%s", request->url);
    bool changes = strstr(request->url, "/changes/") != NULL;
    if (service.unreachable || (changes && service.mute))
        return err_set(err, ERR_IO, "no connection");
    *ret_answer = (struct fetch_answer){.status = 200, .content_type = "application/json"};
    if (service.status != 0) {
        *ret_answer = (struct fetch_answer){.status = service.status, .retry_after_s = service.retry_after_s};
        return 0;
    }
    if (strstr(request->url, "/version/") != NULL) {
        service.versions++;
        buf_add_fmt(ret, "{\"instance\":\"Worldwide\",\"latest\":\"%s\"}", service.version);
    } else if (changes) {
        service.changes++;
        buf_add_text(ret, "[]");
    } else {
        service.documents++;
        flow_stage_document(ret, service.sets);
    }
    return 0;
}

static enum update_done
run(struct flow_stage *stage, struct flow_result *ret, bool force)
{
    const struct fetcher fetcher = {.get = serve};
    const struct update update = {
        .conf = stage->conf,
        .state = stage->state,
        .fetcher = &fetcher,
        .listener = &stage->listener,
        .force = force,
    };
    *ret = (struct flow_result){0};
    buf_reset(&stage->heard);
    return update_run(ret, &update);
}

/* The same once the next poll is due. */
static enum update_done
run_later(struct flow_stage *stage, struct flow_result *ret)
{
    state_status_set(stage->state, STATUS_NEXT_POLL, NULL);
    state_status_set(stage->state, STATUS_BACKOFF_UNTIL, NULL);
    return run(stage, ret, false);
}

/* The first version is in use. */
static void
open_stage(struct flow_stage *stage, const char *conf)
{
    struct flow_result result;
    memset(&service, 0, sizeof service);
    service.version = FIRST;
    service.sets = BASE;
    flow_stage_open(stage, conf);
    assert_int_equal(run(stage, &result, false), UPDATE_DONE);
    assert_true(result.what == FLOW_PUBLISHED && result.generation == 1);
}

static void
published(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    open_stage(&stage, "tenant_name contoso\n");
    flow_stage_heard(&stage, "the document", "Worldwide: version " FIRST " fetched, ");
    assert_int_equal(service.versions, 1);
    assert_int_equal(service.documents, 1);
    check_says("what is asked for", service.url, "/endpoints/Worldwide?ClientRequestId=");
    check_says("what is asked for", service.url, "&TenantName=contoso");
    assert_true(state_status_number(stage.state, STATUS_LAST_GOOD) > 0);
    assert_int_equal(run(&stage, &result, false), UPDATE_EARLY);
    flow_stage_heard(&stage, "too early", "the service was asked already; the next time is ");
    assert_int_equal(service.versions, 1);
    assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_SAME && result.generation == 1);
    flow_stage_heard(&stage, "nothing new", "Worldwide: version " FIRST " is in use");
    assert_int_equal(service.documents, 1);
    assert_int_equal(run(&stage, &result, true), UPDATE_DONE);
    assert_true(result.what == FLOW_SAME && service.documents == 2);
    flow_stage_close(&stage);
}

static void
asked_by_one_client(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    char first[2048];
    open_stage(&stage, "");
    run_later(&stage, &result);
    snprintf(first, sizeof first, "%s", service.url);
    run_later(&stage, &result);
    assert_string_equal(service.url, first);
    flow_stage_write("state/client-id", "nonsense\n");
    assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
    flow_stage_heard(&stage, "damaged", "does not contain a ClientRequestId; a new one is made");
    assert_string_not_equal(service.url, first);
    flow_stage_close(&stage);
}

static void
waiting(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    struct err err = {0};
    open_stage(&stage, "");
    service.version = SECOND;
    service.sets = WIDER;
    assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_PENDING && result.generation == 2 && service.changes == 1);
    check_says("changes since what is in use", service.url, "/changes/Worldwide/" FIRST "?");
    assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_WAITING && result.generation == 2 && service.documents == 2);
    flow_stage_heard(&stage, "it is here", "Worldwide: version " SECOND " waits for approval");
    struct decide decide = {.conf = stage.conf, .state = stage.state, .listener = &stage.listener, .now = STAGE_NOW};
    assert_int_equal(decide_find(&decide, NULL, false, &err), 0);
    assert_int_equal(decide_reject(&decide, &err), 0);
    decide_clear(&decide);
    assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_SAME && service.documents == 2);
    flow_stage_heard(&stage, "rejected", "Worldwide: version " SECOND " was rejected or rolled back");
    service.version = THIRD;
    service.sets = WIDER STAGE_SET("4", "Allow", "newer.example");
    service.mute = true;
    assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
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
    open_stage(&stage, "");
    flow_stage_close(&stage);
    flow_stage_open(&stage, "tenant_name contoso\n");
    assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
    assert_int_equal(service.documents, 2);
    assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
    assert_int_equal(service.documents, 2);
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
        open_stage(&stage, "");
        service.unreachable = failures[i].unreachable;
        service.status = failures[i].status;
        service.retry_after_s = failures[i].retry_after_s;
        service.version = failures[i].version;
        int64_t before = (int64_t)time(NULL);
        CHECK(failures[i].why, run_later(&stage, &result) == UPDATE_FAILED);
        flow_stage_heard(&stage, failures[i].why, failures[i].heard);
        int64_t wait = state_status_number(stage.state, STATUS_BACKOFF_UNTIL) - before;
        CHECK(failures[i].why, wait >= failures[i].wait_s && wait <= failures[i].wait_s * 9 / 8 + 60);
        CHECK(failures[i].why, state_status_number(stage.state, STATUS_FAILED_SINCE) >= before);
        CHECK(failures[i].why, run(&stage, &result, false) == UPDATE_EARLY);
        flow_stage_heard(&stage, failures[i].why, "the service is left alone until ");
        memset(&service, 0, sizeof service);
        service.version = FIRST;
        service.sets = BASE;
        CHECK(failures[i].why, run(&stage, &result, true) == UPDATE_DONE);
        CHECK(failures[i].why, state_status_number(stage.state, STATUS_FAILED_SINCE) == 0);
        flow_stage_close(&stage);
        assert_int_equal(flow_stage_tear_down(unused), 0);
        assert_int_equal(flow_stage_set_up(unused), 0);
    }
}

/* The note about a late document is this much older, and so is the last time it was fetched. */
static void
let_pass(const struct flow_stage *stage, int64_t since_s, int64_t asked_s)
{
    char note[80];
    int64_t now = (int64_t)time(NULL);
    snprintf(note, sizeof note, "%s %lld %lld", service.version, (long long)(now - since_s),
             (long long)(now - asked_s));
    state_status_set(stage->state, "late_Worldwide", note);
}

static void
late(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    open_stage(&stage, "");
    service.version = SECOND;
    for (int i = 2; i < 5; i++) {
        assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
        assert_true(result.what == FLOW_SAME && result.generation == 1 && service.documents == i);
        flow_stage_heard(&stage, "announced, but not there",
                         "Worldwide: version " SECOND
                         " is announced, but the document is still that of version " FIRST);
        assert_int_equal(service.changes, 0);
    }
    service.sets = BASE STAGE_SET("3", "Default", "new.example");
    assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_PUBLISHED && result.generation == 2);
    flow_stage_heard(&stage, "there", "Worldwide " SECOND);
    int asked = service.documents;
    assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
    assert_int_equal(service.documents, asked);
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
        {"asked an hour ago", .since_s = 2 * 86400, .asked_s = 3600},
        {"asked a day ago", .since_s = 2 * 86400, .asked_s = 86400, .asks = true},
        {"the clock was set back", .since_s = 2 * 86400, .asked_s = -3600, .asks = true},
        {"the last day of a month", .since_s = 31 * 86400 - 60, .asked_s = 86400, .asks = true},
        {"after a month", .since_s = 31 * 86400, .asked_s = 2 * 86400},
    };
    struct flow_stage stage;
    struct flow_result result;
    open_stage(&stage, "");
    service.version = SECOND;
    run_later(&stage, &result);
    let_pass(&stage, 86399 - 60, 3600);
    run_later(&stage, &result);
    assert_int_equal(result.what, FLOW_SAME);
    let_pass(&stage, 86400, 3600);
    assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_PUBLISHED && result.generation == 2);
    flow_stage_heard(&stage, "a day",
                     "Worldwide: the document has been that of version " FIRST
                     " for a day; it counts as version " SECOND " now");
    for (size_t i = 0; i < ROWS(rows); i++) {
        int asked = service.documents;
        let_pass(&stage, rows[i].since_s, rows[i].asked_s);
        CHECK(rows[i].why, run_later(&stage, &result) == UPDATE_DONE);
        CHECK(rows[i].why, result.what == FLOW_SAME && result.generation == 2);
        CHECK(rows[i].why, service.documents == asked + (rows[i].asks ? 1 : 0));
    }
    service.sets = BASE STAGE_SET("3", "Default", "new.example");
    let_pass(&stage, 2 * 86400, 86400);
    assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
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
    open_stage(&stage, "");
    service.version = SECOND;
    service.sets = WIDER;
    run_later(&stage, &result);
    assert_true(result.what == FLOW_PENDING && result.generation == 2);
    service.version = THIRD;
    assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_WAITING && result.generation == 2);
    flow_stage_heard(&stage, "it waits", THIRD " is announced, but the document is still that of version " SECOND);
    struct decide decide = {.conf = stage.conf, .state = stage.state, .listener = &stage.listener, .now = STAGE_NOW};
    assert_int_equal(decide_find(&decide, NULL, false, &err), 0);
    assert_int_equal(decide_reject(&decide, &err), 0);
    decide_clear(&decide);
    assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
    assert_true(result.what == FLOW_SAME && result.generation == 1);
    flow_stage_heard(&stage, "rejected", THIRD " is announced, but the document is still that of version " SECOND);
    service.sets = BASE STAGE_SET("3", "Default", "new.example");
    assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
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
        memset(&service, 0, sizeof service);
        service.version = SECOND;
        service.sets = BASE;
        flow_stage_open(&stage, "");
        result = flow_stage_run(&stage, &(struct flow){0}, versions[i], BASE);
        assert_int_equal(state_publish(stage.state, result.generation, &err), 0);
        CHECK(versions[i], run(&stage, &result, false) == UPDATE_DONE && result.what == FLOW_PUBLISHED);
        flow_stage_heard(&stage, versions[i], "is published: Worldwide " SECOND);
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
    open_stage(&stage, "shrink_limit 100%\n");
    service.version = "9999123100";
    service.sets = WIDER;
    assert_int_equal(run(&stage, &result, true), UPDATE_DONE);
    assert_true(result.what == FLOW_PENDING && result.generation == 2);
    flow_stage_heard(&stage, "held", "the Worldwide document has version 9999123100, more than 31 days ahead");
    assert_int_equal(state_publish(stage.state, 2, &err), 0);
    service.version = SECOND;
    service.sets = BASE;
    assert_int_equal(run_later(&stage, &result), UPDATE_DONE);
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
    open_stage(&stage, "");
    service.unreachable = true;
    for (int64_t wait_s = 900; wait_s <= 14400; wait_s *= 2) {
        int64_t before = (int64_t)time(NULL);
        assert_int_equal(run_later(&stage, &result), UPDATE_FAILED);
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
    open_stage(&stage, "feed feed.xml\nnotice_failed 24 hours\n");
    service.unreachable = true;
    run_later(&stage, &result);
    state_status_set_number(stage.state, STATUS_FAILED_SINCE, (int64_t)time(NULL) - INT64_C(25) * 3600);
    run_later(&stage, &result);
    run_later(&stage, &result);
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

static void
damaged(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    char path[PATH_MAX];
    struct err err = {0};
    open_stage(&stage, "");
    assert_int_equal(state_path(stage.state, 1, "image", path, &err), 0);
    assert_int_equal(unlink(path), 0);
    int asked = service.versions;
    assert_int_equal(run_later(&stage, &result), UPDATE_FAILED);
    flow_stage_heard(&stage, "a person must act", "'m365ctl rollback' or 'm365ctl publish' repairs it");
    assert_int_equal(service.versions, asked);
    flow_stage_close(&stage);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, flow_stage_set_up, flow_stage_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(published),
                                       TEST(asked_by_one_client),
                                       TEST(waiting),
                                       TEST(asked_otherwise),
                                       TEST(failed),
                                       TEST(doubled),
                                       TEST(told),
                                       TEST(damaged),
                                       TEST(from_the_future),
                                       TEST(late),
                                       TEST(late_for_days),
                                       TEST(late_after_pending),
                                       TEST(named_at_last)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
