/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prefix_data.h - routing tables and questions for prefix_bench.c, made from a seed: the same numbers on any machine.
 *
 * Where it sits: tests/bench/prefix/, built by `make bench` only. What is asked, and how it is timed, belongs in
 * prefix_bench.c.
 */
#ifndef TESTS_BENCH_PREFIX_DATA_H
#define TESTS_BENCH_PREFIX_DATA_H

#include <stddef.h>
#include <stdint.h>

#include "name/addr.h"

uint64_t data_random(uint64_t *seed);

/* Makes `count` different prefixes in order, with the lengths of a full routing table of the family, clustered and
 * partly nested. The caller frees them. */
struct prefix *data_routes(bool v6, size_t count);

/* Reads the prefixes of one family from a table text, in order; their number goes to *ret_count. NULL with a message on
 * stderr. */
struct prefix *data_table(const char *path, bool v6, size_t *ret_count);

enum questions {
    ASK_INSIDE, /* an address in a prefix, each prefix equally likely */
    ASK_SPACE,  /* any address (IPv6: of 2000::/3) */
    ASK_SKEWED, /* like ASK_INSIDE, but most questions are about a few prefixes */
    ASK_KINDS,
};

const char *data_word(enum questions kind);

struct addr *data_questions(enum questions kind, const struct prefix *routes, size_t route_count, size_t count);

#endif
