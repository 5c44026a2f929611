// SPDX-License-Identifier: GPL-2.0-or-later
/* also_read.c - tells by its content which list a file is, and has it read. Part of also.h. */
#include <string.h>
#include <strings.h>

#include "also_build.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/kind.h"

static const char mark[] = "\xef\xbb\xbf"; /* before UTF-8 text */

/* 0 if it is neither. `[` begins an answer of /endpoints. */
static unsigned
tell_kind(const char *bytes, size_t len)
{
    static const char header[] = "Prefix,Type";
    size_t n = sizeof header - 1, at = 0;
    if (len >= n && strncasecmp(bytes, header, n) == 0 && (len == n || memchr(",\r\n", bytes[n], 3) != NULL))
        return ALSO_PUBLIC;
    while (at < len && memchr(" \t\r\n", bytes[at], 4) != NULL)
        at++;
    return at < len && bytes[at] == '{' ? ALSO_TAGS : 0;
}

static int
refuse(const char *bytes, size_t len, unsigned kinds, struct err *err)
{
    const char *what = kind_not_text(bytes, len);
    if (what != NULL)
        return err_set(err, ERR_SYNTAX, "%s", what);
    if (len > 0 && bytes[0] == '[')
        return err_set(err, ERR_SYNTAX, "it looks like an answer of /endpoints, which is a table for -t");
    if (kinds == ALSO_PUBLIC)
        return err_set(err, ERR_SYNTAX,
                       "it is not the CSV of Microsoft's public prefixes, whose first line is 'Prefix,Type'");
    return err_set(err, ERR_SYNTAX,
                   "it is neither Microsoft's service tags (JSON) nor its public prefixes (CSV, first line "
                   "'Prefix,Type')");
}

static int
read_bytes(struct also *also, const char *file, const char *bytes, size_t len, unsigned kinds, struct err *err)
{
    if (len >= sizeof mark - 1 && memcmp(bytes, mark, sizeof mark - 1) == 0) {
        bytes += sizeof mark - 1;
        len -= sizeof mark - 1;
    }
    size_t before = also->count;
    unsigned kind = tell_kind(bytes, len);
    if ((kind & kinds) == 0)
        return refuse(bytes, len, kinds, err);
    if ((kind == ALSO_TAGS ? also_read_tags : also_read_public)(also, file, bytes, len, err) != 0)
        return -1;
    return also->count > before ? 0 : err_set(err, ERR_SYNTAX, "it has no prefix");
}

int
also_read_bytes(struct also *also, const char *name, const char *bytes, size_t len, unsigned kinds, struct err *err)
{
    const char *file = arena_text(also->arena, name, strlen(name));
    if (file == NULL)
        return err_set(err, ERR_MEM, "no memory to read '%s'", name);
    return read_bytes(also, file, bytes, len, kinds, err) != 0 ? err_add(err, "'%s'", name) : 0;
}

int
also_read(struct also *also, const char *path, unsigned kinds, struct err *err)
{
    struct buf bytes;
    buf_init(&bytes, ALSO_FILE_MAX);
    int result = file_read(&bytes, path, ALSO_FILE_MAX, err);
    if (result == 0)
        result = also_read_bytes(also, path, bytes.data, bytes.len, kinds, err);
    buf_clear(&bytes);
    return result;
}
