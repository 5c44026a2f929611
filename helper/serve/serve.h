/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * serve.h - the loop that both helpers share: read what is there, answer every complete line, many at once, write once,
 * and look for a new image between reads.
 *
 * Where it sits: room serve, above squid and compile. What a line means is decided by the helper's callback, with
 * squid.h. Which image is asked is decided by the three functions of struct serve_table; options.c fills in load.h. One
 * function writes replies, exactly one for each line.
 */
#ifndef HELPER_SERVE_H
#define HELPER_SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compile/load.h"
#include "squid/squid.h"
#include "verdict/verdict.h"

struct counter;
struct err;
struct image;

#define SERVE_READ_MAX ((size_t)256 << 10) /* bytes of one read */
#define SERVE_PIECE_MAX ((size_t)16 << 10) /* bytes of one write, which ends with a line */
#define SERVE_BATCH VERDICT_BATCH_MAX      /* lines answered at once */
#define SERVE_COMPLAIN_MS 60000u           /* a missing table is reported at most this often */

/* One line from Squid. */
struct serve_line {
    struct squid_word id;   /* empty if the line has none */
    struct squid_word text; /* without ID and line end */
};

/* Where the image comes from. Each function gets `watch` and does what load.h says about the function of that name. */
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
    size_t detect_tokens;                     /* tokens that a first line must have after a channel-ID */
    const struct squid_fields *detect_fields; /* what they are, or NULL: a URL; see squid_detect_ids() */
    struct serve_table table;
    bool debug;
    uint64_t (*clock_ms)(void); /* steady; NULL: CLOCK_MONOTONIC_COARSE */
    uint32_t (*today)(void);    /* NULL: the system's day, UTC */
    /*
     * Answers `count` lines, at most SERVE_BATCH: writes their replies into `ret` in the same order and returns the
     * length of all. Each reply has at most `reply_max` bytes, and its line end is the only one in it. `image` may be
     * NULL. Must answer whatever the lines contain. SIGBUS may end it anywhere, so it must not own anything; it is then
     * called again with image NULL.
     */
    size_t (*answer)(void *arg, const struct image *image, uint32_t today, const struct serve_line *lines, size_t count,
                     char *ret);
    /* Counts the last answers, once they are final: adds `count` verdicts to the counter. Not called without one. */
    void (*count)(void *arg, struct counter *counter, size_t count);
    struct counter *counter; /* NULL: nothing is counted */
    size_t reply_max;        /* 0: SQUID_REPLY_MAX; at most SERVE_PIECE_MAX */
    /* Called when a new table is looked for: between two batches, and at most once a second. May be NULL. */
    void (*tick)(void *arg, uint64_t now_ms);
    void *arg;
};

/* Serves until the end of input and returns 0. If input or output fails, it reports that on stderr and returns 1. */
int serve_run(struct serve *serve);

/* Writes "PROGRAM: sentence" to stderr in one write. Bytes outside printable ASCII become `?`. Never waits: a sentence
 * that is not taken at once is lost and counted. */
void serve_say(const char *program, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Says how many sentences were lost, if any. False if that is not taken either. */
bool serve_say_lost(const char *program);

#endif
