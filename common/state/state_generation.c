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
    if (fd >= 0 && fchmod(fd, 0755) == 0) {
        state->begun_dir = fd;
        return 0;
    }
    err_set(err, ERR_IO, "cannot open '%s/%s': %s", state->folder, name, strerror(errno));
    if (fd >= 0)
        close(fd);
    unlinkat(state->dir, name, AT_REMOVEDIR);
    return -1;
}

static int
begin(struct state *state, uint32_t *ret, struct err *err)
{
    char name[GENERATION_NAME_MAX];
    uint32_t number;
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
state_begin(struct state *state, uint32_t *ret, struct err *err)
{
    if (state_lock(state, err) != 0)
        return -1;
    if (begin(state, ret, err) == 0)
        return 0;
    state_unlock(state);
    return -1;
}

/* The generation is sealed or given up, so the lock of state_begin() is no longer needed. */
static void
end(struct state *state)
{
    close(state->begun_dir);
    state->begun_dir = -1;
    state->begun = 0;
    state_unlock(state);
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
    int result = state_sync(state, state->dir, err);
    end(state);
    return result;
}

int
state_give_up(struct state *state, struct err *err)
{
    char name[GENERATION_NAME_MAX];
    state_name(name, ".new-", state->begun);
    int result = state_remove_folder(state, name, err);
    end(state);
    return result;
}

static int
write_in(const struct state *state, uint32_t generation, const char *name, const void *bytes, size_t len,
         struct err *err)
{
    int dir = state_open_generation(state, generation);
    if (dir < 0)
        return err_set(err, ERR_IO, "cannot open generation %u in '%s': %s", generation, state->folder,
                       strerror(errno));
    int result = state_write_over(state, dir, name, bytes, len, err);
    close(dir);
    return result;
}

int
state_derive(struct state *state, uint32_t generation, const char *name, const void *bytes, size_t len, struct err *err)
{
    if (state_check_file(name, err) != 0 || state_lock(state, err) != 0)
        return -1;
    int result = write_in(state, generation, name, bytes, len, err);
    state_unlock(state);
    return result;
}

static int
annotate(struct state *state, uint32_t generation, const char *name, const void *bytes, size_t len, struct err *err)
{
    bool found;
    if (state_find(state, generation, name, &found, err) != 0)
        return -1;
    if (found)
        return err_set(err, ERR_USAGE, "generation %u already has a '%s'", generation, name);
    return write_in(state, generation, name, bytes, len, err);
}

int
state_annotate(struct state *state, uint32_t generation, const char *name, const void *bytes, size_t len,
               struct err *err)
{
    if (state_lock(state, err) != 0)
        return -1;
    int result = annotate(state, generation, name, bytes, len, err);
    state_unlock(state);
    return result;
}

int
state_path(const struct state *state, uint32_t generation, const char *name, char ret[PATH_MAX], struct err *err)
{
    char folder[GENERATION_NAME_MAX];
    if (state_check_file(name, err) != 0)
        return -1;
    state_name(folder, "gen-", generation);
    state_print_path(ret, state, folder, name);
    return ret[0] != '\0' ? 0 : err_set(err, ERR_LIMIT, "the path '%s' is too long", state->folder);
}

/* A file that was written here does not go, and becomes neither a link nor a pipe nor a folder. Anything else may pass.
 */
static enum err_kind
kind_of(int failed)
{
    bool damaged = failed == ENOENT || failed == ENOTDIR || failed == ELOOP || failed == EINVAL || failed == ENXIO;
    return damaged ? ERR_CORRUPT : ERR_IO;
}

static int
open_file(const struct state *state, uint32_t generation, const char *name, char ret_path[PATH_MAX], struct err *err)
{
    char folder[GENERATION_NAME_MAX];
    struct err why = {0};
    if (state_path(state, generation, name, ret_path, err) != 0)
        return -1;
    int dir = state_open_generation(state, generation);
    if (dir < 0)
        return err_set(err, kind_of(errno), "cannot open '%s': %s", ret_path, strerror(errno));
    state_name(folder, "gen-", generation);
    int fd = state_open_at(state, dir, folder, name, &why);
    if (fd < 0)
        err_set(err, kind_of(errno), "%s", why.text);
    close(dir);
    return fd;
}

/* Nothing that was sealed is larger than its reader takes. */
static bool
is_too_large(int fd, size_t most)
{
    struct stat st;
    return fstat(fd, &st) == 0 && (uint64_t)st.st_size > most;
}

int
state_read(const struct state *state, uint32_t generation, const char *name, struct buf *ret, struct err *err)
{
    char path[PATH_MAX];
    size_t most = ret->ceiling - ret->len;
    int fd = open_file(state, generation, name, path, err);
    if (fd < 0)
        return -1;
    int result =
        is_too_large(fd, most)
            ? err_set(err, ERR_CORRUPT, "'%s' is larger than %zu bytes, so it is not what was sealed", path, most)
            : file_at_read(ret, fd, most, path, err);
    close(fd);
    return result;
}

size_t
state_peek(const struct state *state, uint32_t generation, const char *name, char *ret, size_t room)
{
    char path[PATH_MAX];
    int fd = open_file(state, generation, name, path, NULL);
    if (fd < 0)
        return 0;
    ssize_t len = pread(fd, ret, room, 0);
    close(fd);
    return len < 0 ? 0 : (size_t)len;
}

int
state_find(const struct state *state, uint32_t generation, const char *name, bool *ret, struct err *err)
{
    char path[PATH_MAX];
    struct stat st;
    if (state_path(state, generation, name, path, err) != 0)
        return -1;
    int dir = state_open_generation(state, generation);
    bool found = dir >= 0 && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
    int failed = errno;
    if (dir >= 0)
        close(dir);
    if (!found && failed != ENOENT && failed != ENOTDIR)
        return err_set(err, ERR_IO, "cannot examine '%s': %s", path, strerror(failed));
    *ret = found && S_ISREG(st.st_mode);
    return 0;
}

bool
state_has(const struct state *state, uint32_t generation, const char *name)
{
    bool found;
    return state_find(state, generation, name, &found, NULL) == 0 && found;
}

int
state_read_own(const struct state *state, const char *name, struct buf *ret, bool *ret_found, struct err *err)
{
    char path[PATH_MAX];
    struct err why = {0};
    if (state_check_file(name, err) != 0)
        return -1;
    state_print_path(path, state, "", name);
    int fd = state_open_at(state, state->dir, "", name, &why);
    *ret_found = fd >= 0 || errno != ENOENT;
    if (fd < 0)
        return *ret_found ? err_set(err, kind_of(errno), "%s", why.text) : 0;
    int result = file_at_read(ret, fd, ret->ceiling - ret->len, path, err);
    close(fd);
    return result;
}

int
state_write_own(struct state *state, const char *name, const void *bytes, size_t len, struct err *err)
{
    if (state_check_file(name, err) != 0 || state_lock(state, err) != 0)
        return -1;
    int result = state_write_over(state, state->dir, name, bytes, len, err);
    state_unlock(state);
    return result;
}
