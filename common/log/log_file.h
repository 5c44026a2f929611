/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_file.h - the lines of a log as it is kept: plain, gzip, zstd, xz, or standard input, whole or in parts.
 *
 *     file --> [unpack] --> blocks of whole lines --> log_read()
 *
 * Where it sits: room log, above base. It gives blocks of whole lines and says what was no line: one that is still
 * being written, one that is too long. What a line says is log.h's business.
 */
#ifndef COMMON_LOG_FILE_H
#define COMMON_LOG_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct log_file;
struct log_format;

#define LOG_BLOCK ((size_t)256 << 10) /* bytes of a block; a longer line is skipped */
#define LOG_XZ_MEMORY                                                                                                  \
    ((uint64_t)80 << 20) /* bytes; a file that needs more to be unpacked is refused (xz -9 needs 65) */

/* What there was beside whole lines. */
struct log_rest {
    uint64_t half; /* bytes of a last line without a line end */
    uint64_t too_long;
};

/* A reader for one file after the other; it and its memory belong to the arena. NULL without memory. */
struct log_file *log_file_new(struct arena *arena);

/*
 * Opens a log; `-` is standard input. What it is packed with shows in its first bytes. `from` and `to` say which lines
 * count: those that start at one of these bytes; for a packed file and standard input they are 0 and UINT64_MAX. `path`
 * must live until the file is closed with log_file_close(). -1: ERR_IO (cannot be opened, is a folder), ERR_MEM; then
 * there is nothing to close. A pipe is read like any file.
 */
int log_file_open(struct log_file *file, const char *path, uint64_t from, uint64_t to, struct err *err);

/* The same for a file that is open and at its start; `path` names it in sentences. The descriptor is closed with the
 * file, also if this fails. */
int log_file_take(struct log_file *file, int fd, const char *path, uint64_t from, uint64_t to, struct err *err);

/* Closes the file. The reader can open another one. */
void log_file_close(struct log_file *file);

/*
 * The next block of whole lines, each with its line end; valid until the next call. 1, 0 at the end, or -1 with ERR_IO,
 * or with ERR_CORRUPT (the packed file is damaged or cut off) after every line before that was given. Cost: a read(2)
 * for each block.
 */
int log_file_next(struct log_file *file, const char **ret, size_t *ret_len, struct err *err);

/* How many bytes of the file itself are done so far: of a packed file what was read, otherwise the lines that were
 * given. */
uint64_t log_file_done(const struct log_file *file);

/* What was no whole line, once the end was reached. */
void log_file_get_rest(const struct log_file *file, struct log_rest *ret);

/* True if the open file is packed: it can only be read from its start. */
bool log_file_is_packed(const struct log_file *file);

/* A plain log whose lines are in the order of their times. */
struct log_ordered {
    int fd;
    const char *path; /* for sentences */
    const struct log_format *format;
    int64_t slack; /* ms by which a line may come late */
    char *room;    /* LOG_BLOCK bytes, for lines */
};

struct log_stretch {
    uint64_t from, to; /* as log_file_take() takes them */
    bool mixed;        /* the lines are in no order; this is the whole log */
};

/*
 * Where the lines are whose time is from one moment to before another (ms since 1970; the second 0: to the end): some
 * before them and some after them belong to it as well, so that a few lines that say a wrong time do no harm. -1 with
 * ERR_IO. Cost: some hundred reads of a line or two; the stretch is some hundredths of the log longer than it must be.
 */
int log_file_find(struct log_stretch *ret, const struct log_ordered *log, int64_t since, int64_t until,
                  struct err *err);

/* The size of a plain file that can be read in parts; 0: packed, empty, no file, or it cannot be opened. Cost: an open
 * and a read. */
uint64_t log_file_divisible(const char *path);

#endif
