// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rules_bench.c - the cost of rules that a hash alone cannot answer: wildcards inside a name, and regexes.
 *
 *     rules_bench [ROUNDS] >FILE
 *
 * Uses a table of one wildcard and 0 to 1,000 such rules, none of which matches a name asked for. Either they end like
 * these names and must be tried one by one, or they end differently and should cost nothing. Loose regexes have no
 * literal end and are tried on every name. Lines `rules,kind,count,ns,value`, one for each round. Each verdict is
 * compared with the expected one; exit 1 if one is wrong.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "compile/compile.h"
#include "image/image.h"
#include "table/table.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

enum { NAMES = 512, LOOKUPS = 4096, TODAY = 20000, TABLE_BYTES = 1 << 20 };

/* A rule is `front`, its number, `middle`, its number again if its end is to be unique, `back`. */
static const struct {
    const char *name, *front, *middle, *back;
    bool elsewhere;
    unsigned most;
} kinds[] = {
    {"wildcard-elsewhere", "a", ".*.cloud", ".example", true, 1000},
    {"wildcard-here", "a", ".*.cloud", ".example", false, 1000},
    {"regex-elsewhere", "~a", "[0-9]+\\.cloud", "\\.example", true, 1000},
    {"regex-here", "~a", "[0-9]+\\.cloud", "\\.example", false, 1000},
    {"regex-loose", "~a", "[0-9]+", "(\\.example)?", false, 100},
};

static double
now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static struct image *
make_image(size_t kind, unsigned count)
{
    struct buf text, bytes;
    struct err err = {0};
    struct policy options = {0};
    struct image *image;
    struct table *table = table_new();
    buf_init(&text, TABLE_BYTES);
    buf_add_text(&text, "allow *.cloud.example\n");
    for (unsigned i = 0; i < count; i++) {
        buf_add_fmt(&text, "inspect %s%u%s", kinds[kind].front, i, kinds[kind].middle);
        if (kinds[kind].elsewhere)
            buf_add_fmt(&text, "%u", i);
        buf_add_fmt(&text, "%s\n", kinds[kind].back);
    }
    if (table == NULL || !buf_ok(&text) || table_read_bytes(table, "rules", text.data, text.len, &err) != 0 ||
        compile_table(&bytes, table, &options, &err) != 0 || image_from_buf(&image, &bytes, &err) != 0) {
        fprintf(stderr, "rules_bench: %s\n", err.text);
        exit(1);
    }
    table_free(table);
    buf_clear(&text);
    return image;
}

static double
lookups(const struct image *image, const struct request *requests)
{
    unsigned bypassed = 0;
    double begun = now_ns();
    for (unsigned i = 0; i < LOOKUPS; i++) {
        struct verdict verdict;
        verdict_decide(image, &requests[i % NAMES], TODAY, &verdict);
        bypassed += verdict.bypass;
    }
    double spent = now_ns() - begun;
    if (bypassed != LOOKUPS) {
        fprintf(stderr, "rules_bench: %u of %d names are bypassed\n", bypassed, LOOKUPS);
        exit(1);
    }
    return spent / LOOKUPS;
}

int
main(int argc, char **argv)
{
    static struct request requests[NAMES];
    unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 5;
    for (unsigned i = 0; i < NAMES; i++) {
        char name[64];
        request_init(&requests[i]);
        snprintf(name, sizeof name, "host%u.site%u.cloud.example", i, i * 7919 % 1000);
        request_set_dst(&requests[i], name, strlen(name));
    }
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        for (unsigned count = 1; count <= kinds[kind].most; count *= 10) {
            struct image *image = make_image(kind, count);
            lookups(image, requests);
            for (unsigned round = 0; round < rounds; round++)
                printf("rules,%s,%u,ns,%.6g\n", kinds[kind].name, count, lookups(image, requests));
            image_close(image);
        }
    }
    return 0;
}
