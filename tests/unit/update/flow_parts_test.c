// SPDX-License-Identifier: GPL-2.0-or-later
/* flow_parts_test.c - flow.h under `review parts`: what is used at once, what waits, and what is kept of it. */
#include "update/flow.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "flow_stage.h"
#include "update/import.h"

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

/* The disk fills up between the two generations: the first is in use, people are told, and the sentence says so. The
 * next run makes up for the second. */
static void
half_written(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result = {0};
    struct err err = {0};
    char path[4096];
    struct buf bytes;
    flow_stage_open(&stage, "");
    assert_int_equal(flow_stage_run(&stage, &plain, OLD, BASE).what, FLOW_PUBLISHED);
    flow_stage_heard(&stage, "first", "generation 1 is published");
    snprintf(path, sizeof path, "%s/.new-000003", state_folder(stage.state));
    assert_int_equal(mkdir(path, 0755), 0);
    snprintf(path, sizeof path, "%s/.new-000003/in-the-way", state_folder(stage.state));
    assert_int_equal(mkdir(path, 0755), 0);
    buf_init(&bytes, (size_t)1 << 20);
    flow_stage_document(&bytes, SPLIT);
    const struct import import = {.conf = stage.conf,
                                  .state = stage.state,
                                  .listener = &stage.listener,
                                  .bytes = &bytes,
                                  .file = "x.json",
                                  .version = NEW,
                                  .now = STAGE_NOW};
    assert_int_equal(import_run(&result, &import, &err), -1);
    check_says("sentence", err.text,
               "generation 2, the part that opens nothing, is in use, but the rest does not wait");
    assert_null(strstr(err.text, "stays in use"));
    flow_stage_heard(&stage, "told", "generation 2 is published");
    assert_int_equal(result.published, 2);
    assert_int_equal(flow_stage_link(&stage, STATE_CURRENT), 2);
    assert_int_equal(flow_stage_link(&stage, STATE_PENDING), 0);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(import_run(&result, &import, &err), 0);
    assert_int_equal(result.what, FLOW_PENDING);
    assert_int_equal(result.generation, 3);
    assert_int_equal(result.published, 0);
    assert_int_equal(flow_stage_link(&stage, STATE_CURRENT), 2);
    buf_clear(&bytes);
    flow_stage_close(&stage);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(waiting_rows, flow_stage_set_up, flow_stage_tear_down),
        cmocka_unit_test_setup_teardown(half_written, flow_stage_set_up, flow_stage_tear_down),
    };
    return cmocka_run_group_tests_name("flow_parts", tests, NULL, NULL);
}
