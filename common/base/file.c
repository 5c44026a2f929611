// SPDX-License-Identifier: GPL-2.0-or-later
/* file.c - see file.h. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "err.h"

#define READ_PIECE ((size_t)64 << 10)

void
file_identify(struct file_id *ret, const char *path)
{
    struct stat st;
    *ret = (struct file_id){0};
    if (stat(path, &st) != 0)
        return;
    ret->device = (uint64_t)st.st_dev;
    ret->inode = (uint64_t)st.st_ino;
    ret->size = (uint64_t)st.st_size;
    ret->seconds = (int64_t)st.st_mtim.tv_sec;
    ret->nanoseconds = (int64_t)st.st_mtim.tv_nsec;
}

bool
file_id_equal(const struct file_id *a, const struct file_id *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size && a->seconds == b->seconds &&
           a->nanoseconds == b->nanoseconds;
}

bool
file_is_absent(const char *path)
{
    char part[PATH_MAX];
    struct stat st;
    size_t len = strlen(path);
    if (len >= sizeof part || lstat(path, &st) == 0)
        return false;
    memcpy(part, path, len + 1);
    while (errno == ENOENT) {
        char *slash = strrchr(part, '/');
        if (slash == NULL || slash == part)
            return true;
        *slash = '\0';
        if (lstat(part, &st) == 0)
            return stat(part, &st) == 0 && S_ISDIR(st.st_mode);
    }
    return false;
}

/* A device or a pipe. Reading it would take bytes from others; renaming a file over it would replace it. */
static bool
is_special(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static int
refuse_special(const char *path, mode_t mode, struct err *err)
{
    const char *what = S_ISDIR(mode)    ? "folder"
                       : S_ISFIFO(mode) ? "pipe; name a regular file"
                       : S_ISSOCK(mode) ? "socket; name a regular file"
                                        : "device; name a regular file";
    return err_set(err, ERR_IO, "cannot read '%s': it is a %s", path, what);
}

/* Opens a regular file. Anything else is refused before it is opened, as opening alone may wait for ever or rewind a
 * tape; and once more after that, as it may have been replaced in between. */
static int
open_input(const char *path, struct err *err)
{
    struct stat st;
    if (strcmp(path, "-") == 0)
        return err_set(err, ERR_IO, "cannot read '-': it is standard input; name a regular file");
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return refuse_special(path, st.st_mode, err);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return err_set(err, ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
        close(fd);
        return refuse_special(path, st.st_mode, err);
    }
    return fd;
}

static ssize_t
read_some(int fd, void *bytes, size_t room)
{
    ssize_t n;
    do {
        n = read(fd, bytes, room);
    } while (n < 0 && errno == EINTR);
    return n;
}

static int
refuse_at(const char *path, int failed, struct err *err)
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
        return refuse_at(path, errno, err);
    int failed = fstat(fd, ret) == 0 ? 0 : errno;
    if (failed == 0 && S_ISREG(ret->st_mode))
        return fd;
    close(fd);
    if (failed != 0)
        return refuse_at(path, failed, err);
    errno = EINVAL;
    return err_set(err, ERR_IO, "'%s' is not a regular file", path);
}

int
file_at_read(struct buf *ret, int fd, size_t most, const char *path, struct err *err)
{
    size_t start = ret->len;
    for (;;) {
        if (!buf_reserve(ret, READ_PIECE))
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

int
file_read(struct buf *ret, const char *path, size_t most, struct err *err)
{
    int fd = open_input(path, err);
    if (fd < 0)
        return -1;
    int result = file_at_read(ret, fd, most, path, err);
    close(fd);
    return result;
}

int
file_read_stdin(struct buf *ret, size_t most, struct err *err)
{
    return file_at_read(ret, STDIN_FILENO, most, "-", err);
}

int
file_reader_open(struct file_reader *ret, const char *path, struct err *err)
{
    struct stat st;
    int fd = open_input(path, err);
    if (fd < 0)
        return -1;
    *ret = (struct file_reader){.path = path, .fd = fd};
    if (fstat(fd, &st) == 0)
        ret->size = (uint64_t)st.st_size;
    return 0;
}

int
file_reader_next(struct file_reader *reader, char *ret, size_t room, size_t *ret_len, struct err *err)
{
    size_t len = 0;
    while (len < room) {
        ssize_t n = read_some(reader->fd, ret + len, room - len);
        if (n < 0)
            return err_set(err, ERR_IO, "cannot read '%s': %s", reader->path, strerror(errno));
        if (n == 0)
            break;
        len += (size_t)n;
    }
    reader->done += len;
    *ret_len = len;
    return 0;
}

void
file_reader_close(struct file_reader *reader)
{
    close(reader->fd);
}

int
file_peek(char *ret, size_t room, size_t *ret_len, const char *path, struct err *err)
{
    if (is_special(path)) {
        *ret_len = 0;
        return 0;
    }
    int fd = open_input(path, err);
    if (fd < 0)
        return -1;
    size_t len = 0;
    ssize_t n = 1;
    while (len < room && (n = read_some(fd, ret + len, room - len)) > 0)
        len += (size_t)n;
    int failed = errno;
    close(fd);
    if (n < 0)
        return err_set(err, ERR_IO, "cannot read '%s': %s", path, strerror(failed));
    *ret_len = len;
    return 0;
}

int
file_write_all(int fd, const void *from, size_t len)
{
    const char *bytes = from;
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

int
file_sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int result = fsync(fd);
    int failed = errno;
    close(fd);
    errno = failed;
    return result;
}

static int
sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
    memcpy(folder, slash == NULL ? "." : path, len);
    folder[len] = '\0';
    return file_sync_folder(folder);
}

int
file_keep_owner(int fd, const struct stat *old)
{
    struct stat now;
    mode_t mode = old->st_mode & 07777;
    if (fstat(fd, &now) != 0)
        return -1;
    if ((now.st_uid != old->st_uid || now.st_gid != old->st_gid) && fchown(fd, old->st_uid, old->st_gid) != 0) {
        mode &= 0777;
        if (now.st_gid != old->st_gid && fchown(fd, (uid_t)-1, old->st_gid) != 0)
            mode = (mode & ~(mode_t)070) | (mode & 07) << 3;
    }
    return fchmod(fd, mode);
}

static int
refuse_write(const char *path, struct err *err)
{
    if (strcmp(path, "-") == 0)
        return err_set(err, ERR_IO, "cannot write standard output: %s", strerror(errno));
    return err_set(err, ERR_IO, "cannot write '%s': %s", path, strerror(errno));
}

/* Opens what is written to as it is. */
static int
open_special(struct file_new *ret, struct err *err)
{
    bool standard = strcmp(ret->path, "-") == 0;
    ret->fd = standard ? dup(STDOUT_FILENO) : open(ret->path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (ret->fd < 0 && errno == ENXIO)
        return err_set(err, ERR_IO, "cannot write '%s': nobody reads from this pipe", ret->path);
    if (ret->fd >= 0 && (standard || fcntl(ret->fd, F_SETFL, 0) == 0))
        return 0;
    refuse_write(ret->path, err);
    if (ret->fd >= 0)
        close(ret->fd);
    return -1;
}

int
file_new_open(struct file_new *ret, const char *path, unsigned mode, struct err *err)
{
    struct stat old;
    *ret = (struct file_new){.path = path};
    if (strcmp(path, "-") == 0 || is_special(path))
        return open_special(ret, err);
    bool is_there = lstat(path, &old) == 0;
    if (is_there && S_ISLNK(old.st_mode))
        return err_set(err, ERR_IO, "cannot write '%s': it is a link; name the file that it leads to", path);
    int n = snprintf(ret->beside, sizeof ret->beside, "%s.%ld.new", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof ret->beside)
        return err_set(err, ERR_LIMIT, "cannot write '%s': its name is too long", path);
    unlink(ret->beside);
    ret->fd = open(ret->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, is_there ? 0600 : mode);
    return ret->fd >= 0 ? 0 : refuse_write(path, err);
}

/* Puts the new file into the place of the old one. -1 with errno set. */
static int
put_in_place(const struct file_new *file)
{
    struct stat old;
    bool replaces = lstat(file->path, &old) == 0 && S_ISREG(old.st_mode);
    int result = replaces ? file_keep_owner(file->fd, &old) : 0;
    if (result == 0)
        result = fsync(file->fd);
    int failed = errno;
    if (close(file->fd) != 0 && result == 0)
        return -1;
    errno = failed;
    return result == 0 && rename(file->beside, file->path) == 0 ? sync_folder_of(file->path) : -1;
}

int
file_new_end(struct file_new *file, bool good, struct err *err)
{
    int result = 0;
    if (good && file->beside[0] != '\0')
        result = put_in_place(file);
    else
        result = close(file->fd) == 0 || !good ? 0 : -1;
    if (result != 0)
        refuse_write(file->path, err);
    if (file->beside[0] != '\0' && (result != 0 || !good))
        unlink(file->beside);
    return result;
}

int
file_write(const char *path, const void *bytes, size_t len, struct err *err)
{
    struct file_new file;
    if (file_new_open(&file, path, 0644, err) != 0)
        return -1;
    int result = file_write_all(file.fd, bytes, len);
    if (result != 0)
        refuse_write(path, err);
    return file_new_end(&file, result == 0, err) == 0 ? result : -1;
}
