// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_read.c - reads squid.conf into lines of words, in the order in which Squid sees them. Part of
 * squidconf_model.h. What the words mean is up to squidconf_model.c.
 *
 * As in Squid, leading white space, comments and empty lines are skipped, also inside a continued line. A backslash at
 * the end joins two lines without a space. `include` takes names and patterns, up to 16 levels deep. The lines of an
 * `if` are left out only if its condition is literally false: only Squid knows the values of macros.
 */
#include <glob.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "squidconf_model.h"

#define WORDS_MAX 4096 /* words of one line; any more are ignored */
#define IFS_MAX 32

enum branch { READ, SKIPPED, UNKNOWN };

struct reader {
    struct squidconf *conf;
    const char *files[SQUIDCONF_NESTING_MAX]; /* the files being read, outermost first */
    size_t depth;
    enum branch ifs[IFS_MAX];
    size_t if_depth;
    struct err *err;
};

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* Cuts one word off: from quote to quote, otherwise up to white space. NULL at the end or at a comment. */
static const char *
cut_word(char **rest)
{
    char *at = *rest;
    while (is_space(*at))
        at++;
    if (*at == '\0' || *at == '#')
        return NULL;
    char quote = *at == '"' || *at == '\'' ? *at : '\0';
    char *end = quote != '\0' ? strchr(at + 1, quote) : NULL;
    if (end == NULL) {
        for (end = at; *end != '\0' && !is_space(*end);)
            end++;
    } else {
        at++;
    }
    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    return at;
}

/* Cuts a logical line into words, in place. Returns how many there are, at most `room`. */
static size_t
split(char *text, const char **words, size_t room)
{
    size_t count = 0;
    while (count < room && (words[count] = cut_word(&text)) != NULL)
        count++;
    return count;
}

static int
add_line(struct reader *reader, unsigned number, const char **words, size_t count)
{
    struct squidconf *conf = reader->conf;
    if (conf->line_count == SQUIDCONF_LINES_MAX)
        return err_set(reader->err, ERR_LIMIT, "more than %d lines", SQUIDCONF_LINES_MAX);
    struct squidconf_line *lines =
        arena_grow(conf->arena, conf->lines, &conf->line_room, conf->line_count + 1, sizeof *lines);
    const char **kept = arena_array(conf->arena, count, sizeof *kept);
    if (lines == NULL || kept == NULL)
        return err_set(reader->err, ERR_MEM, "no memory for the lines");
    memcpy(kept, words, count * sizeof *kept);
    conf->lines = lines;
    lines[conf->line_count++] = (struct squidconf_line){reader->files[reader->depth - 1], number, count, kept};
    return 0;
}

static int read_file(struct reader *reader, const char *path, const char *from, unsigned number);

static int
include_pattern(struct reader *reader, const char *pattern, unsigned number)
{
    const char *from = reader->files[reader->depth - 1];
    glob_t found;
    int result = 0;
    if (glob(pattern, 0, NULL, &found) != 0) {
        struct buf *say = squidconf_say(reader->conf);
        buf_add_fmt(
            say, "'include %.400s' matches no file, so Squid does not start; remove the line\n    # include %.400s\n",
            pattern, pattern);
        squidconf_found_at(reader->conf, from, number);
        return 0;
    }
    for (size_t i = 0; i < found.gl_pathc && result == 0; i++)
        result = read_file(reader, found.gl_pathv[i], from, number);
    globfree(&found);
    return result;
}

/* Keeps track of if, else and endif. True if the line is one of them, or is to be left out. */
static bool
take_condition(struct reader *reader, const char **words, size_t count)
{
    enum branch *top = reader->if_depth > 0 ? &reader->ifs[reader->if_depth - 1] : NULL;
    if (strcmp(words[0], "if") == 0) {
        bool skipped = top != NULL && *top == SKIPPED;
        bool is_false = count == 2 && (strcmp(words[1], "false") == 0 || strcmp(words[1], "0") == 0);
        bool is_true = count == 2 && (strcmp(words[1], "true") == 0 || strcmp(words[1], "1") == 0);
        if (reader->if_depth < IFS_MAX)
            reader->ifs[reader->if_depth++] = skipped || is_false ? SKIPPED : is_true ? READ : UNKNOWN;
        return true;
    }
    if (top != NULL && strcmp(words[0], "else") == 0) {
        bool outer = reader->if_depth > 1 && reader->ifs[reader->if_depth - 2] == SKIPPED;
        *top = outer ? SKIPPED : *top == SKIPPED ? READ : *top == READ ? SKIPPED : UNKNOWN;
        return true;
    }
    if (top != NULL && strcmp(words[0], "endif") == 0) {
        reader->if_depth--;
        return true;
    }
    return top != NULL && *top == SKIPPED;
}

static int
take_line(struct reader *reader, const char *text, size_t len, unsigned number)
{
    const char *words[WORDS_MAX];
    char *copy = arena_text(reader->conf->arena, text, len);
    if (copy == NULL)
        return err_set(reader->err, ERR_MEM, "no memory for the lines");
    size_t count = split(copy, words, WORDS_MAX);
    if (count == 0 || take_condition(reader, words, count))
        return 0;
    if (strcmp(words[0], "include") != 0)
        return add_line(reader, number, words, count);
    int result = 0;
    for (size_t i = 1; i < count && result == 0; i++)
        result = include_pattern(reader, words[i], number);
    return result;
}

/* Joins physical lines. `text` ends with a NUL; a NUL within it ends its line. */
static int
read_lines(struct reader *reader, const char *text, size_t len)
{
    struct buf line;
    buf_init(&line, SQUIDCONF_BYTES_MAX);
    unsigned number = 0, start = 0;
    int result = 0;
    for (size_t at = 0; at < len && result == 0;) {
        const char *from = text + at, *end = memchr(from, '\n', len - at);
        size_t n = end == NULL ? len - at : (size_t)(end - from);
        at += n + 1;
        number++;
        n = strnlen(from, n);
        for (; n > 0 && is_space(*from); n--)
            from++;
        if (n > 0 && from[n - 1] == '\r')
            n--;
        if (n == 0 || *from == '#')
            continue;
        if (line.len == 0)
            start = number;
        bool more = from[n - 1] == '\\';
        buf_add(&line, from, more ? n - 1 : n);
        if (more)
            continue;
        result = take_line(reader, line.data, line.len, start);
        line.len = 0;
    }
    if (result == 0 && line.len > 0)
        result = take_line(reader, line.data, line.len, start);
    if (result == 0 && !buf_ok(&line))
        result = err_set(reader->err, ERR_MEM, "no memory for the lines");
    buf_clear(&line);
    return result;
}

/* Why an include is not read, or NULL. */
static const char *
refusal(const struct reader *reader, const char *path)
{
    for (size_t i = 0; i < reader->depth; i++) {
        if (strcmp(reader->files[i], path) == 0)
            return "the file includes itself, directly or through another file";
    }
    return reader->depth == SQUIDCONF_NESTING_MAX ? "Squid reads at most 16 levels of includes" : NULL;
}

static int
read_file(struct reader *reader, const char *path, const char *from, unsigned number)
{
    struct squidconf *conf = reader->conf;
    const char *why = refusal(reader, path);
    struct err trouble = {0};
    struct buf text;
    buf_init(&text, SQUIDCONF_BYTES_MAX + 1);
    int result = 0;
    if (why == NULL && file_read(&text, path, SQUIDCONF_BYTES_MAX - conf->bytes, &trouble) != 0) {
        why = trouble.text;
        result = from == NULL || trouble.kind != ERR_IO ? err_set(reader->err, trouble.kind, "%s", trouble.text) : 0;
    }
    if (why != NULL && from != NULL && result == 0) {
        buf_add_fmt(squidconf_say(conf), "'include %.300s': %.300s\n    # include %.300s\n", path, why, path);
        squidconf_found_at(conf, from, number);
    } else if (why == NULL) {
        conf->bytes += text.len;
        conf->file_count++;
        reader->files[reader->depth++] = arena_text(conf->arena, path, strlen(path));
        size_t ifs = reader->if_depth;
        result = arena_ok(conf->arena) ? read_lines(reader, text.data, text.len)
                                       : err_set(reader->err, ERR_MEM, "no memory for the lines");
        reader->if_depth = ifs < reader->if_depth ? ifs : reader->if_depth;
        reader->depth--;
    }
    buf_clear(&text);
    return result;
}

int
squidconf_read(struct squidconf *conf, const char *path, struct err *err)
{
    struct reader reader = {.conf = conf, .err = err};
    return read_file(&reader, path, NULL, 0);
}
