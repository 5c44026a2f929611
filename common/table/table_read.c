// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_read.c - opens a source of a table and finds out what it is. Part of table.h.
 *
 * A text or list is read in pieces (table_input.c). A document is kept in memory whole, as its parser needs it.
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/kind.h"
#include "name/spec.h"
#include "table_build.h"

/* The first byte that is not white space, or 0. */
static char
first_byte(const char *bytes, size_t len)
{
    size_t at = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < len && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n'))
        at++;
    return at < len ? bytes[at] : '\0';
}

/* Reads until the kind of the source is known: past white space at its start, up to the size of the largest document. A
 * document is then read whole. */
static int
input_first(const struct reader *reader, struct input *input, bool list, struct err *err)
{
    char head = first_byte(input->bytes, input->len);
    while (!input->last && input->len <= TABLE_JSON_MAX &&
           (list ? table_is_document(input->bytes, input->len) : head == '\0' || head == '[' || head == '{')) {
        if (table_input_more(reader, input, err) != 0)
            return -1;
        if (head == '\0')
            head = first_byte(input->bytes, input->len);
    }
    return 0;
}

static int
read_input(struct reader *reader, struct input *input, const struct spec *spec, struct err *err)
{
    if (input_first(reader, input, spec->list, err) != 0)
        return -1;
    char head = spec->list ? '\0' : first_byte(input->bytes, input->len);
    bool json = head == '[' || head == '{';
    reader->whole = !json && (!spec->list || table_is_exception(reader->table, spec->verb));
    reader->list = spec->list;
    if (input->len == 0)
        return err_set(err, ERR_SYNTAX, "the file is empty; is the disk full?");
    if (input->len >= 7 && memcmp(input->bytes, "m365img", 7) == 0)
        return err_set(err, ERR_USAGE, "it is a compiled image; name the tables it was made from");
    if (head == '<')
        return err_set(err, ERR_SYNTAX, "it is an HTML or XML page, neither a table nor an answer of the web service");
    const char *kind = kind_not_text(input->bytes, input->len);
    if (kind != NULL)
        return err_set(err, ERR_SYNTAX, "%s", kind);
    if (json)
        return table_read_json(reader, input->bytes, input->len, err);
    if (input->len >= 3 && memcmp(input->bytes, "\xef\xbb\xbf", 3) == 0)
        table_input_use(input, 3);
    return spec->list ? table_read_list(reader, spec, input, err) : table_read_text(reader, input, err);
}

/* What was read must be all there is, or each refused line must have been left out. */
static int
judge(const struct reader *reader, struct err *err)
{
    const struct err *first = reader->first;
    if (!arena_ok(reader->table->arena) || !arena_ok(reader->table->texts))
        return err_set(err, ERR_MEM, "cannot load '%s': no memory", reader->path);
    if (reader->whole && reader->refused == 1)
        return err_set(err, ERR_SYNTAX, "cannot load '%s': %s", reader->path, first->text);
    if (reader->whole && reader->refused > 1)
        return err_set(err, ERR_SYNTAX, "cannot load '%s': %s (and %zu more %s refused)", reader->path, first->text,
                       reader->refused - 1, reader->refused == 2 ? "line is" : "lines are");
    if (reader->refused > 0)
        table_complain(reader->table, "'%s': %zu refused, the rest is loaded", reader->path, reader->refused);
    return 0;
}

static int
read_source(struct table *table, const char *source, const char *path, struct input *input, struct err *err)
{
    struct err first = {0};
    struct spec spec;
    spec_parse(&spec, source);
    struct reader reader = {.table = table,
                            .path = path,
                            .source = UINT32_MAX,
                            .terms = UINT32_MAX,
                            .first = &first,
                            .domains = spec.domains};
    int result = input->file == NULL ? 0 : table_input_more(&reader, input, err);
    if (result == 0)
        result = read_input(&reader, input, &spec, err);
    if (result != 0)
        return input->failed ? -1 : err_add(err, "cannot load '%s'", path);
    return judge(&reader, err);
}

int
table_read_bytes(struct table *table, const char *source, const char *bytes, size_t len, struct err *err)
{
    char room[PATH_MAX];
    struct input input = {.bytes = bytes, .len = len, .last = true};
    return read_source(table, source, spec_path(room, source), &input, err);
}

/* A file that is missing may be meant for a list. */
static void
advise(const char *source, struct err *err)
{
    struct spec spec;
    spec_parse(&spec, source);
    const char *colon = strchr(source, ':');
    if (!spec.list && colon != NULL && memchr(source, '/', (size_t)(colon - source)) == NULL)
        err_append(err, "; lists are default:, allow:, optimize: or inspect:FILE, or domains: before one of these");
    else if (spec.part != NULL)
        err_append(err, "; what follows the last '#' names a part of the file, so a file name with a '#' needs one "
                        "more at its end");
}

int
table_read(struct table *table, const char *source, struct err *err)
{
    char room[PATH_MAX];
    struct file_reader file;
    const char *path = spec_path(room, source);
    if (path[0] == '\0')
        return err_set(err, ERR_USAGE, "'%s' names no file", source);
    if (file_reader_open(&file, path, err) != 0) {
        advise(source, err);
        return -1;
    }
    struct input input = {.file = &file};
    buf_init(&input.room, TABLE_JSON_MAX + 4 * TABLE_PIECE_SIZE);
    int result = read_source(table, source, path, &input, err);
    buf_clear(&input.room);
    file_reader_close(&file);
    return result;
}
