// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tally.c - see tally.h.
 *
 * No lock is taken, because whoever may read the folder could keep it for ever. The kept file is read first and last:
 * if it was replaced meanwhile, a file may have been missed, and everything is read again.
 */
#include "tally.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "counter_file.h"
#include "counter_fold.h"

#define MEMORY_MAX ((size_t)64 << 20)
#define ENTRIES_MAX 100000 /* names looked at */
#define TRIES 10

struct reading {
    struct tally *tally;
    const char *folder;
    int dir;
    struct counter_kept kept;
    size_t files, room;
    size_t strangers; /* files of nobody we know */
    bool set_aside;   /* there is a kept file that was damaged */
};

static void
add_trouble(struct tally *tally, const struct err *err)
{
    if (tally->trouble_count < TALLY_TROUBLE_MAX)
        tally->trouble[tally->trouble_count] = arena_text(tally->arena, err->text, strlen(err->text));
    tally->trouble_count++;
}

static bool
add_process(struct reading *reading, const struct counter_seen *seen)
{
    struct tally *tally = reading->tally;
    struct tally_process *processes =
        arena_grow(tally->arena, tally->processes, &reading->room, tally->count + 1, sizeof *tally->processes);
    if (processes == NULL)
        return false;
    struct tally_process *process = &processes[tally->count++];
    *process = (struct tally_process){.program = seen->program,
                                      .pid = seen->id.pid,
                                      .began = (int64_t)(seen->id.started / 1000000000u),
                                      .has_table = seen->has_table,
                                      .counts = seen->counts};
    memcpy(process->table, seen->name, sizeof process->table);
    tally->processes = processes;
    tally->running[seen->program]++;
    return true;
}

static bool
is_ours(const char *name)
{
    return name[0] == '.' || strcmp(name, COUNTER_KEPT) == 0 || strcmp(name, COUNTER_KEPT_NEW) == 0 ||
           strcmp(name, COUNTER_KEPT_DAMAGED) == 0 || strncmp(name, COUNTER_NEW, strlen(COUNTER_NEW)) == 0;
}

/* Adds one file to the sums. False without memory. */
static bool
take(struct reading *reading, const char *name)
{
    struct tally *tally = reading->tally;
    struct counter_seen seen;
    struct err err = {0};
    if (!counter_is_file_name(name)) {
        reading->strangers += !is_ours(name);
        reading->set_aside = reading->set_aside || strcmp(name, COUNTER_KEPT_DAMAGED) == 0;
        return true;
    }
    if (++reading->files > TALLY_FILES_MAX)
        return true;
    if (counter_file_read(&seen, reading->dir, reading->folder, name, &err) != 0) {
        if (err.kind != ERR_NONE)
            add_trouble(tally, &err);
        return true;
    }
    if (counter_kept_has(&reading->kept, seen.id))
        return true;
    counts_add(&tally->sums[seen.program], &seen.counts);
    if (seen.lives)
        return add_process(reading, &seen);
    tally->ended[seen.program]++;
    return true;
}

static void
say_left_out(struct reading *reading, bool too_many)
{
    struct err err;
    if (reading->set_aside) {
        err_set(&err, ERR_CORRUPT,
                "'%s/" COUNTER_KEPT_DAMAGED "' is what helpers counted that ended before, damaged and set aside: the "
                "sums began at 0 again without it; remove it",
                reading->folder);
        add_trouble(reading->tally, &err);
    }
    if (reading->strangers > 0) {
        err_set(&err, ERR_CORRUPT, "'%s' has %zu file%s that no helper made", reading->folder, reading->strangers,
                reading->strangers == 1 ? "" : "s");
        add_trouble(reading->tally, &err);
    }
    if (too_many || reading->files > TALLY_FILES_MAX) {
        err_set(&err, ERR_LIMIT, "'%s' has more than %d files; the others are not counted", reading->folder,
                TALLY_FILES_MAX);
        add_trouble(reading->tally, &err);
    }
}

static int
take_all(struct reading *reading, struct err *err)
{
    int fd = openat(reading->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    bool memory = true;
    unsigned seen = 0;
    if (entries == NULL) {
        err_set(err, ERR_IO, "cannot read '%s': %s", reading->folder, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    for (const struct dirent *entry; memory && seen < ENTRIES_MAX && (entry = readdir(entries)) != NULL; seen++)
        memory = take(reading, entry->d_name);
    closedir(entries);
    say_left_out(reading, seen == ENTRIES_MAX);
    return memory && arena_ok(reading->tally->arena) ? 0 : err_set(err, ERR_MEM, "no memory");
}

static void
read_kept(struct reading *reading)
{
    struct err err;
    if (counter_kept_read(&reading->kept, reading->dir, reading->folder, &err) != 0)
        add_trouble(reading->tally, &err);
    for (unsigned program = 0; program < COUNTER_PROGRAMS; program++) {
        reading->tally->ended[program] = reading->kept.ended[program];
        counts_add(&reading->tally->sums[program], &reading->kept.counts[program]);
    }
}

/* True if nobody folded since this reading began. */
static bool
is_still(const struct reading *reading)
{
    struct counter_kept now;
    counter_kept_read(&now, reading->dir, reading->folder, NULL);
    return now.serial == reading->kept.serial;
}

static int
read_still(struct tally *ret, const char *folder, int dir, struct err *err)
{
    for (int i = 0;; i++) {
        struct reading reading = {.tally = ret, .folder = folder, .dir = dir};
        *ret = (struct tally){.arena = arena_new(MEMORY_MAX)};
        if (ret->arena == NULL)
            return err_set(err, ERR_MEM, "no memory");
        read_kept(&reading);
        int result = take_all(&reading, err);
        if (result == 0 && (i == TRIES || is_still(&reading)))
            return 0;
        tally_clear(ret);
        if (result != 0)
            return -1;
    }
}

static int
by_begin(const void *left, const void *right)
{
    const struct tally_process *a = left, *b = right;
    if (a->program != b->program)
        return a->program < b->program ? -1 : 1;
    if (a->began != b->began)
        return a->began < b->began ? -1 : 1;
    return (a->pid > b->pid) - (a->pid < b->pid);
}

int
tally_read(struct tally *ret, const char *folder, struct err *err)
{
    struct err folding = {0};
    int dir = counter_open_folder(folder, err);
    if (dir < 0)
        return -1;
    counter_fold_at(dir, folder, &folding);
    int result = read_still(ret, folder, dir, err);
    close(dir);
    if (result != 0)
        return -1;
    if (folding.kind == ERR_IO) /* a kept file that cannot be read was found again */
        add_trouble(ret, &folding);
    if (ret->count > 0)
        qsort(ret->processes, ret->count, sizeof *ret->processes, by_begin);
    return 0;
}

void
tally_clear(struct tally *tally)
{
    arena_free(tally->arena);
    *tally = (struct tally){.count = 0};
}
