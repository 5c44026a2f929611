// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list_bench.c - how long it takes to read the same names as a bare list and in other formats. Nothing is compiled.
 *
 *     list_bench ROUNDS COUNT METHOD SPEC [METHOD SPEC]...
 *
 * Prints lines `lists,METHOD,COUNT,seconds,VALUE`, one for each round. The files take turns. Exit 1 if a file cannot be
 * read or does not have COUNT rules.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/err.h"
#include "table/table.h"

/* Processor time, because other programs may run. */
static double
now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int
measure(const char *method, const char *spec, size_t count)
{
    struct err err = {0};
    double start = now_seconds();
    struct table *table = table_new();
    if (table == NULL || table_read(table, spec, &err) != 0 || table->rule_count != count) {
        fprintf(stderr, "list_bench: '%s' is not a list of %zu names: %s\n", spec, count, err.text);
        table_free(table);
        return 1;
    }
    printf("lists,%s,%zu,seconds,%.6g\n", method, count, now_seconds() - start);
    table_free(table);
    return 0;
}

int
main(int argc, char **argv)
{
    if (argc < 5 || argc % 2 == 0) {
        fputs("usage: list_bench ROUNDS COUNT METHOD SPEC [METHOD SPEC]...\n", stderr);
        return 2;
    }
    unsigned long rounds = strtoul(argv[1], NULL, 10);
    int status = 0;
    for (unsigned long round = 0; round < rounds && status == 0; round++) {
        for (int i = 3; i < argc && status == 0; i += 2)
            status = measure(argv[i], argv[i + 1], strtoul(argv[2], NULL, 10));
    }
    return status;
}
