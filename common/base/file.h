/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file.h - reads files whole or in pieces, writes them whole, and says whether they changed.
 *
 * Where it sits: room base. What the bytes mean is the caller's business.
 */
#ifndef COMMON_FILE_H
#define COMMON_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct stat;

/* Says which content a path had when it was looked at. All zero: no file. */
struct file_id {
    uint64_t device;
    uint64_t inode;
    uint64_t size;
    int64_t seconds;
    int64_t nanoseconds;
};

/* Fills in the identity of the file at a path, following links. A path that is missing or cannot be examined gets the
 * zero id. Cost: one system call. */
void file_identify(struct file_id *ret, const char *path);

/* True if both are the same file with the same content, as far as its times and size show; two zero ids are equal. */
bool file_id_equal(const struct file_id *a, const struct file_id *b);

/* Appends the content of a regular file to `ret`. -1 with ERR_IO, also for a folder, pipe, socket or device and for
 * `-`, of which nothing is opened; or with ERR_LIMIT beyond `most` bytes or the ceiling of `ret`. */
int file_read(struct buf *ret, const char *path, size_t most, struct err *err);

/* Appends standard input, up to its end. -1 as file_read(). */
int file_read_stdin(struct buf *ret, size_t most, struct err *err);

/* A file that is read in pieces. */
struct file_reader {
    const char *path; /* owned by the caller */
    int fd;
    uint64_t size; /* size of the file in bytes when it was opened */
    uint64_t done; /* bytes read so far */
};

/* True only if the path certainly does not exist. A dangling link, a file where a folder is expected, or anything that
 * cannot be examined counts as existing. */
bool file_is_absent(const char *path);

/* Opens a regular file. -1 with ERR_IO as file_read(); then there is nothing to close. */
int file_reader_open(struct file_reader *ret, const char *path, struct err *err);

/* Reads the next `room` bytes. *ret_len is smaller than `room` only at the end of the file. -1 with ERR_IO. */
int file_reader_next(struct file_reader *reader, char *ret, size_t room, size_t *ret_len, struct err *err);

/* Closes the file. */
void file_reader_close(struct file_reader *reader);

/* Reads at most the first `room` bytes of a file; their number goes to *ret_len. Pipes and devices give 0, because
 * peeking would take the bytes from the next reader. -1 with ERR_IO. */
int file_peek(char *ret, size_t room, size_t *ret_len, const char *path, struct err *err);

/*
 * Replaces a file atomically: temporary file in the same folder, fsync, rename, fsync of the folder. Readers see either
 * the old or the new content. Owner and mode stay, see file_keep_owner(). `-` is standard output; that, devices and
 * pipes are written to directly, also through a link; a pipe without a reader is not waited for. Any other link is
 * refused: replacing it would leave the file that it leads to as it is. -1 with ERR_IO, or with ERR_LIMIT if the
 * path is too long; the temporary file is then removed.
 */
int file_write(const char *path, const void *bytes, size_t len, struct err *err);

/* A file on its way, for content that does not fit into memory. */
struct file_new {
    const char *path;      /* the caller keeps it */
    int fd;                /* what the content is written to */
    char beside[PATH_MAX]; /* where it lies until it takes its place; "": it is written to directly */
};

/* Starts what file_write() does in one call. A file that is not there gets this mode. -1 as that; then there is nothing
 * to end. */
int file_new_open(struct file_new *ret, const char *path, unsigned mode, struct err *err);

/* Ends it: a good one takes its place, any other is removed. -1 with ERR_IO: it did not. */
int file_new_end(struct file_new *file, bool good, struct err *err);

/*
 * Gives an open file, which will replace another, the owner, group and mode of that. What this process may not give
 * away stays its own, and nobody can read or write more than before: if the group is another one, it has what all
 * others have. -1 with errno set.
 */
int file_keep_owner(int fd, const struct stat *old);

/* Waits until the entries of a folder are on the disk. -1 with errno set. */
int file_sync_folder(const char *folder);

/* Writes all bytes to an open file, with as many calls as it takes. -1 with errno set; part may then have been
 * written. */
int file_write_all(int fd, const void *from, size_t len);

/* ---- in an open folder where another user may have put anything under any name: a link that leads elsewhere, or a
 *      pipe that nobody writes to; neither is followed or waited for ---- */

/*
 * Opens a file of the folder `dir` with these flags of open(2), and fills in *ret. Only a regular file: a link is not
 * followed and a pipe is not waited for. `path` names it in sentences. Returns the descriptor, or -1 with ERR_IO; errno
 * is then ENOENT if there is nothing of that name. Cost: two system calls.
 */
int file_at_open(int dir, const char *name, int flags, struct stat *ret, const char *path, struct err *err);

/* Appends all bytes of an open file. -1 with ERR_IO, or with ERR_LIMIT beyond `most` bytes or the ceiling of `ret`. */
int file_at_read(struct buf *ret, int fd, size_t most, const char *path, struct err *err);

#endif
