// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * log_find.c - finds where the lines of a time are in a log. Part of log_file.h.
 *
 * The first line with a time after each of some hundred places is read. If these times rise, only the stretch between
 * two of them is of interest, and some more places on both sides: one of them may say a wrong time. If they do not, a
 * clock was wrong, and the lines may be anywhere.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "log.h"
#include "log_file.h"

#define PIECE ((size_t)1 << 10) /* bytes read at once: some lines */
#define SAMPLES 256
#define STEP_LEAST ((uint64_t)4 << 10) /* bytes from one place to the next */
#define MARGIN 3                       /* places more on both sides */

struct finder {
    const struct log_ordered *log;
    uint64_t at; /* of the first byte of the room in the file */
    size_t len;
    bool skipping; /* until the next line end */
};

/* A line that says when. */
struct sample {
    uint64_t at; /* its first byte */
    int64_t when;
};

/* Reads the next piece. 1, 0 at the end of the file, or -1. What is longer than the room is no line. */
static int
read_piece(struct finder *finder, struct err *err)
{
    if (finder->len == LOG_BLOCK) {
        finder->at += finder->len;
        finder->len = 0;
        finder->skipping = true;
    }
    size_t left = LOG_BLOCK - finder->len;
    ssize_t got;
    do
        got = pread(finder->log->fd, finder->log->room + finder->len, left < PIECE ? left : PIECE,
                    (off_t)(finder->at + finder->len));
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_set(err, ERR_IO, "cannot read '%s': %s", finder->log->path, strerror(errno));
    finder->len += (size_t)got;
    return got > 0;
}

/* Looks through the whole lines that were read. 1: one that starts before `to` says when; 0: none of them does. */
static int
scan(struct finder *finder, uint64_t to, struct sample *ret)
{
    const char *line = finder->log->room, *end = finder->log->room + finder->len, *stop;
    int found = 0;
    while (found == 0 && (stop = memchr(line, '\n', (size_t)(end - line))) != NULL) {
        struct log_line read;
        size_t len = (size_t)(stop - line);
        len -= len > 0 && line[len - 1] == '\r';
        bool counts = !finder->skipping && finder->at + (uint64_t)(line - finder->log->room) < to;
        if (counts && log_read(finder->log->format, line, len, &read) && read.when != 0) {
            *ret = (struct sample){finder->at + (uint64_t)(line - finder->log->room), read.when};
            found = 1;
        }
        finder->skipping = false;
        line = stop + 1;
    }
    size_t used = (size_t)(line - finder->log->room);
    memmove(finder->log->room, line, finder->len - used);
    finder->at += used;
    finder->len -= used;
    return found;
}

/* The first line with a time among those that start from one byte to before another. 1, 0 if there is none, or -1. */
static int
find_timed(struct finder *finder, uint64_t from, uint64_t to, struct sample *ret, struct err *err)
{
    finder->skipping = from > 0;
    finder->at = from > 0 ? from - 1 : 0;
    finder->len = 0;
    while (finder->skipping || finder->at < to) {
        int more = read_piece(finder, err);
        if (more <= 0)
            return more;
        if (scan(finder, to, ret) == 1)
            return 1;
    }
    return 0;
}

static bool
is_mixed(const struct sample *samples, size_t count, int64_t slack)
{
    int64_t latest = INT64_MIN + slack;
    for (size_t i = 0; i < count; i++) {
        if (samples[i].when < latest - slack)
            return true;
        latest = samples[i].when > latest ? samples[i].when : latest;
    }
    return false;
}

/* Samples that are in order: the stretch with what is from one moment to before another. */
static void
choose(struct log_stretch *ret, const struct sample *samples, size_t count, int64_t since, int64_t until)
{
    size_t first = 0, last = count;
    while (first < count && samples[first].when < since)
        first++;
    while (until != 0 && last > 0 && samples[last - 1].when >= until)
        last--;
    ret->from = first > MARGIN ? samples[first - MARGIN].at : 0;
    ret->to = until != 0 && last + MARGIN < count ? samples[last + MARGIN].at : UINT64_MAX;
}

int
log_file_find(struct log_stretch *ret, const struct log_ordered *log, int64_t since, int64_t until, struct err *err)
{
    struct finder finder = {.log = log};
    struct sample samples[SAMPLES + 1];
    size_t count = 0;
    off_t size = lseek(log->fd, 0, SEEK_END);
    if (size < 0)
        return err_set(err, ERR_IO, "cannot read '%s' from the middle: %s", log->path, strerror(errno));
    uint64_t end = (uint64_t)size, step = end / SAMPLES < STEP_LEAST ? STEP_LEAST : end / SAMPLES + 1;
    for (uint64_t at = 0; at < end && count <= SAMPLES; at += step) {
        int found = find_timed(&finder, at, at + step < end ? at + step : end, &samples[count], err);
        if (found < 0)
            return -1;
        count += found == 1;
    }
    *ret = (struct log_stretch){.to = UINT64_MAX, .mixed = is_mixed(samples, count, log->slack)};
    if (!ret->mixed)
        choose(ret, samples, count, since, until);
    return 0;
}
