// SPDX-License-Identifier: GPL-2.0-or-later
/* state.c - opens, locks and closes the folder. See state.h. state_folder.c knows what is in it. */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "state_handle.h"

#define STATE_MEMORY ((size_t)16 << 20)
#define STATUS_MAX ((size_t)256 << 10) /* the file, and the pieces in which file.h reads */

/* If the caller has no permission, the sentence names the user who has. */
static int
refuse_folder(const char *folder, const char *verb, struct err *err)
{
    int failed = errno;
    char path[PATH_MAX];
    struct stat st;
    snprintf(path, sizeof path, "%s", folder);
    err_set(err, ERR_IO, "cannot %s '%s': %s", verb, folder, strerror(failed));
    if (failed != EACCES && failed != EPERM)
        return -1;
    while (stat(path, &st) != 0 && strrchr(path, '/') != NULL && strrchr(path, '/') != path)
        *strrchr(path, '/') = '\0';
    const struct passwd *owner = stat(path, &st) == 0 ? getpwuid(st.st_uid) : NULL;
    char words[128];
    snprintf(words, sizeof words, "; run it as the user '%.64s'", owner == NULL ? "root" : owner->pw_name);
    err_append(err, words);
    return -1;
}

static int
take_lock(struct state *state, struct err *err)
{
    int fd = openat(state->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return refuse_folder(state->folder, "lock", err);
    state->lock = fd;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return err_set(err, ERR_IO, "cannot lock '%s': %s", state->folder, strerror(errno));
        char pid[16] = "";
        ssize_t n = pread(fd, pid, sizeof pid - 1, 0);
        pid[n > 0 ? strspn(pid, "0123456789") : 0] = '\0';
        return err_set(err, ERR_LIMIT, "another m365ctl (pid %s) is writing '%s'; try again when it is done",
                       pid[0] == '\0' ? "unknown" : pid, state->folder);
    }
    if (state->adopt && fchown(fd, state->owner, state->group) != 0)
        return err_set(err, ERR_IO, "cannot give '%s/lock' to its owner: %s", state->folder, strerror(errno));
    /* The pid is only for the sentence above, so a full disk must not stop the caller here. */
    char text[16];
    int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len)
        errno = 0;
    return 0;
}

static int
sync_parent(const char *folder)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/..", folder);
    return file_sync_folder(path);
}

static int
make_folder(const char *folder, struct err *err)
{
    if (mkdir(folder, 0755) == 0)
        return chmod(folder, 0755) == 0 && sync_parent(folder) == 0 ? 0 : refuse_folder(folder, "prepare", err);
    return errno == EEXIST ? 0 : refuse_folder(folder, "create", err);
}

static int
open_folder(struct state *state, bool write, struct err *err)
{
    struct stat st;
    if (write && make_folder(state->folder, err) != 0)
        return -1;
    state->dir = open(state->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (state->dir < 0 && errno == ENOENT)
        return err_set(err, ERR_IO, "there is no state folder '%s'; 'm365ctl update' or 'm365ctl publish' creates it",
                       state->folder);
    if (state->dir < 0 || fstat(state->dir, &st) != 0)
        return refuse_folder(state->folder, "open", err);
    state->owner = st.st_uid;
    state->group = st.st_gid;
    state->adopt = geteuid() == 0 && st.st_uid != 0;
    return write ? take_lock(state, err) : 0;
}

int
state_open(struct state **ret, const char *folder, bool write, struct err *err)
{
    struct arena *arena = arena_new(STATE_MEMORY);
    struct state *state = arena == NULL ? NULL : arena_alloc(arena, sizeof *state);
    if (state == NULL) {
        arena_free(arena);
        return err_set(err, ERR_MEM, "no memory");
    }
    *state = (struct state){.arena = arena, .dir = -1, .lock = -1, .begun_dir = -1};
    buf_init(&state->status, STATUS_MAX);
    int n = snprintf(state->folder, sizeof state->folder, "%s", folder);
    int result = n <= 0 || n >= PATH_MAX - 300 ? err_set(err, ERR_LIMIT, "the path '%.80s...' is too long", folder)
                                               : open_folder(state, write, err);
    if (result != 0) {
        state_close(state);
        return -1;
    }
    state_status_read(state);
    *ret = state;
    return 0;
}

void
state_close(struct state *state)
{
    if (state == NULL)
        return;
    if (state->begun != 0)
        state_give_up(state, NULL);
    if (state->lock >= 0)
        close(state->lock);
    if (state->dir >= 0)
        close(state->dir);
    buf_clear(&state->status);
    arena_free(state->arena);
}
