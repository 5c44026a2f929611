/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.h - the command line that both helpers share: which table, with channel-IDs or without.
 *
 * Where it sits: floor 7, beside serve.h. What is a usage error ends the program here; what is wrong with a table does
 * not, and is load.h's to find.
 */
#ifndef HELPER_OPTIONS_H
#define HELPER_OPTIONS_H

#include <stdbool.h>

#include "load.h"
#include "serve.h"
#include "squid.h"

struct options {
    const char *program; /* its name on stderr; argv[0] is Squid's, in parentheses */
    bool has_fields;     /* takes -F */
    bool has_rules;      /* takes -r */
    const char *rules;   /* its value, or NULL */
    struct squid_fields fields;
    enum squid_ids ids;
    bool debug;
    struct load_options load; /* points into `sources` */
    const char *sources[LOAD_SOURCES_MAX];
};

/* Reads the command line into `options`, whose first three members the caller has set. True: go on. False: the program
 * is done (-h, -V, or something it does not know, which is said on stderr) and exits with *ret_status. */
bool options_parse(struct options *options, int argc, char **argv, int *ret_status);

/* Opens the watch over the tables and serves standard input with the callback until it ends. Returns the exit status.
 */
int options_serve(struct options *options, struct serve *serve);

#endif
