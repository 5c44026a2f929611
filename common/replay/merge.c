// SPDX-License-Identifier: GPL-2.0-or-later
/* merge.c - many sorted runs as one. See merge.h. */
#include "merge.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "log/log_file.h"

#define MEMORY ((size_t)MERGE_MAX * (LOG_BLOCK + ((size_t)128 << 10)))

struct merge {
    struct arena *arena;
    size_t opened;
    struct run_reader *opened_by[MERGE_MAX];
    size_t count; /* of `heap`: the reader with the least key comes first */
    struct run_reader *heap[MERGE_MAX];
    struct ledger_entry entry; /* what merge_next() found */
    char text[LEDGER_KEY_MAX];
};

struct merge *
merge_new(void)
{
    struct arena *arena = arena_new(MEMORY);
    struct merge *merge = arena == NULL ? NULL : arena_alloc(arena, sizeof *merge);
    if (merge == NULL)
        arena_free(arena);
    else
        merge->arena = arena;
    return merge;
}

void
merge_free(struct merge *merge)
{
    if (merge == NULL)
        return;
    for (size_t i = 0; i < merge->opened; i++)
        log_file_close(merge->opened_by[i]->file);
    arena_free(merge->arena);
}

size_t
merge_room(const struct merge *merge)
{
    return MERGE_MAX - merge->opened;
}

struct run_reader *
merge_open(struct merge *merge, int fd, const char *name, struct err *err)
{
    struct run_reader *reader = merge_room(merge) == 0 ? NULL : arena_alloc(merge->arena, sizeof *reader);
    struct log_file *file = reader == NULL ? NULL : log_file_new(merge->arena);
    if (file == NULL) {
        close(fd);
        err_set(err, ERR_MEM, "no memory to read counts");
        return NULL;
    }
    *reader = (struct run_reader){.file = file, .name = name};
    if (log_file_take(file, fd, name, 0, UINT64_MAX, err) != 0)
        return NULL;
    merge->opened_by[merge->opened++] = reader;
    return reader;
}

static bool
is_before(const struct merge *merge, size_t a, size_t b)
{
    return ledger_compare(&merge->heap[a]->entry, &merge->heap[b]->entry) < 0;
}

static void
swap(struct merge *merge, size_t a, size_t b)
{
    struct run_reader *reader = merge->heap[a];
    merge->heap[a] = merge->heap[b];
    merge->heap[b] = reader;
}

static void
sift_down(struct merge *merge, size_t at)
{
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child < 2 * at + 3 && child < merge->count; child++)
            least = is_before(merge, child, least) ? child : least;
        if (least == at)
            return;
        swap(merge, at, least);
        at = least;
    }
}

int
merge_add(struct merge *merge, struct run_reader *reader, struct err *err)
{
    int more = run_next(reader, err);
    if (more != 1)
        return more;
    size_t at = merge->count++;
    merge->heap[at] = reader;
    for (; at > 0 && is_before(merge, at, (at - 1) / 2); at = (at - 1) / 2)
        swap(merge, at, (at - 1) / 2);
    return 0;
}

/* Copies the key of the first reader's entry. */
static void
begin(struct merge *merge)
{
    const struct ledger_entry *first = &merge->heap[0]->entry;
    struct clients clients = merge->entry.clients;
    clients_reset(&clients);
    merge->entry =
        (struct ledger_entry){.day = first->day, .port = first->port, .kind = first->kind, .clients = clients};
    size_t len = 0;
    for (size_t i = 0; i < LEDGER_PARTS; i++) {
        merge->entry.len[i] = first->len[i];
        len += first->len[i];
    }
    memcpy(merge->text, first->text, len);
    merge->entry.text = merge->text;
}

/* Reads the first reader's next entry, and puts the reader in its place. */
static int
advance(struct merge *merge, struct err *err)
{
    struct run_reader *reader = merge->heap[0];
    int more = run_next(reader, err);
    if (more < 0)
        return -1;
    if (more == 0)
        merge->heap[0] = merge->heap[--merge->count];
    else if (ledger_compare(&reader->entry, &merge->entry) <= 0)
        return err_set(err, ERR_SYNTAX, "%s:%" PRIu64 ": the lines are not in order; the file is damaged", reader->name,
                       reader->number);
    sift_down(merge, 0);
    return 0;
}

int
merge_next(struct merge *merge, const struct ledger_entry **ret, struct err *err)
{
    if (merge->count == 0)
        return 0;
    begin(merge);
    while (merge->count > 0 && ledger_compare(&merge->heap[0]->entry, &merge->entry) == 0) {
        ledger_entry_add(&merge->entry, &merge->heap[0]->entry);
        if (run_clients(&merge->entry.clients, merge->heap[0], merge->arena, err) != 0 || advance(merge, err) != 0)
            return -1;
    }
    *ret = &merge->entry;
    return 1;
}

int
merge_write(struct merge *merge, int fd, struct err *err)
{
    struct run_writer writer;
    const struct ledger_entry *entry;
    int more;
    run_writer_init(&writer, fd);
    while ((more = merge_next(merge, &entry, err)) == 1) {
        if (run_add(&writer, entry, err) != 0) {
            more = -1;
            break;
        }
    }
    int end = run_writer_end(&writer, more == 0 ? err : NULL);
    return more == 0 && end == 0 ? 0 : -1;
}
