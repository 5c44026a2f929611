// SPDX-License-Identifier: GPL-2.0-or-later
/* counter_test.c - what processes count is read, stays when they end, and never goes down. */
#include "counter/counter.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "counter/tally.h"
#include "counter_stage.h"
#include "unit.h"

static const struct {
    const char *why;
    struct verdict verdict;
    enum why counts;
    unsigned category;
} verdicts[] = {
    {"bypassed", {.bypass = true, .why = WHY_RULE, .has_rule = true, .verb = VERB_OPTIMIZE}, WHY_RULE, 3},
    {"another category", {.bypass = true, .why = WHY_RULE, .has_rule = true, .verb = VERB_ALLOW}, WHY_RULE, 2},
    {"not bypassed", {.why = WHY_CATEGORY, .has_rule = true, .verb = VERB_DEFAULT}, WHY_CATEGORY, 1},
    {"inspect is no category",
     {.why = WHY_LOCAL_INSPECT, .has_rule = true, .verb = VERB_INSPECT},
     WHY_LOCAL_INSPECT,
     0},
    {"a category only where a rule decides", {.why = WHY_PORT, .verb = VERB_OPTIMIZE}, WHY_PORT, 0},
    {"what a damaged image says: any category", {.why = WHY_RULE, .has_rule = true, .verb = 200}, WHY_RULE, 1},
    {"no table", {.why = WHY_NO_TABLE}, WHY_NO_TABLE, 0},
};

static void
count_verdicts(struct counter *counter)
{
    struct verdict all[ROWS(verdicts)];
    for (size_t i = 0; i < ROWS(verdicts); i++)
        all[i] = verdicts[i].verdict;
    counter_add_verdicts(counter, all, ROWS(verdicts));
}

static void
verdicts_count_by_why_and_category(void **state)
{
    (void)state;
    pid_t pid = stage_begin(COUNTER_ACL, 0, count_verdicts);
    struct tally tally = stage_read();
    uint64_t sum = 0;
    for (size_t i = 0; i < ROWS(verdicts); i++)
        CHECK(verdicts[i].why,
              tally.sums[COUNTER_ACL].at[counts_answers(verdicts[i].counts, verdicts[i].category)] == 1);
    for (unsigned i = COUNTS_ANSWERS; i < COUNTS_ALL; i++)
        sum += tally.sums[COUNTER_ACL].at[i];
    assert_int_equal(sum, ROWS(verdicts));
    tally_clear(&tally);
    stage_end(pid);
}

static void
count_all(struct counter *counter)
{
    counter_add(counter, COUNTS_OVER_LONG, 2);
    counter_add(counter, COUNTS_WITHOUT_ID, 3);
    counter_add(counter, COUNTS_RELOADS, 4);
    counter_add(counter, COUNTS_REFUSED, 5);
    counter_raise(counter, COUNTS_LONGEST, 7);
    counter_raise(counter, COUNTS_LONGEST, 6);
    counter_set_table(counter, "an-earlier-and-longer-name.41");
    counter_set_table(counter, "2025120100.42");
}

static void
a_running_process_shows_everything(void **state)
{
    (void)state;
    pid_t pid = stage_begin(COUNTER_REWRITE, 11, count_all);
    struct tally tally = stage_read();
    assert_int_equal(tally.count, 1);
    const struct tally_process *process = &tally.processes[0];
    assert_int_equal(process->program, COUNTER_REWRITE);
    assert_int_equal(process->pid, pid);
    assert_true(process->has_table);
    assert_string_equal(process->table, "2025120100.42");
    static const uint64_t wanted[COUNTS_PLAIN] = {11, 2, 3, 4, 5, 7};
    assert_memory_equal(process->counts.at, wanted, sizeof wanted);
    assert_memory_equal(&process->counts, &tally.sums[COUNTER_REWRITE], sizeof process->counts);
    assert_int_equal(tally.running[COUNTER_REWRITE], 1);
    assert_int_equal(tally.running[COUNTER_ACL] + tally.ended[COUNTER_ACL] + tally.ended[COUNTER_REWRITE], 0);
    assert_int_equal(tally.trouble_count, 0);
    tally_clear(&tally);
    stage_end(pid);
}

static void
lose_table(struct counter *counter)
{
    counter_set_table(counter, "2025120100.42");
    counter_set_table(counter, NULL);
}

static void
a_process_without_a_table_says_so(void **state)
{
    (void)state;
    pid_t pid = stage_begin(COUNTER_ACL, 0, lose_table);
    struct tally tally = stage_read();
    assert_int_equal(tally.count, 1);
    assert_false(tally.processes[0].has_table);
    assert_string_equal(tally.processes[0].table, "");
    tally_clear(&tally);
    stage_end(pid);
}

/* Some end, some begin, and at any time all that was counted is there. Files of processes that ended go. */
static void
sums_never_go_down(void **state)
{
    pid_t pids[8] = {0};
    uint64_t lines = 0, longest = 0, ended = 0, random = 365;
    (void)state;
    for (unsigned round = 0; round < 60; round++) {
        unsigned slot = next_random(&random) % ROWS(pids);
        uint64_t more = next_random(&random) % 100;
        if (pids[slot] != 0) {
            stage_end(pids[slot]);
            ended++;
        }
        pids[slot] = stage_begin(COUNTER_ACL, more, NULL);
        lines += more;
        struct tally tally = stage_read();
        const struct counts *sums = &tally.sums[COUNTER_ACL];
        CHECK("lines", sums->at[COUNTS_LINES] == lines && counts_why(sums, WHY_NO_RULE) == lines);
        CHECK("ended", tally.ended[COUNTER_ACL] == ended);
        CHECK("running", tally.running[COUNTER_ACL] == tally.count);
        CHECK("files", stage_files(".count") == tally.count && stage_files("kept") == (ended > 0));
        CHECK("trouble", tally.trouble_count == 0);
        longest = tally.count > longest ? tally.count : longest;
        tally_clear(&tally);
    }
    assert_int_equal(longest, ROWS(pids));
    for (size_t i = 0; i < ROWS(pids); i++)
        stage_end(pids[i]);
}

/* More than one round can fold. */
static void
many_files_are_folded_at_once(void **state)
{
    (void)state;
    stage_hold(true);
    for (unsigned i = 0; i < 150; i++)
        stage_run(COUNTER_ACL, 2);
    assert_int_equal(stage_files(".count"), 150);
    struct tally tally = stage_read();
    assert_int_equal(tally.sums[COUNTER_ACL].at[COUNTS_LINES], 300);
    assert_int_equal(tally.ended[COUNTER_ACL], 150);
    tally_clear(&tally);
    stage_hold(false);
    tally = stage_read();
    assert_int_equal(tally.sums[COUNTER_ACL].at[COUNTS_LINES], 300);
    assert_int_equal(stage_files(".count"), 0);
    tally_clear(&tally);
}

/* A crash between writing the sum and removing the file: the file is there again. */
static void
a_file_that_was_folded_counts_once(void **state)
{
    char name[256], copy[1024], path[1024];
    (void)state;
    stage_run(COUNTER_ACL, 5);
    snprintf(name, sizeof name, "%s", stage_file(".count"));
    snprintf(path, sizeof path, "%s", folder_path(name));
    snprintf(copy, sizeof copy, "%s", folder_path("copy"));
    assert_int_equal(link(path, copy), 0);
    for (unsigned i = 0; i < 3; i++) {
        struct tally tally = stage_read();
        assert_int_equal(tally.sums[COUNTER_ACL].at[COUNTS_LINES], 5);
        assert_int_equal(tally.ended[COUNTER_ACL], 1);
        tally_clear(&tally);
        assert_int_equal(stage_files(".count"), 0);
        assert_int_equal(link(copy, path), 0);
    }
    /* The same for a reader who may not fold. */
    stage_hold(true);
    struct tally tally = stage_read();
    assert_int_equal(tally.sums[COUNTER_ACL].at[COUNTS_LINES], 5);
    assert_int_equal(stage_files(".count"), 1);
    tally_clear(&tally);
    stage_hold(false);
}

/* The number of a process that ended belongs to another one now: this test itself. */
static void
a_process_number_used_again_is_not_alive(void **state)
{
    char name[256], forged[256], from[1024];
    uint64_t pid = (uint64_t)getpid();
    (void)state;
    stage_run(COUNTER_ACL, 5);
    snprintf(name, sizeof name, "%s", stage_file(".count"));
    snprintf(from, sizeof from, "%s", folder_path(name));
    snprintf(forged, sizeof forged, "ext_m365_acl-%d%s", (int)pid, strrchr(name, '-'));
    int fd = open(from, O_WRONLY);
    assert_int_equal(pwrite(fd, &pid, sizeof pid, 24), sizeof pid);
    close(fd);
    assert_int_equal(rename(from, folder_path(forged)), 0);
    struct tally tally = stage_read();
    assert_int_equal(tally.trouble_count, 0);
    assert_int_equal(tally.count, 0);
    assert_int_equal(tally.ended[COUNTER_ACL], 1);
    assert_int_equal(stage_files(".count"), 0);
    tally_clear(&tally);
}

static void
cut_own_file(struct counter *counter)
{
    char path[1024];
    snprintf(path, sizeof path, "%s", folder_path(stage_file(".count")));
    counter_add(counter, COUNTS_LINES, 1);
    if (counter_is_lost(counter) || truncate(path, 0) != 0)
        _exit(2);
    counter_add(counter, COUNTS_LINES, 1);
    counter_raise(counter, COUNTS_LONGEST, 3);
    counter_set_table(counter, "x");
    if (!counter_is_lost(counter))
        _exit(3);
}

/* Whoever empties the file of a helper must not stop its answers. */
static void
a_file_cut_short_kills_nobody(void **state)
{
    (void)state;
    pid_t pid = stage_begin(COUNTER_ACL, 5, cut_own_file);
    struct tally tally = stage_read();
    assert_int_equal(tally.trouble_count, 1);
    check_says("a sentence", tally.trouble[0], "is cut short; remove it");
    tally_clear(&tally);
    stage_end(pid);
}

static void
without_a_folder_nothing_is_counted(void **state)
{
    struct counter *counter = NULL;
    struct err err = {0};
    (void)state;
    assert_int_equal(counter_open(&counter, folder_path("nowhere"), COUNTER_ACL, &err), 0);
    assert_null(counter);
    assert_false(counter_is_lost(counter));
    counter_close(counter);
    struct tally tally;
    assert_int_equal(tally_read(&tally, folder_path("nowhere"), &err), -1);
    check_says("no folder", err.text, "cannot open the folder");
    folder_write("file", "x", 1);
    assert_int_equal(counter_open(&counter, folder_path("file"), COUNTER_ACL, &err), -1);
    check_says("a file", err.text, "is not a folder");
    assert_int_equal(symlink(".", folder_path("link")), 0);
    assert_int_equal(counter_open(&counter, folder_path("link"), COUNTER_ACL, &err), -1);
    check_says("a link", err.text, "is not a folder");
}

/* Left by a process that ended before its file had a name. */
static void
unfinished_files_go(void **state)
{
    const struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
    (void)state;
    folder_write("new-old", "x", 1);
    folder_write("new-young", "x", 1);
    assert_int_equal(utimensat(AT_FDCWD, folder_path("new-old"), old, 0), 0);
    struct tally tally = stage_read();
    assert_int_equal(tally.trouble_count, 0);
    tally_clear(&tally);
    assert_int_equal(stage_files("new-old"), 0);
    assert_int_equal(stage_files("new-young"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_set_up, folder_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(verdicts_count_by_why_and_category),
        TEST(a_running_process_shows_everything),
        TEST(a_process_without_a_table_says_so),
        TEST(sums_never_go_down),
        TEST(many_files_are_folded_at_once),
        TEST(a_file_that_was_folded_counts_once),
        TEST(a_process_number_used_again_is_not_alive),
        TEST(a_file_cut_short_kills_nobody),
        TEST(without_a_folder_nothing_is_counted),
        TEST(unfinished_files_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
