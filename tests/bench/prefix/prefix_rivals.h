/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prefix_rivals.h - the interface of everything that prefix_bench.c measures.
 *
 * Where it sits: tests/bench/prefix/. prefix_ours.c has this project's image and the plain loop; prefix_dpdk.c and
 * prefix_maxmind.c have the others, if their libraries were found.
 */
#ifndef TESTS_BENCH_PREFIX_RIVALS_H
#define TESTS_BENCH_PREFIX_RIVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct addr;
struct prefix;

/* One way to find the longest prefix. The answer is its length plus one; 0 means none. */
struct rival {
    const char *name;
    bool v4, v6;
    /* Builds the index from sorted routes; NULL if that is impossible. */
    void *(*build)(const struct prefix *routes, size_t count);
    /* Converts the questions to its own form, once, outside the timing. */
    void *(*prepare)(const struct addr *questions, size_t count);
    /* Answers all questions and returns the sum of the answers. With `ret`, stores each answer there. */
    uint64_t (*ask)(void *built, const void *prepared, size_t count, uint8_t *ret);
    size_t (*bytes)(void *built); /* 0: unknown */
    void (*drop)(void *built);
    double build_seconds; /* set if build() itself measures the time for the index alone */
};

extern struct rival rivals_ours[], rivals_dpdk[], rivals_maxmind[]; /* each ends with a name of NULL */

double now_seconds(void);

#endif
