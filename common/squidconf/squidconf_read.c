// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_read.c - reads squid.conf into lines of words, in the order in which Squid sees them. See squidconf_text.h.
 * What the words mean is up to squidconf_model.c and the room course.
 */
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "squidconf_reader.h"

#define WORDS_MAX 4096    /* words of one line; any more are ignored */
#define PHYSICAL_MAX 8191 /* Squid reads longer lines in pieces (BUFSIZ) */

/* Cuts one word off: from quote to quote, otherwise up to white space. NULL at the end or at a comment. */
static const char *
cut_word(char **rest)
{
    char *at = *rest;
    while (reader_is_space(*at))
        at++;
    if (*at == '\0' || *at == '#')
        return NULL;
    char quote = *at == '"' || *at == '\'' ? *at : '\0';
    char *end = quote != '\0' ? strchr(at + 1, quote) : NULL;
    if (end == NULL) {
        for (end = at; *end != '\0' && !reader_is_space(*end);)
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
no_memory(struct reader *reader)
{
    return err_set(reader->err, ERR_MEM, "no memory for the lines");
}

static int
add_line(struct reader *reader, const char *line, unsigned number, const char **words, size_t count)
{
    struct squidconf_text *text = reader->text;
    const char *file = reader->files[reader->depth - 1];
    if (text->line_count == SQUIDCONF_LINES_MAX)
        return err_set(reader->err, ERR_LIMIT, "%s:%u: more than %d lines", file, number, SQUIDCONF_LINES_MAX);
    struct squidconf_line *lines =
        arena_grow(text->arena, text->lines, &text->line_room, text->line_count + 1, sizeof *lines);
    const char **kept = arena_array(text->arena, count, sizeof *kept);
    if (lines == NULL || kept == NULL)
        return no_memory(reader);
    memcpy(kept, words, count * sizeof *kept);
    text->lines = lines;
    struct squidconf_line *one = &lines[text->line_count++];
    *one = (struct squidconf_line){.file = file, .number = number, .count = count, .words = kept, .text = line};
    one->last = reader->last;
    one->ifs = (unsigned)reader->if_depth;
    if (one->ifs > 0) {
        one->if_file = reader->if_file;
        one->if_number = reader->if_number;
        one->if_varies = reader->ifs[one->ifs - 1].varies;
    }
    return 0;
}

static int read_file(struct reader *reader, const char *path, unsigned number);

static int
include_pattern(struct reader *reader, const char *pattern, unsigned number)
{
    glob_t found;
    int result = 0;
    if (glob(pattern, 0, NULL, &found) != 0) {
        reader_trouble(
            reader, number,
            "'include %.400s' matches no file, so Squid does not start; remove the line\n    # include %.400s\n",
            pattern, pattern);
        return 0;
    }
    for (size_t i = 0; i < found.gl_pathc && result == 0; i++)
        result = read_file(reader, found.gl_pathv[i], number);
    globfree(&found);
    return result;
}

/* The directives of Squid consist of these (src/cf.data.pre). */
static void
check_directive(struct reader *reader, const char *word, unsigned number)
{
    size_t good = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (word[good] != '\0' && strcmp(word, "upgrade_http0.9") != 0) /* which it only finds obsolete */
        reader_trouble(reader, number, "Squid knows no directive '%.40s', so it does not start\n", word);
}

/* Replaces every `name` in the text. */
static void
replace(struct buf *ret, const char *text, const char *name, const char *value)
{
    const char *found;
    for (; (found = strstr(text, name)) != NULL; text = found + strlen(name)) {
        buf_add(ret, text, (size_t)(found - text));
        buf_add_text(ret, value);
    }
    buf_add_text(ret, text);
}

/* Adds the numbers of a condition to those that tell the processes apart. */
static void
note_numbers(struct squidconf_text *text, const char *line)
{
    char *end;
    for (line += strcspn(line, "0123456789"); *line != '\0'; line = end + strcspn(end, "0123456789")) {
        unsigned long number = strtoul(line, &end, 10);
        size_t i = 0;
        while (i < text->number_count && text->numbers[i] != number)
            i++;
        if (i == text->number_count && i < SQUIDCONF_NUMBERS_MAX && number <= UINT_MAX)
            text->numbers[text->number_count++] = (unsigned)number;
    }
}

/* Replaces the macros that Squid knows (ProcessMacros): NAME and its value, in pairs. */
static char *
replace_all(struct arena *arena, char *line, const char *const (*macros)[2], size_t count)
{
    for (size_t i = 0; i < count && line != NULL; i++) {
        struct buf changed;
        buf_init(&changed, SQUIDCONF_BYTES_MAX);
        replace(&changed, line, macros[i][0], macros[i][1]);
        line = buf_ok(&changed) ? arena_text(arena, changed.len > 0 ? changed.data : "", changed.len) : NULL;
        buf_clear(&changed);
    }
    return line;
}

/* A copy of the logical line with its macros replaced and without white space at its end. */
static char *
copy_line(struct reader *reader, const char *line, size_t len)
{
    while (len > 0 && reader_is_space(line[len - 1]))
        len--;
    struct squidconf_text *text = reader->text;
    char *copy = arena_text(text->arena, line, len);
    reader->has_macro = copy != NULL && strstr(copy, "${") != NULL;
    if (text->both || !reader->has_macro)
        return copy;
    char number[16], name[32] = "squid";
    unsigned process = text->other ? text->process : 1;
    snprintf(number, sizeof number, "%u", process);
    if (process > 0)
        snprintf(name, sizeof name, "squid-%u", process);
    const char *const macros[][2] = {
        {"${service_name}", "squid"}, {"${process_name}", name}, {"${process_number}", number}};
    if (strstr(copy, macros[1][0]) != NULL || strstr(copy, macros[2][0]) != NULL) {
        text->by_process = true;
        if (strncmp(copy, "if", 2) == 0)
            note_numbers(text, copy + 2);
    }
    return replace_all(text->arena, copy, macros, sizeof macros / sizeof *macros);
}

/* Cuts one name off an include, as Squid's strwordtok() does: quotes may be anywhere in it, a backslash counts only
 * between them, and nothing is a comment. NULL at the end. */
static const char *
cut_name(char **rest)
{
    char *from = *rest, *to;
    bool quoted = false;
    while (reader_is_space(*from))
        from++;
    char *name = to = from;
    for (; *from != '\0' && (quoted || !reader_is_space(*from)); from++) {
        if (*from == '"') {
            quoted = !quoted;
            continue;
        }
        if (quoted && *from == '\\' && from[1] != '\0')
            from++;
        *to++ = *from;
    }
    bool none = from == name;
    *rest = *from == '\0' ? from : from + 1;
    *to = '\0';
    return none ? NULL : name;
}

/* Takes the names of an include. `copy` is a copy of the line to be cut. */
static int
take_include(struct reader *reader, const char *line, char *copy, unsigned number)
{
    char *rest = copy + strlen("include");
    const char *name = cut_name(&rest);
    int result = 0;
    if (name == NULL)
        reader_trouble(reader, number, "include names no file, so Squid does not start; remove the line\n");
    for (; name != NULL && result == 0; name = cut_name(&rest)) {
        if (*name != '#' || access(name, F_OK) == 0) {
            result = include_pattern(reader, name, number);
            continue;
        }
        int len = (int)(name - copy);
        while (reader_is_space(line[len - 1]))
            len--;
        reader_trouble(reader, number,
                       "an include knows no comment: Squid takes its words for names of files, and does not start\n"
                       "    %.*s\n",
                       len, line);
        break;
    }
    return result;
}

static int
take_line(struct reader *reader, const char *joined, size_t len, unsigned number)
{
    const char *words[WORDS_MAX];
    char *line = copy_line(reader, joined, len);
    char *copy = line == NULL ? NULL : arena_text(reader->text->arena, line, strlen(line));
    if (copy == NULL)
        return no_memory(reader);
    if (reader_condition(reader, line, number))
        return 0;
    if (reader_statement(copy, "include") != NULL)
        return take_include(reader, line, copy, number);
    size_t count = split(copy, words, WORDS_MAX);
    if (count == 0)
        return 0;
    check_directive(reader, words[0], number);
    return add_line(reader, line, number, words, count);
}

/* True if a line has a byte 0 that is not in a comment, which Squid leaves out anyway. */
static bool
cuts_line(const char *line, size_t len)
{
    const char *nul = memchr(line, '\0', len);
    while (line != nul && len > 0 && reader_is_space(*line)) {
        line++;
        len--;
    }
    return nul != NULL && *line != '#';
}

/* What is odd about a file as a whole. */
static void
check_bytes(struct reader *reader, const char *text, size_t len)
{
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        reader_trouble(reader, 1,
                       "the file begins with a byte order mark, so Squid does not know its first directive; "
                       "save the file without it\n");
    if (memchr(text, '\0', len) == NULL)
        return;
    unsigned number = 1;
    for (size_t at = 0, end; at < len; at = end + 1, number++) {
        const char *feed = memchr(text + at, '\n', len - at);
        end = feed == NULL ? len : (size_t)(feed - text);
        if (!cuts_line(text + at, end - at))
            continue;
        reader_trouble(reader, number, "the line has a byte 0, where Squid stops reading it: is this a squid.conf?\n");
        return;
    }
}

/* Cuts the next physical line off, as fgets() would. Returns its length without white space before it and what Squid
 * cuts off: everything from a carriage return or a byte 0. */
static size_t
next_physical(const char **ret, const char *text, size_t len, size_t *at)
{
    const char *from = text + *at;
    size_t left = len - *at < PHYSICAL_MAX ? len - *at : PHYSICAL_MAX;
    const char *end = memchr(from, '\n', left);
    size_t n = end == NULL ? left : (size_t)(end - from);
    *at += end == NULL ? n : n + 1;
    n = strnlen(from, n);
    const char *cut = memchr(from, '\r', n);
    if (cut != NULL)
        n = (size_t)(cut - from);
    for (; n > 0 && reader_is_space(*from); n--)
        from++;
    *ret = from;
    return n;
}

/* Joins physical lines. A line that is still continued at the end of the file is lost, as in Squid. */
static int
read_lines(struct reader *reader, const char *text, size_t len)
{
    struct buf line;
    buf_init(&line, SQUIDCONF_BYTES_MAX);
    unsigned number = 0, start = 0;
    int result = 0;
    for (size_t at = 0; at < len && result == 0;) {
        const char *from;
        size_t n = next_physical(&from, text, len, &at);
        number++;
        if (n == 0 || *from == '#')
            continue;
        if (line.len == 0)
            start = number;
        bool more = from[n - 1] == '\\';
        buf_add(&line, from, more ? n - 1 : n);
        if (more)
            continue;
        reader->last = number;
        result = buf_ok(&line) ? take_line(reader, line.data, line.len, start) : no_memory(reader);
        line.len = 0;
    }
    if (result == 0)
        reader_end(reader, number);
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
    return reader->depth > SQUIDCONF_NESTING_MAX ? "Squid reads at most 16 levels of includes" : NULL;
}

static int
read_text(struct reader *reader, const char *path, const struct buf *bytes)
{
    struct squidconf_text *text = reader->text;
    text->bytes += bytes->len;
    text->file_count++;
    reader->files[reader->depth++] = arena_text(text->arena, path, strlen(path));
    if (!arena_ok(text->arena))
        return no_memory(reader);
    size_t base = reader->if_base, depth = reader->if_depth;
    reader->if_base = depth;
    const char *data = bytes->data == NULL ? "" : bytes->data;
    check_bytes(reader, data, bytes->len);
    int result = read_lines(reader, data, bytes->len);
    reader->if_base = base;
    reader->if_depth = depth;
    reader->depth--;
    return result;
}

/* Reads a file, or what it holds instead. */
static int
read_bytes(struct buf *ret, const struct squidconf_text *text, const char *path, struct err *err)
{
    size_t most = SQUIDCONF_BYTES_MAX - text->bytes;
    for (size_t i = 0; i < text->instead_count; i++) {
        const struct squidconf_instead *instead = &text->instead[i];
        if (strcmp(instead->path, path) != 0)
            continue;
        if (instead->len > most)
            return err_set(err, ERR_LIMIT, "'%s' would have too many bytes", path);
        buf_add(ret, instead->bytes, instead->len);
        return buf_ok(ret) ? 0 : err_set(err, ERR_MEM, "no memory for '%s'", path);
    }
    return file_read(ret, path, most, err);
}

/* True for an included file of which Squid reads nothing: a folder, or the device without bytes. */
static bool
reads_nothing(const struct reader *reader, const char *path)
{
    struct stat st, null;
    if (reader->depth == 0 || stat(path, &st) != 0)
        return false;
    return S_ISDIR(st.st_mode) || (S_ISCHR(st.st_mode) && stat("/dev/null", &null) == 0 && st.st_rdev == null.st_rdev);
}

static int
read_file(struct reader *reader, const char *path, unsigned number)
{
    const char *why = refusal(reader, path);
    struct err trouble = {0};
    struct buf bytes;
    buf_init(&bytes, SQUIDCONF_BYTES_MAX + 1);
    int result = 0;
    if (why == NULL && !reads_nothing(reader, path) && read_bytes(&bytes, reader->text, path, &trouble) != 0) {
        why = trouble.text;
        if (reader->depth == 0 || trouble.kind != ERR_IO)
            result = err_set(reader->err, trouble.kind, "%s", trouble.text);
    }
    if (why == NULL)
        result = read_text(reader, path, &bytes);
    else if (result == 0)
        reader_trouble(reader, number, "'include %.300s': %.300s\n    # include %.300s\n", path, why, path);
    buf_clear(&bytes);
    return result;
}

int
squidconf_text_read(struct squidconf_text *text, const char *path, struct err *err)
{
    struct reader reader = {.text = text, .err = err};
    int result = read_file(&reader, path, 0);
    return result == 0 && !arena_ok(text->arena) ? no_memory(&reader) : result;
}
