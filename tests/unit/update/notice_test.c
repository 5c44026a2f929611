// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * notice_test.c - notice.h: what the notice command receives, what the feed says, and when `failed` and `stale` are
 * due.
 */
#include "update/notice.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "conf/conf.h"
#include "state/state.h"
#include "unit.h"

#define NOW 1795230000 /* Sat, 21 Nov 2026 03:00:00 */

static const struct notice small = {.event = NOTICE_PENDING, .generation = 1, .subject = "s", .text = "t", .len = 1};

static void
read_file(struct buf *buf, const char *name)
{
    struct err err = {0};
    buf_init(buf, (size_t)64 << 20);
    if (file_read(buf, folder_path(name), (size_t)32 << 20, &err) != 0)
        fail_msg("%s", err.text);
    buf_add_char(buf, '\0');
}

static int
send_text(const char *script, const char *argument, const char *text, size_t len, struct err *err)
{
    char *const command[] = {(char[]){"/bin/sh"}, (char[]){"-c"}, (char *)(uintptr_t)script,
                             (char *)(uintptr_t)argument, NULL};
    const struct conf conf = {.notice_command = command};
    const struct notice notice = {
        .event = NOTICE_PENDING,
        .generation = 42,
        .subject = "generation 42: a $(subject) \"with\" 'quotes'",
        .text = text,
        .len = len,
    };
    return notice_send(&conf, &notice, err);
}

static void
nobody_to_tell(void **state)
{
    (void)state;
    const struct conf conf = {0};
    struct err err = {0};
    assert_int_equal(notice_send(&conf, &small, &err), 0);
    assert_int_equal(notice_feed(&conf, &small, NOW, &err), 0);
    assert_int_equal(err.kind, ERR_NONE);
}

static void
text_and_environment(void **state)
{
    (void)state;
    struct buf got;
    struct err err = {0};
    setenv("M365_EVENT", "nonsense", 1);
    setenv("HOME", "/", 1);
    const char *script = "cat >\"$0\"; echo \"|$M365_EVENT|$M365_GENERATION|$M365_SUBJECT|$HOME\" >>\"$0\"";
    assert_int_equal(
        send_text(script, folder_path("got"), "held: <tenant>\nall\t\xc2\x9b\xe2\x80\xae\xc3\xbc\n", 27, &err), 0);
    unsetenv("M365_EVENT");
    read_file(&got, "got");
    check_says("text", got.data,
               "held: <tenant>\nall\t?????\xc3\xbc\n|pending|42|generation 42: a $(subject) \"with\" 'quotes'|/");
    buf_clear(&got);
}

/* A megabyte: more than a pipe holds. */
static void
long_text(void **state)
{
    (void)state;
    struct buf text, got;
    struct err err = {0};
    buf_init(&text, (size_t)2 << 20);
    buf_add_fill(&text, 'x', (size_t)1 << 20);
    assert_int_equal(send_text("sleep 0.1; wc -c >\"$0\"", folder_path("count"), text.data, text.len, &err), 0);
    read_file(&got, "count");
    assert_int_equal(atoi(got.data), 1 << 20);
    buf_clear(&got);
    assert_int_equal(send_text("exec <&-; exit 0", "", text.data, text.len, &err), 0);
    assert_int_equal(send_text("head -c 10 >/dev/null", "", text.data, text.len, &err), 0);
    buf_clear(&text);
}

static void
no_child_is_left(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void
failures(void **state)
{
    (void)state;
    static const struct {
        const char *script, *says;
    } rows[] = {
        {"exit 3", "the notice command '/bin/sh' exited with status 3"},
        {"cat >/dev/null; kill -9 $$", "the notice command '/bin/sh' was killed by signal 9"},
    };
    struct sigaction now;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct err err = {0};
        assert_int_equal(send_text(rows[i].script, "", "text", 4, &err), -1);
        check_says(rows[i].script, err.text, rows[i].says);
        assert_int_equal(err.kind, ERR_IO);
        no_child_is_left();
    }
    char *const command[] = {(char[]){"/nonexistent/command"}, NULL};
    const struct conf conf = {.notice_command = command};
    struct err err = {0};
    assert_int_equal(notice_send(&conf, &small, &err), -1);
    /* Valgrind turns posix_spawn(3) into a fork, whose exec cannot report back. */
    check_says("missing", err.text,
               getenv("UNDER_VALGRIND") != NULL
                   ? "the notice command '/nonexistent/command' exited with status 127"
                   : "cannot run the notice command '/nonexistent/command': No such file or directory");
    no_child_is_left();
    sigaction(SIGPIPE, NULL, &now);
    assert_true(now.sa_handler == SIG_DFL);
}

/* True if the process is gone, or dead and not yet collected by its new parent. */
static bool
is_gone(long pid)
{
    char path[64], line[400] = "";
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return true;
    bool read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    return !read || strstr(line, ") Z ") != NULL || strstr(line, ") X ") != NULL;
}

static void
time_limit(void **state)
{
    (void)state;
    struct err err = {0};
    struct buf got;
    time_t start = time(NULL);
    notice_limit_ms = 400;
    assert_int_equal(send_text("sleep 100 & echo $! >\"$0\"; wait", folder_path("pid"), "text", 4, &err), -1);
    notice_limit_ms = 60000;
    assert_true(time(NULL) - start < 30);
    check_says("limit", err.text, "did not end within 1 seconds and was killed");
    no_child_is_left();
    read_file(&got, "pid");
    long pid = atol(got.data);
    assert_true(pid > 1);
    for (int i = 0; i < 100 && !is_gone(pid); i++)
        usleep(20000);
    assert_true(is_gone(pid));
    buf_clear(&got);
}

/* What the command prints goes to standard error: our standard output is data. */
static void
output_is_talk(void **state)
{
    (void)state;
    struct err err = {0};
    struct buf got;
    fflush(stdout);
    int kept = dup(STDOUT_FILENO), kept_talk = dup(STDERR_FILENO);
    FILE *data = fopen(folder_path("data"), "wb"), *talk = fopen(folder_path("talk"), "wb");
    assert_non_null(data);
    assert_non_null(talk);
    dup2(fileno(data), STDOUT_FILENO);
    dup2(fileno(talk), STDERR_FILENO);
    int result = send_text("echo hello", "", "", 0, &err);
    dup2(kept, STDOUT_FILENO);
    dup2(kept_talk, STDERR_FILENO);
    close(kept);
    close(kept_talk);
    fclose(data);
    fclose(talk);
    assert_int_equal(result, 0);
    read_file(&got, "data");
    assert_string_equal(got.data, "");
    buf_clear(&got);
    read_file(&got, "talk");
    assert_string_equal(got.data, "hello\n");
    buf_clear(&got);
}

static size_t
count_text(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)) != NULL; text++)
        count++;
    return count;
}

static void
add(const char *subject, const char *text, int64_t now)
{
    struct err err = {0};
    const struct conf conf = {.feed = folder_path("feed.xml"), .service_url = "https://endpoints.office.com/?a=1&b=2"};
    const struct notice notice = {
        .event = NOTICE_PUBLISHED, .generation = 7, .subject = subject, .text = text, .len = strlen(text)};
    if (notice_feed(&conf, &notice, now, &err) != 0)
        fail_msg("%s", err.text);
}

static void
feed_items(void **state)
{
    (void)state;
    struct buf got;
    static const struct {
        const char *why, *part;
    } parts[] = {
        {"head", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\">\n<channel>\n<title>"},
        {"link", "<link>https://endpoints.office.com/?a=1&amp;b=2</link>"},
        {"subject", "<title>one &lt;b&gt; &amp; \"two\" ?</title>"},
        {"text is text in HTML in XML", "&lt;pre&gt;&amp;lt;tenant&amp;gt; &amp;amp; line\nnext ?????&lt;/pre&gt;"},
        {"date", "<pubDate>Sat, 21 Nov 2026 03:00:00 GMT</pubDate>"},
        {"event", "<category>published</category>"},
        {"not a link", "<guid isPermaLink=\"false\">squid-m365-published-7-1795230000-"},
        {"tail", "</item>\n</channel>\n</rss>\n"},
    };
    remove(folder_path("feed.xml"));
    add("one <b> & \"two\" \001", "<tenant> & line\nnext \xff\x02\xe2\x80\xae", NOW);
    read_file(&got, "feed.xml");
    for (size_t i = 0; i < ROWS(parts); i++)
        check_says(parts[i].why, got.data, parts[i].part);
    buf_clear(&got);
}

static void
feed_keeps_the_newest(void **state)
{
    (void)state;
    struct buf got;
    char subject[32];
    remove(folder_path("feed.xml"));
    for (int i = 1; i <= NOTICE_ITEMS_MAX + 10; i++) {
        snprintf(subject, sizeof subject, "subject-%03d", i);
        add(subject, "text with </item> and <item> in it", NOW + i);
    }
    read_file(&got, "feed.xml");
    assert_int_equal(count_text(got.data, "<item>"), NOTICE_ITEMS_MAX);
    assert_int_equal(count_text(got.data, "</item>"), NOTICE_ITEMS_MAX);
    assert_null(strstr(got.data, "subject-010"));
    assert_true(strstr(got.data, "subject-060") < strstr(got.data, "subject-059"));
    assert_true(strstr(got.data, "subject-012") < strstr(got.data, "subject-011"));
    buf_clear(&got);
}

static void
feed_that_was_damaged(void **state)
{
    (void)state;
    struct buf got;
    static const char damaged[] = "garbage<item>\n<title>whole</title>\n</item>\n<item>\n<title>half</tit";
    folder_write("feed.xml", damaged, sizeof damaged - 1);
    add("new", "text", NOW);
    read_file(&got, "feed.xml");
    check_says("new", got.data, "<title>new</title>");
    check_says("whole", got.data, "<title>whole</title>");
    assert_null(strstr(got.data, "half"));
    assert_null(strstr(got.data, "garbage"));
    buf_clear(&got);
}

static void
feed_cuts_long_texts(void **state)
{
    (void)state;
    struct buf text, got;
    buf_init(&text, (size_t)1 << 20);
    for (int i = 0; i < 20000; i++)
        buf_add_fmt(&text, "line %05d\n", i);
    buf_add_char(&text, '\0');
    remove(folder_path("feed.xml"));
    add("long", text.data, NOW);
    read_file(&got, "feed.xml");
    check_says("cut", got.data, "\n... and more&lt;/pre&gt;");
    assert_true(got.len < NOTICE_ITEM_TEXT_MAX + 2000);
    buf_clear(&got);
    buf_clear(&text);
    struct err err = {0};
    const struct conf conf = {.feed = "/nonexistent/folder/feed.xml"};
    assert_int_equal(notice_feed(&conf, &small, NOW, &err), -1);
    check_says("path", err.text, "/nonexistent/folder/feed.xml");
}

static void
due(void **state_)
{
    (void)state_;
    static const struct {
        const char *why;
        enum notice_event event;
        int64_t failed_since, last_good, now;
        bool want, again;
    } rows[] = {
        {"pending is always due", .event = NOTICE_PENDING, .now = NOW, .want = true, .again = true},
        {"published, too", .event = NOTICE_PUBLISHED, .now = NOW, .want = true, .again = true},
        {"nothing fails", .event = NOTICE_FAILED, .last_good = NOW, .now = NOW, .want = false, .again = false},
        {"fails, but not for long", .event = NOTICE_FAILED, .failed_since = NOW - 24 * 3600 + 100, .last_good = NOW,
         .now = NOW, .want = false, .again = false},
        {"fails for long", .event = NOTICE_FAILED, .failed_since = NOW - 24 * 3600, .last_good = NOW, .now = NOW,
         .want = true, .again = false},
        {"another failure", .event = NOTICE_FAILED, .failed_since = NOW - 48 * 3600, .last_good = NOW, .now = NOW,
         .want = true, .again = false},
        {"a failure of the future", .event = NOTICE_FAILED, .failed_since = NOW + 3600, .last_good = NOW, .now = NOW,
         .want = false, .again = false},
        {"never heard, nothing failed", .event = NOTICE_STALE, .now = NOW, .want = false, .again = false},
        {"heard lately", .event = NOTICE_STALE, .last_good = NOW - 3600, .now = NOW, .want = false, .again = false},
        {"silent for long", .event = NOTICE_STALE, .last_good = NOW - (int64_t)41 * 86400, .now = NOW, .want = true,
         .again = false},
        {"silent since another day", .event = NOTICE_STALE, .last_good = NOW - (int64_t)42 * 86400, .now = NOW,
         .want = true, .again = false},
        {"never heard, failing for long", .event = NOTICE_STALE, .failed_since = NOW - (int64_t)50 * 86400, .now = NOW,
         .want = true, .again = false},
    };
    const struct conf conf = {.failed_hours = 24, .stale_hours = 40 * 24};
    struct err err = {0};
    struct state *state;
    if (state_open(&state, folder_path("state"), true, &err) != 0)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < ROWS(rows); i++) {
        state_status_set_number(state, STATUS_FAILED_SINCE, rows[i].failed_since);
        state_status_set_number(state, STATUS_LAST_GOOD, rows[i].last_good);
        CHECK(rows[i].why, notice_due(&conf, state, rows[i].event, rows[i].now) == rows[i].want);
        CHECK(rows[i].why, notice_due(&conf, state, rows[i].event, rows[i].now + 60) == rows[i].again);
    }
    if (state_status_write(state, &err) != 0)
        fail_msg("%s", err.text);
    state_close(state);
    if (state_open(&state, folder_path("state"), true, &err) != 0)
        fail_msg("%s", err.text);
    assert_false(notice_due(&conf, state, NOTICE_STALE, NOW));
    state_close(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_to_tell),
        cmocka_unit_test(text_and_environment),
        cmocka_unit_test(long_text),
        cmocka_unit_test(failures),
        cmocka_unit_test(time_limit),
        cmocka_unit_test(output_is_talk),
        cmocka_unit_test(feed_items),
        cmocka_unit_test(feed_keeps_the_newest),
        cmocka_unit_test(feed_that_was_damaged),
        cmocka_unit_test(feed_cuts_long_texts),
        cmocka_unit_test(due),
    };
    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
