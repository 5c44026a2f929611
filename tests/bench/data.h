/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * data.h - domain lists, patterns and questions for the benchmarks, made from a seed: the same bytes on any machine.
 *
 * Where it sits: tests/bench/, built by `make bench` only. Names look like those of public blocklists: 15 to 16 bytes
 * on average, mostly two labels, a share under two-label public suffixes, some with labels below, a few below another
 * name of the list. What is asked and how it is timed belongs to host_bench.c; prefixes to prefix_data.h.
 */
#ifndef TESTS_BENCH_DATA_H
#define TESTS_BENCH_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host.h"

/* Memory or nothing: a benchmark without memory ends here. Zeroed; never given back. */
void *data_memory(size_t count, size_t size);

/* The next number of a sequence; `*seed` is its place. */
uint64_t data_random(uint64_t *seed);

/* Names or patterns, one behind the other, each with a NUL. */
struct data_list {
    char *text;
    uint32_t *starts; /* count + 1 */
    size_t count;
    bool patterns; /* Microsoft-like patterns; else domains: each stands for itself and all below it */
};

const char *data_name(const struct data_list *list, size_t index, size_t *ret_len);

/* `count` different domains. `flat`: none lies below another (Squid refuses such lists). */
void data_domains(struct data_list *ret, size_t count, bool flat);

/* `count` patterns as Microsoft publishes them: exact, `*.b.c`, a few `*glued.b.c`, a few with a `*` inside. */
void data_patterns(struct data_list *ret, size_t count);

enum data_kind {
    DATA_UNIFORM, /* half of them hits, each name as likely; half strangers of the same shape */
    DATA_SKEWED,  /* the same, but few names are asked for most of the time */
    DATA_KINDS,
};

/* Questions in random order. */
struct host *data_questions(const struct data_list *list, enum data_kind kind, size_t count);

/* What a plain loop over the whole list answers: 1 or 0 for each question. */
uint8_t *data_truth(const struct data_list *list, const struct host *questions, size_t count);

/* What a pattern means, as its definition says it and as slowly. */
bool data_pattern_matches(const char *pattern, const char *name);

/* For the files of the family: data.c makes names, data_ask.c the rest. */
struct data_writer {
    char text[HOST_MAX + 1];
    size_t len;
};
void data_add(struct data_writer *writer, const char *text);
void data_add_label(struct data_writer *writer, uint64_t *seed, unsigned least, unsigned spread);
void data_add_below(struct data_writer *writer, uint64_t *seed);
void data_add_registrable(struct data_writer *writer, uint64_t *seed);

#endif
