// SPDX-License-Identifier: GPL-2.0-or-later
/* holding_test.c - holding.h: which rows are held in a generation, how many, and what waits. */
#include "store/holding.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "state/state.h"
#include "store_stage.h"
#include "table/table.h"
#include "unit.h"

#define IN_USE                                                                                                         \
    "held 2026-11-20 waiting worldwide old.example\nin use\n# no rule\nnewest\nallow old.example id=2 "                \
    "source=worldwide\n"
#define REJECTED                                                                                                       \
    "held 2026-11-03 rejected worldwide no.example\nin use\n# no rule\nnewest\nallow no.example id=2 "                 \
    "source=worldwide\n"
#define WAITING                                                                                                        \
    "held 2026-11-20 waiting worldwide a.example\nheld 2026-11-18 waiting worldwide b.example\n"                       \
    "held 2026-11-03 rejected worldwide no.example\nin use\ndefault a.example id=3 held source=worldwide\n"            \
    "default b.example id=3 held source=worldwide\nnewest\nallow no.example id=2 source=worldwide\n"                   \
    "allow a.example id=2 source=worldwide\n"

static const struct {
    const char *why, *held, *pending_held, *waiting; /* waiting NULL: nothing waits */
    uint32_t asked, waits;
    size_t want_waiting, want_rejected;
    const char *waiting_since, *rejected_since, *comments;
} rows[] = {
    {"nothing is held", "", "", NULL, 1, 0, 0, 0, "", "", ""},
    {"generation 0", IN_USE, "", NULL, 0, 0, 0, 0, "", "", ""},
    {"what is in use", IN_USE, "", NULL, 1, 0, 1, 0, "2026-11-20", "",
     "# held since 2026-11-20, waiting: allow    old.example  id=2 source=worldwide\n"},
    {"what waits is newer", IN_USE, REJECTED, WAITING, 1, 2, 2, 1, "2026-11-18", "2026-11-03",
     "# held since 2026-11-20, waiting: allow    a.example  id=2 source=worldwide\n"
     "# held since 2026-11-03, rejected: allow    no.example  id=2 source=worldwide\n"
     "# held since 2026-11-18, waiting: no row for b.example source=worldwide\n"},
    {"the whole waits, as without a safe part", IN_USE, "", "", 1, 0, 1, 0, "2026-11-20", "",
     "# held since 2026-11-20, waiting: allow    old.example  id=2 source=worldwide\n"},
    {"what waits is looked at itself", IN_USE, REJECTED, WAITING, 2, 0, 0, 1, "", "2026-11-03",
     "# held since 2026-11-03, rejected: allow    no.example  id=2 source=worldwide\n"},
};

static void
commit(struct store_stage *stage, const char *held, const char *waiting, bool publish)
{
    struct err err = {0};
    candidate_clear(&stage->candidate);
    buf_reset(&stage->documents.held);
    buf_reset(&stage->documents.waiting);
    buf_add_text(&stage->documents.held, held);
    buf_add_text(&stage->documents.waiting, waiting);
    if (store_stage_build(stage, &err) != 0)
        fail_msg("%s", err.text);
    store_stage_commit(stage, publish);
}

static void
start_again(void **unused)
{
    assert_int_equal(folder_tear_down(unused), 0);
    assert_int_equal(store_stage_set_up(unused), 0);
}

static void
check_counts(size_t i, const struct holding *holding)
{
    struct holding_count count;
    holding_count(&count, holding);
    CHECK(rows[i].why, count.waiting == rows[i].want_waiting);
    CHECK(rows[i].why, count.rejected == rows[i].want_rejected);
    CHECK(rows[i].why, strcmp(count.waiting_since, rows[i].waiting_since) == 0);
    CHECK(rows[i].why, strcmp(count.rejected_since, rows[i].rejected_since) == 0);
}

static void
held_rows(void **unused)
{
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct store_stage stage = store_stage_open("", "2026112000");
        struct holding holding;
        struct err err = {0};
        struct buf comments;
        buf_init(&comments, 4096);
        commit(&stage, rows[i].held, "", true);
        if (rows[i].waiting != NULL)
            commit(&stage, rows[i].pending_held, rows[i].waiting, false);
        if (holding_read(&holding, stage.state, rows[i].asked, &err) != 0)
            fail_msg("%s: %s", rows[i].why, err.text);
        CHECK(rows[i].why, holding.waits == rows[i].waits);
        check_counts(i, &holding);
        assert_int_equal(holding_add_comments(&comments, &holding, &err), 0);
        check_text(rows[i].why, comments.len == 0 ? "" : comments.data, comments.len, rows[i].comments);
        buf_clear(&comments);
        holding_clear(&holding);
        store_stage_close(&stage);
        start_again(unused);
    }
}

/* Rows that are not what was sealed are not shown. */
static void
damage(void **unused)
{
    (void)unused;
    static const char *const files[] = {"state/gen-000002/waiting.txt", "state/gen-000001/held.txt"};
    struct store_stage stage = store_stage_open("", "2026112000");
    struct holding holding;
    struct err err = {0};
    commit(&stage, IN_USE, "", true);
    commit(&stage, REJECTED, WAITING, false);
    for (size_t i = 0; i < ROWS(files); i++) {
        char path[4200];
        snprintf(path, sizeof path, "%s/%s", store_stage_top(), files[i]);
        assert_int_equal(unlink(path), 0);
        store_stage_write(files[i], IN_USE "\n");
        assert_int_equal(holding_read(&holding, stage.state, 1, &err), -1);
        assert_int_equal(err.kind, ERR_CORRUPT);
        assert_int_equal(state_set_pending(stage.state, 0, &err), 0);
    }
    store_stage_close(&stage);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(held_rows, store_stage_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(damage, store_stage_set_up, folder_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
