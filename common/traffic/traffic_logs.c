// SPDX-License-Identifier: GPL-2.0-or-later
/* traffic_logs.c - see traffic_logs.h. */
#include "traffic_logs.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "conf/conf.h"

#define MEMORY ((size_t)64 << 20)
#define TRIES 10
#define TRY_MS 20
#define HEAD 512       /* first bytes by which a copy is known */
#define OTHER_FILES 64 /* that may be open beside the logs */
#define PACKED_GAIN 8  /* about so many bytes of lines in a packed one */

/* ---- what cannot be read ---- */

/* The group of a file, or of the folder that hides it. */
static void
name_group(char *ret, size_t room, const char *path)
{
    char folder[PATH_MAX];
    struct stat st;
    snprintf(folder, sizeof folder, "%s", path);
    while (stat(folder, &st) != 0 && strrchr(folder, '/') > folder)
        *strrchr(folder, '/') = '\0';
    const struct group *group = stat(folder, &st) == 0 ? getgrgid(st.st_gid) : NULL;
    snprintf(ret, room, "%s", group == NULL ? "unknown" : group->gr_name);
}

static int
refuse(const char *path, int failed, struct err *err)
{
    char words[256], group[64];
    err_set(err, ERR_IO, "cannot open '%s': %s", path, strerror(failed));
    if (failed != EACCES && failed != EPERM)
        return -1;
    name_group(group, sizeof group, path);
    const struct passwd *user = getpwuid(geteuid());
    snprintf(words, sizeof words, "; let the user '%.64s' read it, for instance as a member of the group '%.64s'",
             user == NULL ? "unknown" : user->pw_name, group);
    err_append(err, words);
    return -1;
}

/* Nothing has the name: either there is no such log, or its folder may not be read. */
static int
refuse_missing(const char *pattern, struct err *err)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", pattern);
    char *slash = strrchr(folder, '/');
    if (slash != NULL)
        slash[slash == folder] = '\0';
    if (slash != NULL && access(folder, R_OK | X_OK) != 0 && errno == EACCES)
        return refuse(folder, EACCES, err);
    return err_set(err, ERR_IO, "there is no log '%s'", pattern);
}

/* ---- names ---- */

/* Adds what a name leads to, unless that is no regular file, or there already. */
static int
add_log(struct traffic_logs *logs, const char *path, struct err *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return errno == ENOENT ? 0 : refuse(path, errno, err);
    if (!S_ISREG(st.st_mode))
        return 0;
    for (size_t i = 0; i < logs->count; i++) {
        if (logs->logs[i].inode == (uint64_t)st.st_ino && logs->logs[i].device == (uint64_t)st.st_dev)
            return 0;
    }
    struct traffic_log *grown = arena_grow(logs->arena, logs->logs, &logs->room, logs->count + 1, sizeof *grown);
    const char *kept = arena_text(logs->arena, path, strlen(path));
    if (grown == NULL || kept == NULL)
        return err_set(err, ERR_MEM, "no memory for the names of the logs");
    logs->logs = grown;
    grown[logs->count++] = (struct traffic_log){
        kept, (uint64_t)st.st_dev, (uint64_t)st.st_ino, (uint64_t)st.st_size, (int64_t)st.st_mtim.tv_sec, -1};
    return 0;
}

static int
find_logs(struct traffic_logs *logs, const struct conf *conf, struct err *err)
{
    for (size_t i = 0; i < conf->log_count; i++) {
        glob_t found;
        int failed = glob(conf->logs[i], 0, NULL, &found);
        if (failed != 0)
            return failed == GLOB_NOMATCH ? refuse_missing(conf->logs[i], err)
                                          : err_set(err, ERR_IO, "cannot look for '%s'", conf->logs[i]);
        int result = 0;
        for (size_t j = 0; j < found.gl_pathc && result == 0; j++)
            result = add_log(logs, found.gl_pathv[j], err);
        globfree(&found);
        if (result != 0)
            return -1;
    }
    return logs->count > 0 ? 0 : refuse_missing(conf->logs[0], err);
}

static bool
is_same(const struct traffic_logs *a, const struct traffic_logs *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct traffic_log *one = &a->logs[i], *other = &b->logs[i];
        if (one->inode != other->inode || one->device != other->device || strcmp(one->path, other->path) != 0)
            return false;
    }
    return true;
}

static bool
has_end(const char *path, const char *const *ends)
{
    size_t len = strlen(path);
    for (; *ends != NULL; ends++) {
        size_t end = strlen(*ends);
        if (len > end && strcmp(path + len - end, *ends) == 0)
            return true;
    }
    return false;
}

static bool
is_packed(const char *path)
{
    static const char *const ends[] = {".gz", ".zst", ".xz", NULL};
    return has_end(path, ends);
}

/* Packed in a way that room log does not know: its bytes would count as lines of no format. */
static bool
is_strange(const char *path)
{
    static const char *const ends[] = {".bz2", ".lz4", ".lz", ".lzma", ".lzo", ".Z", ".zip", ".7z", NULL};
    return has_end(path, ends);
}

/* True if the plain log is there, too: the packed one is not finished yet. */
static bool
is_unfinished(const struct traffic_logs *logs, const struct traffic_log *log)
{
    if (!is_packed(log->path))
        return false;
    size_t len = (size_t)(strrchr(log->path, '.') - log->path);
    for (size_t i = 0; i < logs->count; i++) {
        if (strlen(logs->logs[i].path) == len && memcmp(logs->logs[i].path, log->path, len) == 0)
            return true;
    }
    return false;
}

/* ---- open logs ---- */

static void
close_log(struct traffic_log *log)
{
    if (log->fd >= 0)
        close(log->fd);
    log->fd = -1;
}

static bool
is_wanted(const struct traffic_logs *logs, const struct traffic_log *log, int64_t since)
{
    return log->changed >= since && log->size > 0 && !is_unfinished(logs, log);
}

/* Lets all of them be open at once. */
static int
make_room(struct traffic_logs *logs, int64_t since, struct err *err)
{
    struct rlimit limit;
    rlim_t need = OTHER_FILES;
    for (size_t i = 0; i < logs->count; i++)
        need += is_wanted(logs, &logs->logs[i], since);
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= need)
        return 0;
    if (limit.rlim_max < need)
        return err_set(err, ERR_LIMIT,
                       "%zu logs are to be read, and %llu files may be open; allow more (LimitNOFILE in "
                       "squid-m365-update.service, ulimit -Hn), or name fewer in 'log'",
                       (size_t)need - OTHER_FILES, (unsigned long long)limit.rlim_max);
    logs->files_before = limit.rlim_cur;
    limit.rlim_cur = need;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0
               ? 0
               : err_set(err, ERR_LIMIT, "cannot open %zu logs: %s", (size_t)need - OTHER_FILES, strerror(errno));
}

static void
give_back_room(struct traffic_logs *logs)
{
    struct rlimit limit;
    if (logs->files_before == 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = logs->files_before;
    setrlimit(RLIMIT_NOFILE, &limit);
    logs->files_before = 0;
}

static void
close_all(struct traffic_logs *logs)
{
    for (size_t i = 0; i < logs->count; i++)
        close_log(&logs->logs[i]);
    give_back_room(logs);
}

/* 1: the name leads to another file by now. */
static int
open_log(struct traffic_log *log, struct err *err)
{
    struct stat st;
    log->fd = open(log->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (log->fd < 0)
        return errno == ENOENT ? 1 : refuse(log->path, errno, err);
    if (fstat(log->fd, &st) != 0 || (uint64_t)st.st_ino != log->inode || (uint64_t)st.st_dev != log->device)
        return 1;
    log->size = (uint64_t)st.st_size;
    return 0;
}

static int
open_logs(struct traffic_logs *logs, int64_t since, struct err *err)
{
    if (make_room(logs, since, err) != 0)
        return -1;
    for (size_t i = 0; i < logs->count; i++) {
        struct traffic_log *log = &logs->logs[i];
        if (!is_wanted(logs, log, since))
            continue;
        if (is_strange(log->path))
            return err_set(err, ERR_IO, "'%s' is not packed with gzip, xz or zstd; name the logs in 'log' without it",
                           log->path);
        int result = open_log(log, err);
        if (result != 0)
            return result;
    }
    return 0;
}

struct head {
    ssize_t len;
    char bytes[HEAD];
};

/* True if both begin with the same line or bytes, of which there are enough: one is a copy, as `copytruncate` of
 * logrotate(8) makes it. */
static bool
is_copy(const struct head *a, const struct head *b)
{
    ssize_t len = a->len < b->len ? a->len : b->len;
    return len > 0 && memcmp(a->bytes, b->bytes, (size_t)len) == 0 &&
           (len == HEAD || memchr(a->bytes, '\n', (size_t)len) != NULL);
}

static int
drop_copies(struct traffic_logs *logs, struct err *err)
{
    struct head *heads = arena_array(logs->arena, logs->count + 1, sizeof *heads);
    if (heads == NULL)
        return err_set(err, ERR_MEM, "no memory to compare the logs");
    for (size_t i = 0; i < logs->count; i++) {
        if (logs->logs[i].fd >= 0)
            heads[i].len = pread(logs->logs[i].fd, heads[i].bytes, HEAD, 0);
        for (size_t j = 0; j < i && logs->logs[i].fd >= 0; j++) {
            struct traffic_log *a = &logs->logs[i], *b = &logs->logs[j];
            if (b->fd >= 0 && is_copy(&heads[i], &heads[j]))
                close_log(a->size > b->size ? b : a);
        }
    }
    return 0;
}

/* 1: the names changed meanwhile. */
static int
try_open(struct traffic_logs *logs, const struct conf *conf, int64_t since, struct err *err)
{
    struct traffic_logs again = {.arena = logs->arena};
    int result = find_logs(logs, conf, err);
    if (result == 0)
        result = open_logs(logs, since, err);
    if (result == 0)
        result = find_logs(&again, conf, err);
    return result != 0 ? result : !is_same(logs, &again);
}

int
traffic_logs_open(struct traffic_logs *ret, const struct conf *conf, int64_t since, struct err *err)
{
    *ret = (struct traffic_logs){.arena = arena_new(MEMORY)};
    if (ret->arena == NULL)
        return err_set(err, ERR_MEM, "no memory for the names of the logs");
    int result = try_open(ret, conf, since, err);
    for (int tries = 1; result > 0 && tries < TRIES; tries++) {
        close_all(ret);
        *ret = (struct traffic_logs){.arena = ret->arena};
        poll(NULL, 0, TRY_MS);
        result = try_open(ret, conf, since, err);
    }
    if (result > 0)
        err_set(err, ERR_IO, "the logs change their names all the time");
    if (result == 0)
        result = drop_copies(ret, err);
    if (result != 0)
        traffic_logs_close(ret);
    return result == 0 ? 0 : -1;
}

void
traffic_logs_close(struct traffic_logs *logs)
{
    close_all(logs);
    logs->count = 0;
    arena_free(logs->arena);
    logs->arena = NULL;
}

int64_t
traffic_logs_last(const struct traffic_logs *logs, int64_t before)
{
    int64_t last = 0;
    for (size_t i = 0; i < logs->count; i++) {
        if (logs->logs[i].size > 0 && logs->logs[i].changed < before && logs->logs[i].changed > last)
            last = logs->logs[i].changed;
    }
    return last;
}

uint64_t
traffic_logs_bytes(const struct traffic_logs *logs, int64_t since)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < logs->count; i++) {
        const struct traffic_log *log = &logs->logs[i];
        if (log->fd >= 0 && log->changed >= since)
            bytes += log->size * (is_packed(log->path) ? PACKED_GAIN : 1);
    }
    return bytes;
}
