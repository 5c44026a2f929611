/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * serve_stage.h - what the tests of helper/serve.c play on: a scripted clock, a scripted table, sockets that keep the
 * boundary of every read and write (SOCK_SEQPACKET), a caught stderr.
 */
#ifndef TESTS_UNIT_SERVE_STAGE_H
#define TESTS_UNIT_SERVE_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "serve.h"

/* One look for a table: when, and what it finds. */
struct step {
    uint64_t now_ms;
    char finds; /* '=' the same, '+' a new table, '-' trouble, 'x' trouble and no table; 0: the script is over */
    const char *sentence;
};

struct stage {
    const struct step *steps;
    size_t step, looks, drops;
    bool has_image;
    size_t nulls; /* answers without an image */
};

extern struct stage stage;

/* A script for tests that do not care: a table from the start. */
extern const struct step stage_always[];

#define STAGE_STRAY "without a channel-ID not answered; use %#ssl::>sni in FORMAT, or -C if there is no concurrency=\n"

void stage_set(const struct step *steps);

/* A loop that echoes what it was asked, shortened. */
struct serve stage_serve(int in, int out, enum squid_ids ids);

void stage_catch_stderr(void);
void stage_assert_said(const char *why, const char *want);

void stage_pair(int type, int pair[2]);

/* Sends the packets, runs the loop to the end of input and reads its packets, each shown with a `|` behind it. */
int stage_run(struct serve *serve, const struct squid_word *packets, size_t count, char *ret, size_t room);

#endif
