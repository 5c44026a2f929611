// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_check_places.c - findings about folders and files of Squid's own without which it ends at once: logs, its
 * process ID, caches, error pages, icons. Part of squidconf_model.h; squidconf_check.c calls the check.
 *
 * Each was seen on Squid 5.7: `FATAL: Cannot open`, `failed to open`, `Failed to verify one of the swap directories`,
 * `Error Directory`, `Icon Directory`, `MIME Config Table`. Places that a package of Squid makes are not examined, for
 * the file may be meant for another machine.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "squidconf_check.h"
#include "squidconf_model.h"
#include "squidconf_words.h"

/* LOG: a file in a folder that must be there, perhaps with a module in front. */
enum place_kind { PLACE_LOG, PLACE_FILE, PLACE_ITSELF, PLACE_CACHE };

static const struct place {
    const char *directive;
    size_t word;
    enum place_kind kind;
} places[] = {{"access_log", 1, PLACE_LOG},        {"icap_log", 1, PLACE_LOG},     {"cache_store_log", 1, PLACE_LOG},
              {"pid_filename", 1, PLACE_FILE},     {"cache_dir", 2, PLACE_CACHE},  {"error_directory", 1, PLACE_ITSELF},
              {"icon_directory", 1, PLACE_ITSELF}, {"mime_table", 1, PLACE_ITSELF}};

/* The path of a log; NULL for one that goes elsewhere. */
static const char *
log_path(const char *word)
{
    static const char *const modules[] = {"stdio:", "daemon:"};
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        if (strncmp(word, modules[i], strlen(modules[i])) == 0)
            return word + strlen(modules[i]);
    }
    return word;
}

/* True for a folder that comes with Squid, or that the system makes when it starts. */
static bool
is_usual(const char *folder)
{
    static const char *const usual[] = {"/run",
                                        "/var/run",
                                        "/var/log/squid",
                                        "/var/spool/squid",
                                        "/var/cache/squid",
                                        "/usr/share/squid",
                                        "/usr/share/squid-langpack",
                                        "/usr/local/share/squid",
                                        "/var/logs/squid",
                                        "/usr/local/etc/squid",
                                        "/etc/squid",
                                        "/usr/local/squid",
                                        "/var/squid"};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        size_t len = strlen(usual[i]);
        if (strncmp(folder, usual[i], len) == 0 && (folder[len] == '\0' || folder[len] == '/'))
            return true;
    }
    return false;
}

static bool
drops(const struct squidconf_line *line)
{
    for (size_t i = 2; i < line->count; i++) {
        if (strcasecmp(line->words[i], "on-error=drop") == 0)
            return true;
    }
    return false;
}

/* Writes what must exist; false if that is not known. */
static bool
needed(char ret[PATH_MAX], const struct squidconf_line *line, const struct place *place)
{
    const char *path = place->kind == PLACE_LOG ? log_path(line->words[place->word]) : line->words[place->word];
    size_t len = strlen(path);
    if (path[0] != '/' || len >= PATH_MAX || strchr(path, '$') != NULL || strpbrk(path, "\"'") != NULL)
        return false;
    memcpy(ret, path, len + 1);
    if (place->kind == PLACE_LOG || place->kind == PLACE_FILE)
        *strrchr(ret, '/') = '\0';
    return ret[0] != '\0' && !is_usual(ret);
}

static void
check_place(struct squidconf *conf, const struct squidconf_line *line, const struct place *place)
{
    char path[PATH_MAX];
    struct stat st;
    if (line->count <= place->word || !needed(path, line, place) || (place->kind == PLACE_LOG && drops(line)) ||
        stat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR))
        return;
    const char *what = place->kind == PLACE_ITSELF && strcmp(place->directive, "mime_table") == 0 ? "file" : "folder";
    buf_add_fmt(squidconf_say(conf),
                "the %s '%.300s' does not exist, so Squid ends as soon as it starts; create it%s\n", what, path,
                place->kind == PLACE_CACHE ? ", give it to Squid's user, and run squid -z" : "");
    squidconf_found(conf, line);
}

/* True if a later line takes the place of this one. Logs and caches may be several. */
static bool
is_replaced(const struct squidconf *conf, size_t index)
{
    static const char *const several[] = {"access_log", "icap_log", "cache_dir", NULL};
    const char *directive = conf->lines[index].words[0];
    for (size_t i = index + 1; i < conf->line_count && !squidconf_one_of(directive, several); i++) {
        if (squidconf_is(&conf->lines[i], directive))
            return true;
    }
    return false;
}

/* True if paths are those of another root. */
static bool
has_root(const struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        if (squidconf_is(&conf->lines[i], "chroot"))
            return true;
    }
    return false;
}

void
squidconf_check_places(struct squidconf *conf)
{
    if (has_root(conf))
        return;
    for (size_t i = 0; i < conf->line_count; i++) {
        for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
            if (squidconf_is(&conf->lines[i], places[p].directive) && !is_replaced(conf, i))
                check_place(conf, &conf->lines[i], &places[p]);
        }
    }
}
