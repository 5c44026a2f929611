// SPDX-License-Identifier: GPL-2.0-or-later
/* conf.c - reading m365.conf as a whole: defaults, lines, sentences. See conf.h. */
#include "conf.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/kind.h"
#include "base/place.h"
#include "conf_parse.h"

#define CONF_MEMORY ((size_t)32 << 20)

static void
set_defaults(struct conf *conf)
{
    conf->state = places_default.state;
    conf->data = places_default.data;
    conf->service_areas = "Common,Exchange,SharePoint,Skype,MEM";
    conf->service_url = "https://endpoints.office.com";
    conf->connect_timeout_s = 20;
    conf->timeout_s = 120;
    conf->poll_minutes = 60;
    conf->review = REVIEW_PARTS;
    conf->shrink_percent = 30;
    conf->growth_percent = 30;
    conf->widest_ipv4 = TABLE_IPV4_WIDEST;
    conf->widest_ipv6 = TABLE_IPV6_WIDEST;
    conf->failed_hours = 24;
    conf->stale_hours = 40 * 24;
    conf->keep = 24;
}

static int
new_conf(struct conf **ret, struct err *err)
{
    struct arena *arena = arena_new(CONF_MEMORY);
    struct conf *conf = arena == NULL ? NULL : arena_alloc(arena, sizeof *conf);
    if (conf == NULL) {
        arena_free(arena);
        conf_no_memory(err);
        return -1;
    }
    conf->arena = arena;
    set_defaults(conf);
    *ret = conf;
    return 0;
}

void
conf_free(struct conf *conf)
{
    if (conf != NULL)
        arena_free(conf->arena);
}

static int
refuse_unknown(const char *word, struct err *err)
{
    const char *names[64];
    for (size_t i = 0; i < conf_directive_count; i++)
        names[i] = conf_directives[i].name;
    err_set(err, ERR_SYNTAX, "unknown directive '%.60s'", word);
    if (conf_nearest(word, names, conf_directive_count) != NULL)
        return conf_suggest(err, word, names, conf_directive_count);
    err_append(err, "; m365.conf(5) lists them");
    return -1;
}

static int
read_directive(struct conf_reader *reader, struct err *err)
{
    const char *name = reader->words[0];
    size_t index = 0, count = reader->word_count - 1;
    while (index < conf_directive_count && strcmp(conf_directives[index].name, name) != 0)
        index++;
    if (index == conf_directive_count)
        return refuse_unknown(name, err);
    const struct directive *directive = &conf_directives[index];
    if (!directive->many && reader->first_lines[index] != 0)
        return err_set(err, ERR_SYNTAX, "'%s' is given twice; the first is in line %zu", name,
                       reader->first_lines[index]);
    if (count < directive->least || count > directive->most)
        return err_set(err, ERR_SYNTAX, "wrong number of words; write '%s %s'", name, directive->usage);
    reader->first_lines[index] = reader->line;
    if (directive->set(reader, directive, count, err) != 0)
        return err->kind == ERR_MEM ? -1 : err_add(err, "'%s'", name);
    return 0;
}

static int
read_lines(struct conf_reader *reader, const char *bytes, size_t len, struct err *err)
{
    size_t at = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < len) {
        const char *feed = memchr(bytes + at, '\n', len - at);
        size_t end = feed == NULL ? len : (size_t)(feed - bytes);
        reader->line++;
        if (conf_split(reader, bytes + at, end - at, err) != 0)
            return -1;
        if (reader->word_count > 0 && read_directive(reader, err) != 0)
            return -1;
        at = end + 1;
    }
    return 0;
}

static const char *
folder_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? "." : arena_text(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

static int
fill_in(struct conf_reader *reader, struct err *err)
{
    struct conf *conf = reader->conf;
    if (conf->rules == NULL && conf_path(reader, &conf->rules, "local.d", err) != 0)
        return -1;
    if (conf->instance_count == 0)
        conf->instances[conf->instance_count++] = instance_names[0];
    return 0;
}

int
conf_read_bytes(struct conf **ret, const char *path, const char *bytes, size_t len, struct err *err)
{
    struct conf *conf = NULL;
    struct err why = {0};
    if (len > CONF_FILE_MAX)
        return err_set(err, ERR_LIMIT, "cannot read '%s': it is larger than %zu bytes", path, CONF_FILE_MAX);
    if (new_conf(&conf, err) != 0)
        return -1;
    struct conf_reader reader = {.conf = conf, .folder = folder_of(conf->arena, path)};
    reader.first_lines = arena_array(conf->arena, conf_directive_count, sizeof *reader.first_lines);
    conf->path = arena_text(conf->arena, path, strlen(path));
    int result = reader.folder == NULL || reader.first_lines == NULL || conf->path == NULL ? conf_no_memory(&why) : 0;
    if (result == 0)
        result = read_lines(&reader, bytes, len, &why);
    if (result == 0) {
        reader.line = 0;
        result = fill_in(&reader, &why);
    }
    if (result != 0) {
        conf_free(conf);
        if (reader.line == 0)
            return err_set(err, why.kind, "cannot read '%s': %s", path, why.text);
        return err_set(err, why.kind, "cannot read '%s': line %zu: %s", path, reader.line, why.text);
    }
    *ret = conf;
    return 0;
}

int
conf_read(struct conf **ret, const char *path, struct err *err)
{
    char standard[4096];
    snprintf(standard, sizeof standard, "%s/m365.conf", places_default.config);
    if (path == NULL && file_is_absent(standard)) {
        if (conf_read_bytes(ret, standard, "", 0, err) != 0)
            return -1;
        (*ret)->path = NULL;
        return 0;
    }
    struct buf bytes;
    buf_init(&bytes, CONF_FILE_MAX + ((size_t)1 << 17));
    int result = file_read(&bytes, path == NULL ? standard : path, CONF_FILE_MAX, err);
    if (result == 0 && bytes.len == 0)
        result = err_set(err, ERR_SYNTAX, "cannot read '%s': the file is empty; is the disk full?",
                         path == NULL ? standard : path);
    const char *kind = result == 0 && bytes.len > 0 ? kind_not_text(bytes.data, bytes.len) : NULL;
    if (kind != NULL)
        result = err_set(err, ERR_SYNTAX, "cannot read '%s': %s", path == NULL ? standard : path, kind);
    if (result == 0)
        result = conf_read_bytes(ret, path == NULL ? standard : path, bytes.data, bytes.len, err);
    buf_clear(&bytes);
    return result;
}
