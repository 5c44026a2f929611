// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * serve.c - the loop of both helpers, see serve.h.
 *
 *     read --> [refresh] --> line, line, line --> pieces --> read
 *                                             `-> start of an incomplete line, moved to the front
 *
 * There are two static buffers. Nothing is allocated, and complete lines are answered in place, many at once. Of a line
 * longer than SQUID_LINE_MAX only the start is kept until its end arrives, which is enough for the channel-ID. Replies
 * are collected until a piece is full or the lines of one read are done. A piece always ends with a line: a channel-ID
 * that is split between two reads ends for Squid where the first read ends.
 *
 * What a line means is decided by the callback. The text of a reply is written by squid_reply.c.
 */
#include "serve.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/day.h"
#include "base/err.h"
#include "counter/counter.h"
#include "image/image.h"
#include "image/image_guard.h"
#include "image/image_name.h"

#define REFRESH_MS 1000u
#define HEAD_MAX ((size_t)64) /* bytes kept of an over-long line, enough for a channel-ID and a space */
#define SAY_LINE_MAX 256      /* bytes of a request shown on stderr */
#define NEWS_MAX 4u /* messages about the table within SERVE_COMPLAIN_MS, each different from the one before */

/* The last message about what is wrong with the table. */
struct complaint {
    bool open;         /* reported, and not yet resolved */
    uint64_t since_ms; /* when `said` began to count */
    unsigned said;     /* messages since then */
    char text[ERR_TEXT_MAX];
};

/* Lines from Squid without a channel-ID. */
struct strays {
    size_t count; /* not yet reported */
    bool said;
    uint64_t said_ms;
};

struct loop {
    struct serve *serve;
    enum squid_ids ids;
    bool looked;  /* looked for a table at least once */
    bool used;    /* has had a table */
    bool puzzled; /* said that it cannot tell channel-IDs from numbers */
    bool unread;  /* said that nobody can read what is counted */
    uint64_t now_ms, refreshed_ms;
    uint32_t today;
    struct complaint complaint;
    struct strays strays;
    bool skipping;  /* the line at the front is over-long */
    size_t len;     /* bytes in `in` */
    size_t scanned; /* how many of these are known to contain no line end */
    size_t batch_max;
    size_t line_count;
    size_t together; /* lines of the last read */
    size_t out_len;  /* less than SERVE_PIECE_MAX between two batches */
    struct serve_line lines[SERVE_BATCH];
    char in[SQUID_LINE_MAX + SERVE_READ_MAX];
    char out[2 * SERVE_PIECE_MAX];
};

static uint64_t
coarse_clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

static uint32_t
system_today(void)
{
    return day_of(time(NULL));
}

static const struct image *
current_image(const struct loop *loop)
{
    return loop->serve->table.current(loop->serve->table.watch);
}

/* Reports what is wrong with the table: once a minute, but a new message at once, up to NEWS_MAX of them. */
static void
complain(struct loop *loop, const char *text)
{
    struct complaint *complaint = &loop->complaint;
    bool repeated = complaint->open && strcmp(complaint->text, text) == 0;
    complaint->open = true;
    if (!repeated)
        snprintf(complaint->text, sizeof complaint->text, "%s", text);
    if (complaint->said == 0 || loop->now_ms - complaint->since_ms >= SERVE_COMPLAIN_MS) {
        complaint->since_ms = loop->now_ms;
        complaint->said = 0;
    } else if (repeated || complaint->said >= NEWS_MAX) {
        return;
    }
    complaint->said++;
    bool without = current_image(loop) == NULL;
    serve_say(loop->serve->program, "%s%s", text, without ? "; every answer is no-table" : "");
}

struct label {
    const struct image *image;
    char text[IMAGE_NAME_MAX + 1];
};

static void
read_label(void *arg)
{
    struct label *label = arg;
    char room[IMAGE_NAME_MAX];
    struct image_text name = image_name(label->image, room);
    memcpy(label->text, name.text, name.len);
}

static void
say_loaded(struct loop *loop)
{
    struct label label = {.image = current_image(loop)};
    if (label.image == NULL || !image_guarded(read_label, &label))
        return;
    const char *again = loop->used && loop->complaint.open ? " again" : "";
    if (loop->used || loop->complaint.open)
        serve_say(loop->serve->program,
                  label.text[0] == '\0' ? "using a table without a label%s%s" : "using table '%s'%s", label.text,
                  again);
    loop->complaint.open = false;
    loop->used = true;
}

static void
count(const struct loop *loop, enum counts_what what, uint64_t more)
{
    if (loop->serve->counter != NULL)
        counter_add(loop->serve->counter, what, more);
}

/* Notes which table is in use. */
static void
count_table(const struct loop *loop)
{
    struct label label = {.image = current_image(loop)};
    if (loop->serve->counter == NULL)
        return;
    bool there = label.image != NULL && image_guarded(read_label, &label);
    counter_set_table(loop->serve->counter, there ? label.text : NULL);
}

/* What came of looking for a table, and whether the counters are still there. */
static void
count_look(struct loop *loop, enum load_change change, bool used)
{
    if (change == LOAD_NEW && used)
        count(loop, COUNTS_RELOADS, 1);
    if (change == LOAD_FAILED)
        count(loop, COUNTS_REFUSED, 1);
    if (change != LOAD_SAME)
        count_table(loop);
    if (loop->unread || !counter_is_lost(loop->serve->counter))
        return;
    loop->unread = true;
    serve_say(loop->serve->program, "the file of counters was cut short: nobody sees what is counted from now on");
}

/* Looks for a new table between two batches, at most once a second. */
static void
refresh(struct loop *loop)
{
    const struct serve *serve = loop->serve;
    loop->now_ms = serve->clock_ms != NULL ? serve->clock_ms() : coarse_clock_ms();
    loop->today = serve->today != NULL ? serve->today() : system_today();
    if (loop->looked && loop->now_ms - loop->refreshed_ms < REFRESH_MS)
        return;
    struct err err = {.kind = ERR_NONE};
    bool used = loop->used;
    enum load_change change = serve->table.refresh(serve->table.watch, loop->now_ms, &err);
    if (change == LOAD_FAILED)
        complain(loop, err.text);
    else if (change == LOAD_NEW)
        say_loaded(loop);
    else if (loop->complaint.open)
        complain(loop, loop->complaint.text);
    count_look(loop, change, used);
    if (serve->tick != NULL)
        serve->tick(serve->arg, loop->now_ms);
    serve_say_lost(serve->program);
    loop->looked = true;
    loop->refreshed_ms = loop->now_ms;
}

static bool
wait_for(int fd, short events)
{
    struct pollfd waited = {.fd = fd, .events = events};
    return poll(&waited, 1, -1) >= 0 || errno == EINTR;
}

static int
write_piece(struct loop *loop, const char *piece, size_t len)
{
    size_t done = 0;
    while (done < len) {
        ssize_t written = write(loop->serve->out, piece + done, len - done);
        if (written >= 0) {
            done += (size_t)written;
        } else if (errno != EINTR && (errno != EAGAIN || !wait_for(loop->serve->out, POLLOUT))) {
            serve_say(loop->serve->program, "cannot write replies: %s", strerror(errno));
            return -1;
        }
    }
    return 0;
}

/* Writes the collected replies: full pieces, and with `all` the rest too. */
static int
flush(struct loop *loop, bool all)
{
    size_t done = 0;
    while (loop->out_len - done >= (all ? 1 : SERVE_PIECE_MAX)) {
        size_t piece = loop->out_len - done;
        if (piece > SERVE_PIECE_MAX)
            piece = (size_t)((const char *)memrchr(loop->out + done, '\n', SERVE_PIECE_MAX) + 1 - (loop->out + done));
        if (write_piece(loop, loop->out + done, piece) != 0)
            return -1;
        done += piece;
    }
    loop->out_len -= done;
    if (loop->out_len > 0 && done > 0)
        memmove(loop->out, loop->out + done, loop->out_len);
    return 0;
}

struct batch {
    struct loop *loop;
    const struct image *image;
    size_t len; /* of all replies */
    bool whole; /* the image was still whole after the last read from it */
};

static void
ask(void *arg)
{
    struct batch *batch = arg;
    struct loop *loop = batch->loop;
    const struct serve *serve = loop->serve;
    batch->len =
        serve->answer(serve->arg, batch->image, loop->today, loop->lines, loop->line_count, loop->out + loop->out_len);
    batch->whole = batch->image == NULL || image_is_whole(batch->image);
}

static void
debug(const struct loop *loop, const char *reply)
{
    for (size_t i = 0; i < loop->line_count; i++) {
        struct squid_word text = loop->lines[i].text;
        const char *end = strchr(reply, '\n');
        char line[SAY_LINE_MAX + 1];
        size_t shown = text.len < SAY_LINE_MAX ? text.len : SAY_LINE_MAX;
        for (size_t at = 0; at < shown; at++)
            line[at] = text.text[at] != '\0' ? text.text[at] : '?';
        line[shown] = '\0';
        serve_say(loop->serve->program, "'%s'%s (%zu bytes): %.*s", line, text.len > SAY_LINE_MAX ? "..." : "",
                  text.len, (int)(end - reply), reply);
        reply = end + 1;
    }
}

/* Before they are written: whoever has a reply finds it counted. */
static void
count_answers(struct loop *loop)
{
    const struct serve *serve = loop->serve;
    loop->together += loop->line_count;
    if (serve->counter == NULL)
        return;
    counter_add(serve->counter, COUNTS_LINES, loop->line_count);
    if (serve->count != NULL)
        serve->count(serve->arg, serve->counter, loop->line_count);
}

/* Answers the collected lines. All replies are made here. */
static int
answer_lines(struct loop *loop)
{
    if (loop->line_count == 0)
        return 0;
    struct batch batch = {.loop = loop, .image = current_image(loop)};
    if (!image_guarded(ask, &batch) || !batch.whole) {
        loop->serve->table.drop(loop->serve->table.watch);
        complain(loop, "the image was cut short while in use");
        batch.image = NULL;
        ask(&batch);
        count_table(loop);
    }
    count_answers(loop);
    if (loop->serve->debug)
        debug(loop, loop->out + loop->out_len);
    loop->out_len += batch.len;
    loop->line_count = 0;
    return flush(loop, false);
}

/* Counts a line that must not be answered, because a reply without an ID would crash Squid's worker. Reports such lines
 * at most once a minute. */
static void
drop_stray(struct loop *loop)
{
    struct strays *strays = &loop->strays;
    strays->count++;
    loop->together++;
    count(loop, COUNTS_LINES, 1);
    count(loop, COUNTS_WITHOUT_ID, 1);
    if (strays->said && loop->now_ms - strays->said_ms < SERVE_COMPLAIN_MS)
        return;
    serve_say(loop->serve->program,
              "ignored %zu line%s without a channel-ID; use %%#ssl::>sni in FORMAT, or -C if there is no concurrency=",
              strays->count, strays->count == 1 ? "" : "s");
    *strays = (struct strays){.count = 0, .said = true, .said_ms = loop->now_ms};
}

/* Decides about channel-IDs by this line, if it can. Where a number may be either, somebody has to say what it is.
 * Inlined, it would make every later line dearer. */
__attribute__((noinline)) static void
detect_ids(struct loop *loop, const char *line, size_t len, bool over_long)
{
    const struct serve *serve = loop->serve;
    const struct squid_fields *fields = serve->detect_fields;
    loop->ids = squid_detect_ids(line, len, over_long ? 1 : serve->detect_tokens, fields);
    if (loop->ids != SQUID_IDS_DETECT || loop->puzzled || fields == NULL || fields->field[0] == SQUID_DST ||
        !squid_has_id(line, len, 1))
        return;
    loop->puzzled = true;
    serve_say(serve->program, "cannot tell whether lines begin with a channel-ID; add -c if there is a concurrency=, "
                              "else -C");
}

/* Takes one line without its LF; of an over-long line, its start is enough. It is answered together with later lines.
 */
static int
take_line(struct loop *loop, const char *line, size_t len)
{
    bool over_long = loop->skipping || len > SQUID_LINE_MAX;
    loop->skipping = false;
    if (over_long) {
        len = len < HEAD_MAX ? len : HEAD_MAX;
        count(loop, COUNTS_OVER_LONG, 1);
    } else if (len > 0 && line[len - 1] == '\r') {
        len--;
    }
    if (loop->ids == SQUID_IDS_DETECT)
        detect_ids(loop, line, len, over_long);
    struct squid_word id = {.text = line, .len = 0};
    if (loop->ids != SQUID_IDS_OFF && !squid_take_id(&id, &line, &len) && loop->ids == SQUID_IDS_ON) {
        drop_stray(loop);
        return 0;
    }
    loop->lines[loop->line_count++] = (struct serve_line){id, {line, over_long ? 0 : len}};
    return loop->line_count < loop->batch_max ? 0 : answer_lines(loop);
}

static void
count_together(struct loop *loop)
{
    if (loop->serve->counter != NULL)
        counter_raise(loop->serve->counter, COUNTS_LONGEST, loop->together);
    loop->together = 0;
}

/* Answers every complete line in the buffer and keeps the rest. */
static int
answer_batch(struct loop *loop)
{
    const char *at = loop->in;
    const char *end = loop->in + loop->len;
    const char *from = loop->in + loop->scanned;
    for (const char *lf; (lf = memchr(from, '\n', (size_t)(end - from))) != NULL; from = at) {
        if (take_line(loop, at, (size_t)(lf - at)) != 0)
            return -1;
        at = lf + 1;
    }
    if (answer_lines(loop) != 0)
        return -1;
    loop->len = (size_t)(end - at);
    if (loop->len > SQUID_LINE_MAX || loop->skipping) {
        loop->skipping = true;
        loop->len = loop->len < HEAD_MAX ? loop->len : HEAD_MAX;
    }
    if (at != loop->in)
        memmove(loop->in, at, loop->len);
    loop->scanned = loop->len;
    count_together(loop);
    return flush(loop, true);
}

/* Reads what is there. 1: bytes; 0: end of input; -1: an error, which has been reported. */
static int
take(struct loop *loop)
{
    for (;;) {
        ssize_t got = read(loop->serve->in, loop->in + loop->len, SERVE_READ_MAX);
        if (got >= 0) {
            loop->len += (size_t)got;
            return got > 0;
        }
        if (errno != EINTR && (errno != EAGAIN || !wait_for(loop->serve->in, POLLIN))) {
            serve_say(loop->serve->program, "cannot read requests: %s", strerror(errno));
            return -1;
        }
    }
}

int
serve_run(struct serve *serve)
{
    static struct loop loop;
    memset(&loop, 0, offsetof(struct loop, lines));
    loop.serve = serve;
    loop.ids = serve->ids;
    loop.batch_max = SERVE_PIECE_MAX / (serve->reply_max != 0 ? serve->reply_max : SQUID_REPLY_MAX);
    if (loop.batch_max > SERVE_BATCH)
        loop.batch_max = SERVE_BATCH;
    signal(SIGPIPE, SIG_IGN);
    refresh(&loop);
    int got;
    while ((got = take(&loop)) > 0) {
        refresh(&loop);
        if (answer_batch(&loop) != 0)
            return 1;
    }
    if (got == 0 && loop.len > 0) {
        refresh(&loop);
        if (take_line(&loop, loop.in, loop.len) != 0 || answer_lines(&loop) != 0 || flush(&loop, true) != 0)
            return 1;
    }
    serve_say_lost(serve->program);
    return got == 0 ? 0 : 1;
}
