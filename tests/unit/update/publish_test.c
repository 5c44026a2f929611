// SPDX-License-Identifier: GPL-2.0-or-later
/* publish_test.c - publish.h: which gates are asked, and when. */
#include "update/publish.h"

#include "base/err.h"
#include "flow_stage.h"

#define OLD "2026010100"
#define BASE STAGE_SET("2", "Allow", "*.files.example")

static const struct flow plain = {0};

static struct flow_result
publish_with(struct flow_stage *stage, const char *conf)
{
    struct flow_result result;
    struct err err = {0};
    flow_stage_open(stage, conf);
    const struct publish publish = {
        .conf = stage->conf, .state = stage->state, .listener = &stage->listener, .now = STAGE_NOW};
    if (publish_run(&result, &publish, &err) != 0)
        fail_msg("%s", err.text);
    return result;
}

/* The gates are those of today, also for content that is known already. */
static void
gates_asked_again(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    flow_stage_open(&stage, "");
    flow_stage_run(&stage, &plain, OLD, BASE);
    flow_stage_close(&stage);
    flow_stage_write("local.d/ours.rules", "allow www.bank.example\n");
    struct flow_result result = publish_with(&stage, "must_not_bypass www.bank.example\n");
    assert_true(result.what == FLOW_PENDING && result.generation == 2);
    flow_stage_close(&stage);
    result = publish_with(&stage, "must_not_bypass www.bank.example\n");
    assert_true(result.what == FLOW_WAITING && result.generation == 2);
    flow_stage_heard(&stage, "the same reason", "nothing new: the result is generation 2, which waits for approval");
    flow_stage_close(&stage);
    result = publish_with(&stage, "canary crm.example Allow\n");
    assert_true(result.what == FLOW_PENDING && result.generation == 3);
    flow_stage_heard(&stage, "another reason", "held: canary 'crm.example' would have no category");
    flow_stage_close(&stage);
    result = publish_with(&stage, "");
    assert_true(result.what == FLOW_PUBLISHED && result.generation == 4 && !result.against_gates);
    assert_int_equal(flow_stage_link(&stage, STATE_PENDING), 0);
    flow_stage_close(&stage);
    result = publish_with(&stage, "");
    assert_true(result.what == FLOW_SAME && result.generation == 4 && !result.against_gates);
    flow_stage_close(&stage);
    result = publish_with(&stage, "must_not_bypass www.bank.example\n");
    assert_true(result.what == FLOW_SAME && result.generation == 4 && result.against_gates);
    flow_stage_heard(&stage, "a new gate", "in use against a gate: 'www.bank.example' must not be bypassed");
    flow_stage_close(&stage);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, flow_stage_set_up, flow_stage_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(gates_asked_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
