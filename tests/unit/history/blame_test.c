// SPDX-License-Identifier: GPL-2.0-or-later
/* blame_test.c - blame.h: the answers of the generations that were in use, and since which of them each is given. */
#include "history/blame.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "compile/compile.h"
#include "state/state.h"
#include "table/policy.h"
#include "table/table.h"
#include "unit.h"
#include "verdict/request.h"

#define TODAY 20778 /* 2026-11-21 */
#define WEB " source=worldwide tcp=443\n"

static void
compile(struct buf *ret, const char *text)
{
    struct table *table = table_new();
    struct policy policy = {0};
    struct err err = {0};
    buf_init(ret, IMAGE_MAX);
    if (table_read_bytes(table, "local", text, strlen(text), &err) != 0)
        fail_msg("%s", err.text);
    table_sort(table);
    if (compile_table(ret, table, &policy, &err) != 0)
        fail_msg("%s", err.text);
    table_free(table);
}

static void
add_generation(struct state *state, const char *text, bool publish)
{
    struct err err = {0};
    struct buf image;
    uint32_t number;
    compile(&image, text);
    if (state_begin(state, &number, &err) != 0 || state_add(state, "table.txt", "", 0, &err) != 0 ||
        state_add(state, "review.txt", "", 0, &err) != 0 ||
        state_add(state, "image", image.data, image.len, &err) != 0 || state_seal(state, &err) != 0 ||
        (publish ? state_publish(state, number, &err) : state_set_pending(state, number, &err)) != 0)
        fail_msg("%s", err.text);
    buf_clear(&image);
}

/* A line for each run: `+` if it waits, `<` if it is the oldest; the generation, `>` for each time it came into use
 * again later; the answer. */
static void
note_run(void *arg, const struct blame_run *run)
{
    const struct blame_answer *answer = &run->answer;
    buf_add_fmt(arg, "%s%s%u", run->waits ? "+" : "", run->oldest ? "<" : "", run->since);
    for (size_t i = 0; i < run->later; i++)
        buf_add_char(arg, '>');
    buf_add_fmt(arg, " %s", why_word(answer->why));
    if (answer->has_rule)
        buf_add_fmt(arg, " %s %s %s", answer->rule, verb_word(answer->verb), answer->source);
    if (answer->has_id)
        buf_add_fmt(arg, " %u", answer->id);
    buf_add_char(arg, '\n');
}

static int
ask(struct state *state, struct buf *ret, struct blame_answer *now, struct err *err)
{
    struct request request;
    request_init(&request);
    request_set_url(&request, "a.example", 9);
    buf_init(ret, 10000);
    const struct blame blame = {.state = state, .request = &request, .today = TODAY, .found = note_run, .arg = ret};
    return blame_ask(&blame, now, err);
}

/* Generations in their order; the last one waits if `waits`. */
static const struct {
    const char *why;
    const char *tables[5];
    bool waits;
    const char *want;
    bool bypass;
} rows[] = {
    {"one generation", {"allow a.example id=2" WEB}, .want = "<1 rule a.example allow worldwide 2\n", .bypass = true},
    {"the same answer all the time",
     {"allow a.example id=2" WEB, "allow a.example id=2" WEB "allow b.example id=2" WEB},
     .want = "<1 rule a.example allow worldwide 2\n",
     .bypass = true},
    {"another category since the second",
     {"default a.example id=2" WEB, "allow a.example id=2" WEB, "allow a.example id=2" WEB},
     .want = "2 rule a.example allow worldwide 2\n<1 category a.example default worldwide 2\n",
     .bypass = true},
    {"another set",
     {"allow a.example id=2" WEB, "allow a.example id=3" WEB},
     .want = "2 rule a.example allow worldwide 3\n<1 rule a.example allow worldwide 2\n",
     .bypass = true},
    {"another rule, of another source",
     {"allow *.example source=china id=2 tcp=443\n", "allow a.example id=2" WEB},
     .want = "2 rule a.example allow worldwide 2\n<1 rule *.example allow china 2\n",
     .bypass = true},
    {"there and back",
     {"allow a.example id=2" WEB, "inspect a.example", "allow a.example id=2" WEB},
     .want = "3 rule a.example allow worldwide 2\n2 local-inspect a.example inspect local\n"
             "<1 rule a.example allow worldwide 2\n",
     .bypass = true},
    {"a rule that is gone",
     {"allow a.example id=2" WEB, "allow b.example id=2" WEB},
     .want = "2 no-rule\n<1 rule a.example allow worldwide 2\n"},
    {"one that waits and would change the answer",
     {"allow b.example id=2" WEB, "allow a.example id=2" WEB},
     .waits = true,
     .want = "+2 rule a.example allow worldwide 2\n<1 no-rule\n"},
    {"one that waits and would not",
     {"allow a.example id=2" WEB, "allow a.example id=2" WEB "allow b.example id=2" WEB},
     .waits = true,
     .want = "<1 rule a.example allow worldwide 2\n",
     .bypass = true},
};

static void
runs(void **unused)
{
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct state *state;
        struct blame_answer now;
        struct err err = {0};
        struct buf got;
        (void)folder_set_up(unused);
        if (state_open(&state, folder_path("state"), true, &err) != 0)
            fail_msg("%s", err.text);
        for (size_t j = 0; j < ROWS(rows[i].tables) && rows[i].tables[j] != NULL; j++)
            add_generation(state, rows[i].tables[j], !rows[i].waits || j == 0);
        CHECK(rows[i].why, ask(state, &got, &now, &err) == 0);
        check_text(rows[i].why, got.data, got.len, rows[i].want);
        CHECK(rows[i].why, now.bypass == rows[i].bypass);
        buf_clear(&got);
        state_close(state);
        (void)folder_tear_down(unused);
    }
}

static void
nothing_published(void **unused)
{
    (void)unused;
    struct state *state;
    struct blame_answer now;
    struct err err = {0};
    struct buf got;
    assert_int_equal(state_open(&state, folder_path("state"), true, &err), 0);
    add_generation(state, "allow a.example id=2" WEB, false);
    assert_int_equal(ask(state, &got, &now, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    check_says("sentence", err.text, "nothing has been published");
    assert_int_equal(got.len, 0);
    buf_clear(&got);
    state_close(state);
}

static void
rolled_back(void **unused)
{
    (void)unused;
    struct state *state;
    struct blame_answer now;
    struct err err = {0};
    struct buf got;
    assert_int_equal(state_open(&state, folder_path("state"), true, &err), 0);
    add_generation(state, "allow a.example id=2" WEB, true);
    add_generation(state, "inspect a.example", true);
    assert_int_equal(state_publish(state, 1, &err), 0);
    assert_int_equal(ask(state, &got, &now, &err), 0);
    check_text("each use by itself", got.data, got.len,
               "1 rule a.example allow worldwide 2\n2 local-inspect a.example inspect local\n"
               "<1> rule a.example allow worldwide 2\n");
    buf_clear(&got);
    state_close(state);
}

/* Generation 1 was in use, but is no longer kept: the others answer for themselves. */
static void
pruned(void **unused)
{
    (void)unused;
    struct state *state;
    struct blame_answer now;
    struct err err = {0};
    struct buf got;
    uint32_t removed;
    assert_int_equal(state_open(&state, folder_path("state"), true, &err), 0);
    add_generation(state, "inspect a.example", true);
    for (int i = 0; i < 4; i++)
        add_generation(state, "allow a.example id=2" WEB, true);
    assert_int_equal(state_prune(state, 2, &removed, &err), 0);
    assert_int_equal(removed, 2);
    assert_int_equal(ask(state, &got, &now, &err), 0);
    check_text("kept", got.data, got.len, "<3 rule a.example allow worldwide 2\n");
    buf_clear(&got);
    state_close(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs),
        cmocka_unit_test_setup_teardown(nothing_published, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(rolled_back, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(pruned, folder_set_up, folder_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
