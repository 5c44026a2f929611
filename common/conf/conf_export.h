/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf_export.h - the directive `export`. Private to room conf: conf_directives.c calls it. */
#ifndef COMMON_CONF_EXPORT_H
#define COMMON_CONF_EXPORT_H

#include <stddef.h>

struct conf_reader;
struct directive;
struct err;

/* Adds one line `export FORMAT OPTION... -o FILE`. -1 with ERR_SYNTAX, ERR_USAGE, ERR_LIMIT or ERR_MEM. */
int conf_set_export(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err);

#endif
