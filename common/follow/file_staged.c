// SPDX-License-Identifier: GPL-2.0-or-later
/* file_staged.c - see file_staged.h. */
#include "file_staged.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"

#define NEW_END ".new"
#define OLD_END ".old" /* of the same length */

/* Owner and mode of what is there, unlike file_keep_owner() exactly: whoever reads the file must not lose it unseen.
 * -1 with errno set. */
static int
keep_owner(int fd, const struct stat *old)
{
    struct stat now;
    if (fstat(fd, &now) != 0)
        return -1;
    if ((now.st_uid != old->st_uid || now.st_gid != old->st_gid) && fchown(fd, old->st_uid, old->st_gid) != 0)
        return -1;
    return fchmod(fd, old->st_mode & 07777);
}

/* That the owner cannot be kept, or any other failure; -1. */
static int
say_failure(const char *path, struct err *err)
{
    if (errno != EPERM)
        return err_set(err, ERR_IO, "cannot write '%s': %s", path, strerror(errno));
    return err_set(
        err, ERR_IO,
        "cannot write '%s': its owner or group cannot be kept; give it to the owner of the state folder with "
        "chown",
        path);
}

static int
write_beside(const char *path, const struct stat *old, const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -1;
    int result = file_write_all(fd, bytes, len);
    if (result == 0)
        result = old != NULL ? keep_owner(fd, old) : fchmod(fd, 0644);
    if (result == 0)
        result = fsync(fd);
    int failed = errno;
    if (close(fd) != 0 && result == 0)
        return -1;
    errno = failed;
    return result;
}

int
file_stage(struct file_staged *ret, const char *path, const void *bytes, size_t len, struct err *err)
{
    struct stat old;
    bool is_there = lstat(path, &old) == 0;
    ret->beside[0] = ret->old[0] = '\0';
    ret->is_new = !is_there;
    if (!is_there && errno != ENOENT)
        return err_set(err, ERR_IO, "cannot write '%s': %s", path, strerror(errno));
    if (is_there && S_ISLNK(old.st_mode))
        return err_set(err, ERR_IO, "cannot write '%s': it is a link; name the file that it leads to", path);
    if (is_there && !S_ISREG(old.st_mode))
        return err_set(err, ERR_IO, "cannot write '%s': it is not a file", path);
    int n = snprintf(ret->path, sizeof ret->path, "%s", path);
    int m = snprintf(ret->beside, sizeof ret->beside, "%s.%ld" NEW_END, path, (long)getpid());
    if (n < 0 || m < 0 || (size_t)m >= sizeof ret->beside) {
        ret->beside[0] = '\0';
        return err_set(err, ERR_LIMIT, "cannot write '%s': its name is too long", path);
    }
    unlink(ret->beside);
    if (write_beside(ret->beside, is_there ? &old : NULL, bytes, len) == 0)
        return 0;
    say_failure(path, err);
    file_stage_drop(ret);
    return -1;
}

/* Gives the file that is there a second name. Without one it cannot be put back; it is replaced all the same. */
static void
keep_old(struct file_staged *staged)
{
    size_t len = strlen(staged->beside) - strlen(NEW_END);
    snprintf(staged->old, sizeof staged->old, "%.*s" OLD_END, (int)len, staged->beside);
    unlink(staged->old);
    if (link(staged->path, staged->old) != 0)
        staged->old[0] = '\0';
}

bool
file_stage_undo(struct file_staged *staged)
{
    bool undone = staged->is_new ? unlink(staged->path) == 0 || errno == ENOENT
                                 : staged->old[0] != '\0' && rename(staged->old, staged->path) == 0;
    if (undone)
        staged->old[0] = '\0';
    return undone;
}

int
file_stage_use(struct file_staged *staged, struct err *err)
{
    char folder[PATH_MAX];
    keep_old(staged);
    const char *slash = strrchr(staged->path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - staged->path + 1),
             slash == NULL ? "." : staged->path);
    if (rename(staged->beside, staged->path) != 0) {
        err_set(err, ERR_IO, "cannot write '%s': %s", staged->path, strerror(errno));
        file_stage_drop(staged);
        return -1;
    }
    staged->beside[0] = '\0';
    if (file_sync_folder(folder) != 0) {
        err_set(err, ERR_IO, "cannot write '%s': %s", staged->path, strerror(errno));
        file_stage_undo(staged);
        return -1;
    }
    return 0;
}

static void
remove_one(char *path)
{
    if (path[0] != '\0')
        unlink(path);
    path[0] = '\0';
}

void
file_stage_drop(struct file_staged *staged)
{
    remove_one(staged->beside);
    remove_one(staged->old);
}
