// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_reach.c - who Squid's user is, and what keeps it from a file. See squidconf_reach.h.
 */
#include "squidconf_reach.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "squidconf_model.h"
#include "squidconf_words.h"

#define GROUPS_OF_USER_MAX 256

struct user {
    const char *name; /* NULL: there is no such user here */
    uid_t uid;
    gid_t groups[GROUPS_OF_USER_MAX];
    int group_count;
};

static bool
find_user(struct user *ret, const char *name)
{
    const struct passwd *entry = getpwnam(name);
    if (entry == NULL)
        return false;
    ret->name = name;
    ret->uid = entry->pw_uid;
    ret->group_count = GROUPS_OF_USER_MAX;
    if (getgrouplist(name, entry->pw_gid, ret->groups, &ret->group_count) < 0)
        ret->group_count = GROUPS_OF_USER_MAX;
    return true;
}

/* The user that Squid runs as. */
static void
squid_user(struct user *ret, const struct squidconf *conf)
{
    static const char *const usual[] = {"proxy", "squid", "nobody", NULL};
    const char *name = conf->about->user;
    *ret = (struct user){0};
    for (size_t i = 0; i < conf->line_count; i++) {
        if (squidconf_is(&conf->lines[i], "cache_effective_user") && conf->lines[i].count > 1)
            name = conf->lines[i].words[1];
    }
    if (name != NULL) {
        find_user(ret, name);
        return;
    }
    for (size_t i = 0; usual[i] != NULL && !find_user(ret, usual[i]);)
        i++;
}

/* True if the user may do it; `need` is 4 (read), 2 (write) or 1 (enter, run). */
static bool
may(const struct user *user, const struct stat *st, mode_t need)
{
    if (user->uid == 0)
        return need != 1 || S_ISDIR(st->st_mode) || (st->st_mode & 0111) != 0;
    if (st->st_uid == user->uid)
        return ((st->st_mode >> 6) & need) != 0;
    for (int i = 0; i < user->group_count; i++) {
        if (user->groups[i] == st->st_gid)
            return ((st->st_mode >> 3) & need) != 0;
    }
    return (st->st_mode & need) != 0;
}

/* What keeps the user from a file. 0: nothing. -1: it does not exist. 1: the rights of the file or folder in `ret`. */
static int
reach(char ret[PATH_MAX], const struct user *user, const char *path, mode_t need)
{
    struct stat st;
    size_t len = strlen(path);
    if (len >= PATH_MAX)
        return -1;
    for (size_t i = 1; user->name != NULL && path[0] == '/' && i < len; i++) {
        if (path[i] != '/')
            continue;
        memcpy(ret, path, i);
        ret[i] = '\0';
        if (stat(ret, &st) == 0 && !may(user, &st, 1))
            return 1;
    }
    memcpy(ret, path, len + 1);
    if (stat(path, &st) != 0)
        return errno == EACCES ? 0 : -1;
    return user->name == NULL || may(user, &st, need) ? 0 : 1;
}

bool
squidconf_has_user(const char *name)
{
    return getpwnam(name) != NULL;
}

const char *
squidconf_user_name(const struct squidconf *conf)
{
    struct user user;
    squid_user(&user, conf);
    return user.name == NULL ? "USER" : user.name;
}

bool
squidconf_unreachable(struct squidconf *conf, const char *what, const char *path, mode_t need, const char *fix)
{
    struct user user;
    char at[PATH_MAX];
    squid_user(&user, conf);
    int kept = reach(at, &user, path, need);
    if (kept == 0)
        return false;
    struct buf *say = squidconf_say(conf);
    if (kept < 0) {
        buf_add_fmt(say, "%s '%.300s' does not exist\n    %s\n", what, path, fix);
        return true;
    }
    bool folder = strcmp(at, path) != 0;
    const char *verb = need == 1 ? "run" : need == 2 ? "write" : "read";
    buf_add_fmt(say, "Squid's user '%.60s' cannot %s %s '%.300s'", user.name, verb, what, path);
    if (folder)
        buf_add_fmt(say, ": it may not enter '%.300s'", at);
    if (need == 2 && !folder)
        buf_add_fmt(say, "\n    chown -R %.60s '%.300s'\n", user.name, at);
    else
        buf_add_fmt(say, "\n    chmod %s '%.300s'\n", folder ? "o+x" : need == 1 ? "a+rx" : "o+r", at);
    return true;
}
