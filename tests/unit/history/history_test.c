// SPDX-License-Identifier: GPL-2.0-or-later
/* history_test.c - history.h: the fate of each generation, the last decision about it, and what cannot be read. */
#include "history/history.h"

#include <unistd.h>

#include "base/err.h"
#include "base/say.h"
#include "state/state.h"
#include "store/act.h"
#include "store/decision.h"
#include "unit.h"

#define NOW 1795222800 /* 2026-11-21T01:00:00Z */

enum use { UNUSED, HELD, WAITS, PUBLISHED };

struct stage {
    struct state *state;
    struct buf got;   /* a line for each entry */
    struct buf heard; /* a line for each sentence */
};

static struct stage
open_stage(void)
{
    struct stage stage = {0};
    struct err err = {0};
    if (state_open(&stage.state, folder_path("state"), true, &err) != 0)
        fail_msg("%s", err.text);
    buf_init(&stage.got, 10000);
    buf_init(&stage.heard, 10000);
    return stage;
}

static void
close_stage(struct stage *stage)
{
    buf_clear(&stage->got);
    buf_clear(&stage->heard);
    state_close(stage->state);
}

static void
add_generation(struct stage *stage, enum use use, const char *head)
{
    struct err err = {0};
    struct buf review;
    uint32_t number;
    buf_init(&review, 1000);
    buf_add_fmt(&review, "%screated 2026-11-20T00:00:00Z\nby update\nlabel 2025120100\nresult %s\n\n", head,
                use == HELD || use == WAITS ? "held" : "published");
    if (state_begin(stage->state, &number, &err) != 0 || state_add(stage->state, "table.txt", "", 0, &err) != 0 ||
        state_add(stage->state, "image", "", 0, &err) != 0 ||
        state_add(stage->state, "review.txt", review.data, review.len, &err) != 0 ||
        state_seal(stage->state, &err) != 0 || (use == WAITS && state_set_pending(stage->state, number, &err) != 0) ||
        (use == PUBLISHED && state_publish(stage->state, number, &err) != 0))
        fail_msg("%s", err.text);
    buf_clear(&review);
}

static void
decide(struct stage *stage, uint32_t generation, enum decided what, const char *by, const char *note)
{
    struct err err = {0};
    const struct decision decision = {.what = what, .by = by, .note = note, .at = NOW};
    if (decision_write(stage->state, generation, &decision, &err) != 0)
        fail_msg("%s", err.text);
}

static void
note_entry(void *arg, const struct history_entry *entry)
{
    buf_add_fmt(arg, "%u %s", entry->generation, entry->fate);
    if (entry->used[0] != '\0')
        buf_add_fmt(arg, " since %s", entry->used);
    if (entry->decided[0] != '\0')
        buf_add_fmt(arg, ", %s %s", entry->decided, entry->at);
    if (entry->by[0] != '\0')
        buf_add_fmt(arg, ", %s: %s", entry->by, entry->note);
    buf_add_char(arg, '\n');
}

static void
hear(void *arg, const char *sentence)
{
    buf_add_text(arg, sentence);
    buf_add_char(arg, '\n');
}

static void
expect(struct stage *stage, const char *why, const char *want)
{
    struct err err = {0};
    const struct listener listener = {hear, &stage->heard};
    buf_reset(&stage->got);
    if (history_each(stage->state, &listener, note_entry, &stage->got, &err) != 0)
        fail_msg("%s: %s", why, err.text);
    check_text(why, stage->got.data == NULL ? "" : stage->got.data, stage->got.len, want);
}

static void
fates(void **unused)
{
    (void)unused;
    struct stage stage = open_stage();
    expect(&stage, "nothing yet", "");
    add_generation(&stage, PUBLISHED, "");
    expect(&stage, "the first", "1 current since 2026-11-20T00:00:00Z\n");
    add_generation(&stage, PUBLISHED, "");
    add_generation(&stage, PUBLISHED, "");
    add_generation(&stage, WAITS, "");
    add_generation(&stage, WAITS, "");
    add_generation(&stage, HELD, "");
    add_generation(&stage, UNUSED, "");
    expect(&stage, "all kinds",
           "7 unused\n6 superseded\n5 pending\n4 superseded\n3 current since 2026-11-20T00:00:00Z\n2 previous since "
           "2026-11-20T00:00:00Z\n"
           "1 published since 2026-11-20T00:00:00Z\n");
    assert_int_equal(stage.heard.len, 0);
    close_stage(&stage);
}

static void
last_decision(void **unused)
{
    (void)unused;
    struct stage stage = open_stage();
    add_generation(&stage, PUBLISHED, "user alice\nnote NET-7\n");
    add_generation(&stage, HELD, "");
    decide(&stage, 2, DECIDED_REJECTED, "bob", "too wide");
    add_generation(&stage, PUBLISHED, "");
    decide(&stage, 3, DECIDED_APPROVED, "alice", NULL);
    decide(&stage, 3, DECIDED_ROLLED_BACK, "bob", "broken");
    decide(&stage, 1, DECIDED_ROLLBACK, "carol", "NET-8");
    expect(&stage, "the last one counts",
           "3 current since 2026-11-21T01:00:00Z, rolled-back 2026-11-21T01:00:00Z, bob: broken\n"
           "2 rejected, rejected 2026-11-21T01:00:00Z, bob: too wide\n"
           "1 previous since 2026-11-21T01:00:00Z, rollback 2026-11-21T01:00:00Z, carol: NET-8\n");
    close_stage(&stage);
}

static void
published_by_hand(void **unused)
{
    (void)unused;
    struct stage stage = open_stage();
    add_generation(&stage, PUBLISHED, "user alice\nnote NET-7\n");
    expect(&stage, "without a decision", "1 current since 2026-11-20T00:00:00Z, alice: NET-7\n");
    decide(&stage, 1, DECIDED_APPROVED, "bob", NULL);
    expect(&stage, "a decision without a note leaves the one before it",
           "1 current since 2026-11-21T01:00:00Z, approved 2026-11-21T01:00:00Z, bob: NET-7\n");
    close_stage(&stage);
}

static void
note_acts(void *arg, const struct history_entry *entry)
{
    for (size_t i = 0; i < entry->act_count; i++) {
        const struct act *act = &entry->acts[i];
        buf_add_fmt(arg, "%s %s %s: %s%s\n", act->what, act->at, act->by, act->note, act->uses ? ", in use" : "");
    }
}

static void
all_acts(void **unused)
{
    (void)unused;
    struct stage stage = open_stage();
    struct err err = {0};
    char used[DAY_TIME_MAX];
    add_generation(&stage, WAITS, "user alice\nnote NET-7\n");
    decide(&stage, 1, DECIDED_APPROVED, "bob", NULL);
    assert_int_equal(state_publish(stage.state, 1, &err), 0);
    decide(&stage, 1, DECIDED_ROLLED_BACK, "bob", "broken");
    const struct decision back = {.what = DECIDED_ROLLBACK, .by = "carol", .note = "it was not", .at = NOW + 3600};
    assert_int_equal(decision_write(stage.state, 1, &back, &err), 0);
    assert_int_equal(history_each(stage.state, NULL, note_acts, &stage.got, &err), 0);
    check_text("in order", stage.got.data, stage.got.len,
               "made 2026-11-20T00:00:00Z alice: NET-7\n"
               "approved 2026-11-21T01:00:00Z bob: , in use\n"
               "rolled-back 2026-11-21T01:00:00Z bob: broken\n"
               "rollback 2026-11-21T02:00:00Z carol: it was not, in use\n");
    static const char *const wanted[] = {"2026-11-21T02:00:00Z", "2026-11-21T01:00:00Z", ""};
    for (size_t i = 0; i < ROWS(wanted); i++) {
        assert_int_equal(act_used(used, stage.state, 1, i, &err), 0);
        assert_string_equal(used, wanted[i]);
    }
    assert_int_equal(act_used(used, stage.state, 7, 0, &err), -1);
    close_stage(&stage);
}

/* A lost record costs only its own line, and is reported. */
static void
damage(void **unused)
{
    (void)unused;
    struct stage stage = open_stage();
    add_generation(&stage, PUBLISHED, "");
    add_generation(&stage, PUBLISHED, "");
    assert_int_equal(unlink(folder_path("state/gen-000001/review.txt")), 0);
    expect(&stage, "one left", "2 current since 2026-11-20T00:00:00Z\n");
    buf_add_char(&stage.heard, '\0');
    check_says("the link to it", stage.heard.data, "generation 1, which has no 'review.txt'");
    check_says("its record", stage.heard.data, "generation 1: cannot open");
    close_stage(&stage);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fates, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(last_decision, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(published_by_hand, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(all_acts, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(damage, folder_set_up, folder_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
