/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host_regex.h - Microsoft-like patterns as regular expressions, for the engines that host_bench.c measures.
 *
 * Where it sits: tests/bench/host/, next to host_method.h.
 */
#ifndef TESTS_BENCH_HOST_REGEX_H
#define TESTS_BENCH_HOST_REGEX_H

#include <stddef.h>

#define REGEX_ROOM 512

/* Writes the pattern as a regex without anchors and returns its length. `ret` has REGEX_ROOM bytes. */
size_t regex_of_pattern(char *ret, const char *pattern);

#endif
