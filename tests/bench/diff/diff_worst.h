/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diff_worst.h - pairs of documents of the web service that are as hard to compare as their size allows. */
#ifndef TESTS_BENCH_DIFF_WORST_H
#define TESTS_BENCH_DIFF_WORST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct worst {
    const char *name;
    void (*make)(struct buf *buf, size_t bytes, bool is_new); /* about this many bytes of JSON */
};

extern const struct worst worst_kinds[];
extern const size_t worst_count;

#endif
