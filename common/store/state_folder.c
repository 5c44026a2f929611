// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * state_folder.c - the names of generations in the state folder, and which of them exist. Part of state.h.
 *
 * The other state*.c files use this one. Nothing is written here.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
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
state_check_writer(const struct state *state, struct err *err)
{
    return state->lock >= 0 ? 0 : err_set(err, ERR_USAGE, "'%s' was opened for reading only", state->folder);
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
