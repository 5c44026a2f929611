/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file.h - files in, whole or piece by piece; whole files out; whether a file changed.
 *
 * Where it sits: floor 3. What the bytes mean is the caller's business.
 */
#ifndef COMMON_FILE_H
#define COMMON_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

/* What tells one content of a path from another. All zero: no file. */
struct file_id {
    uint64_t device;
    uint64_t inode;
    uint64_t size;
    int64_t seconds;
    int64_t nanoseconds;
};

/* Looks at a path (following links). A path that is not there, or cannot be looked at, gives the zero id. One system
 * call. */
void file_identify(struct file_id *ret, const char *path);

bool file_id_equal(const struct file_id *a, const struct file_id *b);

/* Appends the content of a file to `ret`. `-` is standard input. -1 with ERR_IO, or ERR_LIMIT beyond `most` bytes. */
int file_read(struct buf *ret, const char *path, size_t most, struct err *err);

/* A file that is read piece by piece. */
struct file_reader {
    const char *path; /* kept by the caller */
    int fd;
    uint64_t size; /* bytes of the file; 0 if it cannot be known (a pipe) */
    uint64_t done; /* bytes read so far */
};

/* True if nobody ever put anything at a path. A link that leads nowhere (a disk that is not mounted) or a file in place
 * of a folder, there or further up, is something; so is what cannot be looked at. */
bool file_is_absent(const char *path);

/* Opens a file, or standard input if it is `-`. -1 with ERR_IO; there is nothing to close then. */
int file_reader_open(struct file_reader *ret, const char *path, struct err *err);

/* Reads the next `room` bytes; fewer, in *ret_len, only where the file ends. -1 with ERR_IO. */
int file_reader_next(struct file_reader *reader, char *ret, size_t room, size_t *ret_len, struct err *err);

void file_reader_close(struct file_reader *reader);

/* The first bytes of a file, at most `room`; their number in *ret_len: 0 for a pipe or a device, whose bytes would be
 * lost to whoever reads it. -1 with ERR_IO. */
int file_peek(char *ret, size_t room, size_t *ret_len, const char *path, struct err *err);

/*
 * Writes a file whole or not at all: a temporary file beside it, fsync, rename, fsync of the folder. A reader sees the
 * old content or the new. `-` is standard output; that, a device and a pipe are written into. -1 with ERR_IO; the
 * temporary file is gone then.
 */
int file_write(const char *path, const void *bytes, size_t len, struct err *err);

/* Writes all bytes to an open file, however many calls it takes. -1 with errno set; some may be written then. */
int file_write_all(int fd, const void *from, size_t len);

#endif
