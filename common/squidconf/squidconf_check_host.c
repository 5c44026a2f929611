// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_check_host.c - findings about this machine: programs, tables, and whether Squid's user may use them.
 *
 * Rights are those that owner, group and mode say; access lists and AppArmor are not looked at. Where the doctor itself
 * may not look, nothing is said.
 */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/file.h"
#include "base/place.h"
#include "compile/load.h"
#include "image/image.h"
#include "name/verb.h"
#include "squidconf_model.h"
#include "store/state.h"

#define GROUPS_OF_USER_MAX 256
#define TABLE_AGE_MAX 60 /* days; the published list changes about once a month */
#define SOURCES_MAX 64   /* of one helper */

struct user {
    const char *name; /* NULL: nobody of that name here */
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

static void
squids_user(struct user *ret, const struct squidconf *conf)
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

/* `need` is 4 (read) or 1 (search, run). */
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

/* What keeps the user from a file: 0, -1 not there, 1 the path in `ret` forbids it. */
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

/* Says what keeps the user from a file; true if something does. `fix` is what to do if it is not there. */
static bool
say_unreachable(struct squidconf *conf, const char *what, const char *path, mode_t need, const char *fix)
{
    struct user user;
    char at[PATH_MAX];
    squids_user(&user, conf);
    int kept = reach(at, &user, path, need);
    if (kept == 0)
        return false;
    struct buf *say = squidconf_say(conf);
    struct stat st = {0};
    buf_add_fmt(say, "%s '%.300s' ", what, path);
    if (kept < 0) {
        buf_add_fmt(say, "is not there\n    %s\n", fix);
        return true;
    }
    bool folder = stat(at, &st) == 0 && S_ISDIR(st.st_mode);
    buf_add_fmt(say, "cannot be %s by Squid's user '%.60s'", need == 1 ? "run" : "read", user.name);
    if (folder)
        buf_add_fmt(say, ", who may not enter '%.300s'", at);
    buf_add_fmt(say, "\n    chmod %s '%.300s'\n", folder ? "o+x" : need == 1 ? "a+rx" : "o+r", at);
    return true;
}

static bool
is_rewriter(const struct squidconf_line *line)
{
    return squidconf_is(line, "url_rewrite_program") && line->count > 1 &&
           strstr(line->words[1], "url_m365_rewrite") != NULL;
}

void
squidconf_check_user(struct squidconf *conf)
{
    struct user user;
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (!squidconf_is(line, "cache_effective_user") || line->count < 2 || find_user(&user, line->words[1]))
            continue;
        buf_add_fmt(squidconf_say(conf), "there is no user '%.60s' on this machine\n", line->words[1]);
        squidconf_found(conf, line);
    }
}

/* Each line that starts one of our helpers, and the index of the helper's word. */
static void
each_helper(struct squidconf *conf,
            void (*check)(struct squidconf *conf, const struct squidconf_line *line, size_t helper))
{
    for (size_t i = 0; i < conf->type_count; i++) {
        if (conf->types[i].helper != 0)
            check(conf, conf->types[i].line, conf->types[i].helper);
    }
    for (size_t i = 0; i < conf->line_count; i++) {
        if (is_rewriter(&conf->lines[i]))
            check(conf, &conf->lines[i], 1);
    }
}

static void
check_program(struct squidconf *conf, const struct squidconf_line *line, size_t helper)
{
    if (say_unreachable(conf, "the helper", line->words[helper], 1, "make install"))
        squidconf_found(conf, line);
}

void
squidconf_check_program(struct squidconf *conf)
{
    each_helper(conf, check_program);
}

/* What getopt would say of the words behind a helper's name. */
static void
check_options(struct squidconf *conf, const struct squidconf_line *line, size_t helper)
{
    const char *valued = is_rewriter(line) ? "tr" : "tF";
    struct buf *say = squidconf_say(conf);
    for (size_t i = helper + 1; i < line->count; i++) {
        const char *word = line->words[i], *letter = word + 1;
        if (word[0] != '-' || word[1] == '\0') {
            buf_add_fmt(say, "the helper ends at once: unknown argument '%.100s'\n", word);
            squidconf_found(conf, line);
            return;
        }
        letter += strspn(letter, "cCd");
        bool known = *letter != '\0' && strchr(valued, *letter) != NULL;
        if (*letter == '\0' || (known && (letter[1] != '\0' || ++i < line->count)))
            continue;
        buf_add_fmt(say, "the helper ends at once: option '-%c' %s\n", *letter,
                    known                           ? "needs a value"
                    : strchr("hV", *letter) != NULL ? "only prints"
                                                    : "is unknown");
        squidconf_found(conf, line);
        return;
    }
}

void
squidconf_check_options(struct squidconf *conf)
{
    each_helper(conf, check_options);
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

/* What is known of a table that is in order, for the line that says so. */
static void
note_table(struct squidconf *conf, const char *path, const struct image *image, uint32_t day)
{
    struct image_info info = {0};
    char date[DAY_TEXT_MAX];
    if (conf->table[0] != '\0')
        return;
    if (image != NULL)
        image_get_info(image, &info);
    day_format(date, day);
    snprintf(conf->table, sizeof conf->table, "table '%.60s' of %s, label %.*s", path, date,
             info.label.len > 0 ? (int)(info.label.len > 24 ? 24 : info.label.len) : 4,
             info.label.len > 0 ? info.label.text : "none");
}

/* The state folder whose image in use this is; NULL if it is another file, or the folder cannot be read. */
static struct state *
open_state(const char *path)
{
    static const char tail[] = "/current/image";
    char folder[PATH_MAX];
    struct state *state;
    struct err ignored;
    size_t len = strlen(path), cut = sizeof tail - 1;
    if (len <= cut || len >= PATH_MAX || strcmp(path + len - cut, tail) != 0)
        return NULL;
    memcpy(folder, path, len - cut);
    folder[len - cut] = '\0';
    return state_open(&state, folder, false, &ignored) == 0 ? state : NULL;
}

/* The day on which the service was last heard by the updates of a state folder; 0: not known, or no such folder. */
static uint32_t
last_heard(const char *path)
{
    struct state *state = open_state(path);
    uint32_t day = state == NULL ? 0 : day_of(state_status_number(state, STATUS_LAST_GOOD));
    state_close(state);
    return day;
}

/* An image in use is as old as the service's last word: unchanged lists are not written again. */
static bool
check_age(struct squidconf *conf, const char *path, const struct image *image)
{
    struct file_id id;
    char date[DAY_TEXT_MAX];
    file_identify(&id, path);
    uint32_t written = day_of(id.seconds), heard = last_heard(path);
    if ((heard > 0 ? heard : written) + TABLE_AGE_MAX >= conf->about->today) {
        note_table(conf, path, image, written);
        return false;
    }
    day_format(date, heard > 0 ? heard : written);
    if (heard > 0)
        buf_add_fmt(squidconf_say(conf),
                    "the service was last heard on %s, more than %d days ago: the table '%.300s' may be old\n"
                    "    m365ctl status\n",
                    date, TABLE_AGE_MAX, path);
    else
        buf_add_fmt(squidconf_say(conf),
                    "the table '%.300s' was last written on %s, more than %d days ago\n"
                    "    m365ctl update\n",
                    path, date, TABLE_AGE_MAX);
    return true;
}

/* What a person should do about the state folder of an image in use. */
static void
check_state(struct squidconf *conf, const struct squidconf_line *line, const char *path)
{
    struct state *state = open_state(path);
    uint32_t pending, since;
    char text[STATE_VALUE_MAX], date[DAY_TEXT_MAX];
    struct err ignored;
    if (state == NULL)
        return;
    if (state_get(state, STATE_PENDING, &pending, &ignored) == 0 && pending != 0) {
        buf_add_fmt(squidconf_say(conf), "a table waits for approval\n    m365ctl diff\n");
        squidconf_found(conf, line);
    }
    since = day_of(state_status_number(state, STATUS_FAILED_SINCE));
    if (since > 0 && since + 1 < conf->about->today) {
        state_status_get(state, STATUS_ERROR, text);
        day_format(date, since);
        buf_add_fmt(squidconf_say(conf), "updates fail since %s: %s\n    m365ctl status\n", date, text);
        squidconf_found(conf, line);
    }
    state_close(state);
}

/* True, having said so, if something is wrong with a table. */
static bool
check_file(struct squidconf *conf, const char *source, bool only)
{
    const char *path = verb_cut(NULL, source);
    struct image *image = NULL;
    struct err err = {0};
    if (path[0] != '/') {
        buf_add_fmt(squidconf_say(conf),
                    "the table '%.300s' has no full path, and a helper runs in a folder of Squid's\n", path);
        return true;
    }
    if (say_unreachable(conf, "the table", path, 4, "m365ctl compile -o IMAGE -t TABLE, or another -t"))
        return true;
    if (path != source || !image_is_at(path))
        return only && check_age(conf, path, NULL);
    if (image_open(&image, path, &err) != 0 || image_verify(image, &err) != 0) {
        image_close(image);
        buf_add_fmt(squidconf_say(conf), "no helper can use the table: %s\n    m365ctl check -t '%.300s'\n", err.text,
                    path);
        return true;
    }
    bool old = check_age(conf, path, image);
    image_close(image);
    return old;
}

/* The tables of a line together, if they are not one image. */
static bool
say_unusable(struct squidconf *conf, const struct squidconf_line *line, size_t helper)
{
    const char *sources[SOURCES_MAX];
    size_t count = 0;
    struct err err = {0};
    while (count < SOURCES_MAX && (sources[count] = squidconf_argument(line, helper, 't', count)) != NULL)
        count++;
    if (conf->about->try_tables == NULL || conf->about->try_tables(sources, count, &err) == 0)
        return false;
    struct buf *say = squidconf_say(conf);
    buf_add_fmt(say, "no helper can use these tables: %s\n    m365ctl check", err.text);
    for (size_t i = 0; i < count; i++)
        buf_add_fmt(say, " -t '%.300s'", sources[i]);
    buf_add_char(say, '\n');
    return true;
}

static void
check_line(struct squidconf *conf, const struct squidconf_line *line, size_t helper)
{
    char path[PATH_MAX];
    struct err err = {0};
    const char *source = squidconf_argument(line, helper, 't', 0);
    bool only = source != NULL && squidconf_argument(line, helper, 't', 1) == NULL;
    if (source == NULL) {
        if (load_default_image(path, &places_default, &err) == 0) {
            if (check_file(conf, path, true))
                squidconf_found(conf, line);
            check_state(conf, line, path);
            return;
        }
        buf_add_fmt(squidconf_say(conf), "%s\n", err.text);
        squidconf_found(conf, line);
        return;
    }
    bool found = false;
    for (size_t n = 0; (source = squidconf_argument(line, helper, 't', n)) != NULL; n++) {
        if (check_file(conf, source, only)) {
            squidconf_found(conf, line);
            found = true;
        }
        check_state(conf, line, source);
    }
    if (!found && say_unusable(conf, line, helper))
        squidconf_found(conf, line);
}

static void
check_rules(struct squidconf *conf, const struct squidconf_line *line, size_t helper)
{
    const char *path = squidconf_argument(line, helper, 'r', 0);
    if (path != NULL &&
        say_unreachable(conf, "the file of rules", path, 4, "m365ctl squid-conf --extra url_m365_rewrite"))
        squidconf_found(conf, line);
}

void
squidconf_check_table(struct squidconf *conf)
{
    each_helper(conf, check_line);
    each_helper(conf, check_rules);
}
