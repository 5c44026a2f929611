// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * state_write.c - writes and removes files in the state folder. Part of state.h.
 *
 * File modes do not depend on the umask, because a helper that cannot read the image answers no-table.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "state_handle.h"

int
state_check_file(const char *name, struct err *err)
{
    size_t len = strlen(name);
    if (len > 0 && len < 64 && name[0] != '.' && strchr(name, '/') == NULL)
        return 0;
    return err_set(err, ERR_USAGE, "'%s' cannot be the name of a file in a generation", name);
}

/* Writes a whole file or none at all; errno says why. */
static int
write_file(int dir, const char *name, const void *bytes, size_t len)
{
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return -1;
    int result = fchmod(fd, 0644) == 0 && file_write_all(fd, bytes, len) == 0 && fsync(fd) == 0 ? 0 : -1;
    int failed = errno;
    if (close(fd) != 0 && result == 0) {
        failed = errno;
        result = -1;
    }
    if (result != 0)
        unlinkat(dir, name, 0);
    errno = failed;
    return result;
}

int
state_write_new(const struct state *state, int dir, const char *name, const void *bytes, size_t len, struct err *err)
{
    if (write_file(dir, name, bytes, len) == 0)
        return 0;
    return err_set(err, ERR_IO, "cannot write '%s' in '%s': %s", name, state->folder, strerror(errno));
}

int
state_write_over(const struct state *state, int dir, const char *name, const void *bytes, size_t len, struct err *err)
{
    char temporary[80];
    snprintf(temporary, sizeof temporary, ".%.64s.new", name);
    unlinkat(dir, temporary, 0);
    if (write_file(dir, temporary, bytes, len) == 0) {
        if (renameat(dir, temporary, dir, name) == 0)
            return state_sync(state, dir, err);
        int failed = errno;
        unlinkat(dir, temporary, 0);
        errno = failed;
    }
    return err_set(err, ERR_IO, "cannot write '%s' in '%s': %s", name, state->folder, strerror(errno));
}

int
state_sync(const struct state *state, int fd, struct err *err)
{
    if (fsync(fd) == 0)
        return 0;
    return err_set(err, ERR_IO, "cannot sync '%s': %s", state->folder, strerror(errno));
}

struct removal {
    const struct state *state;
    int dir;
};

static int
remove_file(void *arg, const char *name, struct err *err)
{
    const struct removal *removal = arg;
    if (unlinkat(removal->dir, name, 0) == 0 || errno == ENOENT)
        return 0;
    return err_set(err, ERR_IO, "cannot remove '%s' in '%s': %s", name, removal->state->folder, strerror(errno));
}

int
state_remove_folder(const struct state *state, const char *name, struct err *err)
{
    struct removal removal = {state, openat(state->dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)};
    if (removal.dir < 0 && (errno == ENOENT || (errno == ENOTDIR && unlinkat(state->dir, name, 0) == 0)))
        return 0;
    if (removal.dir < 0)
        return err_set(err, ERR_IO, "cannot open '%s/%s': %s", state->folder, name, strerror(errno));
    int result = state_walk(state, removal.dir, remove_file, &removal, err);
    close(removal.dir);
    if (result == 0 && unlinkat(state->dir, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        result = err_set(err, ERR_IO, "cannot remove '%s/%s': %s", state->folder, name, strerror(errno));
    return result;
}
