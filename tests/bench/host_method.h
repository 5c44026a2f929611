/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host_method.h - what host_bench.c measures, each behind the same door.
 *
 * Where it sits: tests/bench/. host_ours.c has this project's image; the other host_*.c have other people's libraries,
 * where they were found, and what one would write by hand. A method lives in a process of its own, so it may keep what
 * it wants and never gives memory back.
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

/* One way to find whether a rule of the list speaks for a name. */
struct host_method {
    const char *name;
    bool patterns; /* can do Microsoft-like patterns */
    bool domains;  /* can do lists of domains */
    bool prepared; /* the image was built before: its time is not this program's to tell */
    size_t most;   /* the largest list that it is measured with by default; 0: any */
    /* NULL if it cannot be built. */
    void *(*build)(const struct host_task *task);
    /* Asks them all, one answer (0 or 1) for each. */
    void (*ask)(void *built, const struct host *questions, size_t count, uint8_t *ret);
    /* One question; NULL: the method is not measured one after the other. */
    bool (*ask_one)(void *built, const struct host *question);
    /* What it needs to answer: a file, or memory. 0: not known. */
    size_t (*bytes)(const void *built);
};

extern const struct host_method host_ours[], host_plain[], host_regex[], host_hyperscan[], host_cdb[], host_cmph[],
    host_lmdb[], host_berkeley[]; /* each ends with a name of NULL */

/* host_bench.c: the method's name and why it cannot be built, on stderr. NULL, for `return`. */
void *host_cannot(const char *method, const char *why);

/* host_bench.c: size of a file, 0 if it is not there. */
size_t host_file_size(const char *path);

/* Where the next label of a name begins, `len` behind the last one. */
static inline size_t
host_next_label(const struct host *host, size_t at)
{
    while (at < host->len && host->text[at] != '.')
        at++;
    return at < host->len ? at + 1 : at;
}

#endif
