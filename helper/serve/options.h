/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.h - the command line that both helpers share: which table, with or without channel-IDs.
 *
 * Where it sits: room serve, next to serve.h, above squid and compile. A usage error ends the program. A bad table
 * does not: load.h keeps trying.
 */
#ifndef HELPER_OPTIONS_H
#define HELPER_OPTIONS_H

#include <stdbool.h>

#include "base/say.h"
#include "compile/load.h"
#include "counter/counter.h"
#include "serve.h"
#include "squid/squid.h"

struct options {
    const char *program;         /* name used on stderr; argv[0] is Squid's name for it, in parentheses */
    enum counter_program counts; /* as which it counts */
    bool has_fields;             /* accepts -F */
    bool has_rules;              /* accepts -r */
    const char *rules;           /* the value of -r, or NULL */
    const char *stats;           /* the value of -s, or NULL */
    struct squid_fields fields;
    enum squid_ids ids;
    bool debug;
    struct listener listener; /* prints on stderr */
    struct load_options load; /* points into `sources` */
    const char *sources[LOAD_SOURCES_MAX];
};

/* Reads the command line into `options`; the caller has set its first four members. True: continue. False: the program
 * is done (-h, -V, or a usage error, already reported on stderr) and exits with *ret_status. */
bool options_parse(struct options *options, int argc, char **argv, int *ret_status);

/* Starts watching the tables and serves standard input with the callback until it ends. Returns the exit status. */
int options_serve(struct options *options, struct serve *serve);

#endif
