// SPDX-License-Identifier: GPL-2.0-or-later
/* flow_parts_test.c - flow.h under `review parts`: what is used at once, what waits, and what is kept of it. */
#include "update/flow.h"

#include <string.h>

#include "base/err.h"
#include "flow_stage.h"

#define OLD "2026010100"
#define NEW "2026020100"
#define BASE STAGE_SET("2", "Allow", "*.files.example")
#define SPLIT BASE STAGE_SET("3", "Allow", "new.example") STAGE_SET("4", "Default", "www.example")

static const struct flow plain = {0};

/* Publishes by hand what a generation was made of. */
static struct flow_result
publish_documents_of(struct flow_stage *stage, uint32_t generation)
{
    struct flow_result result = {0};
    struct documents documents;
    struct err err = {0};
    const struct flow flow = {.conf = stage->conf,
                              .state = stage->state,
                              .listener = &stage->listener,
                              .by = "test",
                              .now = STAGE_NOW,
                              .by_hand = true};
    if (documents_load(&documents, stage->conf, stage->state, generation, &err) != 0 ||
        flow_run(&result, &flow, &documents, &err) != 0)
        fail_msg("%s", err.text);
    documents_clear(&documents);
    return result;
}

/* What was held until a decision belongs to the generation that waited, not to those that are made of its documents. */
static void
waiting_rows(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    flow_stage_open(&stage, "");
    assert_int_equal(flow_stage_run(&stage, &plain, OLD, BASE).what, FLOW_PUBLISHED);
    struct flow_result result = flow_stage_run(&stage, &plain, NEW, SPLIT);
    assert_int_equal(result.what, FLOW_PENDING);
    assert_int_equal(result.published, 2);
    assert_int_equal(result.generation, 3);
    assert_true(state_has(stage.state, 2, "held.txt"));
    assert_false(state_has(stage.state, 2, "waiting.txt"));
    assert_true(state_has(stage.state, 3, "waiting.txt"));
    flow_stage_write("local.d/own.rules", "inspect own.example\n");
    result = publish_documents_of(&stage, 3);
    assert_int_equal(result.what, FLOW_PUBLISHED);
    assert_int_equal(result.generation, 4);
    assert_false(state_has(stage.state, 4, "waiting.txt"));
    flow_stage_close(&stage);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(waiting_rows, flow_stage_set_up, flow_stage_tear_down),
    };
    return cmocka_run_group_tests_name("flow_parts", tests, NULL, NULL);
}
