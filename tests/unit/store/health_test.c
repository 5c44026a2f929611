// SPDX-License-Identifier: GPL-2.0-or-later
/* health_test.c - health.h: what is fine, what a person should look at, what is trouble. */
#include "store/health.h"

#include <unistd.h>

#include "base/err.h"
#include "state/state.h"
#include "store_stage.h"
#include "unit.h"

#define HOUR INT64_C(3600)
#define DAY (24 * HOUR)

static const struct {
    const char *why;
    bool empty;        /* nothing was published */
    bool waiting;      /* a second generation waits */
    const char *label; /* version of the documents; NULL: today's */
    int64_t heard, failing, tried;
    enum health_level want;
    const char *cause; /* part of the only one */
} rows[] = {
    {"heard today", false, false, NULL, HOUR, 0, HOUR, HEALTH_FINE, NULL},
    {"never asked, but with today's documents", false, false, NULL, 0, 0, 0, HEALTH_FINE, NULL},
    {"nothing published", true, false, NULL, HOUR, 0, HOUR, HEALTH_ATTENTION, "nothing is published yet; run "},
    {"something waits", false, true, NULL, HOUR, 0, HOUR, HEALTH_ATTENTION, "generation 2 waits for a decision"},
    {"failing for less than a day", false, false, NULL, DAY, DAY - 1, HOUR, HEALTH_FINE, NULL},
    {"failing for a day", false, false, NULL, DAY, DAY, HOUR, HEALTH_ATTENTION,
     "updates have failed for 24 hours: no route"},
    {"silent for less than 40 days", false, false, NULL, 40 * DAY - 1, 0, HOUR, HEALTH_FINE, NULL},
    {"silent for 40 days", false, false, NULL, 40 * DAY, 0, HOUR, HEALTH_ATTENTION,
     "the service has not answered for 40"},
    {"never asked, and with old documents", false, false, "2026010100", 0, 0, 0, HEALTH_ATTENTION,
     "the document in use is "},
    {"asked in vain, and with old documents", false, false, "2026010100", 0, HOUR, HOUR, HEALTH_ATTENTION,
     "the document in use is "},
    {"a clock that is a little ahead", false, false, NULL, -300, 0, -300, HEALTH_FINE, NULL},
    {"a clock that was set back", false, false, NULL, HOUR, 0, -301, HEALTH_ATTENTION, "the clock was set back"},
};

static void
set_ago(struct store_stage *stage, const char *key, int64_t seconds)
{
    if (seconds != 0)
        state_status_set_number(stage->state, key, STAGE_NOW - seconds);
}

/* Makes generation 1 and publishes it. */
static void
publish(struct store_stage *stage)
{
    struct err err = {0};
    if (store_stage_build(stage, &err) != 0)
        fail_msg("%s", err.text);
    assert_int_equal(store_stage_commit(stage, true), 1);
}

static void
start_again(void **unused)
{
    assert_int_equal(folder_tear_down(unused), 0);
    assert_int_equal(store_stage_set_up(unused), 0);
}

static void
levels(void **unused)
{
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct store_stage stage = store_stage_open("", rows[i].label != NULL ? rows[i].label : "2026112000");
        struct health health;
        if (!rows[i].empty)
            publish(&stage);
        if (rows[i].waiting)
            assert_int_equal(store_stage_commit(&stage, false), 2);
        set_ago(&stage, STATUS_LAST_GOOD, rows[i].heard);
        set_ago(&stage, STATUS_FAILED_SINCE, rows[i].failing);
        set_ago(&stage, STATUS_LAST_TRY, rows[i].tried);
        state_status_set(stage.state, STATUS_ERROR, "no route");
        health_look(&health, stage.conf, stage.state, STAGE_NOW);
        CHECK(rows[i].why, health.level == rows[i].want);
        CHECK(rows[i].why, health.cause_count == (rows[i].cause != NULL));
        if (rows[i].cause != NULL)
            check_says(rows[i].why, health.causes[0], rows[i].cause);
        health_clear(&health);
        store_stage_close(&stage);
        start_again(unused);
    }
}

/* Trouble is not outdone by what a person should only look at. */
static void
trouble(void **unused)
{
    static const char *const parts[] = {"image", "review.txt"};
    for (size_t i = 0; i < ROWS(parts); i++) {
        struct store_stage stage = store_stage_open("", "2026010100");
        struct health health;
        struct err err = {0};
        char path[PATH_MAX];
        publish(&stage);
        assert_int_equal(state_path(stage.state, 1, parts[i], path, &err), 0);
        assert_int_equal(unlink(path), 0);
        health_look(&health, stage.conf, stage.state, STAGE_NOW);
        CHECK(parts[i], health.level == HEALTH_TROUBLE && health.cause_count > 0);
        health_clear(&health);
        store_stage_close(&stage);
        start_again(unused);
    }
}

/* STAGE_NOW is 2026-11-21. */
static const struct {
    const char *why, *rules;
    size_t count; /* of lines that expire soon */
    enum health_level want;
    const char *cause; /* part of the only one; NULL: there is none */
} expiries[] = {
    {"no line expires", "allow a.example\n", 0, HEALTH_FINE, NULL},
    {"a word in a note is no key", "allow a.example note=\"x expires=2026-11-22\"\n", 0, HEALTH_FINE, NULL},
    {"in 30 days", "allow a.example expires=2026-12-21\n", 1, HEALTH_FINE, NULL},
    {"in 31 days", "allow a.example expires=2026-12-22\n", 0, HEALTH_FINE, NULL},
    {"in a week", "allow a.example expires=2026-11-28 owner=alice\nallow b.example expires=2026-12-01\n", 2,
     HEALTH_ATTENTION,
     "1 local line expires or expired: 2026-11-28, in 7 days: 'a.example' (allow, ours), owner 'alice'"},
    {"several", "allow a.example expires=2026-11-25\nallow b.example expires=2026-11-20\n", 2, HEALTH_ATTENTION,
     "2 local lines expire or expired: 2026-11-20, 1 day ago: 'b.example' (allow, ours), ..."},
    {"more than a week ago", "allow a.example expires=2026-11-13\n", 0, HEALTH_FINE, NULL},
    {"an inspect line", "inspect a.example expires=2026-11-22\n", 1, HEALTH_FINE, NULL},
};

static void
expiring(void **unused)
{
    for (size_t i = 0; i < ROWS(expiries); i++) {
        struct store_stage stage = store_stage_open("", "2026112000");
        struct health health;
        store_stage_write("local.d/ours.rules", expiries[i].rules);
        publish(&stage);
        set_ago(&stage, STATUS_LAST_GOOD, HOUR);
        health_look(&health, stage.conf, stage.state, STAGE_NOW);
        CHECK(expiries[i].why, health.level == expiries[i].want && health.expiring_count == expiries[i].count);
        CHECK(expiries[i].why, health.cause_count == (expiries[i].cause != NULL));
        if (expiries[i].cause != NULL)
            check_says(expiries[i].why, health.causes[0], expiries[i].cause);
        health_clear(&health);
        store_stage_close(&stage);
        start_again(unused);
    }
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, store_stage_set_up, folder_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(levels), TEST(trouble), TEST(expiring)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
