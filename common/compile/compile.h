/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compile.h - from a table to the bytes of an image: the only bridge between the two.
 *
 * Where it sits: room compile, above table, image and name. load.c and m365ctl call it. It does not write the bytes
 * to a file (file.h) or publish them (state.h).
 */
#ifndef COMMON_COMPILE_H
#define COMMON_COMPILE_H

#include "table/policy.h"

struct buf;
struct err;
struct table;

/*
 * Compiles a table (sorted here if it is not) into *ret: the same table and policy give the same bytes on any machine.
 * -1 with ERR_SYNTAX (a regex that PCRE2 refuses; with Default bypassed, a local default line that is too wide
 * and was not sealed before),
 * ERR_LIMIT or ERR_MEM. Cost: a sort of the rules; each local inspect line against the names of sets that publish
 * addresses.
 */
int compile_table(struct buf *ret, struct table *table, const struct policy *policy, struct err *err);

#endif
