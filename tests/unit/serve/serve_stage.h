/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * serve_stage.h - what the tests of serve.c share: a scripted clock, a scripted table, sockets that keep the boundaries
 * of reads and writes (SOCK_SEQPACKET), and a captured stderr.
 */
#ifndef TESTS_UNIT_SERVE_STAGE_H
#define TESTS_UNIT_SERVE_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "serve/serve.h"

/* One step of a script: when a table is looked for, and what is found. */
struct step {
    uint64_t now_ms;
    char finds; /* '=' no change, '+' a new table, '-' an error, 'x' an error and no table; 0: end of the script */
    const char *sentence;
};

struct stage {
    const struct step *steps;
    size_t step, looks, drops;
    bool has_image;
    size_t nulls; /* answers without an image */
};

extern struct stage stage;

/* A script with a table from the start, for tests that do not care. */
extern const struct step stage_always[];

#define STAGE_STRAY "without a channel-ID; use %#ssl::>sni in FORMAT, or -C if there is no concurrency=\n"

void stage_set(const struct step *steps);

/* A loop that answers with the start of each line. */
struct serve stage_serve(int in, int out, enum squid_ids ids);

/* Captures what the loop writes to stderr; compares it. */
void stage_catch_stderr(void);
void stage_assert_said(const char *why, const char *want);

void stage_pair(int type, int pair[2]);

/* Sends the packets, runs the loop to the end of input and reads its packets, each followed by a `|`. */
int stage_run(struct serve *serve, const struct squid_word *packets, size_t count, char *ret, size_t room);

#endif
