// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * serve_test.c - the loop of the helpers without Squid, tables or time: what comes in as packets, what goes out as
 * packets (a socket of type SOCK_SEQPACKET keeps the boundary of every write), what is said on stderr.
 *
 * load.h and image.h are played by the functions below, so this program links helper/serve.c and not their objects.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "err.h"
#include "image.h"
#include "load.h"
#include "serve.h"

#define PACKETS_MAX 16
#define STEPS_MAX 16
#define OUT_MAX (1 << 20)

/* One look for a table: when, and what it finds. */
struct step {
    uint64_t now_ms;
    char finds; /* '=' the same, '+' a new table, '-' trouble, 'x' trouble and no table; 0: the script is over */
    const char *sentence;
};

static struct stage {
    const struct step *steps;
    size_t step, looks, drops;
    bool shrunk;
    bool has_image;
    size_t nulls; /* answers without an image */
} stage;

static int the_image;

const struct image *
load_current(const struct load *load)
{
    (void)load;
    return stage.has_image ? (const struct image *)&the_image : NULL;
}

enum load_change
load_refresh(struct load *load, uint64_t now_ms, struct err *err)
{
    (void)load;
    (void)now_ms;
    stage.looks++;
    const struct step *step = &stage.steps[stage.step - 1];
    if (step->finds == '+')
        stage.has_image = true;
    if (step->finds == 'x')
        stage.has_image = false;
    if (step->finds == '-' || step->finds == 'x')
        err_set(err, ERR_IO, "%s", step->sentence);
    return step->finds == '=' ? LOAD_SAME : step->finds == '+' ? LOAD_NEW : LOAD_FAILED;
}

void
load_drop(struct load *load)
{
    (void)load;
    stage.has_image = false;
    stage.drops++;
}

bool
image_guarded(void (*fn)(void *), void *arg)
{
    stage.shrunk = false;
    fn(arg);
    return !stage.shrunk;
}

void
image_get_info(const struct image *image, struct image_info *ret)
{
    assert_ptr_equal(image, &the_image);
    *ret = (struct image_info){.label = {.text = "label-1", .len = 7}};
}

static uint64_t
scripted_clock(void)
{
    const struct step *step = &stage.steps[stage.step];
    if (step->finds != 0)
        stage.step++;
    return stage.steps[stage.step - 1].now_ms;
}

static uint32_t
scripted_today(void)
{
    return 20000;
}

/* Echoes what it was asked, shortened. */
static size_t
echo(void *arg, const struct image *image, uint32_t today, struct squid_word id, const char *line, size_t len,
     char ret[SQUID_REPLY_MAX])
{
    (void)arg;
    assert_int_equal(today, 20000);
    if (image == NULL)
        stage.nulls++;
    if (image != NULL && len >= 6 && memcmp(line, "shrink", 6) == 0)
        stage.shrunk = true;
    int shown = len < 24 ? (int)len : 24;
    char head[64];
    snprintf(head, sizeof head, "%.*s%s", (int)id.len, id.text, id.len > 0 ? " " : "");
    return (size_t)snprintf(ret, SQUID_REPLY_MAX, "%s<%.*s>%s\n", head, shown, line, image == NULL ? " no-table" : "");
}

static const struct step always[] = {{1000, '+', NULL}, {1000, '=', NULL}, {0, 0, NULL}};

static struct serve
new_serve(int in, int out, enum serve_ids ids)
{
    return (struct serve){.program = "test",
                          .in = in,
                          .out = out,
                          .ids = ids,
                          .detect_tokens = 2,
                          .clock_ms = scripted_clock,
                          .today = scripted_today,
                          .answer = echo};
}

static void
set_stage(const struct step *steps)
{
    stage = (struct stage){.steps = steps};
}

/* Collects what the loop writes to stderr. */
static int real_stderr;
static FILE *said;

static void
catch_stderr(void)
{
    fflush(stderr);
    said = tmpfile();
    assert_non_null(said);
    real_stderr = dup(STDERR_FILENO);
    dup2(fileno(said), STDERR_FILENO);
}

static void
assert_said(const char *why, const char *want)
{
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    char text[8192];
    rewind(said);
    size_t len = fread(text, 1, sizeof text - 1, said);
    text[len] = '\0';
    fclose(said);
    if (strcmp(text, want) != 0)
        fail_msg("%s: stderr is\n%swant\n%s", why, text, want);
}

static void
new_pair(int type, int pair[2])
{
    int room = 1 << 22;
    assert_int_equal(socketpair(AF_UNIX, type, 0, pair), 0);
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
}

/* Sends the packets, runs the loop to the end of input and reads its packets, each shown with a `|` behind it. */
static int
run_packets(struct serve *serve, const struct squid_word *packets, size_t count, char *ret, size_t room)
{
    int in[2], out[2];
    new_pair(SOCK_SEQPACKET, in);
    new_pair(SOCK_SEQPACKET, out);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(send(in[1], packets[i].text, packets[i].len, MSG_DONTWAIT), (ssize_t)packets[i].len);
    close(in[1]);
    serve->in = in[0];
    serve->out = out[0];
    int status = serve_run(serve);
    close(in[0]);
    close(out[0]);
    size_t len = 0;
    for (ssize_t got; (got = read(out[1], ret + len, room - len - 2)) > 0;) {
        assert_true((size_t)got <= SERVE_PIECE_MAX);
        len += (size_t)got;
        assert_int_equal(ret[len - 1], '\n');
        ret[len++] = '|';
    }
    close(out[1]);
    ret[len] = '\0';
    return status;
}

struct transcript {
    const char *why;
    enum serve_ids ids;
    const char *in[PACKETS_MAX]; /* one packet each */
    const char *want;
    const char *stderr_text;
};

#define STRAY "without a channel-ID not answered; use %#ssl::>sni in FORMAT, or -C if there is no concurrency=\n"

static const struct transcript transcripts[] = {
    {"a line", SERVE_IDS_OFF, {"a b\n"}, "<a b>\n|", ""},
    {"two lines, one write", SERVE_IDS_OFF, {"a b\nc d\n"}, "<a b>\n<c d>\n|", ""},
    {"a line in pieces", SERVE_IDS_OFF, {"a", " ", "b", "\n", "c\n"}, "<a b>\n|<c>\n|", ""},
    {"a tail answered later", SERVE_IDS_OFF, {"a b\nc", " d\n"}, "<a b>\n|<c d>\n|", ""},
    {"no end of line at the end", SERVE_IDS_OFF, {"a b\nc d"}, "<a b>\n|<c d>\n|", ""},
    {"nothing", SERVE_IDS_OFF, {NULL}, "", ""},
    {"CR LF", SERVE_IDS_OFF, {"a b\r\nc\r\r\n\r\n"}, "<a b>\n<c\r>\n<>\n|", ""},
    {"CR LF in pieces", SERVE_IDS_OFF, {"a b\r", "\n"}, "<a b>\n|", ""},
    {"empty lines", SERVE_IDS_OFF, {"\n\n \n"}, "<>\n<>\n< >\n|", ""},
    {"IDs on", SERVE_IDS_ON, {"7 a\n12 b c\n"}, "7 <a>\n12 <b c>\n|", ""},
    {"an ID alone", SERVE_IDS_ON, {"7\n8 \n"}, "7 <>\n8 <>\n|", ""},
    {"an ID of 20 digits", SERVE_IDS_ON, {"12345678901234567890 a\n"}, "12345678901234567890 <a>\n|", ""},
    {"no ID, no reply", SERVE_IDS_ON, {"7 a\nb c\n8 d\n"}, "7 <a>\n8 <d>\n|", "test: 1 line " STRAY},
    {"strays are said once a minute", SERVE_IDS_ON, {"a\n\nb\n123456789012345678901 a\n"}, "", "test: 1 line " STRAY},
    {"IDs found", SERVE_IDS_DETECT, {"0 a b\n1 c\n"}, "0 <a b>\n1 <c>\n|", ""},
    {"IDs found in spite of CR", SERVE_IDS_DETECT, {"0 a b\r\n"}, "0 <a b>\n|", ""},
    {"IDs found and kept", SERVE_IDS_DETECT, {"0 a b\nc d\n"}, "0 <a b>\n|", "test: 1 line " STRAY},
    {"no IDs found", SERVE_IDS_DETECT, {"a b c\n1 c d\n"}, "<a b c>\n<1 c d>\n|", ""},
    {"a numeric host is no ID", SERVE_IDS_DETECT, {"12345 b\n7 c d\n"}, "<12345 b>\n<7 c d>\n|", ""},
    {"ten digits are no ID", SERVE_IDS_DETECT, {"1234567890 b c\n"}, "<1234567890 b c>\n|", ""},
    {"an address is no ID", SERVE_IDS_DETECT, {"1.2.3.4 b c\n"}, "<1.2.3.4 b c>\n|", ""},
    {"blank lines decide nothing", SERVE_IDS_DETECT, {"\n", "  \r\n", "3 a b\n"}, "<>\n|<  >\n|3 <a b>\n|", ""},
    {"the first line in pieces", SERVE_IDS_DETECT, {"1", "2 a", " b", "\n"}, "12 <a b>\n|", ""},
};

static void
test_transcripts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof transcripts / sizeof *transcripts; i++) {
        const struct transcript *t = &transcripts[i];
        struct squid_word packets[PACKETS_MAX];
        size_t count = 0;
        while (count < PACKETS_MAX && t->in[count] != NULL) {
            packets[count] = (struct squid_word){.text = t->in[count], .len = strlen(t->in[count])};
            count++;
        }
        char out[4096];
        set_stage(always);
        struct serve serve = new_serve(-1, -1, t->ids);
        catch_stderr();
        int status = run_packets(&serve, packets, count, out, sizeof out);
        assert_said(t->why, t->stderr_text);
        if (status != 0 || strcmp(out, t->want) != 0)
            fail_msg("%s: %d, got\n%s\nwant\n%s", t->why, status, out, t->want);
    }
}

/* Binary bytes and NULs are bytes like others. */
static void
test_every_byte(void **state)
{
    (void)state;
    char line[] = "5 x?y\n", out[64];
    for (int byte = 0; byte < 256; byte++) {
        if (byte == '\n')
            continue;
        line[3] = (char)byte;
        struct squid_word packet = {.text = line, .len = sizeof line - 1};
        set_stage(always);
        struct serve serve = new_serve(-1, -1, SERVE_IDS_ON);
        assert_int_equal(run_packets(&serve, &packet, 1, out, sizeof out), 0);
        assert_int_equal(out[strlen(out) - 1], byte == 0 ? out[strlen(out) - 1] : '|');
        assert_memory_equal(out, "5 <x", 4);
    }
}

static void
test_every_split(void **state)
{
    (void)state;
    static const char text[] = "1 aa bb\r\n\n22 c\nno id\n333 dd ee ff\n4 end";
    char whole[512], out[512];
    for (size_t at = 0; at < sizeof text - 1; at++) {
        struct squid_word packets[2] = {{text, at}, {text + at, sizeof text - 1 - at}};
        set_stage(always);
        struct serve serve = new_serve(-1, -1, SERVE_IDS_DETECT);
        catch_stderr();
        run_packets(&serve, at == 0 ? packets + 1 : packets, at == 0 ? 1 : 2, out, sizeof out);
        assert_said("split", "test: 1 line " STRAY);
        size_t len = 0;
        for (char *p = out; *p != '\0'; p++) {
            if (*p != '|')
                out[len++] = *p;
        }
        out[len] = '\0';
        if (at == 0)
            memcpy(whole, out, sizeof whole);
        assert_string_equal(out, whole);
    }
    assert_string_equal(whole, "1 <aa bb>\n22 <c>\n333 <dd ee ff>\n4 <end>\n");
}

struct long_line {
    const char *why;
    const char *head;
    size_t len; /* of the line without its end */
    size_t packet;
    enum serve_ids ids;
    const char *want;
};

static const struct long_line long_lines[] = {
    {"60 KB", "5 ab ", 60000, 60000, SERVE_IDS_ON, "5 <ab xxxxxxxxxxxxxxxxxxxxx>\n"},
    {"64 KB - 1", "5 ab ", 65535, 65535, SERVE_IDS_ON, "5 <ab xxxxxxxxxxxxxxxxxxxxx>\n"},
    {"64 KB", "5 ab ", 65536, 65536, SERVE_IDS_ON, "5 <ab xxxxxxxxxxxxxxxxxxxxx>\n"},
    {"64 KB, in pieces", "5 ab ", 65536, 777, SERVE_IDS_ON, "5 <ab xxxxxxxxxxxxxxxxxxxxx>\n"},
    {"64 KB + 1", "5 ab ", 65537, 131072, SERVE_IDS_ON, "5 <>\n"},
    {"64 KB + 1, in pieces", "5 ab ", 65537, 777, SERVE_IDS_ON, "5 <>\n"},
    {"64 KB + 1, the end alone", "5 ab ", 65537, 65537, SERVE_IDS_ON, "5 <>\n"},
    {"5 MB", "5 ab ", 5000000, 100000, SERVE_IDS_ON, "5 <>\n"},
    {"5 MB, no IDs", "ab ", 5000000, 100000, SERVE_IDS_OFF, "<>\n"},
    {"5 MB, IDs found", "5 ab ", 5000000, 100000, SERVE_IDS_DETECT, "5 <>\n"},
    {"5 MB, no IDs found", "ab ", 5000000, 100000, SERVE_IDS_DETECT, "<>\n"},
    {"64 KB + 1, the ID is all", "5 ", 65537, 100000, SERVE_IDS_DETECT, "5 <>\n"},
    {"too many digits", "5555555555555555555555555555555555555555555555555555555555555555555 ", 70000, 50000,
     SERVE_IDS_OFF, "<>\n"},
};

/* Feeds the line from a child, since it does not fit into a socket. */
static pid_t
feed(int fd, const struct long_line *t)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    size_t len = t->len + sizeof "\n9 c d\n" - 1, head = strlen(t->head);
    char *line = malloc(len);
    memset(line, 'x', len);
    memcpy(line, t->head, head);
    memcpy(line + t->len, "\n9 c d\n", sizeof "\n9 c d\n" - 1);
    for (size_t at = 0; at < len; at += t->packet) {
        size_t size = len - at < t->packet ? len - at : t->packet;
        if (send(fd, line + at, size, 0) != (ssize_t)size)
            _exit(1);
    }
    _exit(0);
}

static void
test_long_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof long_lines / sizeof *long_lines; i++) {
        const struct long_line *t = &long_lines[i];
        int in[2], out[2], status;
        new_pair(SOCK_SEQPACKET, in);
        new_pair(SOCK_STREAM, out);
        set_stage(always);
        struct serve serve = new_serve(in[0], out[0], t->ids);
        pid_t child = feed(in[1], t);
        close(in[1]);
        assert_int_equal(serve_run(&serve), 0);
        waitpid(child, &status, 0);
        assert_int_equal(status, 0);
        char got[256] = "", want[256];
        assert_true(read(out[1], got, sizeof got - 1) > 0);
        snprintf(want, sizeof want, "%s%s", t->want, t->want[0] == '<' ? "<9 c d>\n" : "9 <c d>\n");
        if (strcmp(got, want) != 0)
            fail_msg("%s: got\n%swant\n%s", t->why, got, want);
        for (int end = 0; end < 2; end++)
            close(out[end]);
        close(in[0]);
    }
}

/* Thousands of lines in one read: pieces of at most 16 KB, each ending with a line (run_packets looks), none lost. */
static void
test_pieces(void **state)
{
    (void)state;
    static char in[200000], out[OUT_MAX];
    size_t len = 0, lines = 0;
    while (len < sizeof in - 32)
        len += (size_t)snprintf(in + len, 32, "%zu aaaa\n", lines++);
    struct squid_word packet = {.text = in, .len = len};
    set_stage(always);
    struct serve serve = new_serve(-1, -1, SERVE_IDS_ON);
    assert_int_equal(run_packets(&serve, &packet, 1, out, sizeof out), 0);
    size_t pieces = 0, line = 0;
    for (const char *at = out; *at != '\0'; at = strchr(at, '\n') + 1) {
        char want[64];
        if (*at == '|') {
            pieces++;
            at++;
        }
        if (*at == '\0')
            break;
        int size = snprintf(want, sizeof want, "%zu <aaaa>\n", line++);
        assert_memory_equal(at, want, (size_t)size);
    }
    assert_int_equal(line, lines);
    assert_in_range(pieces, 2, 40);
}

struct watch {
    const char *why;
    struct step steps[STEPS_MAX]; /* the first before any packet, then one before each */
    size_t looks;
    const char *out;
    const char *said;
};

#define NONE "; every answer is no-table\n"

static const struct watch watches[] = {
    {"at once, then at most once a second",
     {{100, '+', NULL}, {100, '=', NULL}, {1099, '=', NULL}, {1100, '=', NULL}, {2000, '=', NULL}, {2100, '=', NULL}},
     3,
     "<a>\n|<a>\n|<a>\n|<a>\n|<a>\n|",
     ""},
    {"a new table",
     {{0, '+', NULL}, {1000, '=', NULL}, {2000, '+', NULL}},
     3,
     "<a>\n|<a>\n|",
     "test: using table 'label-1'\n"},
    {"no table, said once a minute, then found",
     {{5, 'x', "cannot open 'x'"},
      {1005, 'x', "cannot open 'x'"},
      {60004, 'x', "cannot open 'x'"},
      {61004, 'x', "cannot open 'x'"},
      {62004, '+', NULL}},
     5,
     "<a> no-table\n|<a> no-table\n|<a> no-table\n|<a>\n|",
     "test: cannot open 'x'" NONE "test: cannot open 'x'" NONE "test: using table 'label-1'\n"},
    {"no table and no news of it",
     {{0, 'x', "cannot open 'x'"}, {30000, '=', NULL}, {60000, '=', NULL}, {90000, '=', NULL}},
     4,
     "<a> no-table\n|<a> no-table\n|<a> no-table\n|",
     "test: cannot open 'x'" NONE "test: cannot open 'x'" NONE},
    {"a bad one in place of a good one",
     {{0, '+', NULL},
      {1000, '-', "bad 'x', keeping the old table"},
      {2000, '=', NULL},
      {99000, '=', NULL},
      {100000, '+', NULL}},
     5,
     "<a>\n|<a>\n|<a>\n|<a>\n|",
     "test: bad 'x', keeping the old table\ntest: using table 'label-1' again\n"},
    {"news is said at once, within reason",
     {{0, 'x', "1"},
      {1000, 'x', "2"},
      {2000, 'x', "2"},
      {3000, 'x', "1"},
      {4000, 'x', "2"},
      {5000, 'x', "1"},
      {6000, 'x', "3"},
      {60000, 'x', "3"}},
     8,
     "<a> no-table\n|<a> no-table\n|<a> no-table\n|<a> no-table\n|<a> no-table\n|<a> no-table\n|<a> no-table\n|",
     "test: 1" NONE "test: 2" NONE "test: 1" NONE "test: 2" NONE "test: 3" NONE},
};

static void
test_watches(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof watches / sizeof *watches; i++) {
        const struct watch *w = &watches[i];
        struct squid_word packets[STEPS_MAX];
        size_t count = 0;
        while (w->steps[count + 1].finds != 0)
            packets[count++] = (struct squid_word){.text = "a\n", .len = 2};
        char out[1024];
        set_stage(w->steps);
        struct serve serve = new_serve(-1, -1, SERVE_IDS_OFF);
        catch_stderr();
        int status = run_packets(&serve, packets, count, out, sizeof out);
        assert_said(w->why, w->said);
        if (status != 0 || stage.looks != w->looks || strcmp(out, w->out) != 0)
            fail_msg("%s: %d, %zu looks, got\n%swant\n%s", w->why, status, stage.looks, out, w->out);
    }
}

/* The image shrinks under one line of a batch: this line and the rest of the batch know no table, the next look finds
 * one again. */
static void
test_shrunk_image(void **state)
{
    (void)state;
    static const struct step steps[] = {{0, '+', NULL}, {500, '=', NULL}, {1500, '+', NULL}, {0, 0, NULL}};
    struct squid_word packets[] = {{"a\nshrink\nb\n", 11}, {"c\n", 2}};
    char out[256];
    set_stage(steps);
    struct serve serve = new_serve(-1, -1, SERVE_IDS_OFF);
    catch_stderr();
    assert_int_equal(run_packets(&serve, packets, 2, out, sizeof out), 0);
    assert_said("shrunk", "test: the image was cut short while in use" NONE "test: using table 'label-1' again\n");
    assert_string_equal(out, "<a>\n<shrink> no-table\n<b> no-table\n|<c>\n|");
    assert_int_equal(stage.drops, 1);
    assert_int_equal(stage.nulls, 2);
}

static void
test_strays_are_counted(void **state)
{
    (void)state;
    static const struct step steps[] = {{0, '+', NULL},     {1000, '=', NULL},  {2000, '=', NULL},
                                        {60999, '=', NULL}, {61000, '=', NULL}, {0, 0, NULL}};
    struct squid_word packets[4] = {{"a\n", 2}, {"b\nc\n", 4}, {"d\n", 2}, {"e\n", 2}};
    char out[64];
    set_stage(steps);
    struct serve serve = new_serve(-1, -1, SERVE_IDS_ON);
    catch_stderr();
    run_packets(&serve, packets, 4, out, sizeof out);
    assert_said("strays", "test: 1 line " STRAY "test: 4 lines " STRAY);
    assert_string_equal(out, "");
}

static void
test_debug(void **state)
{
    (void)state;
    struct squid_word packet = {"1 a\tb\n2 \0x\n", 11};
    char out[64];
    set_stage(always);
    struct serve serve = new_serve(-1, -1, SERVE_IDS_ON);
    serve.debug = true;
    catch_stderr();
    run_packets(&serve, &packet, 1, out, sizeof out);
    assert_said("debug", "test: 'a?b' (3 bytes): 1 <a?b>\ntest: '?x' (2 bytes): 2 <>\n");
}

static void
test_say(void **state)
{
    (void)state;
    char longest[3000], want[1200];
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    catch_stderr();
    serve_say("p", "%s\n%c%d", "a", 0x1b, 7);
    serve_say("p", "%s", longest);
    snprintf(want, sizeof want, "p: a??7\np: %.1020s\n", longest);
    assert_said("say", want);
}

static void
on_alarm(int signal_number)
{
    (void)signal_number;
}

/* A reader that stalls, on a pipe that does not block and takes one page at a time, while a timer interrupts; input
 * that comes late on a socket that does not block. Every reply arrives. */
static void
test_slow_world(void **state)
{
    (void)state;
    int in[2], out[2], status;
    new_pair(SOCK_STREAM, in);
    assert_int_equal(pipe(out), 0);
    fcntl(out[1], F_SETPIPE_SZ, 4096);
    fcntl(out[1], F_SETFL, O_NONBLOCK);
    fcntl(in[0], F_SETFL, O_NONBLOCK);
    pid_t child = fork();
    if (child == 0) {
        close(out[1]);
        size_t total = 0;
        for (int i = 0; i < 3; i++) {
            usleep(20000);
            for (int line = 0; line < 2000; line++)
                (void)!write(in[1], "a\n", 2);
        }
        shutdown(in[1], SHUT_WR);
        char bytes[1000];
        for (ssize_t got; (got = read(out[0], bytes, sizeof bytes)) > 0; usleep(500))
            total += (size_t)got;
        _exit(total == 3 * 2000 * sizeof "<a>" ? 0 : 1);
    }
    close(out[0]);
    close(in[1]);
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval often = {{0, 3000}, {0, 3000}}, never = {{0, 0}, {0, 0}};
    sigaction(SIGALRM, &action, NULL);
    set_stage(always);
    struct serve serve = new_serve(in[0], out[1], SERVE_IDS_OFF);
    setitimer(ITIMER_REAL, &often, NULL);
    assert_int_equal(serve_run(&serve), 0);
    setitimer(ITIMER_REAL, &never, NULL);
    close(out[1]);
    close(in[0]);
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
}

static void
test_trouble(void **state)
{
    (void)state;
    int in[2], out[2];
    new_pair(SOCK_STREAM, in);
    new_pair(SOCK_STREAM, out);
    assert_int_equal(write(in[1], "a\n", 2), 2);
    close(in[1]);
    close(out[1]);
    set_stage(always);
    struct serve serve = new_serve(in[0], out[0], SERVE_IDS_OFF);
    catch_stderr();
    assert_int_equal(serve_run(&serve), 1);
    assert_said("nobody reads", "test: cannot write replies: Broken pipe\n");
    serve.in = open("/", O_RDONLY);
    set_stage(always);
    catch_stderr();
    assert_int_equal(serve_run(&serve), 1);
    assert_said("nothing to read", "test: cannot read requests: Is a directory\n");
    close(serve.in);
    close(in[0]);
    close(out[0]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transcripts),  cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_every_split),  cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_pieces),       cmocka_unit_test(test_watches),
        cmocka_unit_test(test_shrunk_image), cmocka_unit_test(test_strays_are_counted),
        cmocka_unit_test(test_debug),        cmocka_unit_test(test_say),
        cmocka_unit_test(test_slow_world),   cmocka_unit_test(test_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
