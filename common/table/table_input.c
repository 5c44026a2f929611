// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table_input.c - the bytes of one source, read in pieces and handed out line by line. Part of table.h.
 *
 *     file --> [table_input.c] --> lines --> table_text.c
 *
 * A piece usually ends in the middle of a line. The unfinished line is moved to the front and the next piece is read
 * after it, so a file is never in memory whole. What a line means is decided by table_text.c, what kind of source it
 * is by table_read.c.
 */
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "table_build.h"

static void
tell_progress(const struct reader *reader, const struct input *input)
{
    const struct table *table = reader->table;
    const struct table_progress at = {
        .path = reader->path, .lines = reader->line, .done = input->file->done, .total = input->file->size};
    if (table->progress != NULL)
        table->progress(table->progress_arg, &at);
}

/* Moves the bytes that are not used yet to the front and reads the next piece after them. */
static int
read_more(const struct reader *reader, struct input *input, struct err *err)
{
    struct buf *room = &input->room;
    if (input->len > 0)
        memmove(room->data, input->bytes, input->len);
    room->len = input->len;
    size_t n;
    if (!buf_reserve(room, TABLE_PIECE_SIZE))
        return err_set(err, ERR_MEM, "no memory to read '%s'", input->file->path);
    size_t want = room->room - room->len < TABLE_PIECE_SIZE ? room->room - room->len : TABLE_PIECE_SIZE;
    if (file_reader_next(input->file, room->data + room->len, want, &n, err) != 0)
        return -1;
    if (input->file->done > TABLE_TEXT_MAX)
        return err_set(err, ERR_LIMIT, "cannot read '%s': it is larger than %llu bytes", input->file->path,
                       (unsigned long long)TABLE_TEXT_MAX);
    room->len += n;
    input->bytes = room->data;
    input->len = room->len;
    input->last = n < want;
    tell_progress(reader, input);
    return 0;
}

int
table_input_more(const struct reader *reader, struct input *input, struct err *err)
{
    input->failed = read_more(reader, input, err) != 0;
    return input->failed ? -1 : 0;
}

void
table_input_use(struct input *input, size_t n)
{
    input->bytes += n;
    input->len -= n;
}

/* Drops the rest of a line that was too long. */
static int
skip_line(const struct reader *reader, struct input *input, struct err *err)
{
    for (;;) {
        const char *feed = memchr(input->bytes, '\n', input->len);
        table_input_use(input, feed == NULL ? input->len : (size_t)(feed + 1 - input->bytes));
        input->skipping = feed == NULL && !input->last;
        if (!input->skipping)
            return 0;
        if (table_input_more(reader, input, err) != 0)
            return -1;
    }
}

int
table_input_line(const struct reader *reader, struct input *input, const char **ret, size_t *ret_len, struct err *err)
{
    if (input->skipping && skip_line(reader, input, err) != 0)
        return -1;
    const char *feed;
    while ((feed = memchr(input->bytes, '\n', input->len)) == NULL && !input->last &&
           input->len <= TABLE_LINE_MAX + 1) {
        if (table_input_more(reader, input, err) != 0)
            return -1;
    }
    if (input->len == 0)
        return 0;
    *ret = input->bytes;
    *ret_len = feed == NULL ? input->len : (size_t)(feed - input->bytes);
    input->skipping = feed == NULL && !input->last;
    table_input_use(input, *ret_len + (feed != NULL));
    if (*ret_len > 0 && (*ret)[*ret_len - 1] == '\r' && !input->skipping)
        --*ret_len;
    return 1;
}
