// SPDX-License-Identifier: GPL-2.0-or-later
/* state.c - opening and closing the folder, its lock, and what is in it. See state.h. */
#include "state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "err.h"
#include "state_handle.h"

#define STATE_MEMORY ((size_t)16 << 20)
#define STATUS_MAX ((size_t)256 << 10) /* the file, and the pieces in which file.h reads */

void
state_name(char ret[GENERATION_NAME_MAX], const char *prefix, uint32_t generation)
{
    snprintf(ret, GENERATION_NAME_MAX, "%s%06u", prefix, generation);
}

bool
state_parse_name(uint32_t *ret, const char *prefix, const char *name)
{
    size_t skip = strlen(prefix);
    if (strncmp(name, prefix, skip) != 0 || name[skip] < '0' || name[skip] > '9')
        return false;
    unsigned long long number = strtoull(name + skip, NULL, 10);
    char again[GENERATION_NAME_MAX];
    if (number == 0 || number >= UINT32_MAX)
        return false;
    state_name(again, prefix, (uint32_t)number);
    if (strcmp(again, name) != 0)
        return false;
    *ret = (uint32_t)number;
    return true;
}

int
state_check_writer(const struct state *state, struct err *err)
{
    return state->lock >= 0 ? 0 : err_set(err, ERR_USAGE, "'%s' was opened for reading only", state->folder);
}

/* Says whom the folder belongs to if that is why it cannot be used. */
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
    /* The number is for the sentence above; a full disk must not keep anybody from working. */
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
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int result = fsync(fd);
    close(fd);
    return result;
}

static int
make_folder(const char *folder, struct err *err)
{
    if (mkdir(folder, 0755) == 0)
        return chmod(folder, 0755) == 0 && sync_parent(folder) == 0 ? 0 : refuse_folder(folder, "prepare", err);
    return errno == EEXIST ? 0 : refuse_folder(folder, "make", err);
}

static int
open_folder(struct state *state, bool write, struct err *err)
{
    struct stat st;
    if (write && make_folder(state->folder, err) != 0)
        return -1;
    state->dir = open(state->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (state->dir < 0 && errno == ENOENT)
        return err_set(err, ERR_IO, "there is no state folder '%s'; 'm365ctl update' or 'm365ctl publish' makes it",
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

int
state_walk(const struct state *state, int dir, int (*fn)(void *arg, const char *name, struct err *err), void *arg,
           struct err *err)
{
    int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    if (entries == NULL) {
        err_set(err, ERR_IO, "cannot read '%s': %s", state->folder, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    int result = 0;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(entries);
        if (entry == NULL) {
            if (errno != 0)
                result = err_set(err, ERR_IO, "cannot read '%s': %s", state->folder, strerror(errno));
            break;
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if ((result = fn(arg, entry->d_name, err)) != 0)
            break;
    }
    closedir(entries);
    return result;
}

struct listing {
    struct state *state;
    size_t count;
};

static int
add_number(void *arg, const char *name, struct err *err)
{
    struct listing *listing = arg;
    struct state *state = listing->state;
    uint32_t number;
    if (!state_parse_name(&number, "gen-", name))
        return 0;
    uint32_t *numbers =
        arena_grow(state->arena, state->numbers, &state->number_room, listing->count + 1, sizeof *numbers);
    if (numbers == NULL)
        return err_set(err, ERR_MEM, "'%s' holds too many generations", state->folder);
    state->numbers = numbers;
    numbers[listing->count++] = number;
    return 0;
}

static int
compare_numbers(const void *left, const void *right)
{
    const uint32_t *a = left;
    const uint32_t *b = right;
    return (*a > *b) - (*a < *b);
}

int
state_list(struct state *state, const uint32_t **ret, size_t *ret_count, struct err *err)
{
    struct listing listing = {.state = state};
    if (state_walk(state, state->dir, add_number, &listing, err) != 0)
        return -1;
    if (listing.count > 0)
        qsort(state->numbers, listing.count, sizeof *state->numbers, compare_numbers);
    *ret = state->numbers;
    *ret_count = listing.count;
    return 0;
}

static int
keep_largest(void *arg, const char *name, struct err *err)
{
    uint32_t *largest = arg, number;
    (void)err;
    if ((state_parse_name(&number, "gen-", name) || state_parse_name(&number, ".old-", name)) && number > *largest)
        *largest = number;
    return 0;
}

int
state_next(const struct state *state, uint32_t *ret, struct err *err)
{
    uint32_t largest = 0;
    if (state_walk(state, state->dir, keep_largest, &largest, err) != 0)
        return -1;
    *ret = largest + 1;
    return 0;
}
