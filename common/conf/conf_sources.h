/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf_sources.h - the directives that name sources. Private to room conf: conf_directives.c calls them. */
#ifndef COMMON_CONF_SOURCES_H
#define COMMON_CONF_SOURCES_H

#include <stddef.h>

struct conf_reader;
struct directive;
struct err;

/* Each adds what one line names. -1 with ERR_SYNTAX, ERR_LIMIT or ERR_MEM. */
int conf_set_table(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err);
int conf_set_list(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err);
int conf_set_presets(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err);

#endif
