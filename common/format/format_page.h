/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * format_page.h - what the pages for people show: sections of endpoint sets, in an order that people look for.
 *
 * Private to room format, above export_build.h; html and markdown print it.
 */
#ifndef COMMON_FORMAT_PAGE_H
#define COMMON_FORMAT_PAGE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;
struct export_job;
struct export_set;
struct ports;
struct rule;

struct format_page {
    struct export_set *sets; /* by section; local lines last. In a section the stronger category first, then by id */
    size_t count;
};

/* The sets that have a wanted line. -1 with ERR_MEM. */
int format_page(struct format_page *ret, struct export_job *job, struct err *err);

/* The title of the section that a set belongs to. */
const char *format_page_section(const struct export_job *job, const struct export_set *set);

/* The next wanted line of a set from rule *at on, names (or prefixes) only; NULL at the end. */
const struct rule *format_page_next(const struct export_job *job, const struct export_set *set, size_t *at,
                                    bool prefixes);

/* Appends `TCP 80, 443; UDP 443`, or `all ports`. */
void format_page_add_ports(struct buf *out, const struct export_set *set);

/* Appends a sentence on which categories are bypassed. */
void format_page_add_lead(struct buf *out, const struct export_job *job);

#endif
