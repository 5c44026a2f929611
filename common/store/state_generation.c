// SPDX-License-Identifier: GPL-2.0-or-later
/* state_generation.c - writes a generation once, gives up an unfinished one, and reads. Part of state.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "state_handle.h"

static int
open_begun(struct state *state, const char *name, struct err *err)
{
    if (mkdirat(state->dir, name, 0755) != 0)
        return err_set(err, ERR_IO, "cannot create '%s/%s': %s", state->folder, name, strerror(errno));
    int fd = openat(state->dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && fchmod(fd, 0755) == 0 && (!state->adopt || fchown(fd, state->owner, state->group) == 0)) {
        state->begun_dir = fd;
        return 0;
    }
    err_set(err, ERR_IO, "cannot open '%s/%s': %s", state->folder, name, strerror(errno));
    if (fd >= 0)
        close(fd);
    unlinkat(state->dir, name, AT_REMOVEDIR);
    return -1;
}

int
state_begin(struct state *state, uint32_t *ret, struct err *err)
{
    char name[GENERATION_NAME_MAX];
    uint32_t number;
    if (state_check_writer(state, err) != 0)
        return -1;
    if (state->begun != 0)
        return err_set(err, ERR_USAGE, "a generation has already been started in '%s'", state->folder);
    if (state_next(state, &number, err) != 0)
        return -1;
    state_name(name, ".new-", number);
    if (state_remove_folder(state, name, err) != 0 || open_begun(state, name, err) != 0)
        return -1;
    state->begun = number;
    *ret = number;
    return 0;
}

int
state_add(struct state *state, const char *name, const void *bytes, size_t len, struct err *err)
{
    if (state->begun == 0)
        return err_set(err, ERR_USAGE, "no generation has been started in '%s'", state->folder);
    if (state_check_file(name, err) != 0)
        return -1;
    return state_write_new(state, state->begun_dir, name, bytes, len, err);
}

int
state_seal(struct state *state, struct err *err)
{
    char from[GENERATION_NAME_MAX], to[GENERATION_NAME_MAX];
    if (state->begun == 0)
        return err_set(err, ERR_USAGE, "no generation has been started in '%s'", state->folder);
    state_name(from, ".new-", state->begun);
    state_name(to, "gen-", state->begun);
    if (state_sync(state, state->begun_dir, err) != 0)
        return -1;
    if (renameat(state->dir, from, state->dir, to) != 0)
        return err_set(err, ERR_IO, "cannot rename '%s' to '%s' in '%s': %s", from, to, state->folder, strerror(errno));
    close(state->begun_dir);
    state->begun_dir = -1;
    state->begun = 0;
    return state_sync(state, state->dir, err);
}

int
state_give_up(struct state *state, struct err *err)
{
    char name[GENERATION_NAME_MAX];
    state_name(name, ".new-", state->begun);
    close(state->begun_dir);
    state->begun_dir = -1;
    state->begun = 0;
    return state_remove_folder(state, name, err);
}

int
state_derive(struct state *state, uint32_t generation, const char *name, const void *bytes, size_t len, struct err *err)
{
    char folder[GENERATION_NAME_MAX];
    if (state_check_writer(state, err) != 0 || state_check_file(name, err) != 0)
        return -1;
    state_name(folder, "gen-", generation);
    int dir = openat(state->dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (dir < 0)
        return err_set(err, ERR_IO, "cannot open '%s/%s': %s", state->folder, folder, strerror(errno));
    int result = state_write_over(state, dir, name, bytes, len, err);
    close(dir);
    return result;
}

int
state_annotate(struct state *state, uint32_t generation, const char *name, const void *bytes, size_t len,
               struct err *err)
{
    bool found;
    if (state_check_writer(state, err) != 0 || state_find(state, generation, name, &found, err) != 0)
        return -1;
    if (found)
        return err_set(err, ERR_USAGE, "generation %u already has a '%s'", generation, name);
    return state_derive(state, generation, name, bytes, len, err);
}

int
state_path(const struct state *state, uint32_t generation, const char *name, char ret[PATH_MAX], struct err *err)
{
    char folder[GENERATION_NAME_MAX];
    if (state_check_file(name, err) != 0)
        return -1;
    state_name(folder, "gen-", generation);
    int n = snprintf(ret, PATH_MAX, "%s/%s/%s", state->folder, folder, name);
    return n > 0 && n < PATH_MAX ? 0 : err_set(err, ERR_LIMIT, "the path '%s' is too long", state->folder);
}

int
state_read(const struct state *state, uint32_t generation, const char *name, struct buf *ret, struct err *err)
{
    char path[PATH_MAX];
    if (state_path(state, generation, name, path, err) != 0)
        return -1;
    return file_read(ret, path, ret->ceiling - ret->len, err);
}

int
state_find(const struct state *state, uint32_t generation, const char *name, bool *ret, struct err *err)
{
    char path[PATH_MAX];
    struct stat st;
    if (state_path(state, generation, name, path, err) != 0)
        return -1;
    bool found = lstat(path, &st) == 0;
    if (!found && errno != ENOENT && errno != ENOTDIR)
        return err_set(err, ERR_IO, "cannot examine '%s': %s", path, strerror(errno));
    *ret = found && S_ISREG(st.st_mode);
    return 0;
}

bool
state_has(const struct state *state, uint32_t generation, const char *name)
{
    bool found;
    return state_find(state, generation, name, &found, NULL) == 0 && found;
}
