// SPDX-License-Identifier: GPL-2.0-or-later
/* prefix_ours.c - this project's image, used as a helper uses it. See prefix_rivals.h. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "compile/compile.h"
#include "image/image_find.h"
#include "name/addr.h"
#include "prefix_rivals.h"
#include "table/table.h"

enum { BATCH = 64 }; /* as prefix_dpdk.c asks in bulk */

static double index_seconds;

static void
fail(const struct err *err)
{
    fprintf(stderr, "prefix_bench: %s\n", err->text);
    exit(2);
}

/* Times the index alone: compiling a sorted table, minus sorting it once more. */
static void *
ours_build(const struct prefix *routes, size_t count)
{
    struct buf text, bytes;
    struct err err = {0};
    struct image *image = NULL;
    struct table *table = table_new();
    buf_init(&text, (size_t)1 << 30);
    for (size_t i = 0; i < count; i++) {
        char one[PREFIX_TEXT_MAX];
        prefix_format(one, &routes[i]);
        buf_add_fmt(&text, "%s\n", one);
    }
    if (table_read_bytes(table, "inspect:routes", text.data, text.len, &err) != 0)
        fail(&err);
    buf_clear(&text);
    table_sort(table);
    double start = now_seconds();
    table_sort(table);
    double sorted = now_seconds();
    if (compile_table(&bytes, table, &(struct policy){0}, &err) != 0)
        fail(&err);
    index_seconds = (now_seconds() - sorted) - (sorted - start);
    table_free(table);
    if (image_from_buf(&image, &bytes, &err) != 0)
        fail(&err);
    rivals_ours[0].build_seconds = rivals_ours[1].build_seconds = index_seconds;
    return image;
}

static void *
ours_prepare(const struct addr *questions, size_t count)
{
    struct addr *list = calloc(count, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++)
        list[i] = questions[i];
    return list;
}

static uint64_t
ours_ask(void *built, const void *prepared, size_t count, uint8_t *ret)
{
    const struct addr *questions = prepared;
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        struct image_cursor cursor;
        struct image_hit hit;
        image_find_addr(built, &questions[i], &cursor);
        uint32_t answer = image_next(&cursor, &hit) ? hit.weight + 1 : 0;
        sum += answer;
        if (ret != NULL)
            ret[i] = (uint8_t)answer;
    }
    return sum;
}

/* As a helper does with the lines of one read. */
static uint64_t
ours_ask_batched(void *built, const void *prepared, size_t count, uint8_t *ret)
{
    static struct image_cursor cursors[BATCH];
    const struct addr *questions = prepared, *batch[BATCH];
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i += BATCH) {
        size_t n = count - i < BATCH ? count - i : BATCH;
        for (size_t j = 0; j < n; j++) {
            batch[j] = &questions[i + j];
            __builtin_prefetch(batch[j] + BATCH); /* a helper has just read the ones that it looks up */
        }
        image_find_addrs(built, batch, n, cursors);
        for (size_t j = 0; j < n; j++) {
            struct image_hit hit;
            uint32_t answer = image_next(&cursors[j], &hit) ? hit.weight + 1 : 0;
            sum += answer;
            if (ret != NULL)
                ret[i + j] = (uint8_t)answer;
        }
    }
    return sum;
}

static size_t
ours_bytes(void *built)
{
    struct image_info info;
    image_get_info(built, &info);
    return (size_t)info.size;
}

static void
ours_drop(void *built)
{
    image_close(built);
}

struct rival rivals_ours[] = {
    {"image", true, true, ours_build, ours_prepare, ours_ask, ours_bytes, ours_drop, 0},
    {"image-batched", true, true, ours_build, ours_prepare, ours_ask_batched, ours_bytes, ours_drop, 0},
    {.name = NULL},
};
