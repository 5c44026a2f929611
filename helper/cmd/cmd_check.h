/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_check.h - what the two halves of `m365ctl check` share: the command (cmd_check.c) and the reading of its sources
 * (cmd_check_sources.c). Private to them.
 *
 * What is wrong with a table is not known here: lint.h.
 */
#ifndef HELPER_CMD_CHECK_H
#define HELPER_CMD_CHECK_H

#include "cmd.h"
#include "lint.h"
#include "table.h"

struct arena;
struct conf;
struct source;

struct check {
    struct cmd_load load;
    const char *config;  /* of --config; NULL: sources are named, or what is in use is looked at */
    struct conf *conf;   /* what was read there */
    struct arena *texts; /* of paths that are not on the command line */
    struct lint_source sources[TABLE_SOURCES_MAX];
    struct lint lint; /* over these sources */
    size_t refusals;
};

/* Says that something cannot be looked at, and counts it. */
void check_refuse(struct check *check, const struct err *err);

/* Adds a table, or says why it cannot be read. Its texts must outlive the check. */
void check_read(struct check *check, const struct source *from);

/* Reads what the configuration names: sources and options. What cannot be read is said. */
void check_read_conf(struct check *check);

#endif
