// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * source.c - see source.h.
 *
 * The order of the sources is fixed, because it decides ties (the first is reported): documents in the order of
 * `instance`, presets, local rules by name, lists and tables in the order of the configuration.
 */
#include "source.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/place.h"
#include "cloud/instance.h"
#include "conf/conf.h"
#include "document.h"
#include "table/table.h"

#define NAMES_MEMORY ((size_t)1 << 20)

struct walk {
    const struct conf *conf;
    int (*visit)(void *arg, const struct source *source, struct err *err);
    void *arg;
};

static int
visit_file(const struct walk *walk, const char *path, bool local, struct err *err)
{
    struct source source = {.spec = path, .local = local, .own = true};
    return walk->visit(walk->arg, &source, err);
}

static int
visit_shipped(const struct walk *walk, const char *path, bool preset, struct err *err)
{
    struct source source = {.spec = path, .shipped = true, .preset = preset};
    return walk->visit(walk->arg, &source, err);
}

static int
visit_document(const struct walk *walk, const struct document *document, struct err *err)
{
    char name[INSTANCE_LOWER_MAX], path[4096];
    instance_lower(name, document->instance);
    if (document->bytes.len > 0) {
        struct source source = {.spec = path, .bytes = &document->bytes, .version = document->version};
        snprintf(path, sizeof path, "%s.json", name);
        return walk->visit(walk->arg, &source, err);
    }
    int n = snprintf(path, sizeof path, "%s/%s.rules", walk->conf->data, name);
    if (n < 0 || (size_t)n >= sizeof path)
        return err_set(err, ERR_LIMIT, "the path '%s' is too long", walk->conf->data);
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return err_set(err, ERR_IO,
                       "there is no document of instance '%s' yet, and no shipped table '%s' to use instead; run "
                       "'m365ctl update%s' or 'm365ctl import%s'",
                       document->instance, path, place_option(), place_option());
    return visit_shipped(walk, path, false, err);
}

static int
visit_preset(const struct walk *walk, const char *name, struct err *err)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/presets/%s.rules", walk->conf->data, name);
    if (n < 0 || (size_t)n >= sizeof path)
        return err_set(err, ERR_LIMIT, "the path '%s' is too long", walk->conf->data);
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return err_set(err, ERR_IO, "there is no preset '%s': no file '%s'; m365-tables(5) lists the presets", name,
                       path);
    return visit_shipped(walk, path, true, err);
}

struct names {
    struct arena *arena;
    const char **list;
    size_t count, room;
};

static int
compare_names(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;
    return strcmp(*a, *b);
}

static bool
is_rules_file(const char *name)
{
    const char *dot = strrchr(name, '.');
    return name[0] != '.' && dot != NULL && strcmp(dot, ".rules") == 0;
}

/* True for `.x`, `#x#`, `x~`, `x.rules.bak`, `README`: never meant to be read. */
static bool
is_aside(const char *name)
{
    return name[0] == '.' || name[0] == '#' || name[strlen(name) - 1] == '~' || strstr(name, ".rules.") != NULL ||
           strncmp(name, "README", 6) == 0;
}

void
source_each_ignored(const struct conf *conf, void (*ignored)(void *arg, const char *name), void *arg)
{
    DIR *dir = opendir(conf->rules);
    const struct dirent *entry;
    if (dir == NULL)
        return;
    while ((entry = readdir(dir)) != NULL) {
        if (!is_rules_file(entry->d_name) && !is_aside(entry->d_name))
            ignored(arg, entry->d_name);
    }
    closedir(dir);
}

static int
list_rule_files(struct names *names, const struct conf *conf, struct err *err)
{
    DIR *dir = opendir(conf->rules);
    int failed = errno;
    if (dir == NULL && failed == ENOENT && !conf->rules_named && file_is_absent(conf->rules))
        return 0;
    if (dir == NULL)
        return err_set(err, ERR_IO, "cannot open the folder of local rules '%s': %s", conf->rules, strerror(failed));
    int result = 0;
    for (errno = 0;; errno = 0) {
        const struct dirent *entry = readdir(dir);
        if (entry == NULL)
            break;
        if (!is_rules_file(entry->d_name))
            continue;
        const char **list = arena_grow(names->arena, names->list, &names->room, names->count + 1, sizeof *list);
        const char *name = arena_text(names->arena, entry->d_name, strlen(entry->d_name));
        if (list == NULL || name == NULL) {
            result = err_set(err, ERR_LIMIT, "there are too many files in '%s'", conf->rules);
            break;
        }
        names->list = list;
        list[names->count++] = name;
    }
    if (result == 0 && errno != 0)
        result = err_set(err, ERR_IO, "cannot read the folder of local rules '%s': %s", conf->rules, strerror(errno));
    closedir(dir);
    if (result == 0 && names->count > 0)
        qsort(names->list, names->count, sizeof *names->list, compare_names);
    return result;
}

static int
visit_rules(const struct walk *walk, struct err *err)
{
    const struct conf *conf = walk->conf;
    struct names names = {.arena = arena_new(NAMES_MEMORY)};
    if (names.arena == NULL)
        return err_set(err, ERR_MEM, "no memory");
    int result = list_rule_files(&names, conf, err);
    for (size_t i = 0; result == 0 && i < names.count; i++) {
        char path[4096];
        int n = snprintf(path, sizeof path, "%s/%s", conf->rules, names.list[i]);
        result = n < 0 || (size_t)n >= sizeof path ? err_set(err, ERR_LIMIT, "the path '%s' is too long", conf->rules)
                                                   : visit_file(walk, path, true, err);
    }
    arena_free(names.arena);
    return result;
}

int
source_each(const struct conf *conf, const struct documents *documents,
            int (*visit)(void *arg, const struct source *source, struct err *err), void *arg, struct err *err)
{
    const struct walk walk = {conf, visit, arg};
    int result = 0;
    for (size_t i = 0; result == 0 && i < documents->count; i++)
        result = visit_document(&walk, &documents->of[i], err);
    for (size_t i = 0; result == 0 && i < conf->preset_count; i++)
        result = visit_preset(&walk, conf->presets[i], err);
    if (result == 0)
        result = visit_rules(&walk, err);
    for (size_t i = 0; result == 0 && i < conf->list_count; i++)
        result = visit_file(&walk, conf->lists[i], false, err);
    return result;
}

/* Rows with an id belong to a set, and what joins a published set may be taken over unseen. So a file of the
 * administrator's must not speak for the service. */
static int
check_sets(const struct table *table, size_t from, const char *spec, struct err *err)
{
    for (size_t i = from; i < table->rule_count; i++) {
        const struct endpoint_set *set = &table->terms[table->rules[i].terms].set;
        const char *source = table->sources[set->source];
        if (set->has_id && instance_is_source(source))
            return err_set(err, ERR_SYNTAX,
                           "'%s': line %u: set %u of '%s' comes from the web service; leave out 'id=', or give the "
                           "file or 'source=' another name",
                           spec, table->rules[i].line, set->id, source);
    }
    return 0;
}

int
source_read(struct table *table, const struct source *source, struct err *err)
{
    size_t before = table->rule_count;
    table->sealed = source->shipped;
    int result = source->bytes == NULL
                     ? table_read(table, source->spec, err)
                     : table_read_bytes(table, source->spec, source->bytes->data, source->bytes->len, err);
    table->sealed = false;
    if (result == 0 && source->own)
        result = check_sets(table, before, source->spec, err);
    return result;
}
