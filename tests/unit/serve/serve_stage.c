// SPDX-License-Identifier: GPL-2.0-or-later
/* serve_stage.c - see serve_stage.h. */
#include "serve_stage.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "compile/compile.h"
#include "image/image.h"
#include "image/image_guard.h"
#include "table/policy.h"
#include "table/table.h"

struct stage stage;

static struct image *kept;

static void
close_image(void)
{
    image_close(kept);
}

/* Any image with a label will do. It is closed at the end, because valgrind counts what is left. */
static const struct image *
the_image(void)
{
    if (kept != NULL)
        return kept;
    struct err err;
    struct buf bytes;
    struct table *table = table_new();
    struct policy options = {.label = "label-1"};
    if (table == NULL || table_read_bytes(table, "t.rules", "allow a.example\n", 16, &err) != 0 ||
        compile_table(&bytes, table, &options, &err) != 0 || image_from_buf(&kept, &bytes, &err) != 0)
        fail_msg("%s", err.text);
    table_free(table);
    atexit(close_image);
    return kept;
}

static const struct image *
scripted_current(const void *watch)
{
    assert_ptr_equal(watch, &stage);
    return stage.has_image ? the_image() : NULL;
}

static enum load_change
scripted_refresh(void *watch, uint64_t now_ms, struct err *err)
{
    assert_ptr_equal(watch, &stage);
    stage.looks++;
    const struct step *step = &stage.steps[stage.step - 1];
    assert_int_equal(now_ms, step->now_ms);
    if (step->finds == '+')
        stage.has_image = true;
    if (step->finds == 'x')
        stage.has_image = false;
    if (step->finds == '-' || step->finds == 'x')
        err_set(err, ERR_IO, "%s", step->sentence);
    return step->finds == '=' ? LOAD_SAME : step->finds == '+' ? LOAD_NEW : LOAD_FAILED;
}

static void
scripted_drop(void *watch)
{
    assert_ptr_equal(watch, &stage);
    stage.has_image = false;
    stage.drops++;
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

static size_t
echo_line(const struct image *image, const struct serve_line *line, char *ret)
{
    struct squid_word id = line->id, text = line->text;
    if (image == NULL)
        stage.nulls++;
    if (image != NULL && text.len >= 6 && memcmp(text.text, "shrink", 6) == 0)
        raise(SIGBUS); /* as the kernel does for a page that no longer exists; does not return */
    int shown = text.len < 24 ? (int)text.len : 24;
    char head[64];
    snprintf(head, sizeof head, "%.*s%s", (int)id.len, id.text, id.len > 0 ? " " : "");
    return (size_t)snprintf(ret, SQUID_REPLY_MAX, "%s<%.*s>%s\n", head, shown, text.text,
                            image == NULL ? " no-table" : "");
}

static size_t
echo(void *arg, const struct image *image, uint32_t today, const struct serve_line *lines, size_t count, char *ret)
{
    (void)arg;
    size_t used = 0;
    assert_int_equal(today, 20000);
    assert_in_range(count, 1, SERVE_BATCH);
    for (size_t i = 0; i < count; i++)
        used += echo_line(image, &lines[i], ret + used);
    return used;
}

const struct step stage_always[] = {{1000, .finds = '+'}, {1000, .finds = '='}, {0}};

static const struct squid_fields two_fields = {.count = 2, .field = {SQUID_DST, SQUID_SNI}};

struct serve
stage_serve(int in, int out, enum squid_ids ids)
{
    return (struct serve){.program = "test",
                          .in = in,
                          .out = out,
                          .ids = ids,
                          .detect_tokens = 2,
                          .detect_fields = &two_fields,
                          .table = {scripted_current, scripted_refresh, scripted_drop, &stage},
                          .clock_ms = scripted_clock,
                          .today = scripted_today,
                          .answer = echo};
}

static void
do_nothing(void *arg)
{
    (void)arg;
}

/* image_guard.c installs its handler once, but cmocka installs its own before every test. */
static void
keep_guard(void)
{
    static struct sigaction guard;
    if (guard.sa_handler != NULL) {
        sigaction(SIGBUS, &guard, NULL);
        return;
    }
    image_guarded(do_nothing, NULL);
    sigaction(SIGBUS, NULL, &guard);
}

void
stage_set(const struct step *steps)
{
    keep_guard();
    stage = (struct stage){.steps = steps};
}

/* What the loop writes to stderr. */
static int real_stderr;
static FILE *said;

void
stage_catch_stderr(void)
{
    fflush(stderr);
    said = tmpfile();
    assert_non_null(said);
    real_stderr = dup(STDERR_FILENO);
    dup2(fileno(said), STDERR_FILENO);
}

void
stage_assert_said(const char *why, const char *want)
{
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    char text[8192];
    assert_int_equal(fseek(said, 0, SEEK_SET), 0);
    size_t len = fread(text, 1, sizeof text - 1, said);
    text[len] = '\0';
    fclose(said);
    if (strcmp(text, want) != 0)
        fail_msg("%s: stderr is\n%swant\n%s", why, text, want);
}

void
stage_pair(int type, int pair[2])
{
    int room = 1 << 22;
    assert_int_equal(socketpair(AF_UNIX, type, 0, pair), 0);
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
}

int
stage_run(struct serve *serve, const struct squid_word *packets, size_t count, char *ret, size_t room)
{
    int in[2], out[2];
    stage_pair(SOCK_SEQPACKET, in);
    stage_pair(SOCK_SEQPACKET, out);
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
