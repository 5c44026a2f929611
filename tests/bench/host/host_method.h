/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host_method.h - the interface of everything that host_bench.c measures.
 *
 * Where it sits: tests/bench/host/. host_ours.c has this project's image. The other host_*.c files have other libraries
 * (those that are installed) and what one would write by hand. Each method runs in its own process, so it may keep
 * anything and never frees memory.
 */
#ifndef TESTS_BENCH_HOST_METHOD_H
#define TESTS_BENCH_HOST_METHOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data.h"

struct host_task {
    const struct data_list *list;
    const char *image;  /* the list, compiled */
    const char *folder; /* for files of its own */
};

/* One way to find out whether a rule of the list covers a name. */
struct host_method {
    const char *name;
    bool patterns; /* supports Microsoft-like patterns */
    bool domains;  /* supports lists of domains */
    bool prepared; /* the image was built beforehand, so this program cannot time that */
    size_t most;   /* the largest list it is measured with by default; 0: any */
    /* Builds the method; NULL if that is impossible. */
    void *(*build)(const struct host_task *task);
    /* Answers all questions: 0 or 1 for each. */
    void (*ask)(void *built, const struct host *questions, size_t count, uint8_t *ret);
    /* Answers one question; NULL: single questions are not measured. */
    bool (*ask_one)(void *built, const struct host *question);
    /* Bytes it needs to answer, in a file or in memory. 0: unknown. */
    size_t (*bytes)(const void *built);
};

extern const struct host_method host_ours[], host_plain[], host_regex[], host_hyperscan[], host_cdb[], host_cmph[],
    host_lmdb[], host_berkeley[]; /* each ends with a name of NULL */

/* In host_bench.c: reports the method and why it cannot be built on stderr. Returns NULL, for `return`. */
void *host_cannot(const char *method, const char *why);

/* In host_bench.c: the size of a file, 0 if it does not exist. */
size_t host_file_size(const char *path);

/* The start of the next label of a name, after the one at `at`. */
static inline size_t
host_next_label(const struct host *host, size_t at)
{
    while (at < host->len && host->text[at] != '.')
        at++;
    return at < host->len ? at + 1 : at;
}

#endif
