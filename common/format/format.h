/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * format.h - the table of formats: finds the exporter of a name.
 *
 *     name of a format --> exporter --> export_make() --> text of another program
 *
 * Where it sits: room format, above export. The command `export` and the lines `export` of m365.conf come through here.
 */
#ifndef COMMON_FORMAT_H
#define COMMON_FORMAT_H

#include <stddef.h>

struct err;
struct exporter;

/* The exporter of this name. NULL with ERR_USAGE and the list of formats if there is none. */
const struct exporter *format_find(const char *name, struct err *err);

/* Exporter `index` in the order of names; NULL beyond the last. */
const struct exporter *format_at(size_t index);

#endif
