/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_at.h - opens and reads a file in an open folder that somebody else may write to.
 *
 * Where it sits: room base, beside file.h, which takes the paths that a person named. Here a name is one that the
 * program chose, in a folder where another user may have put anything under it: a link that leads elsewhere, or a pipe
 * that nobody writes to. Neither is followed or waited for. Writing such files is the business of room store.
 */
#ifndef COMMON_FILE_AT_H
#define COMMON_FILE_AT_H

#include <stddef.h>
#include <sys/stat.h>

struct buf;
struct err;

/*
 * Opens a file of the folder `dir` with these flags of open(2), and fills in *ret. Only a regular file: a link is not
 * followed and a pipe is not waited for. `path` names it in sentences. Returns the descriptor, or -1 with ERR_IO; errno
 * is then ENOENT if there is nothing of that name. Cost: two system calls.
 */
int file_at_open(int dir, const char *name, int flags, struct stat *ret, const char *path, struct err *err);

/* Appends all bytes of an open file. -1 with ERR_IO, or with ERR_LIMIT beyond `most` bytes or the ceiling of `ret`. */
int file_at_read(struct buf *ret, int fd, size_t most, const char *path, struct err *err);

#endif
