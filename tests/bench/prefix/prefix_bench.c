// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * prefix_bench.c - how long looking up an address among many prefixes takes, here and in other libraries.
 *
 *     prefix_bench [-4 COUNT] [-6 COUNT] [-r ROUNDS] [-n QUESTIONS] [-t TABLE] [FILE]
 *
 * Prints a table and writes lines `area,method,size,metric,value` to FILE. Everything is made from a seed
 * (prefix_data.c), and every method must first give the same answers as a plain loop over all prefixes. Times are
 * medians over rounds in which each method takes its turn.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "name/addr.h"
#include "prefix_data.h"
#include "prefix_rivals.h"

enum { METHODS_MAX = 16, ROUNDS_MAX = 99, CHECKED = 1000 };

struct bench {
    FILE *csv;
    unsigned rounds;
    size_t asked;
};

struct method {
    struct rival *rival;
    void *built, *prepared[ASK_KINDS];
    double build_seconds, ns[ASK_KINDS][ROUNDS_MAX];
};

double
now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int
by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double
median(double *values, unsigned count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

/* A prefix as the loop compares it: 128 bits in two numbers, and a mask of those that count. */
struct plain {
    uint64_t bits[2], mask[2];
    uint8_t answer;
};

static void
split(uint64_t ret[2], const struct addr *addr)
{
    for (unsigned i = 0; i < 16; i++)
        ret[i / 8] = ret[i / 8] << 8 | addr->bytes[i];
}

static struct plain *
plain_list(const struct prefix *routes, size_t count)
{
    struct plain *list = calloc(count, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++) {
        unsigned len = routes[i].len;
        split(list[i].bits, &routes[i].addr);
        list[i].mask[0] = len == 0 ? 0 : UINT64_MAX << (len >= 64 ? 0 : 64 - len);
        list[i].mask[1] = len <= 64 ? 0 : UINT64_MAX << (128 - len);
        list[i].answer = (uint8_t)(len + 1);
    }
    return list;
}

static uint8_t
naive(const struct plain *list, size_t count, const struct addr *addr)
{
    uint64_t bits[2] = {0, 0};
    uint8_t best = 0;
    split(bits, addr);
    for (size_t i = 0; i < count; i++) {
        if ((((bits[0] ^ list[i].bits[0]) & list[i].mask[0]) | ((bits[1] ^ list[i].bits[1]) & list[i].mask[1])) == 0 &&
            list[i].answer > best)
            best = list[i].answer;
    }
    return best;
}

static void
check(const struct method *methods, size_t method_count, const struct prefix *routes, size_t count,
      const struct addr *questions)
{
    static uint8_t got[CHECKED];
    static uint8_t want[CHECKED];
    struct plain *list = plain_list(routes, count);
    for (size_t i = 0; i < CHECKED; i++)
        want[i] = naive(list, count, &questions[i]);
    free(list);
    for (size_t m = 0; m < method_count; m++) {
        void *prepared = methods[m].rival->prepare(questions, CHECKED);
        methods[m].rival->ask(methods[m].built, prepared, CHECKED, got);
        free(prepared);
        if (memcmp(got, want, CHECKED) != 0) {
            fprintf(stderr, "prefix_bench: %s does not give the same answers as a plain loop\n",
                    methods[m].rival->name);
            exit(1);
        }
    }
}

static size_t
choose(struct method *ret, const struct prefix *routes, size_t count, struct addr *const questions[ASK_KINDS],
       size_t asked)
{
    struct rival *const lists[] = {rivals_ours, rivals_dpdk, rivals_maxmind, NULL};
    size_t chosen = 0;
    for (size_t i = 0; lists[i] != NULL; i++) {
        for (struct rival *rival = lists[i]; rival->name != NULL; rival++) {
            if (routes[0].addr.v6 ? !rival->v6 : !rival->v4)
                continue;
            struct method *method = &ret[chosen];
            *method = (struct method){.rival = rival};
            double start = now_seconds();
            method->built = rival->build(routes, count);
            method->build_seconds = rival->build_seconds > 0 ? rival->build_seconds : now_seconds() - start;
            if (method->built == NULL) {
                printf("%-14s cannot hold these prefixes\n", rival->name);
                continue;
            }
            for (unsigned kind = 0; kind < ASK_KINDS; kind++)
                method->prepared[kind] = rival->prepare(questions[kind], asked);
            chosen++;
        }
    }
    return chosen;
}

static void
say(const struct bench *bench, struct method *method, const char *area, size_t count)
{
    const struct rival *rival = method->rival;
    size_t bytes = rival->bytes == NULL ? 0 : rival->bytes(method->built);
    printf("%-14s %9zu", rival->name, count);
    for (unsigned kind = 0; kind < ASK_KINDS; kind++) {
        double ns = median(method->ns[kind], bench->rounds);
        printf(" %9.1f", ns);
        if (bench->csv != NULL)
            fprintf(bench->csv, "%s,%s,%zu,ns-%s,%.2f\n", area, rival->name, count, data_word(kind), ns);
    }
    printf(" %9.2f %9.3f\n", (double)bytes / (double)count, method->build_seconds);
    if (bench->csv != NULL && bytes > 0)
        fprintf(bench->csv, "%s,%s,%zu,bytes-per-prefix,%.3f\n", area, rival->name, count,
                (double)bytes / (double)count);
    if (bench->csv != NULL)
        fprintf(bench->csv, "%s,%s,%zu,build-seconds,%.4f\n", area, rival->name, count, method->build_seconds);
}

static void
measure(const struct bench *bench, const char *area, struct prefix *routes, size_t count)
{
    struct addr *questions[ASK_KINDS];
    static struct method methods[METHODS_MAX];
    volatile uint64_t sum = 0;
    if (routes == NULL || count == 0)
        return;
    for (unsigned kind = 0; kind < ASK_KINDS; kind++)
        questions[kind] = data_questions(kind, routes, count, bench->asked);
    size_t chosen = choose(methods, routes, count, questions, bench->asked);
    for (unsigned kind = 0; kind < ASK_KINDS; kind++)
        check(methods, chosen, routes, count, questions[kind]);
    for (unsigned round = 0; round < bench->rounds; round++) {
        for (unsigned kind = 0; kind < ASK_KINDS; kind++) {
            for (size_t m = 0; m < chosen; m++) {
                double start = now_seconds();
                sum += methods[m].rival->ask(methods[m].built, methods[m].prepared[kind], bench->asked, NULL);
                methods[m].ns[kind][round] = (now_seconds() - start) * 1e9 / (double)bench->asked;
            }
        }
    }
    printf("\n%-14s %9s %9s %9s %9s %9s %9s\n", area, "prefixes", "inside ns", "space ns", "skewed ns", "B/prefix",
           "build s");
    for (size_t m = 0; m < chosen; m++) {
        say(bench, &methods[m], area, count);
        methods[m].rival->drop(methods[m].built);
        for (unsigned kind = 0; kind < ASK_KINDS; kind++)
            free(methods[m].prepared[kind]);
    }
    for (unsigned kind = 0; kind < ASK_KINDS; kind++)
        free(questions[kind]);
    free(routes);
}

int
main(int argc, char **argv)
{
    struct bench bench = {.rounds = 7, .asked = 1000000};
    size_t v4 = 900000, v6 = 200000, found;
    const char *table = NULL;
    for (int option; (option = getopt(argc, argv, "4:6:r:n:t:")) != -1;) {
        size_t value = optarg == NULL ? 0 : strtoul(optarg, NULL, 10);
        switch (option) {
        case '4': v4 = value; break;
        case '6': v6 = value; break;
        case 'r': bench.rounds = value > ROUNDS_MAX ? ROUNDS_MAX : (unsigned)value; break;
        case 't': table = optarg; break;
        case 'n': bench.asked = value < CHECKED ? CHECKED : value; break;
        default:
            fputs("usage: prefix_bench [-4 COUNT] [-6 COUNT] [-r ROUNDS] [-n QUESTIONS] [-t TABLE] [FILE]\n", stderr);
            return 2;
        }
    }
    if (optind < argc && (bench.csv = fopen(argv[optind], "w")) == NULL) {
        perror(argv[optind]);
        return 2;
    }
    for (unsigned v = 0; table != NULL && v < 2; v++) {
        struct prefix *routes = data_table(table, v != 0, &found);
        measure(&bench, v == 0 ? "prefix4-table" : "prefix6-table", routes, found);
    }
    if (v4 > 0)
        measure(&bench, "prefix4", data_routes(false, v4), v4);
    if (v6 > 0)
        measure(&bench, "prefix6", data_routes(true, v6), v6);
    if (bench.csv != NULL && fclose(bench.csv) != 0)
        return 2;
    return 0;
}
