// SPDX-License-Identifier: GPL-2.0-or-later
/* watch.c - see watch.h. */
#include "watch.h"

#include <string.h>
#include <time.h>

#include "arena.h"
#include "err.h"

bool
watch_init(struct watch *ret, struct arena *arena, size_t count)
{
    struct file_id *ids = arena_array(arena, 2 * count, sizeof *ids);
    if (ids == NULL)
        return false;
    *ret = (struct watch){.seen = ids, .used = ids + count, .count = count};
    return true;
}

void
watch_look(struct watch *watch, size_t index, const char *path, uint64_t now_ms)
{
    struct file_id id = {0};
    if (path != NULL)
        file_identify(&id, path);
    if (!file_id_equal(&id, &watch->seen[index]))
        watch->changed_at = now_ms;
    watch->seen[index] = id;
}

static bool
is_same(const struct watch *watch)
{
    for (size_t i = 0; i < watch->count; i++) {
        if (!file_id_equal(&watch->seen[i], &watch->used[i]))
            return false;
    }
    return true;
}

static bool
is_still(const struct watch *watch, uint64_t now_ms)
{
    if (now_ms - watch->changed_at >= WATCH_STILL_MS)
        return true;
    int64_t now = (int64_t)time(NULL);
    for (size_t i = 0; i < watch->count; i++) {
        if (now - watch->seen[i].seconds <= (int64_t)(WATCH_STILL_MS / 1000))
            return false;
    }
    return true;
}

enum watch_answer
watch_ask(const struct watch *watch, uint64_t now_ms)
{
    if (!watch->read)
        return WATCH_DUE;
    if (is_same(watch))
        return watch->retry_ms != 0 && now_ms - watch->read_at >= watch->retry_ms ? WATCH_DUE : WATCH_SAME;
    return is_still(watch, now_ms) ? WATCH_DUE : WATCH_CHANGING;
}

static uint64_t
next_wait(const struct watch *watch)
{
    if (watch->retry_ms == 0 || !is_same(watch))
        return WATCH_RETRY_MS;
    return watch->retry_ms < WATCH_RETRY_MOST_MS ? 2 * watch->retry_ms : WATCH_RETRY_MOST_MS;
}

void
watch_done(struct watch *watch, uint64_t now_ms, enum watch_result result)
{
    watch->retry_ms = result == WATCH_FAILED ? next_wait(watch) : 0;
    watch->read = true;
    watch->read_at = now_ms;
    memcpy(watch->used, watch->seen, watch->count * sizeof *watch->used);
}

enum watch_result
watch_result(bool failed, const struct err *err)
{
    if (!failed)
        return WATCH_READ;
    return err->kind == ERR_IO || err->kind == ERR_MEM ? WATCH_FAILED : WATCH_REFUSED;
}

void
watch_forget(struct watch *watch)
{
    watch->read = false;
    watch->retry_ms = 0;
}
