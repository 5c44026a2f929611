// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_check_host.c - findings about the helpers on this machine: programs, options and tables. Part
 * of squidconf_model.h; squidconf_check.c calls the checks.
 *
 * Whether Squid's user may use a file is found out by squidconf_reach.c. Files that Squid itself needs are checked by
 * squidconf_check_files.c, what the lines of squid.conf say by squidconf_check_rules.c, squidconf_check_type.c and
 * squidconf_check_words.c.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

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
#include "squidconf_reach.h"
#include "squidconf_words.h"
#include "state/state.h"

#define TABLE_AGE_MAX 60 /* days; Microsoft's list changes about once a month */
#define SOURCES_MAX 64   /* tables of one helper */

void
squidconf_check_user(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (!squidconf_is(line, "cache_effective_user") || line->count < 2 || squidconf_has_user(line->words[1]))
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
    if (squidconf_unreachable(conf, "the helper", line->words[helper], 1, "make install"))
        squidconf_found(conf, line);
}

/* A program of somebody else, or one that starts a helper of ours. */
static void
check_other(struct squidconf *conf, const struct squidconf_line *line, size_t word)
{
    if (word < line->count && line->words[word][0] == '/' &&
        squidconf_unreachable(conf, "the program", line->words[word], 1,
                              "without it Squid soon ends, or nothing answers for it; name the right one"))
        squidconf_found(conf, line);
}

void
squidconf_check_program(struct squidconf *conf)
{
    static const char *const directives[] = {"url_rewrite_program", "store_id_program", "sslcrtvalidator_program",
                                             "logfile_daemon",      "unlinkd_program",  NULL};
    each_helper(conf, check_program);
    for (size_t i = 0; i < conf->type_count; i++) {
        if (conf->types[i].command != conf->types[i].helper)
            check_other(conf, conf->types[i].line, conf->types[i].command);
    }
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (squidconf_one_of(line->words[0], directives) && !squidconf_is_rewriter(line))
            check_other(conf, line, 1);
    }
}

/* Finds what getopt would refuse among the words after a helper's name. */
static void
check_options(struct squidconf *conf, const struct squidconf_line *line, size_t helper)
{
    const char *valued = squidconf_is_rewriter(line) ? "trs" : "tFs";
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

/* True if the path is that of the image in use of a state folder. */
static bool
is_in_state(const char *path)
{
    struct state *state = open_state(path);
    state_close(state);
    return state != NULL;
}

/* What a command needs to act on this state folder: `` for the usual one. */
static const char *
config_option(const struct squidconf *conf, const char *path)
{
    const struct places *places = conf->about->places == NULL ? &places_default : conf->about->places;
    size_t len = strlen(places->state);
    return strncmp(path, places->state, len) == 0 && path[len] == '/' ? "" : " -c FILE";
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

/* Starts a finding about an old table, and returns whether it did. The age of an image in use counts from the last
 * answer of the service, because an unchanged list is not written again. */
static bool
check_age(struct squidconf *conf, const char *path)
{
    struct file_id id;
    char date[DAY_TEXT_MAX];
    file_identify(&id, path);
    uint32_t written = day_of(id.seconds), heard = last_heard(path);
    if ((heard > 0 ? heard : written) + TABLE_AGE_MAX >= conf->about->today)
        return false;
    day_format(date, heard > 0 ? heard : written);
    if (heard > 0)
        buf_add_fmt(squidconf_say(conf),
                    "the last answer of the service came on %s, more than %d days ago: the table '%.300s' may be old\n"
                    "    m365ctl status%s\n",
                    date, TABLE_AGE_MAX, path, config_option(conf, path));
    else
        buf_add_fmt(squidconf_say(conf),
                    "the table '%.300s' was last written on %s, more than %d days ago\n"
                    "    m365ctl update%s\n",
                    path, date, TABLE_AGE_MAX, is_in_state(path) ? config_option(conf, path) : "");
    return true;
}

/* Reports what needs a person in the state folder of an image in use: that is so today, whatever squid.conf says. */
static void
check_state(struct squidconf *conf, const struct squidconf_line *line, const char *path)
{
    struct state *state = open_state(path);
    uint32_t pending, since;
    char text[STATE_VALUE_MAX], date[DAY_TEXT_MAX];
    struct err ignored;
    if (state == NULL)
        return;
    if (image_is_at(path) && check_age(conf, path))
        squidconf_found_live(conf, line);
    if (state_get(state, STATE_PENDING, &pending, &ignored) == 0 && pending != 0) {
        buf_add_fmt(squidconf_say(conf), "a new table waits for approval\n    m365ctl diff%s\n",
                    config_option(conf, path));
        squidconf_found_live(conf, line);
    }
    since = day_of(state_status_number(state, STATUS_FAILED_SINCE));
    if (since > 0 && since + 1 < conf->about->today) {
        state_status_get(state, STATUS_ERROR, text);
        day_format(date, since);
        buf_add_fmt(squidconf_say(conf), "updates have failed since %s: %s\n    m365ctl status%s\n", date, text,
                    config_option(conf, path));
        squidconf_found_live(conf, line);
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

/* The same for a table of which no state folder keeps track; otherwise check_state() reports it. */
static bool
check_written(struct squidconf *conf, const char *path, const struct image *image)
{
    struct file_id id;
    if (!is_in_state(path) && check_age(conf, path))
        return true;
    file_identify(&id, path);
    note_table(conf, path, image, day_of(id.seconds));
    return false;
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
    if (squidconf_unreachable(conf, "the table", path, 4, remedy(source, named)))
        return true;
    if (spec_is_list(source) || !image_is_at(path))
        return only && check_written(conf, path, NULL);
    if (sealed_open(&image, path, NULL, &err) != 0 || image_verify(image, &err) != 0) {
        image_close(image);
        buf_add_fmt(squidconf_say(conf), "the helper cannot use this table: %s\n    m365ctl check -t '%.300s'\n",
                    err.text, path);
        return true;
    }
    bool old = check_written(conf, path, image);
    image_close(image);
    return old;
}

/* Starts a finding if a helper could not load all tables of the line together, and returns whether it did. */
static bool
say_unusable(struct squidconf *conf, const struct squidconf_line *line, size_t helper)
{
    const char *sources[SOURCES_MAX];
    struct image *image;
    size_t count = 0;
    struct err err = {0};
    while (count < SOURCES_MAX && (sources[count] = squidconf_argument(line, helper, 't', count)) != NULL)
        count++;
    if (conf->about->load == NULL)
        return false;
    if (conf->about->load(&image, sources, count, &err) == 0) {
        image_close(image);
        return false;
    }
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
    if (path != NULL &&
        squidconf_unreachable(conf, "the rules file", path, 4, "m365ctl squid-conf --extra url_m365_rewrite"))
        squidconf_found(conf, line);
}

void
squidconf_check_table(struct squidconf *conf)
{
    each_helper(conf, check_line);
    each_helper(conf, check_rules);
}
