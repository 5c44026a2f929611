// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tally_damage_test.c - the folder belongs to somebody who may put anything there: every byte changed, every length
 * cut, and whatever else can have a name in a folder.
 */
#include "counter/tally.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "counter_stage.h"
#include "unit.h"

#define PAGE 4096

static char name[256];
static char page[PAGE];

static void
read_file(const char *from)
{
    int fd = open(folder_path(from), O_RDONLY);
    assert_int_equal(read(fd, page, sizeof page), PAGE);
    close(fd);
}

/* A sound file of a process that ended, in `page`; its name in `name`. Nothing stays in the folder. */
static void
make_page(uint64_t lines)
{
    stage_run(COUNTER_ACL, lines);
    snprintf(name, sizeof name, "%s", stage_file(".count"));
    read_file(name);
    assert_int_equal(unlink(folder_path(name)), 0);
}

/* Reads the folder with one more file. True if it was counted; else there is one sentence that names it. */
static bool
is_counted(const char *why, const char *as, const void *bytes, size_t len)
{
    folder_write(as, bytes, len);
    struct tally tally = stage_read();
    bool counted = tally.ended[COUNTER_ACL] + tally.ended[COUNTER_REWRITE] > 0;
    CHECK(why, tally.count == 0);
    CHECK(why, tally.trouble_count == (counted ? 0 : 1));
    if (!counted)
        check_says(why, tally.trouble[0], as);
    for (unsigned i = 0; i < COUNTS_ALL; i++)
        CHECK(why, tally.sums[COUNTER_ACL].at[i] <= COUNTS_MOST);
    tally_clear(&tally);
    unlink(folder_path(as));
    unlink(folder_path("kept"));
    return counted;
}

static void
any_byte_of_a_file(void **state)
{
    char changed[PAGE], why[32];
    unsigned refused = 0;
    (void)state;
    make_page(3);
    assert_true(is_counted("sound", name, page, PAGE));
    for (size_t at = 0; at < PAGE; at++) {
        memcpy(changed, page, PAGE);
        changed[at] = (char)~changed[at];
        snprintf(why, sizeof why, "byte %zu", at);
        bool counted = is_counted(why, name, changed, PAGE);
        refused += !counted;
        CHECK(why, at >= 48 || !counted); /* the head, and whether there is a table */
    }
    assert_in_range(refused, 150, 400);
}

static void
any_length_of_a_file(void **state)
{
    char why[32], longer[PAGE + 1] = "";
    (void)state;
    make_page(3);
    for (size_t len = 0; len < PAGE; len += len < 64 ? 1 : 61) {
        snprintf(why, sizeof why, "length %zu", len);
        CHECK(why, !is_counted(why, name, page, len));
    }
    memcpy(longer, page, PAGE);
    assert_false(is_counted("one byte more", name, longer, PAGE + 1));
    folder_write(name, page, PAGE);
    assert_int_equal(truncate(folder_path(name), (off_t)1 << 40), 0);
    struct tally tally = stage_read();
    assert_int_equal(tally.trouble_count, 1);
    check_says("sparse", tally.trouble[0], "is too large");
    tally_clear(&tally);
}

static void
a_copy_under_another_name(void **state)
{
    (void)state;
    make_page(3);
    assert_false(is_counted("another process", "ext_m365_acl-1-0000000000000001.count", page, PAGE));
    assert_false(is_counted("another program", "url_m365_rewrite-1-0000000000000001.count", page, PAGE));
    assert_false(is_counted("no name", ".x.count", page, PAGE));
}

/* Reads with the kept file damaged: it is set aside, what ended is folded into a new one, and that is said until a
 * person removes it. One of another version is left to that. */
static void
try_kept(const char *why, const char *bytes, size_t len, bool other_version)
{
    folder_write(name, page, PAGE);
    folder_write("kept", bytes, len);
    for (int turn = 0; turn < 2; turn++) {
        struct tally tally = stage_read();
        CHECK(why, tally.trouble_count == 1);
        check_says(why, tally.trouble[0],
                   other_version ? "kept' has version " : "kept.damaged' is what helpers counted");
        CHECK(why, tally.ended[COUNTER_ACL] == 1 && tally.sums[COUNTER_ACL].at[COUNTS_LINES] == 3);
        CHECK(why, stage_files(".count") == other_version);
        tally_clear(&tally);
    }
    CHECK(why, unlink(folder_path("kept")) == 0 && (unlink(folder_path("kept.damaged")) == 0) != other_version);
}

static void
any_byte_of_what_is_kept(void **state)
{
    char kept[PAGE], why[32];
    (void)state;
    stage_run(COUNTER_ACL, 7);
    struct tally tally = stage_read();
    tally_clear(&tally);
    read_file("kept");
    memcpy(kept, page, PAGE);
    make_page(3);
    folder_write(name, page, PAGE);
    for (size_t at = 0; at < 2000; at++) {
        snprintf(why, sizeof why, "byte %zu", at);
        kept[at] = (char)~kept[at];
        try_kept(why, kept, PAGE, at >= 8 && at < 16);
        kept[at] = (char)~kept[at];
    }
    for (size_t len = 0; len < PAGE; len += 127) {
        snprintf(why, sizeof why, "length %zu", len);
        try_kept(why, kept, len, false);
    }
    folder_write(name, page, PAGE);
    folder_write("kept", kept, PAGE);
    tally = stage_read();
    assert_int_equal(tally.trouble_count, 0);
    assert_int_equal(tally.sums[COUNTER_ACL].at[COUNTS_LINES], 10);
    tally_clear(&tally);
}

static void
make_link(const char *path)
{
    assert_int_equal(symlink("/etc/passwd", path), 0);
}

static void
make_pipe(const char *path)
{
    assert_int_equal(mkfifo(path, 0600), 0);
}

static void
make_folder(const char *path)
{
    assert_int_equal(mkdir(path, 0700), 0);
}

static void
make_socket(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    close(fd);
}

static void
what_is_no_file(void **state)
{
    static const struct {
        const char *why;
        void (*make)(const char *path);
    } kinds[] = {{"a link", make_link}, {"a pipe", make_pipe}, {"a folder", make_folder}, {"a socket", make_socket}};
    static const char *const names[] = {"ext_m365_acl-1-0000000000000001.count", "kept"};
    (void)state;
    for (size_t i = 0; i < ROWS(kinds) * ROWS(names); i++) {
        const char *why = kinds[i / 2].why, *as = names[i % 2];
        kinds[i / 2].make(folder_path(as));
        struct tally tally = stage_read();
        CHECK(why, tally.trouble_count == 1);
        check_says(why, tally.trouble[0], as);
        tally_clear(&tally);
        CHECK(why, remove(folder_path(i % 2 == 1 ? "kept.damaged" : as)) == 0);
    }
}

/* The new sum is never written through what somebody else put there. */
static void
a_trap_for_whoever_folds(void **state)
{
    char text[16] = "";
    (void)state;
    folder_write("treasure", "gold", 4);
    assert_int_equal(symlink("treasure", folder_path("kept.new")), 0);
    stage_run(COUNTER_ACL, 3);
    struct tally tally = stage_read();
    assert_int_equal(tally.sums[COUNTER_ACL].at[COUNTS_LINES], 3);
    tally_clear(&tally);
    assert_int_equal(stage_files(".count"), 0);
    int fd = open(folder_path("treasure"), O_RDONLY);
    assert_int_equal(read(fd, text, sizeof text), 4);
    close(fd);
    assert_string_equal(text, "gold");
    /* A folder there cannot be replaced: what ended stays, and counts. */
    assert_int_equal(mkdir(folder_path("kept.new"), 0700), 0);
    stage_run(COUNTER_ACL, 4);
    tally = stage_read();
    assert_int_equal(tally.sums[COUNTER_ACL].at[COUNTS_LINES], 7);
    assert_int_equal(tally.trouble_count, 2); /* the folder, and the treasure */
    tally_clear(&tally);
    assert_int_equal(rmdir(folder_path("kept.new")), 0);
}

static void
too_many_files(void **state)
{
    char as[64];
    (void)state;
    for (unsigned i = 0; i < TALLY_FILES_MAX + 10; i++) {
        snprintf(as, sizeof as, "%u.count", i);
        folder_write(as, "", 0);
    }
    struct tally tally = stage_read();
    assert_int_equal(tally.trouble_count, TALLY_FILES_MAX + 1);
    tally_clear(&tally);
}

static void
strangers_are_one_sentence(void **state)
{
    (void)state;
    folder_write("one", "", 0);
    folder_write("two.txt", "", 0);
    struct tally tally = stage_read();
    assert_int_equal(tally.trouble_count, 1);
    check_says("strangers", tally.trouble[0], "2 files that no helper made");
    tally_clear(&tally);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, folder_set_up, folder_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(any_byte_of_a_file),
        TEST(any_length_of_a_file),
        TEST(a_copy_under_another_name),
        TEST(any_byte_of_what_is_kept),
        TEST(what_is_no_file),
        TEST(a_trap_for_whoever_folds),
        TEST(too_many_files),
        TEST(strangers_are_one_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
