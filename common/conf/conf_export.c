// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * conf_export.c - the directive `export FORMAT OPTION... -o FILE` of m365.conf, with the options of `m365ctl export`.
 * Part of conf.h.
 */
#include "conf_export.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "conf_parse.h"
#include "format/format.h"

#define CONF_EXPORTS_MAX 100

/* One word of the line, and its value in the next. *at is its index and moves on. */
static int
take_option(struct conf_reader *reader, struct conf_export *wanted, size_t *at, size_t count, struct err *err)
{
    const char *word = reader->words[(*at)++];
    bool output = strcmp(word, "-o") == 0 || strcmp(word, "--output") == 0;
    enum export_option option = strncmp(word, "--", 2) == 0 ? export_option_find(word + 2) : EXPORT_OPTION_COUNT;
    if (!output && option == EXPORT_OPTION_COUNT)
        return err_set(err, ERR_SYNTAX, "'%.60s' is not an option of an export; 'm365ctl help export' lists them",
                       word);
    bool takes_value = output || export_option_takes_value(option);
    if (takes_value && *at > count)
        return err_set(err, ERR_SYNTAX, "'%s' needs a value", word);
    const char *value = takes_value ? reader->words[(*at)++] : NULL;
    if (output && strcmp(value, "-") == 0)
        return err_set(err, ERR_SYNTAX, "'-' is no file, and nobody would read it here: name one after '%s'", word);
    if (output)
        return conf_path(reader, &wanted->output, value, err);
    if (option == EXPORT_SUPERNETS && conf_path(reader, &value, value, err) != 0)
        return -1;
    return export_wish_set(&wanted->wish, option, value, err);
}

static int
parse(struct conf_reader *reader, struct conf_export *wanted, size_t count, struct err *err)
{
    const struct exporter *format = format_find(reader->words[1], err);
    if (format == NULL)
        return -1;
    export_wish_init(&wanted->wish, format);
    for (size_t at = 2; at <= count;) {
        if (take_option(reader, wanted, &at, count, err) != 0)
            return -1;
    }
    if (wanted->output == NULL)
        return err_set(err, ERR_SYNTAX, "the file is missing: add '-o FILE'");
    return export_wish_check(&wanted->wish, err);
}

int
conf_set_export(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    struct conf *conf = reader->conf;
    struct conf_export wanted = {0};
    (void)directive;
    if (conf->export_count == CONF_EXPORTS_MAX)
        return err_set(err, ERR_LIMIT, "more than %d exports", CONF_EXPORTS_MAX);
    if (parse(reader, &wanted, count, err) != 0)
        return -1;
    for (size_t i = 0; i < conf->export_count; i++) {
        if (strcmp(conf->exports[i].output, wanted.output) == 0)
            return err_set(err, ERR_SYNTAX, "'%.200s' is the file of another export", wanted.output);
    }
    struct conf_export *grown =
        arena_grow(conf->arena, conf->exports, &reader->export_room, conf->export_count + 1, sizeof *grown);
    if (grown == NULL)
        return conf_no_memory(err);
    grown[conf->export_count++] = wanted;
    conf->exports = grown;
    return 0;
}
