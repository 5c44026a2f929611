// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * log_find.c - finds by bisection where the lines of a moment begin. Part of log_file.h.
 *
 * All lines that start before `low` are earlier or say no time; of those that start at `high` or later none is earlier.
 * A step looks at the first line with a time in the upper half.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "log.h"
#include "log_file.h"

#define PIECE ((size_t)8 << 10) /* bytes read at once: some lines */

struct finder {
    const struct log_ordered *log;
    uint64_t at; /* of the first byte of the room in the file */
    size_t len;
    bool skipping; /* until the next line end */
};

/* A line that says when. */
struct timed {
    uint64_t end;
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
scan(struct finder *finder, uint64_t to, struct timed *ret)
{
    const char *line = finder->log->room, *end = finder->log->room + finder->len, *stop;
    int found = 0;
    while (found == 0 && (stop = memchr(line, '\n', (size_t)(end - line))) != NULL) {
        struct log_line read;
        size_t len = (size_t)(stop - line);
        len -= len > 0 && line[len - 1] == '\r';
        bool counts = !finder->skipping && finder->at + (uint64_t)(line - finder->log->room) < to;
        if (counts && log_read(finder->log->format, line, len, &read) && read.when != 0) {
            *ret = (struct timed){finder->at + (uint64_t)(stop - finder->log->room) + 1, read.when};
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
find_timed(struct finder *finder, uint64_t from, uint64_t to, struct timed *ret, struct err *err)
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

int
log_file_find(uint64_t *ret, const struct log_ordered *log, int64_t when, struct err *err)
{
    struct finder finder = {.log = log};
    off_t size = lseek(log->fd, 0, SEEK_END);
    if (size < 0)
        return err_set(err, ERR_IO, "cannot read '%s' from the middle: %s", log->path, strerror(errno));
    uint64_t low = 0, high = (uint64_t)size;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        struct timed timed = {0};
        int found = find_timed(&finder, middle, high, &timed, err);
        if (found < 0)
            return -1;
        if (found == 1 && timed.when < when)
            low = timed.end;
        else
            high = middle;
    }
    *ret = low;
    return 0;
}
