// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * state_lock.c - one writer at a time, one updater at a time, and whether anybody wrote in between. See state_lock.h.
 *
 * The two locks are files of the folder that only its owner can open: whoever can open a file can lock it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "state_handle.h"

#define STEP_MS 10 /* between two tries */

uint32_t state_lock_wait_ms = 10000;

int
state_open_lock(const struct state *state, const char *name, struct err *err)
{
    char path[PATH_MAX];
    struct stat st;
    struct err why = {0};
    state_print_path(path, state, "", name);
    int fd = file_at_open(state->dir, name, O_RDWR | O_CREAT, &st, path, &why);
    if (fd < 0 && (errno == EACCES || errno == EPERM))
        return state_refuse_folder(state->folder, "lock", err);
    if (fd < 0)
        return err_set(err, ERR_IO, "cannot lock '%s': %.400s", state->folder, why.text);
    if ((st.st_mode & 07777u) == 0600 || fchmod(fd, 0600) == 0)
        return fd;
    state_refuse_folder(state->folder, "lock", err);
    close(fd);
    return -1;
}

static int64_t
now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Locks an open file, waiting for at most so long. -1 with errno set; EWOULDBLOCK if another process has it. */
static int
take(int fd, uint32_t wait_ms)
{
    int64_t end = now_ms() + wait_ms;
    for (;;) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return 0;
        int failed = errno;
        bool late = now_ms() >= end;
        errno = failed;
        if (failed != EINTR && (failed != EWOULDBLOCK || late))
            return -1;
        poll(NULL, 0, STEP_MS);
    }
}

/* The pid is only for the sentence of another process, so a full disk must not stop this one. */
static void
sign(int fd)
{
    char text[16];
    int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len)
        errno = 0;
}

static int
refuse(const struct state *state, int fd, const char *doing, struct err *err)
{
    char pid[16] = "";
    if (errno != EWOULDBLOCK)
        return err_set(err, ERR_IO, "cannot lock '%s': %s", state->folder, strerror(errno));
    ssize_t n = pread(fd, pid, sizeof pid - 1, 0);
    pid[n > 0 ? strspn(pid, "0123456789") : 0] = '\0';
    return err_set(err, ERR_LIMIT, "another m365ctl (pid %s) is %s '%s'; try again when it is done",
                   pid[0] == '\0' ? "unknown" : pid, doing, state->folder);
}

int
state_lock(struct state *state, struct err *err)
{
    if (state->lock < 0)
        return err_set(err, ERR_USAGE, "'%s' was opened for reading only", state->folder);
    if (state->locked == 0) {
        if (take(state->lock, state_lock_wait_ms) != 0)
            return refuse(state, state->lock, "writing", err);
        sign(state->lock);
    }
    state->locked++;
    return 0;
}

void
state_unlock(struct state *state)
{
    if (--state->locked == 0)
        flock(state->lock, LOCK_UN);
}

int
state_take_update(const struct state *state, int fd, struct err *err)
{
    if (take(fd, 0) != 0)
        return refuse(state, fd, "updating", err);
    sign(fd);
    return 0;
}

void
state_mark(const struct state *state, struct state_mark *ret)
{
    static const char *const names[] = {"current", "previous", "pending"};
    *ret = (struct state_mark){0};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct stat st;
        if (fstatat(state->dir, names[i], &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        ret->links[i].inode = (uint64_t)st.st_ino;
        ret->links[i].seconds = (int64_t)st.st_ctim.tv_sec;
        ret->links[i].nanoseconds = (int64_t)st.st_ctim.tv_nsec;
    }
}

bool
state_is_marked(const struct state *state, const struct state_mark *mark)
{
    struct state_mark now;
    state_mark(state, &now);
    for (size_t i = 0; i < sizeof now.links / sizeof now.links[0]; i++) {
        if (!file_id_equal(&now.links[i], &mark->links[i]))
            return false;
    }
    return true;
}
