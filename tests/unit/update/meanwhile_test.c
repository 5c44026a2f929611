// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * meanwhile_test.c - state_lock.h as update, import, publish and decide use it: nobody waits for a slow service, and
 * what somebody else did in the meantime is neither undone nor overlooked.
 */
#include "update/update.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "decide/decide.h"
#include "flow_stage.h"
#include "service/fetch.h"
#include "state/state_lock.h"
#include "store/decision.h"
#include "update/import.h"
#include "update/publish.h"

#define FIRST "2026010100"
#define SECOND "2026020100"
#define THIRD "2026030100"
#define BASE STAGE_SET("2", "Allow", "*.files.example")
#define SAFER BASE STAGE_SET("3", "Default", "www.example")
#define SAFEST SAFER STAGE_SET("8", "Default", "z.example") /* what the service has; not what is here already */
#define WIDER BASE STAGE_SET("3", "Allow", "new.example")

static const struct flow plain = {0};

/* What somebody else does while the service answers. */
struct other {
    struct flow_stage *stage;
    int (*act)(struct decide *decide, struct err *err);
    int times, answers;
    const char *version;
};

static int
act(struct other *other, struct err *err)
{
    struct flow_stage *stage = other->stage;
    struct decide decide = {.conf = stage->conf, .listener = &stage->listener, .now = STAGE_NOW, .by = "bob"};
    if (state_open(&decide.state, stage->conf->state, true, err) != 0)
        return -1;
    int result = other->act(&decide, err);
    decide_clear(&decide);
    state_close(decide.state);
    return result;
}

static int
roll_back(struct decide *decide, struct err *err)
{
    uint32_t target, left;
    return decide_roll_back(&target, &left, decide, NULL, err);
}

static int
approve(struct decide *decide, struct err *err)
{
    return decide_find(decide, NULL, false, err) == 0 ? decide_approve(decide, err) : -1;
}

static int
reject(struct decide *decide, struct err *err)
{
    return decide_find(decide, NULL, false, err) == 0 ? decide_reject(decide, err) : -1;
}

static int
publish(struct decide *decide, struct err *err)
{
    static int rule;
    char text[64];
    struct flow_result result;
    const struct publish how = {
        .conf = decide->conf, .state = decide->state, .listener = decide->listener, .now = STAGE_NOW};
    snprintf(text, sizeof text, "inspect n%d.example\n", rule++);
    flow_stage_write("local.d/ours.rules", text);
    return publish_run(&result, &how, err);
}

static int
serve(void *arg, struct buf *ret, struct fetch_answer *ret_answer, const struct fetch_request *request, struct err *err)
{
    struct other *other = arg;
    *ret_answer = (struct fetch_answer){.status = 200, .content_type = "application/json"};
    if (strstr(request->url, "/version/") != NULL) {
        buf_add_fmt(ret, "{\"instance\":\"Worldwide\",\"latest\":\"%s\"}", other->version);
    } else if (strstr(request->url, "/changes/") != NULL) {
        buf_add_text(ret, "[]");
    } else {
        flow_stage_document(ret, SAFEST);
        other->answers++;
        if (other->answers <= other->times && act(other, err) != 0)
            fail_msg("%s", err->text);
    }
    return 0;
}

static enum update_done
update(struct flow_stage *stage, struct other *other, struct flow_result *ret)
{
    const struct fetcher fetcher = {.get = serve, .arg = other};
    const struct update how = {
        .conf = stage->conf, .state = stage->state, .fetcher = &fetcher, .listener = &stage->listener, .force = true};
    *ret = (struct flow_result){0};
    buf_reset(&stage->heard);
    return update_run(ret, &how);
}

/* Generation 1 and 2 were published, 3 waits. */
static void
open_stage(struct flow_stage *stage)
{
    flow_stage_open(stage, "");
    flow_stage_run(stage, &plain, FIRST, BASE);
    flow_stage_run(stage, &plain, FIRST, SAFER);
    flow_stage_run(stage, &plain, SECOND, WIDER);
    assert_int_equal(flow_stage_link(stage, STATE_CURRENT), 2);
    assert_int_equal(flow_stage_link(stage, STATE_PENDING), 3);
}

static const struct {
    const char *why;
    int (*act)(struct decide *decide, struct err *err);
    struct flow_result want; /* of an update to SAFEST */
    uint32_t current, previous, pending;
} acts[] = {
    {"a rollback", roll_back, {.what = FLOW_PUBLISHED, .generation = 4}, 4, 1, 0},
    {"an approval", approve, {.what = FLOW_PUBLISHED, .generation = 4}, 4, 3, 0},
    {"a rejection", reject, {.what = FLOW_PUBLISHED, .generation = 4}, 4, 2, 0},
    {"a local rule", publish, {.what = FLOW_PUBLISHED, .generation = 6}, 6, 4, 0},
};

/* An update starts over from what the other one made, so its result is based on that. */
static void
during_an_update(void **unused)
{
    for (size_t i = 0; i < ROWS(acts); i++) {
        struct flow_stage stage;
        struct flow_result result;
        open_stage(&stage);
        struct other other = {.stage = &stage, .act = acts[i].act, .times = 1, .version = THIRD};
        CHECK(acts[i].why, update(&stage, &other, &result) == UPDATE_DONE);
        CHECK(acts[i].why, other.answers == 2);
        CHECK(acts[i].why, result.what == acts[i].want.what && result.generation == acts[i].want.generation);
        CHECK(acts[i].why, flow_stage_link(&stage, STATE_CURRENT) == acts[i].current);
        CHECK(acts[i].why, flow_stage_link(&stage, STATE_PREVIOUS) == acts[i].previous);
        CHECK(acts[i].why, flow_stage_link(&stage, STATE_PENDING) == acts[i].pending);
        flow_stage_close(&stage);
        assert_int_equal(flow_stage_tear_down(unused), 0);
        assert_int_equal(flow_stage_set_up(unused), 0);
    }
}

static void
all_the_time(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    open_stage(&stage);
    struct other other = {.stage = &stage, .act = publish, .times = 100, .version = THIRD};
    assert_int_equal(update(&stage, &other, &result), UPDATE_FAILED);
    flow_stage_heard(&stage, "bounded", "another m365ctl changes what is in use all the time; try again");
    assert_int_equal(other.answers, FLOW_TRIES);
    assert_true(state_status_number(stage.state, STATUS_FAILED_SINCE) > 0);
    flow_stage_close(&stage);
}

static void
one_update_at_a_time(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    struct state *first;
    struct err err = {0};
    open_stage(&stage);
    struct other other = {.stage = &stage, .version = THIRD};
    assert_int_equal(state_open(&first, stage.conf->state, true, &err), 0);
    assert_int_equal(state_lock_update(first, &err), 0);
    assert_int_equal(update(&stage, &other, &result), UPDATE_FAILED);
    flow_stage_heard(&stage, "the second", "is updating '");
    assert_int_equal(other.answers, 0);
    assert_int_equal(state_status_number(stage.state, STATUS_FAILED_SINCE), 0);
    state_close(first);
    assert_int_equal(update(&stage, &other, &result), UPDATE_DONE);
    assert_int_equal(update(&stage, &other, &result), UPDATE_DONE);
    flow_stage_close(&stage);
}

/* Documents that were chosen before somebody else wrote are not built into anything. */
static void
stale_documents(void **unused)
{
    (void)unused;
    static const char *const sets[] = {BASE, WIDER, SAFER STAGE_SET("4", "Default", "four.example")};
    for (size_t i = 0; i < ROWS(sets); i++) {
        struct flow_stage stage;
        struct documents documents;
        struct flow_result result = {.generation = 4711};
        struct state_mark seen;
        struct err err = {0};
        open_stage(&stage);
        struct other other = {.stage = &stage, .act = reject};
        state_mark(stage.state, &seen);
        assert_int_equal(act(&other, &err), 0);
        buf_reset(&stage.heard);
        assert_int_equal(documents_load(&documents, stage.conf, stage.state, 0, &err), 0);
        flow_stage_document(&documents.of[0].bytes, sets[i]);
        const struct flow flow = {.conf = stage.conf,
                                  .state = stage.state,
                                  .by = "test",
                                  .now = STAGE_NOW,
                                  .listener = &stage.listener,
                                  .seen = &seen};
        CHECK(sets[i], flow_run(&result, &flow, &documents, &err) == 1);
        CHECK(sets[i], result.generation == 4711 && stage.heard.len == 0);
        CHECK(sets[i], flow_stage_link(&stage, STATE_CURRENT) == 2 && !state_has(stage.state, 4, "image"));
        documents_clear(&documents);
        flow_stage_close(&stage);
        assert_int_equal(flow_stage_tear_down(unused), 0);
        assert_int_equal(flow_stage_set_up(unused), 0);
    }
}

/* What was looked at is not what would be decided about. */
static void
during_a_decision(void **unused)
{
    static int (*const decisions[])(struct decide * decide, struct err * err) = {decide_approve, decide_reject};
    for (size_t i = 0; i < ROWS(acts); i++) {
        for (size_t n = 0; n < ROWS(decisions); n++) {
            struct flow_stage stage;
            struct err err = {0};
            struct buf text;
            open_stage(&stage);
            struct other other = {.stage = &stage, .act = acts[i].act};
            struct decide decide = {
                .conf = stage.conf, .state = stage.state, .listener = &stage.listener, .now = STAGE_NOW};
            assert_int_equal(decide_find(&decide, NULL, false, &err), 0);
            assert_int_equal(act(&other, &err), 0);
            uint32_t current = flow_stage_link(&stage, STATE_CURRENT), pending = flow_stage_link(&stage, STATE_PENDING);
            CHECK(acts[i].why, decisions[n](&decide, &err) == -1);
            check_says(acts[i].why, err.text, "another m365ctl has just changed what is in use or waits");
            CHECK(acts[i].why, flow_stage_link(&stage, STATE_CURRENT) == current);
            CHECK(acts[i].why, flow_stage_link(&stage, STATE_PENDING) == pending);
            buf_init(&text, 1 << 20);
            CHECK(acts[i].why, decision_read(stage.state, 3, 2, &text, &err) == 0);
            buf_clear(&text);
            decide_clear(&decide);
            flow_stage_close(&stage);
            assert_int_equal(flow_stage_tear_down(unused), 0);
            assert_int_equal(flow_stage_set_up(unused), 0);
        }
    }
}

/* A writer who is at it is waited for, and named if that takes too long. */
static void
during_a_write(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct state *writer;
    struct err err = {0};
    uint32_t target, left;
    open_stage(&stage);
    const struct decide decide = {
        .conf = stage.conf, .state = stage.state, .listener = &stage.listener, .now = STAGE_NOW};
    assert_int_equal(state_open(&writer, stage.conf->state, true, &err), 0);
    assert_int_equal(state_lock(writer, &err), 0);
    state_lock_wait_ms = 30;
    assert_int_equal(decide_roll_back(&target, &left, &decide, NULL, &err), -1);
    check_says("named", err.text, "is writing '");
    state_lock_wait_ms = 10000;
    state_unlock(writer);
    assert_int_equal(decide_roll_back(&target, &left, &decide, NULL, &err), 0);
    state_close(writer);
    flow_stage_close(&stage);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, flow_stage_set_up, flow_stage_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(during_an_update), TEST(all_the_time),      TEST(one_update_at_a_time),
                                       TEST(stale_documents),  TEST(during_a_decision), TEST(during_a_write)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
