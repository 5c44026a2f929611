// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff_bench.c - what comparing and reviewing documents costs, next to what cJSON alone takes to read them.
 *
 *     diff_bench worst MIB [KIND] >FILE      the worst documents of that size (diff_worst.h), by kind
 *     diff_bench history FILE... >FILE       real documents of the worldwide instance, each compared with the one
 * before, reviewed, and its safe part found; all together
 *
 * Lines `diff,METHOD,SIZE,METRIC,VALUE`: METHOD is the kind or `history`; SIZE in bytes; METRIC is `seconds`,
 * or `partial` with 1 if the comparison ended early, which the review then says. Exit 1 if one could not be compared.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "change/diff.h"
#include "compile/compile.h"
#include "conf/conf.h"
#include "diff_worst.h"
#include "image/image.h"
#include "review/review.h"
#include "review/safe.h"
#include "store/candidate.h"
#include "store/document.h"
#include "table/policy.h"
#include "table/table.h"

#define TODAY 20700

static double
now(void)
{
    struct timespec spent;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (double)spent.tv_sec + (double)spent.tv_nsec * 1e-9;
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

static struct diff *
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
    if (diff_tables(&diff, &input, &err) != 0)
        fail("the comparison", &err);
    *ret_partial = diff->partial;
    fprintf(stderr, "diff_bench: %zu entries, %zu verdicts, %zu ranges, %zu openings%s\n", diff->entry_count,
            diff->verdict_count, diff->range_count, diff->opening_count, diff->partial ? ", partial" : "");
    return diff;
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
    double begun = now();
    struct diff *diff = compare(&loaded[0], &loaded[1], &partial);
    double seconds = now() - begun;
    diff_free(diff);
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

/* A version of the service: its document, and the table that it makes. */
struct version {
    struct documents documents;
    struct candidate candidate;
};

static void
make_version(struct version *ret, const struct conf *conf, struct buf *bytes, const char *path)
{
    struct err err = {0};
    size_t len = strcspn(path, ".");
    *ret = (struct version){.documents = {.of = {{.instance = "Worldwide", .bytes = *bytes}}, .count = 1}};
    snprintf(ret->documents.of[0].version, sizeof ret->documents.of[0].version, "%s", len < 10 ? "" : path + len - 10);
    if (candidate_build(&ret->candidate, conf, &ret->documents, NULL, NULL, &err) != 0)
        fail(path, &err);
}

/* Reviews a version and finds what of it may be used at once. */
static void
review(const struct conf *conf, const struct version *was, const struct version *is, struct diff *diff)
{
    struct err err = {0};
    struct review review;
    struct safe safe = {.found = false};
    struct arena *arena = arena_new((size_t)1 << 30);
    const struct proposal proposal = {
        .conf = conf,
        .candidate = &is->candidate,
        .documents = &is->documents,
        .old_documents = &was->documents,
        .diff = diff,
        .by = "update",
        .now = (int64_t)TODAY * 86400,
    };
    const struct safe_input input = {.proposal = &proposal, .old = &was->candidate};
    if (arena == NULL || review_decide(&review, arena, &proposal, &err) != 0)
        fail("the review", &err);
    if (!review.publish && safe_find(&safe, &input, &err) != 0)
        fail("the safe part", &err);
    fprintf(stderr, "diff_bench: %s: %s\n", is->documents.of[0].version,
            review.publish ? "published"
            : safe.found   ? "in parts"
                           : "held");
    safe_clear(&safe);
    arena_free(arena);
}

static void
run_history(char *const *paths, size_t count)
{
    struct version versions[2];
    struct conf *conf;
    struct err err = {0};
    static const char text[] = "# the defaults\n";
    double json = 0, seconds = 0;
    size_t bytes = 0;
    if (conf_read_bytes(&conf, "/bench/m365.conf", text, sizeof text - 1, &err) != 0)
        fail("the settings", &err);
    for (size_t i = 0; i < count; i++) {
        struct version *is = &versions[i % 2], *was = &versions[(i + 1) % 2];
        struct buf document;
        struct diff *diff;
        bool partial;
        read_file(paths[i], &document);
        bytes += document.len;
        json += parse(&document);
        make_version(is, conf, &document, paths[i]);
        if (i == 0)
            continue;
        const struct loaded old = {was->candidate.table, was->candidate.image};
        const struct loaded new = {is->candidate.table, is->candidate.image};
        double begun = now();
        diff = compare(&old, &new, &partial);
        review(conf, was, is, diff);
        seconds += now() - begun;
        diff_free(diff);
        candidate_clear(&was->candidate);
        buf_clear(&was->documents.of[0].bytes);
    }
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
