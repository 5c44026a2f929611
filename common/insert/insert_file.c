// SPDX-License-Identifier: GPL-2.0-or-later
/* insert_file.c - the files of a squid.conf, and what they would be with lines added. Part of insert_build.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "insert_build.h"

#define TEXT_BYTES_MAX 8192
#define PHYSICAL_MAX 8191 /* Squid reads longer lines in pieces, and counts those */

const char *
insert_text(struct insert *insert, const char *fmt, ...)
{
    char text[TEXT_BYTES_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    const char *kept = arena_text(insert->arena, text, strlen(text));
    return kept == NULL ? "" : kept;
}

const char *
insert_keep(struct insert *insert, struct buf *buf)
{
    const char *kept = NULL;
    if (!buf_ok(buf))
        insert->failed = err_set(insert->err, ERR_MEM, "no memory for the lines") != 0;
    else if (buf->len > 0)
        kept = arena_text(insert->arena, buf->data, buf->len);
    buf_clear(buf);
    return kept;
}

/* Finds the physical lines. False: one is so long that Squid counts otherwise. */
static bool
cut_lines(struct insert *insert, struct insert_file *file)
{
    size_t room = 0;
    for (size_t at = 0; at < file->len;) {
        const char *end = memchr(file->bytes + at, '\n', file->len - at);
        size_t next = end == NULL ? file->len : (size_t)(end - file->bytes) + 1;
        size_t *start = arena_grow(insert->arena, file->start, &room, file->count + 2, sizeof *start);
        if (start == NULL || next - at > PHYSICAL_MAX)
            return false;
        file->start = start;
        start[file->count++] = at;
        start[file->count] = next;
        at = next;
    }
    return true;
}

static const struct insert_file *
read_one(struct insert *insert, const char *path)
{
    struct insert_file *file = &insert->files[insert->file_count];
    struct buf bytes;
    buf_init(&bytes, SQUIDCONF_BYTES_MAX + 1);
    if (file_read(&bytes, path, SQUIDCONF_BYTES_MAX, insert->err) != 0) {
        buf_clear(&bytes);
        insert->failed = true;
        return NULL;
    }
    *file = (struct insert_file){.path = path, .len = bytes.len};
    file->bytes = arena_text(insert->arena, bytes.data == NULL ? "" : bytes.data, bytes.len);
    buf_clear(&bytes);
    if (file->bytes == NULL)
        insert->failed = err_set(insert->err, ERR_MEM, "no memory for '%s'", path) != 0;
    else if (!cut_lines(insert, file))
        insert->failed =
            err_set(insert->err, ERR_SYNTAX, "%s:%zu: the line is too long to be counted; break it with \\", path,
                    file->count + 1) != 0;
    if (insert->failed)
        return NULL;
    insert->file_count++;
    return file;
}

const struct insert_file *
insert_file(struct insert *insert, const char *path)
{
    for (size_t i = 0; i < insert->file_count; i++) {
        if (strcmp(insert->files[i].path, path) == 0)
            return &insert->files[i];
    }
    if (insert->failed)
        return NULL;
    if (insert->file_count == INSERT_FILES_MAX) {
        insert->failed = err_set(insert->err, ERR_LIMIT, "'%s': the rules are spread over too many files", path) != 0;
        return NULL;
    }
    return read_one(insert, path);
}

static void
add_puts(struct buf *ret, const struct insert_file *file, const struct patch *patch, size_t after)
{
    for (size_t i = 0; i < patch->count; i++) {
        const struct put *put = &patch->put[i];
        if (put->after != after || strcmp(put->file, file->path) != 0)
            continue;
        if (ret->len > 0 && ret->data[ret->len - 1] != '\n')
            buf_add_char(ret, '\n');
        buf_add_text(ret, put->text);
    }
}

void
insert_patched(struct buf *ret, const struct insert_file *file, const struct patch *patch)
{
    add_puts(ret, file, patch, 0);
    for (size_t line = 0; line < file->count; line++) {
        buf_add(ret, file->bytes + file->start[line], file->start[line + 1] - file->start[line]);
        add_puts(ret, file, patch, line + 1);
    }
}

/* ---- lines of a file as it would be ---- */

/* Steps over the lines that are added after a line. True if the wanted one is among them. */
static bool
step_over(struct insert_line *line, const struct patch *patch, unsigned after, unsigned *left)
{
    for (size_t i = 0; i < patch->count; i++) {
        const struct put *put = &patch->put[i];
        if (put->after != after || strcmp(put->file, line->file) != 0)
            continue;
        for (const char *at = put->text; *at != '\0'; at += strcspn(at, "\n") + 1) {
            if (--*left > 0)
                continue;
            line->put = i;
            line->added = at;
            line->added_len = strcspn(at, "\n");
            return true;
        }
    }
    return false;
}

void
insert_find_line(struct insert_line *ret, const struct insert *insert, const struct patch *patch, const char *file,
                 unsigned number)
{
    size_t i = 0;
    *ret = (struct insert_line){.file = file, .number = number};
    while (i < insert->file_count && strcmp(insert->files[i].path, file) != 0)
        i++;
    if (i == insert->file_count)
        return;
    unsigned left = number, count = (unsigned)insert->files[i].count;
    for (unsigned after = 0; after <= count; after++) {
        ret->number = after < count ? after + 1 : count;
        if (step_over(ret, patch, after, &left) || --left == 0)
            return;
    }
}
