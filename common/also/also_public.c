// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * also_public.c - reads the CSV of Microsoft's public prefixes. Part of also.h.
 *
 * The first line names the columns, `Prefix,Type`. More columns may follow; they are ignored, as are quotes around a
 * value and spaces around it. Nothing in this list has a comma of its own.
 */
#include <string.h>

#include "also_build.h"
#include "base/err.h"

struct csv {
    struct also *also;
    const char *file;
    const struct also_owner *owner; /* of the row before: nearly all rows have one type */
};

/* Takes the next value off a row. */
static const char *
take_value(const char **row, size_t *row_len, size_t *ret_len)
{
    const char *value = *row, *comma = memchr(value, ',', *row_len);
    size_t len = comma == NULL ? *row_len : (size_t)(comma - value);
    *row += comma == NULL ? len : len + 1;
    *row_len -= comma == NULL ? len : len + 1;
    while (len > 0 && (value[0] == ' ' || value[0] == '\t')) {
        value++;
        len--;
    }
    while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
        len--;
    if (len >= 2 && value[0] == '"' && value[len - 1] == '"') {
        value++;
        len -= 2;
    }
    *ret_len = len;
    return value;
}

static int
choose_owner(struct csv *csv, const char *type, size_t len, struct err *err)
{
    if (csv->owner != NULL && strlen(csv->owner->name) == len && memcmp(csv->owner->name, type, len) == 0)
        return 0;
    struct also_owner owner = {ALSO_PUBLIC, csv->file, also_text(csv->also, type, len, err), "", "", ""};
    csv->owner = owner.name == NULL ? NULL : also_owner(csv->also, &owner, err);
    return csv->owner == NULL ? -1 : 0;
}

static int
read_row(struct csv *csv, const char *row, size_t len, struct err *err)
{
    size_t prefix_len, type_len;
    if (len > ALSO_LINE_MAX)
        return err_set(err, ERR_SYNTAX, "it is longer than %d bytes", ALSO_LINE_MAX);
    const char *prefix = take_value(&row, &len, &prefix_len);
    const char *type = take_value(&row, &len, &type_len);
    if (choose_owner(csv, type, type_len, err) != 0)
        return -1;
    return also_add(csv->also, csv->owner, prefix, prefix_len, err);
}

int
also_read_public(struct also *also, const char *file, const char *bytes, size_t len, struct err *err)
{
    struct csv csv = {.also = also, .file = file};
    for (size_t line = 1; len > 0; line++) {
        const char *feed = memchr(bytes, '\n', len);
        size_t size = feed == NULL ? len : (size_t)(feed - bytes), next = feed == NULL ? len : size + 1;
        if (size > 0 && bytes[size - 1] == '\r')
            size--;
        if (line > 1 && size > 0 && read_row(&csv, bytes, size, err) != 0)
            return err_add(err, "line %zu", line);
        bytes += next;
        len -= next;
    }
    return 0;
}
