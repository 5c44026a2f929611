// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * counter_fold.c - see counter_fold.h.
 *
 *     files without a writer --> their sum and their names into kept.new --> rename to kept --> remove the files
 *
 * The kept file names what was folded last. If the last step was interrupted, these files are still there: readers do
 * not count them again, and the next round removes them before it folds more. A kept file that is damaged is set aside:
 * beside it nothing could be folded any more.
 */
#include "counter_fold.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "counter_file.h"

#define ENTRIES_MAX 100000 /* names looked at in one round */
#define ROUNDS_MAX 64      /* so one start folds at most 4096 files */
#define UNFINISHED_S 60    /* an unfinished file this old was left by a process that ended */

struct round {
    int dir;
    const char *folder;
    struct counter_kept kept;
    struct counter_id new_ids[COUNTER_FOLDED_MAX];
    char names[COUNTER_FOLDED_MAX][COUNTER_FILE_NAME_MAX];
    uint64_t count;
    bool denied; /* this process may not write here */
};

static void
remove_unfinished(const struct round *round, const char *name)
{
    struct stat st;
    if (strncmp(name, COUNTER_NEW, strlen(COUNTER_NEW)) == 0 &&
        fstatat(round->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_mtime + UNFINISHED_S < time(NULL))
        unlinkat(round->dir, name, 0);
}

static int
refuse(struct round *round, const char *what, struct err *err)
{
    round->denied = errno == EACCES || errno == EPERM || errno == EROFS;
    return err_set(err, ERR_IO, "cannot %s in '%s': %s", what, round->folder, strerror(errno));
}

/* Takes one file into the sum, or removes it if it was taken before. */
static int
take(struct round *round, const char *name, struct err *err)
{
    struct counter_seen seen;
    remove_unfinished(round, name);
    if (!counter_is_file_name(name) || counter_file_read(&seen, round->dir, round->folder, name, NULL) != 0 ||
        seen.lives)
        return 0;
    if (counter_kept_has(&round->kept, seen.id))
        return unlinkat(round->dir, name, 0) == 0 || errno == ENOENT ? 0 : refuse(round, "remove a file", err);
    counts_add(&round->kept.counts[seen.program], &seen.counts);
    round->kept.ended[seen.program] += round->kept.ended[seen.program] < COUNTS_MOST;
    round->new_ids[round->count] = seen.id;
    memcpy(round->names[round->count++], name, strlen(name) + 1);
    return 0;
}

static int
take_all(struct round *round, struct err *err)
{
    int fd = openat(round->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    int result = 0;
    if (entries == NULL) {
        refuse(round, "look at the files", err);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    for (unsigned i = 0; i < ENTRIES_MAX && round->count < COUNTER_FOLDED_MAX && result == 0; i++) {
        const struct dirent *entry = readdir(entries);
        if (entry == NULL)
            break;
        result = take(round, entry->d_name, err);
    }
    closedir(entries);
    return result;
}

/* Whoever folds may be root: the helpers, who own the folder, must be able to go on. */
static void
give_away(const struct round *round, int fd)
{
    struct stat st;
    if (geteuid() == 0 && fstat(round->dir, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) != 0)
        return; /* they replace the file, and need not write it */
}

static int
put_kept(struct round *round, struct err *err)
{
    char bytes[COUNTER_FILE_SIZE] = "";
    struct counter_kept *kept = &round->kept;
    kept->magic = COUNTER_KEPT_MAGIC;
    kept->version = COUNTER_VERSION;
    kept->serial++;
    kept->folded_count = round->count;
    memcpy(kept->folded, round->new_ids, sizeof kept->folded);
    kept->check = counter_kept_check(kept);
    memcpy(bytes, kept, sizeof *kept);
    unlinkat(round->dir, COUNTER_KEPT_NEW, 0);
    int fd = openat(round->dir, COUNTER_KEPT_NEW, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return refuse(round, "make a file", err);
    give_away(round, fd);
    int failed = file_write_all(fd, bytes, sizeof bytes) == 0 && fchmod(fd, 0644) == 0 ? 0 : errno;
    close(fd);
    if (failed == 0 && renameat(round->dir, COUNTER_KEPT_NEW, round->dir, COUNTER_KEPT) == 0)
        return 0;
    errno = failed != 0 ? failed : errno;
    return refuse(round, "replace '" COUNTER_KEPT "'", err);
}

/* -1: nothing can be folded; whoever reads the kept file finds the same. */
static int
read_kept(struct round *round, struct err *err)
{
    struct err why = {0};
    if (counter_kept_read(&round->kept, round->dir, round->folder, &why) == 0)
        return 0;
    if (why.kind == ERR_CORRUPT && renameat(round->dir, COUNTER_KEPT, round->dir, COUNTER_KEPT_DAMAGED) == 0)
        return 0;
    return err_set(err, ERR_CORRUPT, "%s", why.text);
}

/* One round: as many files as the kept file can name. */
static int
fold_some(struct round *round, struct err *err)
{
    round->count = 0;
    memset(round->new_ids, 0, sizeof round->new_ids);
    if (read_kept(round, err) != 0 || take_all(round, err) != 0)
        return -1;
    if (round->count == 0)
        return 0;
    if (put_kept(round, err) != 0)
        return -1;
    for (uint64_t i = 0; i < round->count; i++) {
        if (unlinkat(round->dir, round->names[i], 0) != 0 && errno != ENOENT)
            return refuse(round, "remove a file", err);
    }
    return 0;
}

int
counter_fold_at(int dir, const char *folder, struct err *err)
{
    struct round round = {.dir = dir, .folder = folder};
    struct err own = {0};
    int result = 0;
    if (faccessat(dir, ".", W_OK, AT_EACCESS) != 0 || flock(dir, LOCK_EX | LOCK_NB) != 0)
        return 0;
    for (unsigned i = 0; i < ROUNDS_MAX && result == 0; i++) {
        result = fold_some(&round, &own);
        if (round.count < COUNTER_FOLDED_MAX)
            break;
    }
    flock(dir, LOCK_UN);
    return result == 0 || round.denied ? 0 : err_set(err, own.kind, "%s", own.text);
}
