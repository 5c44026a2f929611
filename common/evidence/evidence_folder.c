// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * evidence_folder.c - what the log had of a comparison, from the files that were kept of it. See evidence.h.
 *
 * While this reads, an update may put a new file of a day in place of the old one. The folder is then read again.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/day.h"
#include "base/err.h"
#include "base/file.h"
#include "base/say.h"
#include "change/diff.h"
#include "conf/conf.h"
#include "evidence.h"
#include "replay/replay.h"

#define DAYS_MAX (EVIDENCE_DAYS + 2) /* today, and a day more for clocks that differ */
#define TRIES 3
#define UNTIL_DIGITS 18
#define SMALL_MEMORY ((size_t)1 << 20)

struct day_file {
    int64_t until; /* 0: there is none of this day */
    bool damaged;
    char path[PATH_MAX];
};

struct day_files {
    uint32_t from; /* the day of the first */
    struct day_file of[DAYS_MAX];
};

/* `YYYY-MM-DD.UNTIL` */
static bool
parse_name(uint32_t *ret_day, int64_t *ret_until, const char *name)
{
    const char *digits = name + DAY_TEXT_MAX;
    size_t len = strlen(name);
    if (len <= DAY_TEXT_MAX || len - DAY_TEXT_MAX > UNTIL_DIGITS || name[DAY_TEXT_MAX - 1] != '.' ||
        strspn(digits, "0123456789") != len - DAY_TEXT_MAX || !day_parse(ret_day, name, DAY_TEXT_MAX - 1))
        return false;
    *ret_until = strtoll(digits, NULL, 10);
    return *ret_until > 0;
}

/* Finds the last file of each day. The number of days; 0 also if the folder is not there. -1 with ERR_IO. */
static int
list_files(struct day_files *ret, const char *state, struct err *err)
{
    char folder[PATH_MAX];
    uint32_t day;
    int64_t until;
    int count = 0, n = snprintf(folder, sizeof folder, "%s/" EVIDENCE_FOLDER, state);
    if (n < 0 || (size_t)n >= sizeof folder || file_is_absent(folder))
        return 0;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL) {
        err_set(err, ERR_IO, "cannot read '%s': %s", folder, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (!parse_name(&day, &until, entry->d_name) || day < ret->from || day - ret->from >= DAYS_MAX)
            continue;
        struct day_file *file = &ret->of[day - ret->from];
        if (file->damaged || until <= file->until)
            continue;
        count += file->until == 0;
        file->until = until;
        n = snprintf(file->path, sizeof file->path, "%s/%s", folder, entry->d_name);
        if (n < 0 || (size_t)n >= sizeof file->path)
            *file = (struct day_file){.damaged = true};
    }
    closedir(dir);
    return count;
}

static void
find_days(struct evidence_days *ret, const struct day_files *files)
{
    *ret = (struct evidence_days){0};
    for (uint32_t i = 0; i < DAYS_MAX; i++) {
        if (files->of[i].until == 0)
            continue;
        if (ret->last > 0)
            ret->without += files->from + i - ret->last - 1;
        ret->last = files->from + i;
        ret->first = ret->first == 0 ? ret->last : ret->first;
    }
}

static void
leave_out(struct day_file *file, const struct err *why, const struct listener *listener)
{
    say(listener, "what the log had on a day is left out: %s", why->text);
    file->until = 0;
    file->damaged = true;
}

/* Whoever owns the folder may have put a link there, or a pipe that nobody writes to. */
static int
add_file(struct replay *replay, const char *path, struct err *err)
{
    struct stat stat;
    if (lstat(path, &stat) == 0 && !S_ISREG(stat.st_mode))
        return err_set(err, ERR_CORRUPT, "'%s' is not a regular file", path);
    return replay_add(replay, path, err);
}

/* Adds the files to a replay. 1: one is gone. */
static int
add_files(struct replay *replay, struct day_files *files, const struct listener *listener)
{
    for (size_t i = 0; i < DAYS_MAX; i++) {
        struct day_file *file = &files->of[i];
        struct err err = {0};
        if (file->until == 0 || add_file(replay, file->path, &err) == 0)
            continue;
        if (file_is_absent(file->path))
            return 1;
        leave_out(file, &err, listener);
    }
    return 0;
}

/* Finds the files that are damaged further on, by reading each alone. */
static void
check_files(struct day_files *files, const struct listener *listener)
{
    for (size_t i = 0; i < DAYS_MAX; i++) {
        struct day_file *file = &files->of[i];
        const struct ledger_entry *entry;
        struct err err = {0};
        struct arena *arena = file->until == 0 ? NULL : arena_new(SMALL_MEMORY);
        struct replay *replay = arena == NULL ? NULL : replay_new(arena);
        if (replay != NULL) {
            int more = replay_add(replay, file->path, &err) == 0 ? 1 : -1;
            while (more == 1)
                more = replay_next(replay, &entry, &err);
            if (more < 0)
                leave_out(file, &err, listener);
            replay_close(replay);
        }
        arena_free(arena);
    }
}

/* 0, 1 if a file is gone, -1. */
static int
judge_files(struct diff *diff, struct day_files *files, const struct listener *listener, struct err *err)
{
    struct arena *arena = arena_new(SMALL_MEMORY);
    struct replay *replay = arena == NULL ? NULL : replay_new(arena);
    struct evidence_days days;
    if (replay == NULL) {
        arena_free(arena);
        return err_set(err, ERR_MEM, "no memory for what the log had");
    }
    int result = add_files(replay, files, listener);
    find_days(&days, files);
    if (result == 0 && days.last > 0)
        result = evidence_judge(diff, replay, &days, err);
    replay_close(replay);
    arena_free(arena);
    return result;
}

static int
read_folder(struct diff *diff, struct day_files *files, const char *state, const struct listener *listener,
            struct err *err)
{
    for (int i = 0; i < TRIES; i++) {
        int found = list_files(files, state, err);
        if (found <= 0)
            return found;
        int result = judge_files(diff, files, listener, err);
        if (result == 0)
            return 0;
        if (result < 0 && err->kind == ERR_MEM)
            return -1;
        if (result < 0)
            check_files(files, listener);
        for (size_t day = 0; day < DAYS_MAX; day++)
            files->of[day].until = 0;
    }
    return err_set(err, ERR_IO, "the files of '%s/" EVIDENCE_FOLDER "' keep changing", state);
}

void
evidence_show(struct diff *diff, const struct conf *conf, uint32_t today, const struct listener *listener)
{
    struct err err = {0};
    if (conf->log_count == 0 || diff->seen != NULL || diff_is_empty(diff))
        return;
    struct arena *arena = arena_new(SMALL_MEMORY);
    struct day_files *files = arena == NULL ? NULL : arena_alloc(arena, sizeof *files);
    if (files == NULL)
        err_set(&err, ERR_MEM, "no memory for what the log had");
    else
        files->from = today > EVIDENCE_DAYS ? today - EVIDENCE_DAYS : 0;
    if (files == NULL || read_folder(diff, files, conf->state, listener, &err) != 0)
        say(listener, "what the log had is not shown: %s", err.text);
    arena_free(arena);
}
