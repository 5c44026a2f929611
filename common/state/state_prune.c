// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * state_prune.c - removes old generations and what killed writers left. Part of state.h.
 *
 * A generation is renamed before its files are removed, so none is ever half removed under its own name.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "state_handle.h"

#define LAST_GOOD 3 /* published generations that are never removed */

static int
remove_generation(struct state *state, uint32_t generation, struct err *err)
{
    char from[GENERATION_NAME_MAX], to[GENERATION_NAME_MAX];
    state_name(from, "gen-", generation);
    state_name(to, ".old-", generation);
    if (renameat(state->dir, from, state->dir, to) != 0)
        return err_set(err, ERR_IO, "cannot rename '%s' in '%s': %s", from, state->folder, strerror(errno));
    return state_remove_folder(state, to, err);
}

static bool
is_leftover(const char *name)
{
    static const char *const files[] = {".current.new", ".previous.new",  ".pending.new", ".published.new",
                                        ".status.new",  ".client-id.new", ".rejected.new"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (strcmp(name, files[i]) == 0)
            return true;
    }
    return false;
}

static int
remove_leftover(void *arg, const char *name, struct err *err)
{
    const struct state *state = arg;
    uint32_t number;
    if (state_parse_name(&number, ".old-", name) ||
        (state_parse_name(&number, ".new-", name) && number != state->begun))
        return state_remove_folder(state, name, err);
    if (is_leftover(name) && unlinkat(state->dir, name, 0) != 0 && errno != ENOENT)
        return err_set(err, ERR_IO, "cannot remove '%s/%s': %s", state->folder, name, strerror(errno));
    return 0;
}

/* The generations that are kept, however old they are. */
struct keepers {
    uint32_t linked[3];
    uint32_t good[LAST_GOOD];
    size_t good_count;
};

static int
find_keepers(struct keepers *ret, struct state *state, struct err *err)
{
    const uint32_t *published;
    size_t count;
    *ret = (struct keepers){0};
    for (int link = STATE_CURRENT; link <= STATE_PENDING; link++) {
        if (state_get(state, (enum state_link)link, &ret->linked[link], err) != 0)
            return -1;
    }
    if (state_published(state, &published, &count, err) != 0)
        return -1;
    while (count > 0 && ret->good_count < LAST_GOOD) {
        uint32_t number = published[--count];
        bool exists;
        if (state_find(state, number, "image", &exists, err) != 0)
            return -1;
        if (exists && !state_is_among(ret->good, ret->good_count, number))
            ret->good[ret->good_count++] = number;
    }
    return 0;
}

static bool
is_kept(const struct keepers *keepers, uint32_t number)
{
    return state_is_among(keepers->linked, 3, number) || state_is_among(keepers->good, keepers->good_count, number);
}

static int
prune(struct state *state, uint32_t keep, uint32_t *ret, struct err *err)
{
    struct keepers keepers;
    const uint32_t *numbers;
    size_t count;
    if (state_walk(state, state->dir, remove_leftover, state, err) != 0)
        return -1;
    if (find_keepers(&keepers, state, err) != 0 || state_list(state, &numbers, &count, err) != 0)
        return -1;
    for (size_t i = 0; i + keep < count; i++) {
        if (is_kept(&keepers, numbers[i]))
            continue;
        if (remove_generation(state, numbers[i], err) != 0)
            return -1;
        ++*ret;
    }
    return 0;
}

int
state_prune(struct state *state, uint32_t keep, uint32_t *ret, struct err *err)
{
    *ret = 0;
    if (state_lock(state, err) != 0)
        return -1;
    int result = prune(state, keep, ret, err);
    state_unlock(state);
    return result;
}

static int
discard(struct state *state, uint32_t generation, struct err *err)
{
    struct keepers keepers;
    const uint32_t *published;
    size_t count;
    if (state->begun != 0 && state->begun == generation)
        return state_give_up(state, err);
    if (find_keepers(&keepers, state, err) != 0 || state_published(state, &published, &count, err) != 0)
        return -1;
    if (is_kept(&keepers, generation) || state_is_among(published, count, generation))
        return err_set(err, ERR_USAGE, "generation %u is or was in use and is not removed", generation);
    return remove_generation(state, generation, err);
}

int
state_discard(struct state *state, uint32_t generation, struct err *err)
{
    if (state_lock(state, err) != 0)
        return -1;
    int result = discard(state, generation, err);
    state_unlock(state);
    return result;
}
