// SPDX-License-Identifier: GPL-2.0-or-later
/* conf_log.c - the directives `log` and `log_format` of m365.conf. Part of conf.h. */
#include "conf_log.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "conf_parse.h"
#include "log/log.h"

#define CONF_LOGS_MAX 100
#define FORMAT_MEMORY ((size_t)64 << 10)

int
conf_set_logs(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    struct conf *conf = reader->conf;
    (void)directive;
    for (size_t i = 1; i <= count; i++) {
        const char *path;
        if (strcmp(reader->words[i], "-") == 0)
            return err_set(err, ERR_SYNTAX, "'-' is no file; name the log that Squid writes");
        if (conf_path(reader, &path, reader->words[i], err) != 0)
            return -1;
        for (size_t j = 0; j < conf->log_count; j++) {
            if (strcmp(conf->logs[j], path) == 0)
                return conf_refuse_twice(path, err);
        }
        if (conf->log_count == CONF_LOGS_MAX)
            return err_set(err, ERR_LIMIT, "more than %d logs; a path may have wildcards", CONF_LOGS_MAX);
        if (conf_add_text(reader, &conf->logs, &conf->log_count, &reader->log_room, path, err) != 0)
            return -1;
    }
    return 0;
}

/* -1 if the text is no format. */
static int
check_format(const char *text, struct err *err)
{
    struct log_format *format = NULL;
    struct arena *arena = arena_new(FORMAT_MEMORY);
    int result = arena == NULL ? conf_no_memory(err) : log_format_new(&format, arena, text, err);
    if (result == 0 && format != NULL && !log_format_has_time(format))
        result = err_set(err, ERR_SYNTAX,
                         "the format has no time (%%ts, %%tS, or %%tl without a form of its own), so that nobody knows "
                         "what is new");
    arena_free(arena);
    return result;
}

int
conf_set_log_format(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err)
{
    const char *text = count == 1 ? log_format_named(reader->words[1]) : NULL;
    struct buf words;
    (void)directive;
    if (text == NULL && count == 1 && strchr(reader->words[1], '%') == NULL)
        return err_set(err, ERR_SYNTAX,
                       "there is no format '%.60s'; name squid, m365, combined or common, or write the text of a "
                       "logformat in double quotes",
                       reader->words[1]);
    buf_init(&words, CONF_FILE_MAX);
    for (size_t i = 1; text == NULL && i <= count; i++) {
        buf_add_text(&words, i == 1 ? "" : " ");
        buf_add_text(&words, reader->words[i]);
    }
    if (text == NULL && buf_ok(&words))
        text = arena_text(reader->conf->arena, words.len == 0 ? "" : words.data, words.len);
    buf_clear(&words);
    reader->conf->log_format = text;
    return text == NULL ? conf_no_memory(err) : check_format(text, err);
}
