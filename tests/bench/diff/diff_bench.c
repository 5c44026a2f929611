// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff_bench.c - what comparing and reviewing documents costs, next to what cJSON alone takes to read them.
 *
 *     diff_bench worst MIB [KIND] >FILE      the worst documents of that size (diff_worst.h), by kind
 *     diff_bench history FILE... >FILE       real documents, each compared with the one before, all together
 *
 * Lines `diff,METHOD,SIZE,METRIC,VALUE`: METHOD is the kind, `json` or `history`; SIZE in bytes; METRIC is `seconds`,
 * or `partial` with 1 if the comparison ended early, which the review then says. Exit 1 if one could not be compared.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "change/diff.h"
#include "compile/compile.h"
#include "diff_worst.h"
#include "image/image.h"
#include "table/policy.h"
#include "table/table.h"

#define TODAY 20700
#define DOCUMENT_MAX ((size_t)64 << 20)

static double
now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void
fail(const char *what, const struct err *err)
{
    fprintf(stderr, "diff_bench: %s: %s\n", what, err->text);
    exit(1);
}

/* A document in its three forms. */
struct loaded {
    struct table *table;
    struct image *image;
};

static struct loaded
load(const char *name, const struct buf *document)
{
    struct loaded loaded = {.table = table_new()};
    struct err err = {0};
    struct buf bytes;
    const struct policy policy = {0};
    buf_init(&bytes, IMAGE_MAX);
    if (loaded.table == NULL || table_read_bytes(loaded.table, name, document->data, document->len, &err) != 0)
        fail(name, &err);
    table_sort(loaded.table);
    if (compile_table(&bytes, loaded.table, &policy, &err) != 0 || image_from_buf(&loaded.image, &bytes, &err) != 0)
        fail(name, &err);
    return loaded;
}

static void
unload(struct loaded *loaded)
{
    image_close(loaded->image);
    table_free(loaded->table);
}

/* Seconds that cJSON takes for a document. */
static double
parse(const struct buf *document)
{
    double begun = now();
    cJSON *json = cJSON_ParseWithLength(document->data, document->len);
    double spent = now() - begun;
    if (json == NULL)
        fail("cJSON", &(struct err){.text = "refused"});
    cJSON_Delete(json);
    return spent;
}

static double
compare(const struct loaded *was, const struct loaded *is, bool *ret_partial)
{
    struct diff *diff;
    struct err err = {0};
    const struct diff_input input = {
        .old_table = was->table,
        .new_table = is->table,
        .old_image = was->image,
        .new_image = is->image,
        .today = TODAY,
    };
    double begun = now();
    if (diff_tables(&diff, &input, &err) != 0)
        fail("the comparison", &err);
    double spent = now() - begun;
    *ret_partial = diff->partial;
    fprintf(stderr, "diff_bench: %zu entries, %zu verdicts, %zu ranges, %zu openings%s\n", diff->entry_count,
            diff->verdict_count, diff->range_count, diff->opening_count, diff->partial ? ", partial" : "");
    diff_free(diff);
    return spent;
}

static void
run_worst(const struct worst *kind, size_t bytes)
{
    struct buf documents[2];
    bool partial;
    double json = 0;
    struct loaded loaded[2];
    for (int side = 0; side < 2; side++) {
        buf_init(&documents[side], DOCUMENT_MAX);
        kind->make(&documents[side], bytes, side == 1);
        json += parse(&documents[side]);
        loaded[side] = load("worst.json", &documents[side]);
    }
    double seconds = compare(&loaded[0], &loaded[1], &partial);
    printf("diff,%s,%zu,seconds,%.6g\n", kind->name, bytes, seconds);
    printf("diff,%s,%zu,json-seconds,%.6g\n", kind->name, bytes, json);
    printf("diff,%s,%zu,partial,%d\n", kind->name, bytes, partial);
    fflush(stdout);
    for (int side = 0; side < 2; side++) {
        unload(&loaded[side]);
        buf_clear(&documents[side]);
    }
}

static void
read_file(const char *path, struct buf *ret)
{
    FILE *file = fopen(path, "rb");
    char piece[65536];
    size_t len;
    buf_init(ret, DOCUMENT_MAX);
    while (file != NULL && (len = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(ret, piece, len);
    if (file == NULL || !buf_ok(ret))
        fail(path, &(struct err){.text = "cannot be read"});
    fclose(file);
}

static void
run_history(char *const *paths, size_t count)
{
    struct loaded before = {0};
    double json = 0, seconds = 0;
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        struct buf document;
        bool partial = false;
        read_file(paths[i], &document);
        bytes += document.len;
        json += parse(&document);
        struct loaded loaded = load(paths[i], &document);
        if (i > 0) {
            seconds += compare(&before, &loaded, &partial);
            unload(&before);
        }
        before = loaded;
        buf_clear(&document);
    }
    if (count > 0)
        unload(&before);
    printf("diff,history,%zu,seconds,%.6g\ndiff,history,%zu,json-seconds,%.6g\n", bytes, seconds, bytes, json);
}

int
main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "worst") == 0) {
        for (size_t i = 0; i < worst_count; i++) {
            if (argc == 3 || strcmp(argv[3], worst_kinds[i].name) == 0)
                run_worst(&worst_kinds[i], strtoul(argv[2], NULL, 10) << 20);
        }
        return 0;
    }
    if (argc > 2 && strcmp(argv[1], "history") == 0) {
        run_history(argv + 2, (size_t)argc - 2);
        return 0;
    }
    fputs("usage: diff_bench worst MIB [KIND] | history FILE...\n", stderr);
    return 2;
}
