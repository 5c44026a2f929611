/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_check.h - what the two files of `m365ctl check` share: the command (cmd_check.c) and the reading of its sources
 * (cmd_check_sources.c), which publish uses as well.
 *
 * Where it sits: room cmd, private to these three. The linter itself is in room table (lint.h).
 */
#ifndef HELPER_CMD_CHECK_H
#define HELPER_CMD_CHECK_H

#include "cmd.h"
#include "lint/lint.h"
#include "table/table.h"

struct arena;
struct conf;
struct source;

struct check {
    struct cmd_load load;
    const char *config;  /* of --config; NULL: sources are named, or the image in use is checked */
    struct conf *conf;   /* the configuration, once it is read */
    struct arena *texts; /* owns the paths that are not on the command line */
    struct lint_source sources[TABLE_SOURCES_MAX];
    struct lint lint; /* over these sources */
    size_t refusals;
};

/* Reports that something cannot be checked, and counts it. */
void check_refuse(struct check *check, const struct err *err);

/* Reads and adds a table, or reports why it cannot be read. The texts of `from` must outlive the check. */
void check_read(struct check *check, const struct source *from);

/* Reads the sources and options that the configuration names. Reports what cannot be read. */
void check_read_conf(struct check *check);

/* For publish: says what the linter finds in the local lines of a configuration, compared with the documents in use. It
 * says nothing if a source is refused, because publishing then fails with that sentence. Cost: reads all sources. */
void check_local(const struct conf *conf);

#endif
