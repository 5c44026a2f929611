// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_json.c - reads the web service's answer to /endpoints. Part of table.h.
 *
 * The shape: an array of endpoint sets, each with id, serviceArea and category; urls, ips, tcpPorts, udpPorts,
 * required, expressRoute and notes where they are not empty. Members may come in any order, and unknown members are
 * ignored. Anything else (an error page, an object, the preview's schema without category, an empty array, two sets
 * with one id) is refused as a whole: a document that says nothing must not wipe out a table, and sets are told apart
 * by id.
 *
 * A row that cannot be represented is left out and reported. Two kinds of row may not be left out, because the rest
 * would bypass more than the document says: a row of a set that is not bypassed (it may be an exception to a wider
 * wildcard or prefix that is; table_is_exception()), and the last address of a set (its names would no longer be tied
 * to addresses).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "list/list.h"
#include "name/verb.h"
#include "table_build.h"

#define NOTE_MAX 1000 /* bytes; the rest of a longer note is dropped */

bool
table_is_document(const char *bytes, size_t len)
{
    size_t at = 0;
    char begun[2] = "";
    for (size_t found = 0; found < 2 && at < len; at++) {
        if (memchr(" \t\r\n", bytes[at], 4) == NULL)
            begun[found++] = bytes[at];
    }
    return memcmp(begun, "[{", 2) == 0 || memcmp(begun, "{\"", 2) == 0;
}

static int
get_category(enum verb *ret, const struct json *object, struct err *err)
{
    const char *text;
    if (!json_get_text(json_member(object, "category", NULL), &text))
        return err_set(err, ERR_SYNTAX, "'category' is missing or not text; is this an answer of /endpoints?");
    if (verb_parse_category(ret, text, strlen(text)))
        return 0;
    return err_set(err, ERR_SYNTAX, "unknown category '%.40s'", text);
}

static int
get_ports(struct ports *ret, struct reader *reader, const struct json *object, const char *name, struct err *err)
{
    const struct json *member = json_member(object, name, NULL);
    const char *text;
    if (member == NULL)
        return 0;
    if (!json_get_text(member, &text))
        return err_set(err, ERR_SYNTAX, "'%s' is not text", name);
    return ports_parse(ret, reader->table->arena, text, strlen(text), err) != 0 ? err_add(err, "'%s'", name) : 0;
}

static int
get_flag(bool *ret, const struct json *object, const char *name, struct err *err)
{
    const struct json *member = json_member(object, name, NULL);
    if (member == NULL || json_get_bool(member, ret))
        return 0;
    return err_set(err, ERR_SYNTAX, "'%s' is neither true nor false", name);
}

/* A note is one line of the table: control characters become spaces. A long note is cut, but not inside a character. */
static const char *
get_note(struct reader *reader, const struct json *object)
{
    const char *text;
    if (!json_get_text(json_member(object, "notes", NULL), &text) || text[0] == '\0')
        return NULL;
    size_t len = strnlen(text, NOTE_MAX);
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;
    char *note = arena_text(reader->table->arena, text, len);
    for (char *p = note; p != NULL && *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
    }
    return note;
}

static int
refuse_doubles(const struct json *object, struct err *err)
{
    static const char *const members[] = {"id",       "category", "serviceArea", "urls",        "ips",
                                          "tcpPorts", "udpPorts", "required",    "expressRoute"};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        bool twice;
        json_member(object, members[i], &twice);
        if (twice)
            return err_set(err, ERR_SYNTAX, "'%s' appears twice", members[i]);
    }
    return 0;
}

static int
read_attributes(struct terms *terms, struct reader *reader, const struct json *object, struct err *err)
{
    uint64_t id;
    const char *area;
    if (!json_is_object(object))
        return err_set(err, ERR_SYNTAX, "not an object; is this an answer of /endpoints?");
    if (!json_get_number(json_member(object, "id", NULL), &id) || id > UINT32_MAX)
        return err_set(err, ERR_SYNTAX, "'id' is missing or not a whole number; is this an answer of /endpoints?");
    if (!json_get_text(json_member(object, "serviceArea", NULL), &area) || !table_is_word(area, strlen(area)))
        return err_set(err, ERR_SYNTAX, "'serviceArea' is missing or not a word");
    *terms = (struct terms){.set.has_id = true, .set.id = (uint32_t)id, .area = area, .set.source = reader->source};
    if (refuse_doubles(object, err) != 0 || get_category(&terms->verb, object, err) != 0 ||
        get_ports(&terms->tcp, reader, object, "tcpPorts", err) != 0 ||
        get_ports(&terms->udp, reader, object, "udpPorts", err) != 0 ||
        get_flag(&terms->required, object, "required", err) != 0 ||
        get_flag(&terms->expressroute, object, "expressRoute", err) != 0)
        return -1;
    terms->note = get_note(reader, object);
    table_lower_optional(reader->table, terms);
    return 0;
}

/* Reads `urls` or `ips` and counts the rows that were accepted. */
static int
read_rows(struct reader *reader, const struct terms *terms, const struct json *object, const char *name, bool keep_all,
          struct err *err)
{
    const struct json *rows = json_member(object, name, NULL);
    if (rows == NULL)
        return 0;
    if (!json_is_array(rows))
        return err_set(err, ERR_SYNTAX, "'%s' is not an array", name);
    bool is_ips = name[0] == 'i';
    size_t index = 0, taken = 0;
    for (const struct json *row = json_first(rows); row != NULL; row = json_next(row), index++) {
        const char *text;
        struct err why = {0};
        if (!json_get_text(row, &text))
            return err_set(err, ERR_SYNTAX, "'%s' contains something that is not text", name);
        if (is_ips == (memchr(text, '/', strlen(text)) == NULL))
            err_set(&why, ERR_SYNTAX, is_ips ? "'%.80s' is not a prefix" : "'%.80s' is not a host pattern", text);
        else if (table_add_rule(reader, terms, text, strlen(text), &why) == 0) {
            taken++;
            continue;
        }
        char position[64];
        snprintf(position, sizeof position, "set %u, %s[%zu]", terms->set.id, name, index);
        if (why.kind == ERR_MEM || keep_all)
            return err_set(err, why.kind, "%s[%zu]: %s", name, index, why.text);
        table_refuse(reader, position, &why);
    }
    if (is_ips && index > 0 && taken == 0)
        return err_set(err, ERR_SYNTAX, "none of its %zu 'ips' can be read", index);
    return 0;
}

static int
read_set(struct reader *reader, const struct json *object, struct err *err)
{
    struct terms terms;
    if (read_attributes(&terms, reader, object, err) != 0)
        return -1;
    bool keep_all = table_is_exception(reader->table, terms.verb);
    if (read_rows(reader, &terms, object, "urls", keep_all, err) != 0 ||
        read_rows(reader, &terms, object, "ips", keep_all, err) != 0)
        return err_add(err, "id %u", terms.set.id);
    return 0;
}

/* Takes the label from the file name, ten digits in a row, or YYYY-MM or YYYY-MM-DD: the document itself has none. */
static void
label_from_path(struct table *table, const char *path)
{
    if (table->label[0] != '\0')
        return;
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    while (*name != '\0') {
        size_t digits = strspn(name, "0123456789");
        size_t run = strspn(name, "0123456789-");
        while (run > 0 && name[run - 1] == '-')
            run--;
        if (digits == 10 || (digits == 4 && (run == 7 || run == 10) && name[4] == '-')) {
            const char *label = arena_text(table->arena, name, digits == 10 ? 10 : run);
            if (label != NULL)
                table->label = label;
            return;
        }
        name += digits > 0 ? digits : 1;
    }
}

struct seen {
    uint64_t id;
    size_t index;
};

static int
compare_seen(const void *left, const void *right)
{
    const struct seen *a = left;
    const struct seen *b = right;
    return a->id != b->id ? (a->id > b->id) - (a->id < b->id) : (a->index > b->index) - (a->index < b->index);
}

/* The rows of two sets with one id would speak for each other: the addresses of a Default set for the names of an Allow
 * set. All members were read before, so each set has an id. */
static int
refuse_same_id(const struct json *root, struct err *err)
{
    struct buf room;
    size_t count = 0;
    int result = 0;
    buf_init(&room, TABLE_JSON_MAX);
    for (const struct json *set = json_first(root); set != NULL; set = json_next(set)) {
        struct seen one = {.index = count++};
        json_get_number(json_member(set, "id", NULL), &one.id);
        buf_add(&room, &one, sizeof one);
    }
    struct seen *seen = (struct seen *)(void *)room.data;
    if (!buf_ok(&room))
        result = err_set(err, ERR_MEM, "no memory for the ids of the document");
    else
        qsort(seen, count, sizeof *seen, compare_seen);
    for (size_t i = 1; result == 0 && i < count; i++) {
        if (seen[i].id == seen[i - 1].id)
            result = err_set(err, ERR_SYNTAX, "the endpoint sets [%zu] and [%zu] have the same id %u",
                             seen[i - 1].index, seen[i].index, (unsigned)seen[i].id);
    }
    buf_clear(&room);
    return result;
}

int
table_read_json(struct reader *reader, const char *bytes, size_t len, struct err *err)
{
    struct json *root;
    if (len > TABLE_JSON_MAX)
        return err_set(err, ERR_LIMIT, "the document is larger than %zu bytes", TABLE_JSON_MAX);
    if (table_reader_source(reader) == UINT32_MAX)
        return err_set(err, ERR_LIMIT, "more than %d sources", TABLE_SOURCES_MAX);
    if (json_parse(&root, bytes, len, err) != 0)
        return -1;
    int result = 0;
    if (!json_is_array(root) && list_is_tags(bytes, len))
        result = err_set(err, ERR_SYNTAX,
                         "it is a document of service tags; name it with a verb and one of them, as in "
                         "allow:FILE#AzureActiveDirectory");
    else if (!json_is_array(root))
        result = err_set(err, ERR_SYNTAX, "the document is not an array; is this an answer of /endpoints?");
    else if (json_first(root) == NULL)
        result = err_set(err, ERR_SYNTAX, "the document contains no endpoint sets");
    size_t index = 0;
    for (const struct json *set = json_first(root); result == 0 && set != NULL; set = json_next(set), index++) {
        if (read_set(reader, set, err) != 0)
            result = err_add(err, "endpoint set [%zu]", index);
    }
    if (result == 0)
        result = refuse_same_id(root, err);
    json_free(root);
    if (result == 0)
        label_from_path(reader->table, reader->path);
    return result;
}
