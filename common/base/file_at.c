// SPDX-License-Identifier: GPL-2.0-or-later
/* file_at.c - see file_at.h. */
#include "file_at.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "err.h"

#define PIECE ((size_t)64 << 10)

static int
refuse(const char *path, int failed, struct err *err)
{
    if (failed == ELOOP)
        err_set(err, ERR_IO, "'%s' is a link, not a regular file", path);
    else
        err_set(err, ERR_IO, "cannot open '%s': %s", path, strerror(failed));
    errno = failed;
    return -1;
}

int
file_at_open(int dir, const char *name, int flags, struct stat *ret, const char *path, struct err *err)
{
    int fd = openat(dir, name, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
    if (fd < 0)
        return refuse(path, errno, err);
    int failed = fstat(fd, ret) == 0 ? 0 : errno;
    if (failed == 0 && S_ISREG(ret->st_mode))
        return fd;
    close(fd);
    if (failed != 0)
        return refuse(path, failed, err);
    errno = EINVAL;
    return err_set(err, ERR_IO, "'%s' is not a regular file", path);
}

int
file_at_read(struct buf *ret, int fd, size_t most, const char *path, struct err *err)
{
    size_t start = ret->len;
    for (;;) {
        if (!buf_reserve(ret, PIECE))
            return err_set(err, ERR_LIMIT, "cannot read '%s': it is too large", path);
        ssize_t n = read(fd, ret->data + ret->len, ret->room - ret->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(err, ERR_IO, "cannot read '%s': %s", path, strerror(errno));
        if (n == 0)
            return 0;
        ret->len += (size_t)n;
        if (ret->len - start > most)
            return err_set(err, ERR_LIMIT, "cannot read '%s': it is larger than %zu bytes", path, most);
    }
}
