// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_check_host.c - findings about this machine: programs, tables, and whether Squid's user may use them. Part
 * of squidconf_model.h; squidconf_check.c calls the checks.
 *
 * Only owner, group and mode of a file count; access lists and AppArmor are not examined. Nothing is reported about
 * places that the doctor itself may not enter. What the lines of squid.conf say is checked by squidconf_check_rules.c
 * and squidconf_check_type.c.
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
#include "compile/sealed.h"
#include "image/image.h"
#include "name/spec.h"
#include "squidconf_model.h"
#include "squidconf_words.h"
#include "state/state.h"

#define GROUPS_OF_USER_MAX 256
#define TABLE_AGE_MAX 60 /* days; Microsoft's list changes about once a month */
#define SOURCES_MAX 64   /* tables of one helper */

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

/* True if the user may do it; `need` is 4 (read) or 1 (enter, run). */
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

/* Starts a finding if something keeps Squid's user from a file, and returns whether it did. `fix` is what to do if the
 * file does not exist. */
static bool
say_unreachable(struct squidconf *conf, const char *what, const char *path, mode_t need, const char *fix)
{
    struct user user;
    char at[PATH_MAX];
    squid_user(&user, conf);
    int kept = reach(at, &user, path, need);
    if (kept == 0)
        return false;
    struct buf *say = squidconf_say(conf);
    struct stat st = {0};
    if (kept < 0) {
        buf_add_fmt(say, "%s '%.300s' does not exist\n    %s\n", what, path, fix);
        return true;
    }
    bool folder = stat(at, &st) == 0 && S_ISDIR(st.st_mode);
    buf_add_fmt(say, "Squid's user '%.60s' cannot %s %s '%.300s'", user.name, need == 1 ? "run" : "read", what, path);
    if (folder)
        buf_add_fmt(say, ": it may not enter '%.300s'", at);
    buf_add_fmt(say, "\n    chmod %s '%.300s'\n", folder ? "o+x" : need == 1 ? "a+rx" : "o+r", at);
    return true;
}

void
squidconf_check_user(struct squidconf *conf)
{
    struct user user;
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (!squidconf_is(line, "cache_effective_user") || line->count < 2 || find_user(&user, line->words[1]))
            continue;
        buf_add_fmt(squidconf_say(conf), "there is no user '%.60s' on this machine; name one that exists\n",
                    line->words[1]);
        squidconf_found(conf, line);
    }
}

/* Calls the check for each line that runs one of our helpers, with the index of the helper's word. */
static void
each_helper(struct squidconf *conf,
            void (*check)(struct squidconf *conf, const struct squidconf_line *line, size_t helper))
{
    for (size_t i = 0; i < conf->type_count; i++) {
        if (conf->types[i].helper != 0)
            check(conf, conf->types[i].line, conf->types[i].helper);
    }
    for (size_t i = 0; i < conf->line_count; i++) {
        if (squidconf_is_rewriter(&conf->lines[i]))
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

/* Finds what getopt would refuse among the words after a helper's name. */
static void
check_options(struct squidconf *conf, const struct squidconf_line *line, size_t helper)
{
    const char *valued = squidconf_is_rewriter(line) ? "tr" : "tF";
    struct buf *say = squidconf_say(conf);
    for (size_t i = helper + 1; i < line->count; i++) {
        const char *word = line->words[i], *letter = word + 1;
        if (word[0] != '-' || word[1] == '\0') {
            buf_add_fmt(say, "the helper exits at once: it does not know the argument '%.100s'; remove it\n", word);
            squidconf_found(conf, line);
            return;
        }
        letter += strspn(letter, "cCd");
        bool known = *letter != '\0' && strchr(valued, *letter) != NULL;
        if (*letter == '\0' || (known && (letter[1] != '\0' || ++i < line->count)))
            continue;
        buf_add_fmt(say, "the helper exits at once: option '-%c' %s\n", *letter,
                    known                           ? "needs a value"
                    : strchr("hV", *letter) != NULL ? "only prints a text; remove it"
                                                    : "is unknown; remove it");
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

/* Keeps what is known about a table that is in order, for the report without findings. */
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

/* The state folder of which this is the image in use. NULL if it is another file, or the folder cannot be read. */
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

/* The day on which updates last heard from the service; 0: unknown, or the path is not in a state folder. */
static uint32_t
last_heard(const char *path)
{
    struct state *state = open_state(path);
    uint32_t day = state == NULL ? 0 : day_of(state_status_number(state, STATUS_LAST_GOOD));
    state_close(state);
    return day;
}

/* Reports an old table. The age of an image in use counts from the last answer of the service, because an unchanged
 * list is not written again. */
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
                    "the last answer of the service came on %s, more than %d days ago: the table '%.300s' may be old\n"
                    "    m365ctl status\n",
                    date, TABLE_AGE_MAX, path);
    else
        buf_add_fmt(squidconf_say(conf),
                    "the table '%.300s' was last written on %s, more than %d days ago\n"
                    "    m365ctl update\n",
                    path, date, TABLE_AGE_MAX);
    return true;
}

/* Reports what needs a person in the state folder of an image in use. */
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
        buf_add_fmt(squidconf_say(conf), "a new table waits for approval\n    m365ctl diff\n");
        squidconf_found(conf, line);
    }
    since = day_of(state_status_number(state, STATUS_FAILED_SINCE));
    if (since > 0 && since + 1 < conf->about->today) {
        state_status_get(state, STATUS_ERROR, text);
        day_format(date, since);
        buf_add_fmt(squidconf_say(conf), "updates have failed since %s: %s\n    m365ctl status\n", date, text);
        squidconf_found(conf, line);
    }
    state_close(state);
}

/* What brings a missing table. `named`: with -t; otherwise it is the published or the shipped one. */
static const char *
remedy(const char *source, bool named)
{
    if (named)
        return spec_is_list(source) ? "create the list, or name another one with -t"
                                    : "m365ctl compile -o IMAGE -t TABLE, or name another table with -t";
    static const char published[] = "/current/image";
    size_t len = strlen(source), tail = sizeof published - 1;
    return len > tail && strcmp(source + len - tail, published) == 0
               ? "m365ctl publish"
               : "m365ctl update, or install the package again: this table comes with it";
}

/* Starts a finding if something is wrong with a table, and returns whether it did. `only`: it is the helper's only one;
 * `named`: it was named with -t. */
static bool
check_file(struct squidconf *conf, const char *source, bool only, bool named)
{
    char room[PATH_MAX];
    const char *path = spec_path(room, source);
    struct image *image = NULL;
    struct err err = {0};
    if (path[0] != '/') {
        buf_add_fmt(squidconf_say(conf),
                    "the table '%.300s' needs a full path, because Squid runs helpers in a folder of its own\n", path);
        return true;
    }
    if (say_unreachable(conf, "the table", path, 4, remedy(source, named)))
        return true;
    if (spec_is_list(source) || !image_is_at(path))
        return only && check_age(conf, path, NULL);
    if (sealed_open(&image, path, NULL, &err) != 0 || image_verify(image, &err) != 0) {
        image_close(image);
        buf_add_fmt(squidconf_say(conf), "the helper cannot use this table: %s\n    m365ctl check -t '%.300s'\n",
                    err.text, path);
        return true;
    }
    bool old = check_age(conf, path, image);
    image_close(image);
    return old;
}

/* Starts a finding if a helper could not load all tables of the line together, and returns whether it did. */
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
    buf_add_fmt(say, "the helper cannot use %s: %s\n    m365ctl check", count == 1 ? "this table" : "these tables",
                err.text);
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
        const struct places *places = conf->about->places == NULL ? &places_default : conf->about->places;
        if (load_default_image(path, places, &err) == 0) {
            if (check_file(conf, path, true, false))
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
        if (check_file(conf, source, only, true)) {
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
    if (path != NULL && say_unreachable(conf, "the rules file", path, 4, "m365ctl squid-conf --extra url_m365_rewrite"))
        squidconf_found(conf, line);
}

void
squidconf_check_table(struct squidconf *conf)
{
    each_helper(conf, check_line);
    each_helper(conf, check_rules);
}
