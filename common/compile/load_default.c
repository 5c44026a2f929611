// SPDX-License-Identifier: GPL-2.0-or-later
/* load_default.c - which image is used when none is named. Part of load.h. */
#include "load.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/place.h"

#define CONFIGURATION_MAX ((size_t)1 << 20)

static int
join(char ret[PATH_MAX], const char *folder, const char *name, struct err *err)
{
    int n = snprintf(ret, PATH_MAX, "%s/%s", folder, name);
    return n > 0 && n < PATH_MAX ? 0 : err_set(err, ERR_LIMIT, "the path '%s/%s' is too long", folder, name);
}

/* 1: there are local rules; 0: there are none; -1: cannot tell. */
static int
has_local_rules(const char *folder, struct err *err)
{
    DIR *dir = opendir(folder);
    int failed = errno;
    if (dir == NULL)
        return failed == ENOENT && file_is_absent(folder)
                   ? 0
                   : err_set(err, ERR_IO, "cannot open '%s': %s", folder, strerror(failed));
    int found = 0;
    const struct dirent *entry;
    while (found == 0 && (entry = readdir(dir)) != NULL) {
        const char *dot = strrchr(entry->d_name, '.');
        found = entry->d_name[0] != '.' && dot != NULL && strcmp(dot, ".rules") == 0;
    }
    closedir(dir);
    return found;
}

/* 1: the configuration says something; 0: it is missing or has only comments; -1: cannot tell. */
static int
has_settings(const char *path, struct err *err)
{
    if (file_is_absent(path))
        return 0;
    struct buf bytes;
    buf_init(&bytes, 2 * CONFIGURATION_MAX);
    int result = file_read(&bytes, path, CONFIGURATION_MAX, err);
    if (result == 0 && bytes.len == 0)
        result = err_set(err, ERR_IO, "cannot read '%s': the file is empty; is the disk full?", path);
    bool front = true;
    for (size_t i = 0; i < bytes.len && result == 0; i++) {
        char c = bytes.data[i];
        if (front && c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != '#')
            result = 1;
        front = c == '\n' || (front && (c == ' ' || c == '\t'));
    }
    buf_clear(&bytes);
    return result;
}

/* The folder may belong to somebody who is not trusted with more than its tables. */
static bool
is_link_to_generation(const char *path)
{
    char target[64];
    ssize_t len = readlink(path, target, sizeof target - 1);
    target[len < 0 ? 0 : len] = '\0';
    size_t digits = strncmp(target, "gen-", 4) == 0 ? strspn(target + 4, "0123456789") : 0;
    return digits >= 6 && target[4 + digits] == '\0';
}

/* A copy that leaves links out loses `current`, but not the list of what was in use. */
static int
check_never_published(const char *state, const char *current, struct err *err)
{
    char published[PATH_MAX];
    if (join(published, state, "published", err) != 0)
        return -1;
    return file_is_absent(published)
               ? 0
               : err_set(err, ERR_IO,
                         "the link '%s' is missing, although a table was in use; 'm365ctl publish' mends it", current);
}

int
load_default_image(char ret[PATH_MAX], const struct places *places, struct err *err)
{
    char current[PATH_MAX], local[PATH_MAX], configuration[PATH_MAX];
    struct stat st;
    if (join(current, places->state, "current", err) != 0 || join(local, places->config, "local.d", err) != 0 ||
        join(configuration, places->config, "m365.conf", err) != 0)
        return -1;
    if (lstat(current, &st) == 0)
        return is_link_to_generation(current) ? join(ret, places->state, "current/image", err)
                                              : err_set(err, ERR_IO, "'%s' is not a link to a generation", current);
    int failed = errno;
    if (failed != ENOENT || !file_is_absent(current))
        return err_set(err, ERR_IO, "cannot look at '%s': %s", current, strerror(failed));
    if (check_never_published(places->state, current, err) != 0)
        return -1;
    int rules = has_local_rules(local, err);
    if (rules < 0)
        return -1;
    if (rules > 0)
        return err_set(err, ERR_IO, "local rules in '%s' are not published yet; name a table with -t, or publish them",
                       local);
    int settings = has_settings(configuration, err);
    if (settings < 0)
        return -1;
    if (settings > 0)
        return err_set(err, ERR_IO, "'%s' is not published yet in '%s'; name a table with -t, or publish it",
                       configuration, places->state);
    return join(ret, places->data, "worldwide.image", err);
}
