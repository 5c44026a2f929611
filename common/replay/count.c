// SPDX-License-Identifier: GPL-2.0-or-later
/* count.c - one thread's counting. See count.h. */
#include "count.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "log/log.h"
#include "log/log_file.h"

#define FORMATS 8
#define BATCH 24       /* lines counted at once */
#define TRIED_LINES 32 /* to tell a log's format */
#define LATE_BLOCKS 4  /* of lines that are all too late; then a packed log is left */
#define LEDGER_LEAST ((size_t)2 << 20)
#define SORT_MAX ((size_t)64 << 20)

struct counting {
    struct arena *arena;
    const struct replay_job *job;
    struct count_shared *shared;
    struct ledger *ledger;
    struct buf sorted;
    struct log_file *file;
    char *room;                              /* of a line, while the first one is looked for */
    const struct log_format *known[FORMATS]; /* the named formats */
    size_t known_count;
    const struct log_format *format; /* of the lines that are being read */
    const char *path;                /* of their log */
    int64_t latest;                  /* of their times, in seconds */
    bool early;                      /* one of the block is from before `enough` */
    struct count_runs runs;
    unsigned long long totals[REPLAY_TOTALS]; /* of the block */
    size_t line_count;
    struct log_line lines[BATCH];
    struct ledger_ready ready[BATCH];
};

int
count_temporary(struct err *err)
{
    const char *folder = getenv("TMPDIR");
    char path[PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/m365ctl.XXXXXX", folder != NULL && *folder == '/' ? folder : "/tmp");
    int fd = len > 0 && (size_t)len < sizeof path ? mkstemp(path) : -1;
    if (fd < 0)
        return err_set(err, ERR_IO, "cannot make a temporary file '%s': %s", path, strerror(errno));
    unlink(path);
    return fd;
}

static bool
add_formats(struct counting *counting)
{
    if (counting->job->format != NULL)
        counting->known[counting->known_count++] = counting->job->format;
    else
        for (size_t i = 0; i < FORMATS && log_format_names[i] != NULL; i++) {
            struct log_format *format;
            if (log_format_new(&format, counting->arena, log_format_named(log_format_names[i]), NULL) != 0)
                return false;
            counting->known[counting->known_count++] = format;
        }
    return true;
}

struct counting *
counting_new(struct arena *arena, const struct replay_job *job, unsigned threads, struct count_shared *shared)
{
    struct counting *counting = arena_alloc(arena, sizeof *counting);
    size_t ledger = REPLAY_LEDGER / threads;
    if (counting == NULL)
        return NULL;
    *counting = (struct counting){.arena = arena, .job = job, .shared = shared};
    buf_init(&counting->sorted, SORT_MAX);
    counting->file = log_file_new(arena);
    counting->room = job->edges != NULL ? arena_alloc(arena, LOG_BLOCK) : NULL;
    counting->ledger = ledger_new(arena, ledger < LEDGER_LEAST ? LEDGER_LEAST : ledger, job->secret);
    if (counting->file != NULL && (counting->room != NULL || job->edges == NULL) && counting->ledger != NULL &&
        add_formats(counting))
        return counting;
    counting_close(counting);
    return NULL;
}

void
counting_close(struct counting *counting)
{
    if (counting->ledger != NULL)
        ledger_close(counting->ledger);
    counting->ledger = NULL;
    buf_clear(&counting->sorted);
    while (counting->runs.count > 0)
        close(counting->runs.fd[--counting->runs.count]);
}

/* ---- runs ---- */

static int
write_ledger(struct counting *counting, int fd, struct err *err)
{
    size_t count;
    const struct ledger_entry *const *entries;
    if (!ledger_sort(&entries, &count, counting->ledger, &counting->sorted))
        return err_set(err, ERR_MEM, "no memory to sort counts");
    struct run_writer writer;
    run_writer_init(&writer, fd);
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++)
        result = run_add(&writer, entries[i], err);
    int end = run_writer_end(&writer, err);
    return result != 0 || end != 0 ? -1 : 0;
}

static struct run_reader *
open_run(struct merge *merge, int fd, struct err *err)
{
    if (lseek(fd, 0, SEEK_SET) == 0)
        return merge_open(merge, fd, "temporary file", err);
    err_set(err, ERR_IO, "cannot read a temporary file: %s", strerror(errno));
    close(fd);
    return NULL;
}

/* Writes all runs to a file, as one. */
static int
merge_to(struct counting *counting, int fd, struct err *err)
{
    struct merge *merge = merge_new();
    if (merge == NULL)
        return err_set(err, ERR_MEM, "no memory to add up counts");
    int result = 0;
    while (counting->runs.count > 0 && result == 0) {
        struct run_reader *reader = open_run(merge, counting->runs.fd[--counting->runs.count], err);
        result = reader == NULL ? -1 : merge_add(merge, reader, err);
    }
    if (result == 0)
        result = merge_write(merge, fd, err);
    merge_free(merge);
    return result;
}

/* Adds a run of what `write` writes: the ledger, or all runs before. */
static int
add_run(struct counting *counting, int (*write)(struct counting *, int fd, struct err *), struct err *err)
{
    int fd = count_temporary(err);
    if (fd < 0)
        return -1;
    if (write(counting, fd, err) != 0) {
        close(fd);
        return -1;
    }
    counting->runs.fd[counting->runs.count++] = fd;
    return 0;
}

/* Writes the ledger as a run of its own and starts it anew. A merge takes memory, too: it comes after that. */
static int
spill(struct counting *counting, struct err *err)
{
    if (add_run(counting, write_ledger, err) != 0)
        return -1;
    if (!ledger_reset(counting->ledger))
        return err_set(err, ERR_MEM, "no memory to count");
    return counting->runs.count == COUNT_RUNS_MAX ? add_run(counting, merge_to, err) : 0;
}

int
counting_end(struct counting *counting, struct count_runs *ret, size_t most, struct err *err)
{
    int result = add_run(counting, write_ledger, err);
    ledger_close(counting->ledger);
    if (result == 0 && counting->runs.count > most)
        result = add_run(counting, merge_to, err);
    if (result == 0) {
        *ret = counting->runs;
        counting->runs.count = 0;
    }
    counting_close(counting);
    return result;
}

/* ---- lines ---- */

static bool
is_asked_for(const struct replay_job *job, const struct log_line *line)
{
    int64_t when = line->when / 1000;
    if ((job->since != 0 && when < job->since) || (job->until != 0 && when >= job->until))
        return false;
    if (job->client == NULL)
        return true;
    return squid_word_is(line->client, job->client) || squid_word_is(line->user, job->client) ||
           (job->address != NULL && squid_word_is(line->client, job->address));
}

/* Notes how the time of a line is to those that were asked for, and to the lines before it. */
static void
note_time(struct counting *counting, int64_t when)
{
    const struct replay_job *job = counting->job;
    struct replay_edges *edges = job->edges;
    if (when == 0)
        return;
    if (when < job->since && when > edges->before)
        edges->before = when;
    if (when >= job->until && (edges->after == 0 || when < edges->after))
        edges->after = when;
    if (when < counting->latest - REPLAY_SLACK && edges->mixed == NULL)
        edges->mixed = counting->path;
    counting->latest = when > counting->latest ? when : counting->latest;
    counting->early = counting->early || when < job->enough;
}

/* Another known format that has this line, as when Squid was given a new one; NULL: none has. */
static const struct log_format *
find_format(const struct counting *counting, const char *line, size_t len)
{
    struct log_line read;
    for (size_t i = 0; i < counting->known_count; i++) {
        if (counting->known[i] != counting->format && log_read(counting->known[i], line, len, &read))
            return counting->known[i];
    }
    return NULL;
}

/* Cuts lines off the block and reads them; those that count go to the batch, which has lines of one format. Returns
 * where the block goes on. */
static const char *
read_lines(struct counting *counting, const char *at, const char *end)
{
    unsigned long long *totals = counting->totals;
    counting->line_count = 0;
    while (at < end && counting->line_count < BATCH) {
        struct log_line *line = &counting->lines[counting->line_count];
        const struct log_format *other = NULL;
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)(stop - at);
        len -= len > 0 && at[len - 1] == '\r';
        bool known = log_read(counting->format, at, len, line);
        if (!known && (other = find_format(counting, at, len)) != NULL) {
            if (counting->line_count > 0)
                return at;
            counting->format = other;
            known = log_read(other, at, len, line);
        }
        totals[REPLAY_LINES]++;
        if (known && counting->job->edges != NULL)
            note_time(counting, line->when / 1000);
        if (!known)
            totals[REPLAY_OTHER]++;
        else if (!is_asked_for(counting->job, line))
            totals[REPLAY_LEFT_OUT]++;
        else
            counting->line_count++;
        at = stop + 1;
    }
    return at;
}

static int
count_line(struct counting *counting, size_t index, struct err *err)
{
    const struct log_line *line = &counting->lines[index];
    const struct ledger_ready *ready = &counting->ready[index];
    enum ledger_fate fate = ledger_add(counting->ledger, ready, line);
    if (fate == LEDGER_FULL) {
        if (spill(counting, err) != 0)
            return -1;
        fate = ledger_add(counting->ledger, ready, line);
    }
    counting->totals[fate == LEDGER_COUNTED ? REPLAY_COUNTED : REPLAY_NO_HOST]++;
    counting->totals[REPLAY_NO_TIME] += fate == LEDGER_COUNTED && line->when == 0;
    return 0;
}

static int
count_lines(struct counting *counting, const char *at, size_t len, struct err *err)
{
    for (const char *end = at + len; at < end;) {
        unsigned long long before = counting->totals[REPLAY_COUNTED];
        at = read_lines(counting, at, end);
        for (size_t i = 0; i < counting->line_count; i++)
            ledger_prepare(&counting->ready[i], counting->ledger, &counting->lines[i]);
        for (size_t i = 0; i < counting->line_count; i++)
            ledger_fetch(counting->ledger, &counting->ready[i]);
        for (size_t i = 0; i < counting->line_count; i++)
            ledger_fetch_clients(counting->ledger, &counting->ready[i]);
        for (size_t i = 0; i < counting->line_count; i++) {
            if (count_line(counting, i, err) != 0)
                return -1;
        }
        if (!log_format_has(counting->format, LOG_SNI))
            counting->totals[REPLAY_NO_SNI] += counting->totals[REPLAY_COUNTED] - before;
    }
    return 0;
}

/* The known format that most of the first lines have. */
static const struct log_format *
choose_format(const struct counting *counting, const char *text, size_t len)
{
    const struct log_format *best = counting->known[0];
    unsigned most = 0;
    for (size_t i = 0; i < counting->known_count; i++) {
        unsigned fit = 0, tried = 0;
        for (const char *at = text, *end = text + len; at < end && tried < TRIED_LINES; tried++) {
            struct log_line line;
            const char *stop = memchr(at, '\n', (size_t)(end - at));
            fit += log_read(counting->known[i], at, (size_t)(stop - at), &line);
            at = stop + 1;
        }
        if (fit > most) {
            best = counting->known[i];
            most = fit;
        }
    }
    return best;
}

/* Adds what was counted since the last time to what others see, and how many bytes of the log that took. */
static void
publish(struct counting *counting, uint64_t bytes)
{
    counting->totals[REPLAY_BYTES] += bytes;
    for (size_t i = 0; i < REPLAY_TOTALS; i++)
        atomic_fetch_add_explicit(&counting->shared->totals[i], counting->totals[i], memory_order_relaxed);
    memset(counting->totals, 0, sizeof counting->totals);
}

/* Counts what an open log has. `err`: of counting itself; `log_err`: of the log. */
static int
count_file(struct counting *counting, struct err *log_err, struct err *err)
{
    uint64_t done = 0;
    unsigned late = 0;
    const char *block;
    size_t len;
    bool leaves = counting->job->edges != NULL && counting->job->enough != 0 && log_file_is_packed(counting->file);
    counting->format = NULL;
    counting->latest = 0;
    while (*counting->job->stop == 0 && late < LATE_BLOCKS &&
           log_file_next(counting->file, &block, &len, log_err) == 1) {
        if (counting->format == NULL)
            counting->format = choose_format(counting, block, len);
        counting->early = false;
        if (count_lines(counting, block, len, err) != 0)
            return -1;
        late = leaves && !counting->early ? late + 1 : 0;
        publish(counting, log_file_done(counting->file) - done);
        done = log_file_done(counting->file);
    }
    struct log_rest rest;
    log_file_get_rest(counting->file, &rest);
    counting->totals[REPLAY_HALF] += rest.half > 0;
    counting->totals[REPLAY_TOO_LONG] += rest.too_long;
    publish(counting, log_file_done(counting->file) - done);
    return 0;
}

/* Tells of a log that could not be read, unless another part of it did. */
static void
tell_damage(struct counting *counting, struct count_log *log, const struct err *log_err)
{
    struct count_shared *shared = counting->shared;
    if (atomic_exchange(&log->damaged, true))
        return;
    counting->totals[REPLAY_DAMAGED]++;
    publish(counting, 0);
    if (shared->said_count < COUNT_SAID_MAX)
        shared->said[shared->said_count++] = *log_err;
}

/* Opens the log of a part from a byte on. */
static int
open_part(struct counting *counting, const struct count_part *part, uint64_t from, uint64_t to, struct err *err)
{
    if (part->fd < 0)
        return log_file_open(counting->file, part->log->path, from, to, err);
    int fd = fcntl(part->fd, F_DUPFD_CLOEXEC, 0);
    if (fd >= 0 && lseek(fd, 0, SEEK_SET) == 0)
        return log_file_take(counting->file, fd, part->log->path, from, to, err);
    err_set(err, ERR_IO, "cannot read '%s' again: %s", part->log->path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Opens the stretch of a log in order that is asked for. A packed one can only be read from its start. */
static int
open_ordered(struct counting *counting, const struct count_part *part, struct err *err)
{
    const struct replay_job *job = counting->job;
    const char *block;
    size_t len;
    struct log_stretch found = {.to = part->to};
    if (open_part(counting, part, 0, UINT64_MAX, err) != 0)
        return -1;
    if (log_file_is_packed(counting->file))
        return 0;
    int result = log_file_next(counting->file, &block, &len, err);
    if (result == 1) {
        const struct log_ordered log = {part->fd, part->log->path, choose_format(counting, block, len),
                                        (int64_t)REPLAY_SLACK * 1000, counting->room};
        result = log_file_find(&found, &log, (job->since - REPLAY_SLACK) * 1000, job->enough * 1000, err);
    }
    log_file_close(counting->file);
    if (result == 0 && found.mixed && job->edges->mixed == NULL)
        job->edges->mixed = part->log->path;
    return result == 0 ? open_part(counting, part, found.from, found.to < part->to ? found.to : part->to, err) : -1;
}

int
counting_add(struct counting *counting, const struct count_part *part, struct err *err)
{
    struct err log_err = {0};
    int result = 0;
    bool ordered = part->fd >= 0 && counting->job->edges != NULL;
    counting->path = part->log->path;
    if ((ordered ? open_ordered(counting, part, &log_err)
                 : open_part(counting, part, part->from, part->to, &log_err)) == 0) {
        result = count_file(counting, &log_err, err);
        log_file_close(counting->file);
    }
    if (log_err.kind != ERR_NONE)
        tell_damage(counting, part->log, &log_err);
    return result;
}
