// SPDX-License-Identifier: GPL-2.0-or-later
/* rewrite_watch.c - reads a rules file again when it changes. Part of rewrite.h. When that is, watch.h decides. */
#include "base/arena.h"
#include "base/err.h"
#include "base/watch.h"
#include "rewrite.h"

struct rewrite_watch {
    struct arena *arena;
    const char *path;
    struct rewrite *rules;
    struct watch file;
};

struct rewrite_watch *
rewrite_watch_new(const char *path)
{
    struct arena *arena = arena_new((size_t)1 << 16);
    struct rewrite_watch *watch = arena == NULL ? NULL : arena_alloc(arena, sizeof *watch);
    if (watch == NULL || !watch_init(&watch->file, arena, 1)) {
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

enum rewrite_change
rewrite_refresh(struct rewrite_watch *watch, uint64_t now_ms, struct err *err)
{
    watch_look(&watch->file, 0, watch->path, now_ms);
    if (watch_ask(&watch->file, now_ms) != WATCH_DUE)
        return REWRITE_SAME;
    struct rewrite *rules;
    bool failed = rewrite_read(&rules, watch->path, err) != 0;
    watch_done(&watch->file, now_ms, watch_result(failed, err));
    if (failed) {
        err_append(err, watch->rules != NULL ? ", keeping the old rules" : ", no rules are in use");
        return REWRITE_FAILED;
    }
    rewrite_free(watch->rules);
    watch->rules = rules;
    return REWRITE_NEW;
}
