// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * evidence_folder.c - what the log had of a comparison, from the files that were kept of it. See evidence.h.
 *
 * While this reads, an update may put a new file of a day in place of the old one. The folder is then read again.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/say.h"
#include "change/diff.h"
#include "conf/conf.h"
#include "evidence.h"
#include "replay/replay.h"
#include "traffic/traffic.h"
#include "traffic/traffic_folder.h"

#define DAYS_MAX (TRAFFIC_DAYS + 2) /* today, and a day more for clocks that differ */
#define TRIES 3
#define SMALL_MEMORY ((size_t)1 << 20)

struct kept {
    struct traffic_folder folder; /* after choose() only files that count; without a moment: left out since */
    const struct listener *listener;
    uint32_t from; /* the first day that counts */
    bool damaged[DAYS_MAX];
};

/* Of each day the last file, unless one was damaged. */
static void
choose(struct kept *kept)
{
    struct traffic_folder *folder = &kept->folder;
    size_t count = 0;
    for (size_t i = 0; i < folder->count; i++) {
        const struct traffic_day file = folder->days[i];
        bool replaced = i + 1 < folder->count && folder->days[i + 1].day == file.day;
        bool wanted = file.day >= kept->from && file.day - kept->from < DAYS_MAX;
        if (!replaced && wanted && !kept->damaged[file.day - kept->from])
            folder->days[count++] = file;
    }
    folder->count = count;
}

static void
find_days(struct evidence_days *ret, const struct kept *kept)
{
    const struct traffic_folder *folder = &kept->folder;
    *ret = (struct evidence_days){0};
    for (size_t i = 0; i < DAYS_MAX; i++)
        ret->unread += kept->damaged[i];
    for (size_t i = 0; i < folder->count; i++) {
        const struct traffic_day *file = &folder->days[i];
        if (file->until == 0)
            continue;
        if (ret->last > 0)
            ret->without += file->day - ret->last - 1;
        ret->last = file->day;
        ret->first = ret->first == 0 ? ret->last : ret->first;
    }
}

static void
leave_out(struct kept *kept, struct traffic_day *file, const struct err *why)
{
    say(kept->listener, "what the log had on a day is left out: %s", why->text);
    file->until = 0;
    kept->damaged[file->day - kept->from] = true;
}

/* Adds a file to a replay; its path is in the arena. 1: it is gone. */
static int
add_file(struct replay *replay, struct arena *arena, const struct kept *kept, const struct traffic_day *file,
         struct err *err)
{
    uint64_t size;
    char *path = arena_alloc(arena, PATH_MAX);
    if (path == NULL)
        return err_set(err, ERR_MEM, "no memory for what the log had");
    int fd = traffic_folder_read(&kept->folder, file, path, &size, err);
    if (fd < 0)
        return errno == ENOENT ? 1 : -1;
    return replay_add_open(replay, fd, path, err);
}

/* Adds the files to a replay. 1: one is gone. */
static int
add_files(struct replay *replay, struct arena *arena, struct kept *kept)
{
    for (size_t i = 0; i < kept->folder.count; i++) {
        struct traffic_day *file = &kept->folder.days[i];
        struct err err = {0};
        int result = file->until == 0 ? 0 : add_file(replay, arena, kept, file, &err);
        if (result == 1)
            return 1;
        if (result != 0)
            leave_out(kept, file, &err);
    }
    return 0;
}

/* Finds the files that are damaged further on, by reading each alone. */
static void
check_files(struct kept *kept)
{
    for (size_t i = 0; i < kept->folder.count; i++) {
        struct traffic_day *file = &kept->folder.days[i];
        const struct ledger_entry *entry;
        struct err err = {0};
        struct arena *arena = file->until == 0 ? NULL : arena_new(SMALL_MEMORY);
        struct replay *replay = arena == NULL ? NULL : replay_new(arena);
        if (replay != NULL) {
            int added = add_file(replay, arena, kept, file, &err), more = added == 0 ? 1 : added < 0 ? -1 : 0;
            while (more == 1)
                more = replay_next(replay, &entry, &err);
            if (more < 0)
                leave_out(kept, file, &err);
            replay_close(replay);
        }
        arena_free(arena);
    }
}

/* 0, 1 if a file is gone, -1. */
static int
judge_files(struct diff *diff, struct kept *kept, struct err *err)
{
    struct arena *arena = arena_new(SMALL_MEMORY);
    struct replay *replay = arena == NULL ? NULL : replay_new(arena);
    struct evidence_days days;
    if (replay == NULL) {
        arena_free(arena);
        return err_set(err, ERR_MEM, "no memory for what the log had");
    }
    int result = add_files(replay, arena, kept);
    find_days(&days, kept);
    if (result == 0 && days.last > 0)
        result = evidence_judge(diff, replay, &days, err);
    replay_close(replay);
    arena_free(arena);
    return result;
}

static int
read_folder(struct diff *diff, struct kept *kept, struct err *err)
{
    for (int i = 0; i < TRIES; i++) {
        if (traffic_folder_list(&kept->folder, err) != 0)
            return -1;
        choose(kept);
        int result = judge_files(diff, kept, err);
        if (result == 0 || (result < 0 && err->kind == ERR_MEM))
            return result;
        if (result < 0)
            check_files(kept);
    }
    return err_set(err, ERR_IO, "the files of '%s' keep changing", kept->folder.path);
}

void
evidence_show(struct diff *diff, const struct conf *conf, uint32_t today, const struct listener *listener)
{
    struct err err = {0};
    bool found = false;
    if (conf->log_count == 0 || diff->seen != NULL || diff_is_empty(diff))
        return;
    struct arena *arena = arena_new(SMALL_MEMORY);
    struct kept *kept = arena == NULL ? NULL : arena_alloc(arena, sizeof *kept);
    int result = kept == NULL ? err_set(&err, ERR_MEM, "no memory for what the log had")
                              : traffic_folder_open(&kept->folder, conf->state, false, &found, &err);
    if (found) {
        kept->listener = listener;
        kept->from = today > TRAFFIC_DAYS ? today - TRAFFIC_DAYS : 0;
        result = read_folder(diff, kept, &err);
        traffic_folder_close(&kept->folder);
    }
    if (result != 0)
        say(listener, "what the log had is not shown: %s", err.text);
    arena_free(arena);
}
