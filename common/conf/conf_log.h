/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf_log.h - the directives about Squid's access logs. Private to room conf: conf_directives.c calls them. */
#ifndef COMMON_CONF_LOG_H
#define COMMON_CONF_LOG_H

#include <stddef.h>

struct conf_reader;
struct directive;
struct err;

/* Each takes what one line says. -1 with ERR_SYNTAX, ERR_LIMIT or ERR_MEM. */
int conf_set_logs(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err);
int conf_set_log_format(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err);

#endif
