/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prefix_rivals.h - what prefix_bench.c measures, each behind the same door.
 *
 * Where it sits: tests/bench/. prefix_ours.c has this project's image and the plain loop, prefix_dpdk.c and
 * prefix_maxmind.c the others, where their libraries were found.
 */
#ifndef TESTS_BENCH_PREFIX_RIVALS_H
#define TESTS_BENCH_PREFIX_RIVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct addr;
struct prefix;

/* One way to find the longest prefix. The answer is its length plus one; 0 is none. */
struct rival {
    const char *name;
    bool v4, v6;
    /* Builds from routes in order; NULL if it cannot. */
    void *(*build)(const struct prefix *routes, size_t count);
    /* Takes the questions in its own form, once, outside the clock. */
    void *(*prepare)(const struct addr *questions, size_t count);
    /* Asks them all; the sum of the answers. With `ret`, each answer there. */
    uint64_t (*ask)(void *built, const void *prepared, size_t count, uint8_t *ret);
    size_t (*bytes)(void *built); /* 0: not known */
    void (*drop)(void *built);
    double build_seconds; /* if build() itself says how long the index alone took */
};

extern struct rival rivals_ours[], rivals_dpdk[], rivals_maxmind[]; /* each ends with a name of NULL */

double now_seconds(void);

#endif
