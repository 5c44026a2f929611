// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * insert_diff.c - writes a patch as a unified diff, as patch(1) reads it. Part of insert_build.h.
 *
 * Lines that could not be shown to a terminal as they are (a carriage return, bytes that are no UTF-8) are left out of
 * the context, because output changes them.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "insert_build.h"

#define CONTEXT 3

struct hunk {
    size_t first, last; /* physical lines of the context, counted from 1; last < first: none */
    unsigned from, to;  /* lines are added after the lines from `from` to `to` */
    size_t added;
};

struct diff {
    struct buf *ret;
    const struct insert_file *file;
    const char *name; /* of the file, for patch(1) */
    const struct patch *patch;
    size_t shown; /* the last line of the hunk before */
    size_t added; /* by the hunks before */
};

static size_t
line_len(const struct insert_file *file, size_t number)
{
    return file->start[number] - file->start[number - 1];
}

static bool
has_end(const struct insert_file *file, size_t number)
{
    return file->bytes[file->start[number] - 1] == '\n';
}

static bool
is_showable(const struct insert_file *file, size_t number)
{
    const char *text = file->bytes + file->start[number - 1];
    size_t len = line_len(file, number) - (has_end(file, number) ? 1 : 0);
    for (size_t at = 0; at < len;) {
        size_t n = text[at] == '\t' ? 1 : utf8_printable(text + at, len - at);
        if (n == 0)
            return false;
        at += n;
    }
    return true;
}

/* ---- one hunk ---- */

static void
add_old(struct diff *diff, size_t number, char sign)
{
    buf_add_char(diff->ret, sign);
    buf_add(diff->ret, diff->file->bytes + diff->file->start[number - 1], line_len(diff->file, number));
    if (!has_end(diff->file, number))
        buf_add_text(diff->ret, "\n\\ No newline at end of file\n");
}

static void
add_new(struct diff *diff, size_t after)
{
    for (size_t i = 0; i < diff->patch->count; i++) {
        const struct put *put = &diff->patch->put[i];
        if (put->after != after || strcmp(put->file, diff->file->path) != 0)
            continue;
        for (const char *line = put->text; *line != '\0'; line += strcspn(line, "\n") + 1) {
            buf_add_char(diff->ret, '+');
            buf_add(diff->ret, line, strcspn(line, "\n") + 1);
        }
    }
}

/* How many lines are added after a line. */
static size_t
count_new(const struct diff *diff, size_t after)
{
    size_t count = 0;
    for (size_t i = 0; i < diff->patch->count; i++) {
        const struct put *put = &diff->patch->put[i];
        if (put->after != after || strcmp(put->file, diff->file->path) != 0)
            continue;
        for (const char *at = put->text; (at = strchr(at, '\n')) != NULL; at++)
            count++;
    }
    return count;
}

/* A last line without a line end gets one if something follows. */
static bool
ends_now(const struct diff *diff, size_t number)
{
    return number == diff->file->count && number > 0 && !has_end(diff->file, number) && count_new(diff, number) > 0;
}

static void
add_hunk(struct diff *diff, const struct hunk *hunk)
{
    size_t old = hunk->last + 1 - hunk->first;
    size_t from = old == 0 ? hunk->from : hunk->first;
    size_t into = (old == 0 ? from + 1 : from) + diff->added;
    buf_add_fmt(diff->ret, "@@ -%zu,%zu +%zu,%zu @@\n", from, old, into, old + hunk->added);
    if (hunk->first == hunk->from + (size_t)1)
        add_new(diff, hunk->from);
    for (size_t number = hunk->first; number <= hunk->last; number++) {
        bool ends = ends_now(diff, number);
        add_old(diff, number, ends ? '-' : ' ');
        if (ends) {
            buf_add_char(diff->ret, '+');
            buf_add(diff->ret, diff->file->bytes + diff->file->start[number - 1], line_len(diff->file, number));
            buf_add_char(diff->ret, '\n');
        }
        if (number <= hunk->to)
            add_new(diff, number);
    }
    diff->added += hunk->added;
    diff->shown = hunk->last > hunk->to ? hunk->last : hunk->to;
}

/* ---- all hunks of a file ---- */

/* The next line after which something is added, from `at` on. */
static bool
next_place(const struct diff *diff, size_t at, unsigned *ret)
{
    bool found = false;
    for (size_t i = 0; i < diff->patch->count; i++) {
        const struct put *put = &diff->patch->put[i];
        if (strcmp(put->file, diff->file->path) != 0 || put->after < at || (found && put->after >= *ret))
            continue;
        *ret = put->after;
        found = true;
    }
    return found;
}

static bool
all_showable(const struct diff *diff, size_t first, size_t last)
{
    while (first <= last && is_showable(diff->file, first))
        first++;
    return first > last;
}

/* The context above, and as many places as are near. */
static void
make_hunk(const struct diff *diff, struct hunk *ret, unsigned place)
{
    unsigned next = 0;
    *ret = (struct hunk){.first = place + (size_t)1, .last = place, .from = place, .to = place};
    while (ret->first > diff->shown + 1 && place + (size_t)1 - ret->first < CONTEXT &&
           is_showable(diff->file, ret->first - 1))
        ret->first--;
    ret->added = count_new(diff, place);
    while (next_place(diff, ret->to + (size_t)1, &next) && next - ret->to <= 2 * CONTEXT &&
           all_showable(diff, ret->to + (size_t)1, next)) {
        ret->to = next;
        ret->added += count_new(diff, next);
    }
    bool more = next_place(diff, ret->to + (size_t)1, &next);
    size_t most = more ? next - (size_t)1 : diff->file->count;
    ret->last = ret->to;
    while (ret->last < most && ret->last - ret->to < CONTEXT && is_showable(diff->file, ret->last + 1))
        ret->last++;
    /* patch(1) takes less context below than above for the end of the file. */
    if (ret->last < diff->file->count && ret->last - ret->to < place + (size_t)1 - ret->first)
        ret->first = place + (size_t)1 - (ret->last - ret->to);
}

static bool
is_nameable(const char *path)
{
    return utf8_plain(path, strlen(path)) == strlen(path) && strpbrk(path, "\"\\") == NULL;
}

/* False: the last line has no line end, and cannot be shown to get one. */
static bool
diff_file(struct diff *diff)
{
    unsigned place = 0;
    size_t count = diff->file->count;
    if (ends_now(diff, count) && !is_showable(diff->file, count))
        return false;
    const char *end = strchr(diff->name, ' ') ? "\t" : "";
    buf_add_fmt(diff->ret, "--- %s%s\n+++ %s%s\n", diff->name, end, diff->name, end);
    for (size_t at = 0; next_place(diff, at, &place);) {
        struct hunk hunk;
        make_hunk(diff, &hunk, place);
        add_hunk(diff, &hunk);
        at = hunk.to + (size_t)1;
    }
    return true;
}

static bool
changes(const struct insert_file *file, const struct patch *patch)
{
    const struct diff diff = {.file = file, .patch = patch};
    unsigned place;
    return next_place(&diff, 0, &place);
}

static bool
climbs(const char *path)
{
    for (; *path != '\0'; path += strspn(path, "/")) {
        size_t len = strcspn(path, "/");
        if (len == 2 && memcmp(path, "..", 2) == 0)
            return true;
        path += len;
    }
    return false;
}

/* patch(1) takes absolute names only from the root, and relative ones only below the folder that it is in; with both in
 * one diff it would apply half of it. */
static bool
needs_root(const struct insert *insert, const struct patch *patch)
{
    for (size_t i = 0; i < insert->file_count; i++) {
        const char *path = insert->files[i].path;
        if (changes(&insert->files[i], patch) && (*path == '/' || climbs(path)))
            return true;
    }
    return false;
}

/* NULL: *err says why there is none. */
static const char *
name_for_patch(struct insert *insert, const char *path, bool from_root)
{
    char real[PATH_MAX];
    if (!from_root)
        return path;
    if (realpath(path, real) != NULL)
        return insert_text(insert, "%s", real);
    err_set(insert->err, ERR_IO, "'%s': its absolute name cannot be found: %s", path, strerror(errno));
    return NULL;
}

bool
insert_diff(struct buf *ret, struct insert *insert, const struct patch *patch, bool *ret_from_root)
{
    *ret_from_root = needs_root(insert, patch);
    for (size_t i = 0; i < insert->file_count; i++) {
        struct diff diff = {.ret = ret, .file = &insert->files[i], .patch = patch};
        if (!changes(diff.file, patch))
            continue;
        diff.name = name_for_patch(insert, diff.file->path, *ret_from_root);
        if (diff.name == NULL)
            return false;
        if (is_nameable(diff.name) && diff_file(&diff))
            continue;
        err_set(insert->err, ERR_SYNTAX, "%s:%zu: a diff cannot show the file; %s", diff.file->path, diff.file->count,
                is_nameable(diff.name) ? "end its last line with a line end" : "give it a plain name");
        return false;
    }
    return true;
}
