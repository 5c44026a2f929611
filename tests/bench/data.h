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

/* Returns zeroed memory that is never freed, or ends the program if there is none. */
void *data_memory(size_t count, size_t size);

/* Returns the next number of a sequence; *seed is its state. */
uint64_t data_random(uint64_t *seed);

/* Names or patterns, one after another, each NUL-terminated. */
struct data_list {
    char *text;
    uint32_t *starts; /* count + 1 */
    size_t count;
    bool patterns; /* Microsoft-like patterns; else domains, each covering itself and all below */
};

const char *data_name(const struct data_list *list, size_t index, size_t *ret_len);

/* Makes `count` different domains. `flat`: none is below another one (Squid refuses such lists). */
void data_domains(struct data_list *ret, size_t count, bool flat);

/* Makes `count` patterns like those that Microsoft publishes: exact, `*.b.c`, a few `*glued.b.c`, a few with a `*`
 * inside. */
void data_patterns(struct data_list *ret, size_t count);

enum data_kind {
    DATA_UNIFORM, /* half are in the list, each name equally likely; half are strangers of the same shape */
    DATA_SKEWED,  /* the same, but most questions are about a few names */
    DATA_KINDS,
};

/* Makes questions in random order. */
struct host *data_questions(const struct data_list *list, enum data_kind kind, size_t count);

/* The answers of a plain loop over the whole list: 1 or 0 for each question. */
uint8_t *data_truth(const struct data_list *list, const struct host *questions, size_t count);

/* Matches a pattern in the simplest way, straight from its definition, without regard to speed. */
bool data_pattern_matches(const char *pattern, const char *name);

/* For the data_*.c files only: data.c makes names, data_ask.c the rest. */
struct data_writer {
    char text[HOST_MAX + 1];
    size_t len;
};
void data_add(struct data_writer *writer, const char *text);
void data_add_label(struct data_writer *writer, uint64_t *seed, unsigned least, unsigned spread);
void data_add_below(struct data_writer *writer, uint64_t *seed);
void data_add_registrable(struct data_writer *writer, uint64_t *seed);

#endif
