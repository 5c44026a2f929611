// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * state_link.c - current, previous, pending, and the list of what was published. Part of state.h.
 *
 * Publishing takes these steps: record the old current generation, point `previous` at it, rename `current`. Only the
 * last one changes anything for a helper. Then the new generation is recorded and `pending` is removed. If the writer
 * dies before that, the next one makes up for it. Meanwhile a `pending` that names the current generation is
 * ignored.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "state_handle.h"

#define PUBLISHED_MAX ((size_t)1 << 20)

static const char *const link_names[] = {"current", "previous", "pending"};

static const char *const whole_generation[] = {"table.txt", "image", "review.txt"};

static int
read_link(const struct state *state, const char *link, uint32_t *ret, struct err *err)
{
    char target[GENERATION_NAME_MAX];
    *ret = 0;
    ssize_t n = readlinkat(state->dir, link, target, sizeof target - 1);
    if (n < 0 && errno == ENOENT)
        return 0;
    if (n < 0 && errno != EINVAL)
        return err_set(err, ERR_IO, "cannot read the link '%s/%s': %s", state->folder, link, strerror(errno));
    target[n < 0 ? 0 : n] = '\0';
    if (n > 0 && state_parse_name(ret, "gen-", target))
        return 0;
    return err_set(err, ERR_CORRUPT, "'%s/%s' is not a link to a generation", state->folder, link);
}

static int
check_whole(const struct state *state, const char *link, uint32_t generation, struct err *err)
{
    for (size_t i = 0; i < sizeof whole_generation / sizeof whole_generation[0]; i++) {
        bool found;
        if (state_find(state, generation, whole_generation[i], &found, err) != 0)
            return -1;
        if (!found)
            return err_set(err, ERR_CORRUPT, "'%s/%s' names generation %u, which has no '%s'", state->folder, link,
                           generation, whole_generation[i]);
    }
    return 0;
}

static bool
exists(const struct state *state, uint32_t generation)
{
    int dir = state_open_generation(state, generation);
    if (dir >= 0)
        close(dir);
    return dir >= 0;
}

/* The next number of the list `published`; false at its end, or at something else. */
static bool
next_number(const char **at, unsigned long *ret)
{
    char *end;
    *ret = strtoul(*at, &end, 10);
    bool found = end != *at;
    *at = end;
    return found;
}

/* The newest generation that was in use and still exists; 0 if there is none. */
static int
find_last_used(const struct state *state, uint32_t *ret, struct err *err)
{
    struct buf text;
    bool found;
    unsigned long number;
    buf_init(&text, PUBLISHED_MAX);
    *ret = state_linked(state, STATE_PREVIOUS);
    int result = state_read_own(state, "published", &text, &found, err);
    buf_add_char(&text, '\0');
    for (const char *at = text.data; result == 0 && buf_ok(&text) && next_number(&at, &number);) {
        if (number > 0 && number < UINT32_MAX && exists(state, (uint32_t)number))
            *ret = (uint32_t)number;
    }
    buf_clear(&text);
    return result;
}

/* Without `current` either nothing was ever in use, or the link was lost, as by a copy that leaves links out. */
static int
check_first(const struct state *state, struct err *err)
{
    uint32_t used;
    if (find_last_used(state, &used, err) != 0)
        return -1;
    return used == 0 ? 0
                     : err_set(err, ERR_CORRUPT, "the link '%s/current' is missing, although generation %u was in use",
                               state->folder, used);
}

int
state_get(const struct state *state, enum state_link link, uint32_t *ret, struct err *err)
{
    uint32_t generation, current;
    if (read_link(state, link_names[link], &generation, err) != 0)
        return -1;
    if (link == STATE_CURRENT && generation == 0 && check_first(state, err) != 0)
        return -1;
    if (link == STATE_PENDING && generation != 0 && read_link(state, "current", &current, NULL) == 0 &&
        current == generation)
        generation = 0;
    if (generation != 0 && check_whole(state, link_names[link], generation, err) != 0)
        return -1;
    *ret = generation;
    return 0;
}

uint32_t
state_linked(const struct state *state, enum state_link link)
{
    uint32_t generation;
    return read_link(state, link_names[link], &generation, NULL) == 0 ? generation : 0;
}

/* Points a link at a generation. *ret_done says whether the rename happened, even on failure. */
static int
set_link(struct state *state, const char *link, uint32_t generation, bool *ret_done, struct err *err)
{
    char target[GENERATION_NAME_MAX], temporary[24];
    *ret_done = false;
    state_name(target, "gen-", generation);
    snprintf(temporary, sizeof temporary, ".%s.new", link);
    if (unlinkat(state->dir, temporary, 0) != 0 && errno != ENOENT)
        return err_set(err, ERR_IO, "cannot remove '%s/%s': %s", state->folder, temporary, strerror(errno));
    if (symlinkat(target, state->dir, temporary) != 0)
        return err_set(err, ERR_IO, "cannot create the link '%s/%s': %s", state->folder, temporary, strerror(errno));
    if (renameat(state->dir, temporary, state->dir, link) != 0) {
        err_set(err, ERR_IO, "cannot replace the link '%s/%s': %s", state->folder, link, strerror(errno));
        unlinkat(state->dir, temporary, 0);
        return -1;
    }
    *ret_done = true;
    return state_sync(state, state->dir, err);
}

static int
read_published(struct state *state, size_t *ret_count, struct err *err)
{
    struct buf text;
    bool found;
    unsigned long number;
    *ret_count = 0;
    buf_init(&text, PUBLISHED_MAX);
    int result = state_read_own(state, "published", &text, &found, err);
    buf_add_char(&text, '\0');
    for (const char *at = text.data; result == 0 && buf_ok(&text) && next_number(&at, &number);) {
        uint32_t *numbers =
            arena_grow(state->arena, state->published, &state->published_room, *ret_count + 1, sizeof *numbers);
        if (numbers == NULL) {
            result = err_set(err, ERR_MEM, "'%s/published' is too long", state->folder);
            break;
        }
        state->published = numbers;
        if (number > 0 && number < UINT32_MAX)
            numbers[(*ret_count)++] = (uint32_t)number;
    }
    buf_clear(&text);
    return result;
}

/* Records in `published` that a generation became current. */
static int
log_published(struct state *state, uint32_t generation, struct err *err)
{
    size_t count;
    if (read_published(state, &count, err) != 0)
        return -1;
    if (generation == 0 || (count > 0 && state->published[count - 1] == generation))
        return 0;
    struct buf text;
    buf_init(&text, (size_t)1 << 16);
    for (size_t i = count < PUBLISHED_KEPT ? 0 : count - PUBLISHED_KEPT + 1; i < count; i++)
        buf_add_fmt(&text, "%u\n", state->published[i]);
    buf_add_fmt(&text, "%u\n", generation);
    int result = buf_ok(&text) ? state_write_over(state, state->dir, "published", text.data, text.len, err)
                               : err_set(err, ERR_MEM, "no memory");
    buf_clear(&text);
    return result;
}

/* Adds the generation that a link names, unless it is one of the last two. */
static int
add_linked(struct state *state, const char *link, size_t *count, struct err *err)
{
    uint32_t number = 0;
    if (read_link(state, link, &number, NULL) != 0 || number == 0)
        return 0;
    for (size_t i = *count > 2 ? *count - 2 : 0; i < *count; i++) {
        if (state->published[i] == number)
            return 0;
    }
    uint32_t *numbers = arena_grow(state->arena, state->published, &state->published_room, *count + 1, sizeof *numbers);
    if (numbers == NULL)
        return err_set(err, ERR_MEM, "no memory");
    numbers[(*count)++] = number;
    state->published = numbers;
    return 0;
}

/* A linked generation counts as published even if its writer died before it could record that. */
int
state_published(struct state *state, const uint32_t **ret, size_t *ret_count, struct err *err)
{
    if (read_published(state, ret_count, err) != 0 || add_linked(state, "previous", ret_count, err) != 0 ||
        add_linked(state, "current", ret_count, err) != 0)
        return -1;
    *ret = state->published;
    return 0;
}

bool
state_is_among(const uint32_t *numbers, size_t count, uint32_t number)
{
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] == number)
            return true;
    }
    return false;
}

/* What is in use does not wait. Once something else is in use, it must not seem to wait again. */
static void
forget_approved(struct state *state)
{
    uint32_t current, pending;
    if (read_link(state, "current", &current, NULL) == 0 && read_link(state, "pending", &pending, NULL) == 0 &&
        pending != 0 && pending == current)
        unlinkat(state->dir, "pending", 0);
}

static int
publish(struct state *state, uint32_t generation, struct err *err)
{
    uint32_t current = 0, pending = 0;
    bool done;
    if (check_whole(state, "current", generation, err) != 0)
        return -1;
    forget_approved(state);
    /* A damaged current generation is replaced without being recorded. A failure to write `published` is ignored, so a
     * rollback works on a full disk; the links name the last two generations anyway. */
    if (state_get(state, STATE_CURRENT, &current, NULL) == 0 && current != 0 && current != generation) {
        log_published(state, current, NULL);
        if (set_link(state, "previous", current, &done, err) != 0)
            return -1;
    }
    if (current != generation && set_link(state, "current", generation, &done, err) != 0) {
        if (done)
            err_append(err, "; the new generation is in use, but a power cut may bring the old one back");
        return -1;
    }
    log_published(state, generation, NULL);
    if (read_link(state, "pending", &pending, NULL) != 0 || pending == generation)
        unlinkat(state->dir, "pending", 0);
    return 0;
}

int
state_publish(struct state *state, uint32_t generation, struct err *err)
{
    if (state_lock(state, err) != 0)
        return -1;
    int result = publish(state, generation, err);
    state_unlock(state);
    return result;
}

static int
set_pending(struct state *state, uint32_t generation, struct err *err)
{
    bool done;
    if (generation == 0) {
        if (unlinkat(state->dir, "pending", 0) != 0 && errno != ENOENT)
            return err_set(err, ERR_IO, "cannot remove '%s/pending': %s", state->folder, strerror(errno));
        return state_sync(state, state->dir, err);
    }
    if (check_whole(state, "pending", generation, err) != 0)
        return -1;
    return set_link(state, "pending", generation, &done, err);
}

int
state_set_pending(struct state *state, uint32_t generation, struct err *err)
{
    if (state_lock(state, err) != 0)
        return -1;
    int result = set_pending(state, generation, err);
    state_unlock(state);
    return result;
}
