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

/* The beginning of a document: an array of objects, or an object. No pattern begins so. */
static bool
is_document(const char *bytes, size_t len)
{
    size_t at = 0;
    char begun[2] = "";
    for (size_t found = 0; found < 2 && at < len; at++) {
        if (memchr(" \t\r\n", bytes[at], 4) == NULL)
            begun[found++] = bytes[at];
    }
    return memcmp(begun, "[{", 2) == 0 || memcmp(begun, "{\"", 2) == 0;
}

/* Reads until the kind of the source is known: past white space at its start, up to the size of the largest document. A
 * document is then read whole. */
static int
input_first(const struct reader *reader, struct input *input, bool list, struct err *err)
{
    char head = first_byte(input->bytes, input->len);
    while (!list && !input->last && input->len <= TABLE_JSON_MAX && (head == '\0' || head == '[' || head == '{')) {
        if (table_input_more(reader, input, err) != 0)
            return -1;
        if (head == '\0')
            head = first_byte(input->bytes, input->len);
    }
    return 0;
}

static int
read_input(struct reader *reader, struct input *input, bool list, enum verb verb, struct err *err)
{
    if (input_first(reader, input, list, err) != 0)
        return -1;
    char head = list ? '\0' : first_byte(input->bytes, input->len);
    bool json = head == '[' || head == '{';
    reader->whole = !json && (!list || table_is_exception(reader->table, verb));
    if (input->len == 0)
        return err_set(err, ERR_SYNTAX, "the file is empty; is the disk full?");
    if (input->len >= 7 && memcmp(input->bytes, "m365img", 7) == 0)
        return err_set(err, ERR_USAGE, "it is a compiled image; name the tables it was made from");
    if (head == '<')
        return err_set(err, ERR_SYNTAX, "it is an HTML or XML page, neither a table nor an answer of the web service");
    const char *kind = kind_not_text(input->bytes, input->len);
    if (kind != NULL)
        return err_set(err, ERR_SYNTAX, "%s", kind);
    if (list && is_document(input->bytes, input->len))
        return err_set(err, ERR_SYNTAX, "it is a JSON document, not a list; name it without a verb");
    if (json)
        return table_read_json(reader, input->bytes, input->len, err);
    if (input->len >= 3 && memcmp(input->bytes, "\xef\xbb\xbf", 3) == 0)
        table_input_use(input, 3);
    return list ? table_read_list(reader, verb, input, err) : table_read_text(reader, input, err);
}

static int
read_source(struct table *table, const char *spec, struct input *input, struct err *err)
{
    enum verb verb = VERB_DEFAULT;
    struct err first = {0};
    const char *path = verb_cut(&verb, spec);
    struct reader reader = {.table = table, .path = path, .source = UINT32_MAX, .terms = UINT32_MAX, .first = &first};
    int result = input->file == NULL ? 0 : table_input_more(&reader, input, err);
    if (result == 0)
        result = read_input(&reader, input, path != spec, verb, err);
    if (result != 0)
        return input->failed ? -1 : err_add(err, "cannot load '%s'", path);
    if (!arena_ok(table->arena) || !arena_ok(table->texts))
        return err_set(err, ERR_MEM, "cannot load '%s': no memory", path);
    if (reader.whole && reader.refused == 1)
        return err_set(err, ERR_SYNTAX, "cannot load '%s': %s", path, first.text);
    if (reader.whole && reader.refused > 1)
        return err_set(err, ERR_SYNTAX, "cannot load '%s': %s (and %zu more %s refused)", path, first.text,
                       reader.refused - 1, reader.refused == 2 ? "line is" : "lines are");
    if (reader.refused > 0)
        table_complain(table, "'%s': %zu refused, the rest is loaded", path, reader.refused);
    return 0;
}

int
table_read_bytes(struct table *table, const char *spec, const char *bytes, size_t len, struct err *err)
{
    struct input input = {.bytes = bytes, .len = len, .last = true};
    return read_source(table, spec, &input, err);
}

int
table_read(struct table *table, const char *spec, struct err *err)
{
    enum verb verb;
    struct file_reader file;
    const char *path = verb_cut(&verb, spec), *colon = strchr(spec, ':');
    if (path[0] == '\0')
        return err_set(err, ERR_USAGE, "'%s' names no file", spec);
    if (file_reader_open(&file, path, err) != 0) {
        if (path == spec && colon != NULL && memchr(spec, '/', (size_t)(colon - spec)) == NULL)
            err_append(err, "; lists are default:, allow:, optimize: or inspect:FILE");
        return -1;
    }
    struct input input = {.file = &file};
    buf_init(&input.room, TABLE_JSON_MAX + 4 * TABLE_PIECE_SIZE);
    int result = read_source(table, spec, &input, err);
    buf_clear(&input.room);
    file_reader_close(&file);
    return result;
}
