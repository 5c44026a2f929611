// SPDX-License-Identifier: GPL-2.0-or-later
/* place.c - see place.h. */
#include "place.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "utf8.h"

#define OPTION_MAX 128 /* a sentence has room for two or three */

const struct places places_default = {M365_STATEDIR, M365_CONFDIR, M365_PKGDATADIR};
const char *const place_run = M365_RUNDIR;

static char option[OPTION_MAX]; /* "" or ` -c PATH` */

/* Makes a path absolute without following links, which would lead to another folder. */
static bool
make_absolute(char ret[PATH_MAX], const char *path)
{
    char folder[PATH_MAX] = "";
    while (path[0] == '.' && path[1] == '/')
        path += 2;
    if (path[0] != '/' && getcwd(folder, sizeof folder) == NULL)
        return false;
    int len = snprintf(ret, PATH_MAX, "%s%s%s", folder, path[0] == '/' || folder[1] == '\0' ? "" : "/", path);
    return len > 0 && len < PATH_MAX;
}

static bool
is_default(const char *path)
{
    char usual[PATH_MAX];
    snprintf(usual, sizeof usual, "%s/m365.conf", places_default.config);
    return strcmp(path, usual) == 0;
}

/* True if a shell takes every byte as it is. */
static bool
is_plain(const char *path)
{
    return path[strspn(path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+,:@%")] == '\0';
}

/* Writes the option; false if there is no room. */
static bool
put_option(const char *path)
{
    size_t at = 0;
    bool quote = !is_plain(path);
    at += (size_t)snprintf(option, sizeof option, " -c %s", quote ? "'" : "");
    for (; *path != '\0' && at + 6 < sizeof option; path++) {
        const char *bytes = *path == '\'' ? "'\\''" : (const char[]){*path, '\0'};
        at += (size_t)snprintf(option + at, sizeof option - at, "%s", bytes);
    }
    snprintf(option + at, sizeof option - at, "%s", quote ? "'" : "");
    return *path == '\0';
}

void
place_use(const char *config)
{
    char path[PATH_MAX];
    option[0] = '\0';
    if (config == NULL || (make_absolute(path, config) && is_default(path)))
        return;
    if (!make_absolute(path, config) || !put_option(path))
        place_use_unknown();
}

void
place_use_unknown(void)
{
    snprintf(option, sizeof option, " -c FILE");
}

const char *
place_option(void)
{
    return option;
}

void
place_add_word(struct buf *buf, const char *word)
{
    buf_add_char(buf, '\'');
    for (const char *at = word; *at != '\0';) {
        size_t len = strcspn(at, "'");
        utf8_add_printable(buf, at, len);
        at += len;
        buf_add_text(buf, *at == '\0' ? "" : "'\\''");
        at += *at != '\0';
    }
    buf_add_char(buf, '\'');
}
