// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * notice_tell_test.c - notice_tell.h: what was not delivered is told again, and what waits is told once a week.
 *
 * The notice command writes `EVENT GENERATION` and the first line of the text to the file `told`, unless there is a
 * file `deaf`.
 */
#include "update/notice_tell.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/file.h"
#include "decide/decide.h"
#include "flow_stage.h"
#include "store/generation_named.h"
#include "store/record.h"

#define OLD "2026010100"
#define NEW "2026020100"
#define BASE STAGE_SET("2", "Allow", "*.files.example")
#define WIDER BASE STAGE_SET("3", "Allow", "new.example")
#define DAY INT64_C(86400)
#define LINE "decide by   no date is announced\n"
#define FIRST "opens       2 names (no table was in use before)\n"

static const struct flow plain = {0};

static struct notice_to
at(struct flow_stage *stage, int64_t now)
{
    return (struct notice_to){.conf = stage->conf, .state = stage->state, .listener = &stage->listener, .now = now};
}

/* BASE is in use as generation 1, WIDER waits as generation 2. */
static void
open_stage(struct flow_stage *stage, bool deaf)
{
    char conf[4500];
    flow_stage_write("tell.sh", "cd \"$1\" || exit\n"
                                "test ! -e deaf || exit 3\n"
                                "{ echo \"$M365_EVENT $M365_GENERATION\"; head -n 1; } >>told\n");
    snprintf(conf, sizeof conf, "notice_command /bin/sh %s %s\nfeed feed.xml\n", folder_path("f/tell.sh"),
             folder_path("f"));
    if (deaf)
        flow_stage_write("deaf", "");
    flow_stage_write("told", "");
    flow_stage_open(stage, conf);
    flow_stage_run(stage, &plain, OLD, BASE);
    assert_int_equal(flow_stage_run(stage, &plain, NEW, WIDER).what, FLOW_PENDING);
    buf_reset(&stage->heard);
}

/* What was told since the last call. */
static void
told(const char *why, const char *want)
{
    struct buf text;
    struct err err = {0};
    buf_init(&text, 1 << 20);
    if (file_read(&text, folder_path("f/told"), 100000, &err) != 0)
        fail_msg("%s: %s", why, err.text);
    check_text(why, text.len == 0 ? "" : text.data, text.len, want);
    buf_clear(&text);
    flow_stage_write("told", "");
}

static void
remembered(const struct flow_stage *stage, const char *why, const char *want)
{
    char text[STATE_VALUE_MAX];
    state_status_get(stage->state, "notice_again", text);
    check_text(why, text, strlen(text), want);
}

static size_t
feed_items(void)
{
    struct buf text;
    size_t count = 0;
    struct err err = {0};
    buf_init(&text, 2 << 20);
    if (file_read(&text, folder_path("f/feed.xml"), 1000000, &err) != 0)
        fail_msg("%s", err.text);
    buf_add_char(&text, '\0');
    for (const char *item = text.data; (item = strstr(item, "<item>")) != NULL; item++)
        count++;
    buf_clear(&text);
    return count;
}

static void
delivered_later(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    open_stage(&stage, true);
    told("nobody hears", "");
    remembered(&stage, "both are remembered", "published 1 1 c, pending 2 1 c");
    assert_int_equal(notice_undelivered(stage.state), 2);
    assert_int_equal(feed_items(), 2);
    struct notice_to to = at(&stage, STAGE_NOW);
    notice_again(&to, 2);
    remembered(&stage, "tried in vain", "published 1 2 c, pending 2 2 c");
    flow_stage_heard(&stage, "and reported", "exited with status 3; this notice was not delivered");
    assert_int_equal(unlink(folder_path("f/deaf")), 0);
    notice_again(&to, 1);
    told("only those from before this update", "published 1\n" FIRST);
    remembered(&stage, "the other is left", "pending 2 2 c");
    notice_again(&to, 1);
    told("the other one", "pending 2\n" LINE);
    remembered(&stage, "nothing is left", "");
    notice_again(&to, 1);
    told("nothing is told twice", "");
    assert_int_equal(feed_items(), 2);
    flow_stage_close(&stage);
}

static void
no_longer_true(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct err err = {0};
    open_stage(&stage, true);
    struct decide decide = {.conf = stage.conf, .state = stage.state, .listener = &stage.listener, .now = STAGE_NOW};
    assert_int_equal(decide_find(&decide, "2", false, &err), 0);
    assert_int_equal(decide_reject(&decide, &err), 0);
    decide_announce(&decide, NOTICE_REJECTED, 2);
    decide_clear(&decide);
    remembered(&stage, "three", "published 1 1 c, pending 2 1 c, rejected 2 1 c");
    assert_int_equal(unlink(folder_path("f/deaf")), 0);
    struct notice_to to = at(&stage, STAGE_NOW);
    notice_again(&to, 3);
    told("what no longer waits is not told", "published 1\n" FIRST "rejected 2\n"
                                             "it is not used; this is what it would have changed:\n");
    remembered(&stage, "nothing is left", "");
    flow_stage_close(&stage);
}

static void
bounded(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    open_stage(&stage, true);
    struct notice_to to = at(&stage, STAGE_NOW);
    for (int i = 0; i < 10; i++)
        notice_about(&to, NOTICE_PUBLISHED, 1);
    assert_int_equal(notice_undelivered(stage.state), NOTICE_AGAIN_MAX);
    state_status_set(stage.state, "notice_again", "pending 2 1 c");
    for (int i = 2; i < NOTICE_TRIES_MAX; i++)
        notice_again(&to, 1);
    remembered(&stage, "one try is left", "pending 2 23 c");
    buf_reset(&stage.heard);
    notice_again(&to, 1);
    flow_stage_heard(&stage, "the last one", "the notice 'pending' about generation 2 is given up after 24 tries");
    remembered(&stage, "given up", "");
    flow_stage_close(&stage);
}

static const struct {
    const char *why, *line, *kept;
} lines[] = {
    {"an unknown event", "opened 2 1 c, pending 2 1 c", "pending 2 2 c"},
    {"no number", "pending two 1 c", ""},
    {"a number too large", "pending 99999999999 1 c", ""},
    {"too many tries", "pending 2 999 c", ""},
    {"nothing is missing", "pending 2 1", ""},
    {"empty entries", ", ,, pending 2 1 c", "pending 2 2 c"},
    {"a generation that does not exist is tried, too", "published 77 1 c", "published 77 2 c"},
};

static void
damaged(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    open_stage(&stage, true);
    struct notice_to to = at(&stage, STAGE_NOW);
    for (size_t i = 0; i < ROWS(lines); i++) {
        state_status_set(stage.state, "notice_again", lines[i].line);
        notice_again(&to, NOTICE_AGAIN_MAX);
        remembered(&stage, lines[i].why, lines[i].kept);
    }
    flow_stage_close(&stage);
}

static const struct {
    const char *why;
    int64_t now; /* after it began to wait */
    bool told;
} days[] = {
    {"it has just been told", 0, false},
    {"six days", 6 * DAY, false},
    {"seven days", 7 * DAY, true},
    {"the same again", 7 * DAY, false},
    {"nearly a week later", 14 * DAY - 1, false},
    {"a week later", 14 * DAY, true},
    {"the clock was set back", 3 * DAY, false},
    {"a week after that", 10 * DAY, true},
};

/* When the generation was made, by its review. */
static int64_t
made(const struct state *state, uint32_t generation)
{
    struct buf review;
    char created[DAY_TIME_MAX] = "";
    assert_int_equal(generation_read_review(&review, state, generation, NULL), 0);
    record_get(&review, "created", created, sizeof created);
    buf_clear(&review);
    return day_parse_time(created);
}

/* A command looks at the clock before it makes a generation: that is no clock that was set back. */
static void
a_second_between(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    char text[STATE_VALUE_MAX];
    open_stage(&stage, false);
    flow_stage_write("told", "");
    struct notice_to to = at(&stage, made(stage.state, 2) - 1);
    notice_remind(&to);
    told("a second before it was made", "");
    state_status_get(stage.state, "notice_reminded", text);
    assert_string_equal(text, "");
    flow_stage_close(&stage);
}

static void
reminders(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct err err = {0};
    open_stage(&stage, false);
    flow_stage_write("told", "");
    for (size_t i = 0; i < ROWS(days); i++) {
        struct notice_to to = at(&stage, STAGE_NOW + days[i].now);
        notice_remind(&to);
        told(days[i].why, days[i].told ? "reminder 2\n" LINE : "");
    }
    assert_int_equal(state_set_pending(stage.state, 0, &err), 0);
    struct notice_to to = at(&stage, STAGE_NOW + 1000 * (int64_t)DAY);
    notice_remind(&to);
    told("nothing waits", "");
    flow_stage_close(&stage);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, flow_stage_set_up, flow_stage_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(delivered_later), TEST(no_longer_true),   TEST(bounded),
                                       TEST(damaged),         TEST(a_second_between), TEST(reminders)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
