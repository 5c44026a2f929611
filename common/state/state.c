// SPDX-License-Identifier: GPL-2.0-or-later
/* state.c - opens and closes the folder. See state.h. state_folder.c knows what is in it. */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/place.h"
#include "state_handle.h"

#define STATE_MEMORY ((size_t)16 << 20)
#define STATUS_MAX ((size_t)256 << 10) /* the file, and the pieces in which file.h reads */

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
    if (mkdir(folder, 0755) != 0)
        return errno == EEXIST ? 0 : state_refuse_folder(folder, "create", err);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int result =
        fd >= 0 && fchmod(fd, 0755) == 0 && sync_parent(folder) == 0 ? 0 : state_refuse_folder(folder, "prepare", err);
    if (fd >= 0)
        close(fd);
    return result;
}

/* Another user could make root write anywhere, or read what only root may read. */
static int
refuse_root(const struct state *state, struct err *err)
{
    const struct passwd *owner = getpwuid(state->owner);
    return err_set(err, ERR_IO, "'%s' belongs to the user '%.64s', and root writes nothing there; run it as that user",
                   state->folder, owner == NULL ? "unknown" : owner->pw_name);
}

static int
open_folder(struct state *state, bool write, struct err *err)
{
    struct stat st;
    if (write && make_folder(state->folder, err) != 0)
        return -1;
    state->dir = open(state->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (state->dir < 0 && errno == ENOENT)
        return err_set(err, ERR_IO,
                       "there is no state folder '%s'; 'm365ctl update%s' or 'm365ctl publish%s' creates it",
                       state->folder, place_option(), place_option());
    if (state->dir < 0 || fstat(state->dir, &st) != 0)
        return state_refuse_folder(state->folder, "open", err);
    state->owner = st.st_uid;
    if (!write)
        return 0;
    if (geteuid() == 0 && state->owner != 0)
        return refuse_root(state, err);
    state->lock = state_open_lock(state, "lock", err);
    return state->lock < 0 ? -1 : 0;
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
    *state = (struct state){.arena = arena, .dir = -1, .lock = -1, .update = -1, .begun_dir = -1};
    buf_init(&state->status, STATUS_MAX);
    buf_init(&state->changed, STATUS_MAX);
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

const char *
state_folder(const struct state *state)
{
    return state->folder;
}

void
state_close(struct state *state)
{
    if (state == NULL)
        return;
    if (state->begun != 0)
        state_give_up(state, NULL);
    if (state->update >= 0)
        close(state->update);
    if (state->lock >= 0)
        close(state->lock);
    if (state->dir >= 0)
        close(state->dir);
    buf_clear(&state->status);
    buf_clear(&state->changed);
    arena_free(state->arena);
}

int
state_lock_update(struct state *state, struct err *err)
{
    if (state->lock < 0 || state->update >= 0)
        return err_set(err, ERR_USAGE, "'%s' was opened for reading only, or is being updated here", state->folder);
    int fd = state_open_lock(state, "lock-update", err);
    if (fd < 0)
        return -1;
    if (state_take_update(state, fd, err) != 0) {
        close(fd);
        return -1;
    }
    state->update = fd;
    state_status_refresh(state);
    return 0;
}

void
state_unlock_update(struct state *state)
{
    close(state->update);
    state->update = -1;
}
