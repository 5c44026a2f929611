// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * candidate_test.c - candidate.h, document.h, decision.h: candidates are built and committed, documents are read back
 * unchanged, decisions are kept.
 */
#include "store/candidate.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "state/state.h"
#include "store/decision.h"
#include "store/document.h"
#include "store/record.h"
#include "store_stage.h"
#include "table/table.h"
#include "unit.h"

static void
heads(void **unused)
{
    (void)unused;
    char value[16];
    size_t at = 0;
    struct buf review;
    buf_init(&review, 1000);
    buf_add_text(&review,
                 "generation 7\nreason one\nreasons none\nreason a much longer sentence\n\nreason not a head\n");
    record_get(&review, "generation", value, sizeof value);
    assert_string_equal(value, "7");
    record_get(&review, "absent", value, sizeof value);
    assert_string_equal(value, "");
    assert_true(record_next(&review, "reason", &at, value, sizeof value));
    assert_string_equal(value, "one");
    assert_true(record_next(&review, "reason", &at, value, sizeof value));
    assert_string_equal(value, "a much longer s");
    assert_false(record_next(&review, "reason", &at, value, sizeof value));
    buf_clear(&review);
}

static void
there_and_back(void **unused)
{
    (void)unused;
    struct store_stage stage = store_stage_open("instance Worldwide China\n", "2025120100");
    struct err err = {0};
    store_stage_write("local.d/b.rules", "inspect login.example\n");
    store_stage_write("local.d/a.rules", "# version: mine\n"
                                         "allow .partner.example\n");
    store_stage_write("local.d/ignored.txt", "nonsense\n");
    buf_add_text(&stage.documents.of[1].changes, "[]");
    assert_int_equal(store_stage_build(&stage, &err), 0);
    assert_int_equal(stage.candidate.table->rule_count, 4);
    assert_string_equal(stage.candidate.table->sources[0], "worldwide");
    assert_int_equal(store_stage_commit(&stage, true), 1);
    struct candidate again;
    assert_int_equal(candidate_load(&again, stage.state, 1, &err), 0);
    assert_string_equal(again.digest, stage.candidate.digest);
    assert_int_equal(again.table->rule_count, 4);
    candidate_clear(&again);
    assert_true(state_has(stage.state, 1, "source.json") && state_has(stage.state, 1, "source-china.json"));
    assert_true(state_has(stage.state, 1, "changes-china.json") && !state_has(stage.state, 1, "changes.json"));
    struct buf review;
    char value[100];
    buf_init(&review, RECORD_MAX);
    assert_int_equal(state_read(stage.state, 1, "review.txt", &review, &err), 0);
    record_get(&review, "label", value, sizeof value);
    assert_string_equal(value, "2025120100");
    record_get(&review, "created", value, sizeof value);
    assert_string_equal(value, "2026-11-21T01:00:00Z");
    record_get(&review, "version", value, sizeof value);
    assert_string_equal(value, "Worldwide 2025120100");
    buf_clear(&review);
    store_stage_close(&stage);
    /* The same documents are found if the instances are in another order. */
    stage = store_stage_open("instance China USGovDoD Worldwide\n", NULL);
    documents_clear(&stage.documents);
    assert_int_equal(documents_load(&stage.documents, stage.conf, stage.state, 1, &err), 0);
    assert_string_equal(stage.documents.of[0].version, "2025120100");
    check_text("changes", stage.documents.of[0].changes.data, stage.documents.of[0].changes.len, "[]");
    check_text("document", stage.documents.of[2].bytes.data, stage.documents.of[2].bytes.len, store_stage_document);
    assert_int_equal(stage.documents.of[1].bytes.len, 0);
    store_stage_close(&stage);
}

static void
damage(void **unused)
{
    (void)unused;
    static const char *const names[] = {"image", "table.txt", "source.json", "review.txt"};
    struct store_stage stage = store_stage_open("", "2025120100");
    struct err err = {0};
    assert_int_equal(store_stage_build(&stage, &err), 0);
    for (size_t i = 0; i < ROWS(names); i++) {
        uint32_t number = store_stage_commit(&stage, false);
        char path[PATH_MAX];
        assert_int_equal(generation_verify(stage.state, number, &err), 0);
        assert_int_equal(state_path(stage.state, number, names[i], path, &err), 0);
        int fd = open(path, O_WRONLY | O_APPEND);
        if (strcmp(names[i], "review.txt") == 0)
            assert_int_equal(pwrite(fd, "", 0, 0) + ftruncate(fd, 40), 0);
        else
            assert_int_equal(write(fd, "\n# x", 4), 4);
        close(fd);
        CHECK(names[i], generation_verify(stage.state, number, &err) == -1 && err.kind == ERR_CORRUPT);
        assert_int_equal(unlink(path), 0);
        CHECK(names[i], generation_verify(stage.state, number, &err) == -1);
    }
    store_stage_close(&stage);
}

static void
shipped_tables(void **unused)
{
    (void)unused;
    char path[4200];
    struct store_stage stage = store_stage_open("", NULL);
    struct err err = {0};
    assert_int_equal(store_stage_build(&stage, &err), -1);
    check_says("no shipped table", err.text, "there is no document of instance 'Worldwide' yet");
    snprintf(path, sizeof path, "%s/data", store_stage_top());
    mkdir(path, 0755);
    store_stage_write("data/worldwide.rules", "# version: 2025-12\n"
                                              "allow a.example id=1 tcp=443 source=worldwide\n");
    assert_int_equal(store_stage_build(&stage, &err), 0);
    assert_int_equal(store_stage_commit(&stage, true), 1);
    documents_clear(&stage.documents);
    assert_int_equal(documents_load(&stage.documents, stage.conf, stage.state, 1, &err), 0);
    assert_int_equal(stage.documents.of[0].bytes.len, 0);
    assert_string_equal(stage.documents.of[0].version, "");
    store_stage_close(&stage);
}

static void
decide(struct store_stage *stage, uint32_t number, enum decided what)
{
    struct err err = {0};
    const struct decision decision = {.what = what, .by = "alice", .note = "line\nbreak", .at = STAGE_NOW};
    if (decision_write(stage->state, number, &decision, &err) != 0)
        fail_msg("%s", err.text);
}

static uint32_t
refused_over(struct store_stage *stage, uint32_t current)
{
    uint32_t number = 4711;
    struct err err = {0};
    assert_int_equal(decision_find_refused(&number, stage->state, &stage->candidate, &stage->documents, current, &err),
                     0);
    return number;
}

static uint32_t
refused(struct store_stage *stage)
{
    return refused_over(stage, 0);
}

static void
decisions(void **unused)
{
    (void)unused;
    struct store_stage stage = store_stage_open("", "2025120100");
    struct err err = {0};
    struct buf text;
    char value[100];
    assert_int_equal(store_stage_build(&stage, &err), 0);
    uint32_t number = store_stage_commit(&stage, true);
    assert_int_equal(refused(&stage), 0);
    decide(&stage, number, DECIDED_REJECTED);
    assert_int_equal(refused(&stage), number);
    assert_int_equal(refused_over(&stage, number), number);
    assert_true(decision_is_rejected(stage.state, number));
    assert_true(decision_refuses_version(stage.state, "Worldwide", "2025120100"));
    assert_false(decision_refuses_version(stage.state, "Worldwide", "2025120101"));
    decide(&stage, number, DECIDED_APPROVED);
    assert_int_equal(refused(&stage), 0);
    assert_false(decision_is_rejected(stage.state, number));
    assert_false(decision_refuses_version(stage.state, "Worldwide", "2025120100"));
    decide(&stage, number, DECIDED_ROLLED_BACK);
    assert_int_equal(refused(&stage), number);
    assert_int_equal(refused_over(&stage, number), number); /* the same content, whatever is in use */
    assert_true(decision_refuses_version(stage.state, "Worldwide", "2025120100"));
    assert_int_equal(decided_parse("forgotten"), DECIDED_NOTHING);
    buf_init(&text, RECORD_MAX);
    assert_int_equal(decision_read(stage.state, number, 3, &text, &err), 1);
    record_get(&text, "what", value, sizeof value);
    assert_string_equal(value, "rolled-back");
    record_get(&text, "note", value, sizeof value);
    assert_string_equal(value, "line break");
    record_get(&text, "digest", value, sizeof value);
    assert_string_equal(value, stage.candidate.digest);
    buf_clear(&text);
    assert_int_equal(decision_read(stage.state, number, 4, &text, &err), 0);
    /* The same documents with other local rules are still those that were rolled back; a rejection is for one content.
     */
    candidate_clear(&stage.candidate);
    store_stage_write("local.d/a.rules", "inspect login.example\n");
    assert_int_equal(store_stage_build(&stage, &err), 0);
    assert_int_equal(refused(&stage), number);
    decide(&stage, number, DECIDED_REJECTED);
    assert_int_equal(refused(&stage), 0);
    decide(&stage, number, DECIDED_ROLLED_BACK);
    buf_add_text(&stage.documents.of[0].bytes, " ");
    assert_int_equal(refused(&stage), 0);
    store_stage_close(&stage);
}

/* A dangling link in place of the local rules, as to a disk that is not mounted, does not count as absent. */
static void
local_rules_gone(void **unused)
{
    (void)unused;
    char path[4200];
    struct err err = {0};
    struct store_stage stage = store_stage_open("", "2026010100");
    assert_int_equal(store_stage_build(&stage, &err), 0);
    candidate_clear(&stage.candidate);
    snprintf(path, sizeof path, "%s/local.d", store_stage_top());
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(store_stage_build(&stage, &err), 0);
    candidate_clear(&stage.candidate);
    assert_int_equal(symlink("unmounted", path), 0);
    assert_int_equal(store_stage_build(&stage, &err), -1);
    check_says("a link that leads nowhere", err.text, "cannot open the folder of local rules '");
    store_stage_close(&stage);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads),
        cmocka_unit_test_setup_teardown(there_and_back, store_stage_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(damage, store_stage_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(shipped_tables, store_stage_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(decisions, store_stage_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(local_rules_gone, store_stage_set_up, folder_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
