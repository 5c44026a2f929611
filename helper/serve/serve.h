/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * serve.h - the loop both helpers share: read what is there, answer every complete line, some at once, write once, look
 * for a new image between reads.
 *
 * Where it sits: floor 7. What a line means is the helper's callback (squid.h does the text); which image is asked is
 * the table's, behind three functions (options.c puts load.h there). One function writes replies, and it writes exactly
 * one for each line.
 */
#ifndef HELPER_SERVE_H
#define HELPER_SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "load.h"
#include "squid.h"
#include "verdict.h"

struct err;
struct image;

#define SERVE_READ_MAX ((size_t)256 << 10) /* bytes taken in one read */
#define SERVE_PIECE_MAX ((size_t)16 << 10) /* bytes of one write; cut at line ends */
#define SERVE_BATCH VERDICT_BATCH_MAX      /* lines answered at once */
#define SERVE_COMPLAIN_MS 60000u           /* a sentence about a missing table at most this often */

/* One line of Squid. */
struct serve_line {
    struct squid_word id;   /* empty: it has none */
    struct squid_word text; /* without ID and line end */
};

/* Where the image comes from. Each function is called with `watch` and promises what load.h says of its namesake. */
struct serve_table {
    const struct image *(*current)(const void *watch);                          /* once a batch */
    enum load_change (*refresh)(void *watch, uint64_t now_ms, struct err *err); /* at most once a second */
    void (*drop)(void *watch);
    void *watch;
};

struct serve {
    const char *program; /* for stderr */
    int in, out;
    enum squid_ids ids;
    size_t detect_tokens; /* tokens a first line must have after a channel-ID */
    bool detect_host;     /* the first of them is a host, see squid_detect_ids() */
    struct serve_table table;
    bool debug;
    uint64_t (*clock_ms)(void); /* steady; NULL: CLOCK_MONOTONIC_COARSE */
    uint32_t (*today)(void);    /* NULL: the system's day, UTC */
    /*
     * Answers `count` lines, at most SERVE_BATCH: writes their replies into `ret` in the same order, each at most
     * `reply_max` bytes with its one line end, and returns the length of all. `image` may be NULL. Must be total; may
     * be left in the middle by SIGBUS (it owns nothing), after which it is called again with image NULL.
     */
    size_t (*answer)(void *arg, const struct image *image, uint32_t today, const struct serve_line *lines, size_t count,
                     char *ret);
    size_t reply_max; /* 0: SQUID_REPLY_MAX; at most SERVE_PIECE_MAX */
    /* Called where a new table is looked for, between two batches and at most once a second; may be NULL. */
    void (*tick)(void *arg, uint64_t now_ms);
    void *arg;
};

/* Serves until end of input (returns 0) or until input or output fail (returns 1, having said so on stderr). */
int serve_run(struct serve *serve);

/* One sentence on stderr, as one write: "PROGRAM: sentence". */
void serve_say(const char *program, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
