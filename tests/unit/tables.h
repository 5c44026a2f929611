/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tables.h - tables and images made from a few lines of text, and the naive matcher they are compared with.
 *
 * Where it sits: on top of unit.h, for the tests of table.h, image.h, compile.h, verdict.h and others.
 * Everything goes through the public headers. A table or image that cannot be made fails the test.
 */
#ifndef TESTS_TABLES_H
#define TESTS_TABLES_H

#include "unit.h"

struct buf;
struct policy;
struct image;
struct table;

/* The table made from these lines; `spec` names the source and may begin with a verb. */
struct table *table_of(const char *spec, const char *text);

/* Tries to read; returns the sentence of the refusal (valid until the next call), or NULL if it was read. */
const char *table_refusal(const char *spec, const char *text, size_t len);

/* The normal form of a sorted table in `ret`, which is started here. */
void table_to_text(struct buf *ret, struct table *table);

/* Checks that its normal form is `want`; several spaces count as one. */
void check_table(const char *why, struct table *table, const char *want);

/* The bytes of an image of this table text; `options` may be NULL. */
void image_bytes(struct buf *ret, const char *text, const struct policy *options);

/* The image of this table text, opened. */
struct image *image_of(const char *text, const struct policy *options);

/* Matches a pattern exactly as its definition reads, and as slowly. `*` first: any bytes. `*` later: one or more bytes
 * other than a dot. `.b.c`: b.c and all below. */
bool naive_match(const char *pattern, const char *name);

#endif
