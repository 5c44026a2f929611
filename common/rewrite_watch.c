// SPDX-License-Identifier: GPL-2.0-or-later
/* rewrite_watch.c - a file of rules that is read again when it changes. Part of rewrite.h. */
#include <time.h>

#include "arena.h"
#include "err.h"
#include "file.h"
#include "rewrite.h"

#define STILL_MS 2000u  /* the file is read once it has not changed for so long */
#define RETRY_MS 10000u /* one that failed is tried again after so long even if it looks the same */

struct rewrite_watch {
    struct arena *arena;
    const char *path;
    struct rewrite *rules;
    struct file_id seen; /* at the last look */
    struct file_id used; /* at the last attempt */
    bool attempted, failed;
    uint64_t still_since, attempted_at;
};

struct rewrite_watch *
rewrite_watch_new(const char *path)
{
    struct arena *arena = arena_new((size_t)1 << 16);
    struct rewrite_watch *watch = arena == NULL ? NULL : arena_alloc(arena, sizeof *watch);
    if (watch == NULL) {
        arena_free(arena);
        return NULL;
    }
    watch->arena = arena;
    watch->path = path;
    return watch;
}

void
rewrite_watch_free(struct rewrite_watch *watch)
{
    if (watch == NULL)
        return;
    rewrite_free(watch->rules);
    arena_free(watch->arena);
}

const struct rewrite *
rewrite_current(const struct rewrite_watch *watch)
{
    return watch->rules;
}

static bool
is_due(const struct rewrite_watch *watch, uint64_t now_ms)
{
    if (!watch->attempted)
        return true;
    if (file_id_equal(&watch->seen, &watch->used))
        return watch->failed && now_ms - watch->attempted_at >= RETRY_MS;
    return now_ms - watch->still_since >= STILL_MS ||
           (int64_t)time(NULL) - watch->seen.seconds > (int64_t)(STILL_MS / 1000);
}

enum rewrite_change
rewrite_refresh(struct rewrite_watch *watch, uint64_t now_ms, struct err *err)
{
    struct file_id id;
    file_identify(&id, watch->path);
    if (!file_id_equal(&id, &watch->seen))
        watch->still_since = now_ms;
    watch->seen = id;
    if (!is_due(watch, now_ms))
        return REWRITE_SAME;
    watch->attempted = true;
    watch->attempted_at = now_ms;
    watch->used = id;
    struct rewrite *rules;
    watch->failed = rewrite_read(&rules, watch->path, err) != 0;
    if (watch->failed) {
        err_append(err, watch->rules != NULL ? ", keeping the old rules" : ", no rules are in force");
        return REWRITE_FAILED;
    }
    rewrite_free(watch->rules);
    watch->rules = rules;
    return REWRITE_NEW;
}
