// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * serve_test.c - serve.h: every line is answered once, in order, in pieces that end with a line, no matter how the
 * lines are cut into packets, which bytes they contain, and how slow or broken the other end is.
 */
#include "serve_stage.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define PACKETS_MAX 16
#define OUT_MAX (1 << 20)

struct transcript {
    const char *why;
    enum squid_ids ids;
    const char *in[PACKETS_MAX]; /* one packet each */
    const char *want;
    const char *stderr_text; /* NULL: nothing */
};

static const struct transcript transcripts[] = {
    {"a line", .ids = SQUID_IDS_OFF, .in = {"a b\n"}, .want = "<a b>\n|"},
    {"two lines, one write", .ids = SQUID_IDS_OFF, .in = {"a b\nc d\n"}, .want = "<a b>\n<c d>\n|"},
    {"a line in pieces", .ids = SQUID_IDS_OFF, .in = {"a", " ", "b", "\n", "c\n"}, .want = "<a b>\n|<c>\n|"},
    {"a tail answered later", .ids = SQUID_IDS_OFF, .in = {"a b\nc", " d\n"}, .want = "<a b>\n|<c d>\n|"},
    {"no line end at the end", .ids = SQUID_IDS_OFF, .in = {"a b\nc d"}, .want = "<a b>\n|<c d>\n|"},
    {"nothing", .ids = SQUID_IDS_OFF, .in = {NULL}, .want = ""},
    {"CR LF", .ids = SQUID_IDS_OFF, .in = {"a b\r\nc\r\r\n\r\n"}, .want = "<a b>\n<c\r>\n<>\n|"},
    {"CR LF in pieces", .ids = SQUID_IDS_OFF, .in = {"a b\r", "\n"}, .want = "<a b>\n|"},
    {"empty lines", .ids = SQUID_IDS_OFF, .in = {"\n\n \n"}, .want = "<>\n<>\n< >\n|"},
    {"IDs on", .ids = SQUID_IDS_ON, .in = {"7 a\n12 b c\n"}, .want = "7 <a>\n12 <b c>\n|"},
    {"only an ID", .ids = SQUID_IDS_ON, .in = {"7\n8 \n"}, .want = "7 <>\n8 <>\n|"},
    {"an ID of 20 digits", .ids = SQUID_IDS_ON, .in = {"12345678901234567890 a\n"},
     .want = "12345678901234567890 <a>\n|"},
    {"no ID, no reply", .ids = SQUID_IDS_ON, .in = {"7 a\nb c\n8 d\n"}, .want = "7 <a>\n8 <d>\n|",
     .stderr_text = "test: ignored 1 line " STAGE_STRAY},
    {"lines without an ID are reported once a minute", .ids = SQUID_IDS_ON, .in = {"a\n\nb\n123456789012345678901 a\n"},
     .want = "", .stderr_text = "test: ignored 1 line " STAGE_STRAY},
    {"IDs found", .ids = SQUID_IDS_DETECT, .in = {"0 a b\n1 c\n"}, .want = "0 <a b>\n1 <c>\n|"},
    {"IDs found with CR LF", .ids = SQUID_IDS_DETECT, .in = {"0 a b\r\n"}, .want = "0 <a b>\n|"},
    {"IDs are detected once", .ids = SQUID_IDS_DETECT, .in = {"0 a b\nc d\n"}, .want = "0 <a b>\n|",
     .stderr_text = "test: ignored 1 line " STAGE_STRAY},
    {"no IDs found", .ids = SQUID_IDS_DETECT, .in = {"a b c\n1 c d\n"}, .want = "<a b c>\n<1 c d>\n|"},
    {"a numeric host is not an ID", .ids = SQUID_IDS_DETECT, .in = {"12345 -\n7 c d\n"},
     .want = "<12345 ->\n<7 c d>\n|"},
    {"a numeric host and its SNI", .ids = SQUID_IDS_DETECT, .in = {"12345 12345\n7 c d\n"},
     .want = "<12345 12345>\n<7 c d>\n|"},
    {"a numeric host and a port", .ids = SQUID_IDS_DETECT, .in = {"12345 443\n7 c d\n"},
     .want = "<12345 443>\n<7 c d>\n|"},
    {"an ID and too few tokens", .ids = SQUID_IDS_DETECT, .in = {"1 b\n2 c\n3 d e\n4\n"},
     .want = "1 <b>\n2 <c>\n3 <d e>\n4 <>\n|"},
    {"an ID and a host of the same length", .ids = SQUID_IDS_DETECT, .in = {"12 b1\n"}, .want = "12 <b1>\n|"},
    {"ten digits are not an ID", .ids = SQUID_IDS_DETECT, .in = {"1234567890 b c\n"}, .want = "<1234567890 b c>\n|"},
    {"an address is not an ID", .ids = SQUID_IDS_DETECT, .in = {"1.2.3.4 b c\n"}, .want = "<1.2.3.4 b c>\n|"},
    {"empty lines decide nothing", .ids = SQUID_IDS_DETECT, .in = {"\n", "  \r\n", "3 a b\n"},
     .want = "<>\n|<  >\n|3 <a b>\n|"},
    {"only a number decides nothing", .ids = SQUID_IDS_DETECT, .in = {"3\n4 a b\n5\n"},
     .want = "3 <>\n4 <a b>\n5 <>\n|"},
    {"only a number, then no IDs", .ids = SQUID_IDS_DETECT, .in = {"3\n4 -\n"}, .want = "3 <>\n<4 ->\n|"},
    {"the first line in pieces", .ids = SQUID_IDS_DETECT, .in = {"1", "2 a", " b", "\n"}, .want = "12 <a b>\n|"},
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
        stage_set(stage_always);
        struct serve serve = stage_serve(-1, -1, t->ids);
        stage_catch_stderr();
        int status = stage_run(&serve, packets, count, out, sizeof out);
        stage_assert_said(t->why, t->stderr_text != NULL ? t->stderr_text : "");
        if (status != 0 || strcmp(out, t->want) != 0)
            fail_msg("%s: %d, got\n%s\nwant\n%s", t->why, status, out, t->want);
    }
}

/* Binary bytes and NULs are treated like any other bytes. */
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
        stage_set(stage_always);
        struct serve serve = stage_serve(-1, -1, SQUID_IDS_ON);
        assert_int_equal(stage_run(&serve, &packet, 1, out, sizeof out), 0);
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
        stage_set(stage_always);
        struct serve serve = stage_serve(-1, -1, SQUID_IDS_DETECT);
        stage_catch_stderr();
        stage_run(&serve, at == 0 ? packets + 1 : packets, at == 0 ? 1 : 2, out, sizeof out);
        stage_assert_said("split", "test: ignored 1 line " STAGE_STRAY);
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
    enum squid_ids ids;
    const char *want;
};

static const struct long_line long_lines[] = {
    {"60 KB", .head = "5 ab ", .len = 60000, .packet = 60000, .ids = SQUID_IDS_ON,
     .want = "5 <ab xxxxxxxxxxxxxxxxxxxxx>\n"},
    {"64 KB - 1", .head = "5 ab ", .len = 65535, .packet = 65535, .ids = SQUID_IDS_ON,
     .want = "5 <ab xxxxxxxxxxxxxxxxxxxxx>\n"},
    {"64 KB", .head = "5 ab ", .len = 65536, .packet = 65536, .ids = SQUID_IDS_ON,
     .want = "5 <ab xxxxxxxxxxxxxxxxxxxxx>\n"},
    {"64 KB, in pieces", .head = "5 ab ", .len = 65536, .packet = 777, .ids = SQUID_IDS_ON,
     .want = "5 <ab xxxxxxxxxxxxxxxxxxxxx>\n"},
    {"64 KB + 1", .head = "5 ab ", .len = 65537, .packet = 131072, .ids = SQUID_IDS_ON, .want = "5 <>\n"},
    {"64 KB + 1, in pieces", .head = "5 ab ", .len = 65537, .packet = 777, .ids = SQUID_IDS_ON, .want = "5 <>\n"},
    {"64 KB + 1, the line end in its own packet", .head = "5 ab ", .len = 65537, .packet = 65537, .ids = SQUID_IDS_ON,
     .want = "5 <>\n"},
    {"5 MB", .head = "5 ab ", .len = 5000000, .packet = 100000, .ids = SQUID_IDS_ON, .want = "5 <>\n"},
    {"5 MB, no IDs", .head = "ab ", .len = 5000000, .packet = 100000, .ids = SQUID_IDS_OFF, .want = "<>\n"},
    {"5 MB, IDs found", .head = "5 ab ", .len = 5000000, .packet = 100000, .ids = SQUID_IDS_DETECT, .want = "5 <>\n"},
    {"5 MB, no IDs found", .head = "ab ", .len = 5000000, .packet = 100000, .ids = SQUID_IDS_DETECT, .want = "<>\n"},
    {"64 KB + 1, only an ID", .head = "5 ", .len = 65537, .packet = 100000, .ids = SQUID_IDS_DETECT, .want = "5 <>\n"},
    {"too many digits", .head = "5555555555555555555555555555555555555555555555555555555555555555555 ", .len = 70000,
     .packet = 50000, .ids = SQUID_IDS_OFF, .want = "<>\n"},
};

/* A child sends the line, because it does not fit into a socket. */
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
    free(line);
    _exit(0);
}

static void
test_long_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof long_lines / sizeof *long_lines; i++) {
        const struct long_line *t = &long_lines[i];
        int in[2], out[2], status;
        stage_pair(SOCK_SEQPACKET, in);
        stage_pair(SOCK_STREAM, out);
        stage_set(stage_always);
        struct serve serve = stage_serve(in[0], out[0], t->ids);
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

/* Thousands of lines in one read: none is lost, and pieces have at most 16 KB and end with a line (stage_run checks).
 */
static void
test_pieces(void **state)
{
    (void)state;
    static char in[200000], out[OUT_MAX];
    size_t len = 0, lines = 0;
    while (len < sizeof in - 32)
        len += (size_t)snprintf(in + len, 32, "%zu aaaa\n", lines++);
    struct squid_word packet = {.text = in, .len = len};
    stage_set(stage_always);
    struct serve serve = stage_serve(-1, -1, SQUID_IDS_ON);
    assert_int_equal(stage_run(&serve, &packet, 1, out, sizeof out), 0);
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

static void
on_alarm(int signal_number)
{
    (void)signal_number;
}

/* Every reply arrives although the reader stalls, the pipe takes one page at a time without blocking, a timer
 * interrupts writes, and input comes late on a socket that does not block. */
static void
test_slow_world(void **state)
{
    (void)state;
    int in[2], out[2], status;
    stage_pair(SOCK_STREAM, in);
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
        _exit(total == (size_t)3 * 2000 * sizeof "<a>" ? 0 : 1);
    }
    close(out[0]);
    close(in[1]);
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval often = {{0, 3000}, {0, 3000}}, never = {{0, 0}, {0, 0}};
    sigaction(SIGALRM, &action, NULL);
    stage_set(stage_always);
    struct serve serve = stage_serve(in[0], out[1], SQUID_IDS_OFF);
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
    stage_pair(SOCK_STREAM, in);
    stage_pair(SOCK_STREAM, out);
    assert_int_equal(write(in[1], "a\n", 2), 2);
    close(in[1]);
    close(out[1]);
    stage_set(stage_always);
    struct serve serve = stage_serve(in[0], out[0], SQUID_IDS_OFF);
    stage_catch_stderr();
    assert_int_equal(serve_run(&serve), 1);
    stage_assert_said("nobody reads", "test: cannot write replies: Broken pipe\n");
    serve.in = open("/", O_RDONLY);
    stage_set(stage_always);
    stage_catch_stderr();
    assert_int_equal(serve_run(&serve), 1);
    stage_assert_said("nothing to read", "test: cannot read requests: Is a directory\n");
    close(serve.in);
    close(in[0]);
    close(out[0]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transcripts), cmocka_unit_test(test_every_byte), cmocka_unit_test(test_every_split),
        cmocka_unit_test(test_long_lines),  cmocka_unit_test(test_pieces),     cmocka_unit_test(test_slow_world),
        cmocka_unit_test(test_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
