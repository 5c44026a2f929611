// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_replay_format.c - the format of the logs. See cmd_replay_format.h. */
#include "cmd_replay_format.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "log/log.h"
#include "squidconf/squidconf_text.h"

#define CONF_MEMORY ((size_t)256 << 20)

int
replay_format_of(struct log_format **ret, struct arena *arena, const char *word, struct err *err)
{
    const char *text = log_format_named(word);
    if (text == NULL && strchr(word, '%') == NULL)
        return err_set(err, ERR_USAGE,
                       "there is no format '%s'; name squid, m365, combined or common, or give the text of "
                       "a logformat, or -c SQUID.CONF",
                       word);
    return log_format_new(ret, arena, text != NULL ? text : word, err);
}

/* The text of a logformat in squid.conf; NULL: it has none of this name. */
static const char *
find_text(const struct squidconf_text *conf, const char *name)
{
    const char *text = NULL;
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (line->count < 3 || strcmp(line->words[0], "logformat") != 0 || strcmp(line->words[1], name) != 0)
            continue;
        const char *at = line->text + strspn(line->text, " \t");
        for (int word = 0; word < 2; word++) {
            at += strcspn(at, " \t");
            at += strspn(at, " \t");
        }
        text = at;
    }
    return text != NULL ? text : log_format_named(name);
}

static const char *
base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* How sure it is that the log is this file, rotated (`access.log.3.gz`) or not: 0, it is not; more for the same folder,
 * and for a longer name. `log` is the whole path. */
static size_t
fit(const char *place, const char *log)
{
    const char *path = strchr(place, '/'), *name = base_of(place); /* behind `stdio:` or `daemon:` */
    size_t len = strlen(name);
    if (len == 0 || strncmp(base_of(log), name, len) != 0)
        return 0;
    return path != NULL && strncmp(log, path, strlen(path)) == 0 ? PATH_MAX + len : len;
}

/* The name of the format of an access_log; NULL: it writes no file. */
static const char *
format_name(const struct squidconf_line *line)
{
    if (line->count < 2 || strcmp(line->words[0], "access_log") != 0 || strcmp(line->words[1], "none") == 0)
        return NULL;
    for (size_t i = 2; i < line->count; i++) {
        if (strncmp(line->words[i], "logformat=", 10) == 0)
            return line->words[i] + 10;
    }
    bool old = line->count > 2 && strchr(line->words[2], '=') == NULL;
    return old ? line->words[2] : "squid";
}

static int
choose(struct log_format **ret, struct arena *arena, const struct squidconf_text *conf, const char *log,
       const char *path, struct err *err)
{
    const char *of_log = NULL, *only = NULL;
    char place[PATH_MAX];
    const char *whole = realpath(log, place) != NULL ? place : log;
    size_t best = 0;
    bool several = false;
    for (size_t i = 0; i < conf->line_count; i++) {
        const char *name = format_name(&conf->lines[i]);
        if (name == NULL)
            continue;
        several = several || (only != NULL && strcmp(only, name) != 0);
        only = name;
        size_t fits = fit(conf->lines[i].words[1], whole);
        if (fits > best || (fits == best && fits > 0 && of_log != NULL && strcmp(of_log, name) != 0))
            of_log = fits > best ? name : NULL; /* two that fit alike: nobody knows */
        best = fits > best ? fits : best;
    }
    const char *name = of_log != NULL ? of_log : only == NULL ? "squid" : only;
    if (of_log == NULL && several)
        return err_set(err, ERR_USAGE, "'%s' has several formats of logs and none for '%s'; give --logformat", path,
                       log);
    const char *text = find_text(conf, name);
    if (text == NULL)
        return err_set(err, ERR_USAGE, "'%s' has no logformat '%s'", path, name);
    return log_format_new(ret, arena, text, err);
}

int
replay_format_from(struct log_format **ret, struct arena *arena, const char *squid_conf, const char *log,
                   struct err *err)
{
    struct squidconf_text conf = {.arena = arena_new(CONF_MEMORY)};
    if (conf.arena == NULL)
        return err_set(err, ERR_MEM, "no memory to read '%s'", squid_conf);
    int result = squidconf_text_read(&conf, squid_conf, err);
    if (result == 0)
        result = choose(ret, arena, &conf, log, squid_conf, err);
    arena_free(conf.arena);
    return result;
}
