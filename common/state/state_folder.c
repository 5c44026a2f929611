// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * state_folder.c - the names of generations in the state folder, and which of them exist. Part of state.h.
 *
 * The other state*.c files use this one. Nothing is written here.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "state_handle.h"

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
state_refuse_folder(const char *folder, const char *verb, struct err *err)
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

void
state_print_path(char ret[PATH_MAX], const struct state *state, const char *folder, const char *name)
{
    const char *slash = folder[0] == '\0' ? "" : "/";
    int n = snprintf(ret, PATH_MAX, "%s%s%s/%s", state->folder, slash, folder, name);
    if (n < 0 || n >= PATH_MAX)
        ret[0] = '\0';
}

int
state_open_at(const struct state *state, int dir, const char *folder, const char *name, struct err *err)
{
    char path[PATH_MAX];
    struct stat st;
    state_print_path(path, state, folder, name);
    int fd = file_at_open(dir, name, O_RDONLY, &st, path, err);
    if (fd < 0 || geteuid() != 0 || state->owner == 0 || st.st_uid == state->owner)
        return fd;
    close(fd);
    errno = EACCES;
    return err_set(err, ERR_IO, "'%s' does not belong to the owner of its folder", path);
}

int
state_open_generation(const struct state *state, uint32_t generation)
{
    char name[GENERATION_NAME_MAX];
    state_name(name, "gen-", generation);
    return openat(state->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
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
        return err_set(err, ERR_MEM, "there are too many generations in '%s'", state->folder);
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
