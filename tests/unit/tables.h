/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tables.h - tables and images made from a few lines of text, and the naive matcher they are measured by.
 *
 * Where it sits: over unit.h, for the tests of table.h, image.h, compile.h, verdict.h and for the fuzz programs' like.
 * Everything goes through the public headers; what cannot be made fails the test.
 */
#ifndef TESTS_TABLES_H
#define TESTS_TABLES_H

#include "unit.h"

struct buf;
struct policy;
struct image;
struct table;

/* The table that these lines make; `spec` names the source and may carry a verb. */
struct table *table_of(const char *spec, const char *text);

/* Tries to read; returns the sentence of the refusal (valid until the next call), or NULL if it was read. */
const char *table_refusal(const char *spec, const char *text, size_t len);

/* The normal form of a sorted table in `ret`, which is started here. */
void table_to_text(struct buf *ret, struct table *table);

/* The same is `want`; runs of spaces count as one. */
void check_table(const char *why, struct table *table, const char *want);

/* The bytes of an image of this table text; `options` may be NULL. */
void image_bytes(struct buf *ret, const char *text, const struct policy *options);

/* The same opened. */
struct image *image_of(const char *text, const struct policy *options);

/* What a pattern means, as its definition says it and as slowly: `*` first: any bytes; `*` later: one or more bytes
 * that are not dots; `.b.c`: b.c and all below. */
bool naive_match(const char *pattern, const char *name);

#endif
