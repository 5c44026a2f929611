// SPDX-License-Identifier: GPL-2.0-or-later
/* traffic_folder.c - see traffic_folder.h. */
#include "traffic_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/day.h"
#include "base/err.h"
#include "base/file.h"
#include "traffic.h"

#define DAY_SECONDS 86400
#define DAMAGED "damaged"

static int
refuse(const struct traffic_folder *folder, const char *verb, const char *name, struct err *err)
{
    return err_set(err, ERR_IO, "cannot %s '%s%s%s': %s", verb, folder->path, name[0] == '\0' ? "" : "/", name,
                   strerror(errno));
}

/* What the folder has is synced before anything in it counts. */
static int
make_folder(const struct traffic_folder *folder, int state, struct err *err)
{
    if (mkdirat(state, TRAFFIC_FOLDER, 0700) == 0)
        return fsync(state) == 0 ? 0 : refuse(folder, "sync", "", err);
    return errno == EEXIST ? 0 : refuse(folder, "create", "", err);
}

int
traffic_folder_open(struct traffic_folder *ret, const char *state, bool make, bool *ret_found, struct err *err)
{
    struct stat st;
    ret->count = 0;
    ret->dir = -1;
    int len = snprintf(ret->path, sizeof ret->path, "%s/" TRAFFIC_FOLDER, state);
    int above = len > 0 && len < PATH_MAX - TRAFFIC_NAME_MAX ? open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (ret_found != NULL)
        *ret_found = false;
    if (above < 0 && !make && errno == ENOENT)
        return 0;
    if (above < 0)
        return refuse(ret, "open", "", err);
    int result = make ? make_folder(ret, above, err) : 0;
    if (result == 0)
        ret->dir = openat(above, TRAFFIC_FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool absent = result == 0 && ret->dir < 0 && errno == ENOENT;
    if (result == 0 && ret->dir < 0 && !absent)
        result = refuse(ret, "open", "", err);
    close(above);
    if (ret_found != NULL)
        *ret_found = !absent;
    if (ret->dir >= 0 && make &&
        (fstat(ret->dir, &st) != 0 || ((st.st_mode & 077u) != 0 && fchmod(ret->dir, 0700) != 0)))
        result = refuse(ret, "prepare", "", err);
    if (result != 0)
        traffic_folder_close(ret);
    return result;
}

void
traffic_folder_close(struct traffic_folder *folder)
{
    if (folder->dir >= 0)
        close(folder->dir);
    folder->dir = -1;
}

void
traffic_day_name(char ret[TRAFFIC_NAME_MAX], const struct traffic_day *day)
{
    char text[DAY_TEXT_MAX];
    day_format(text, day->day);
    snprintf(ret, TRAFFIC_NAME_MAX, "%s.%" PRId64, text, day->until);
}

/* A name that traffic_day_name() writes, of a moment of that day or at its end. */
static bool
parse_name(struct traffic_day *ret, const char *name)
{
    char again[TRAFFIC_NAME_MAX];
    if (strlen(name) >= TRAFFIC_NAME_MAX || !day_parse(&ret->day, name, strnlen(name, DAY_TEXT_MAX - 1)) ||
        name[DAY_TEXT_MAX - 1] != '.')
        return false;
    ret->until = strtoll(name + DAY_TEXT_MAX, NULL, 10);
    traffic_day_name(again, ret);
    int64_t start = (int64_t)ret->day * DAY_SECONDS;
    return strcmp(again, name) == 0 && ret->until > start && ret->until <= start + DAY_SECONDS;
}

static int
compare_days(const void *left, const void *right)
{
    const struct traffic_day *a = left, *b = right;
    return (a->until > b->until) - (a->until < b->until);
}

int
traffic_folder_list(struct traffic_folder *folder, struct err *err)
{
    const struct dirent *entry;
    folder->count = 0;
    int fd = openat(folder->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    if (entries == NULL) {
        refuse(folder, "read", "", err);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    errno = 0;
    while (folder->count < TRAFFIC_FILES_MAX && (entry = readdir(entries)) != NULL) {
        folder->count += parse_name(&folder->days[folder->count], entry->d_name);
        errno = 0;
    }
    int result = errno != 0 ? refuse(folder, "read", "", err) : 0;
    closedir(entries);
    qsort(folder->days, folder->count, sizeof *folder->days, compare_days);
    return result;
}

const struct traffic_day *
traffic_folder_find(const struct traffic_folder *folder, uint32_t day)
{
    for (size_t i = folder->count; i > 0; i--) {
        if (folder->days[i - 1].day == day)
            return &folder->days[i - 1];
    }
    return NULL;
}

int
traffic_folder_read(const struct traffic_folder *folder, const struct traffic_day *day, char path[PATH_MAX],
                    uint64_t *ret_size, struct err *err)
{
    char name[TRAFFIC_NAME_MAX];
    struct stat st;
    traffic_day_name(name, day);
    int len = snprintf(path, PATH_MAX, "%s/%s", folder->path, name);
    errno = ENAMETOOLONG;
    if (len < 0 || len >= PATH_MAX)
        return refuse(folder, "open", name, err);
    int fd = file_at_open(folder->dir, name, O_RDONLY, &st, path, err);
    if (fd >= 0)
        *ret_size = (uint64_t)st.st_size;
    return fd;
}

int
traffic_folder_set_aside(const struct traffic_folder *folder, const char *name, struct err *err)
{
    unlinkat(folder->dir, DAMAGED, 0);
    unlinkat(folder->dir, DAMAGED, AT_REMOVEDIR);
    return renameat(folder->dir, name, folder->dir, DAMAGED) == 0 ? 0 : refuse(folder, "rename", name, err);
}

int
traffic_folder_remove(const struct traffic_folder *folder, const char *name, struct err *err)
{
    if (unlinkat(folder->dir, name, 0) == 0 || errno == ENOENT ||
        (errno == EISDIR && unlinkat(folder->dir, name, AT_REMOVEDIR) == 0))
        return 0;
    return refuse(folder, "remove", name, err);
}

int
traffic_folder_forget(const struct traffic_folder *folder, int64_t before, struct err *err)
{
    struct stat st;
    if (fstatat(folder->dir, DAMAGED, &st, AT_SYMLINK_NOFOLLOW) != 0 || (int64_t)st.st_mtim.tv_sec >= before)
        return 0;
    return traffic_folder_remove(folder, DAMAGED, err);
}

int
traffic_folder_begin(const struct traffic_folder *folder, const char *name, struct err *err)
{
    if (traffic_folder_remove(folder, name, err) != 0)
        return -1;
    int fd = openat(folder->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return fd >= 0 ? fd : refuse(folder, "write", name, err);
}

int
traffic_folder_end(const struct traffic_folder *folder, int fd, const char *from, const char *name, struct err *err)
{
    int result = fsync(fd) == 0 ? 0 : refuse(folder, "sync", from, err);
    if (close(fd) != 0 && result == 0)
        result = refuse(folder, "write", from, err);
    if (result == 0 && renameat(folder->dir, from, folder->dir, name) != 0)
        result = refuse(folder, "rename", from, err);
    if (result != 0)
        unlinkat(folder->dir, from, 0);
    else if (fsync(folder->dir) != 0)
        result = refuse(folder, "sync", "", err);
    return result;
}
