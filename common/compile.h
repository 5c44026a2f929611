/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compile.h - from a table to the bytes of an image: the only bridge between the two.
 *
 * Where it sits: floor 5. load.c and m365ctl call it. Writing the bytes to a file is file.h's, publishing state.h's.
 */
#ifndef COMMON_COMPILE_H
#define COMMON_COMPILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct table;

struct compile_options {
    const char *label;    /* NULL: the table's own; [A-Za-z0-9._-]{1,32} */
    uint32_t bypass;      /* bits 1 << enum verb; 0: VERB_BYPASS_USUAL */
    bool highest;         /* precedence highest */
    const char **tenants; /* lower case, [a-z0-9-] */
    size_t tenant_count;
};

/*
 * Compiles a table (sorted here if it is not) into *ret: the same table and options give the same bytes on any machine.
 * -1 with ERR_SYNTAX (a regex that PCRE2 refuses; with Default bypassed, a local default line that is too wide),
 * ERR_LIMIT or ERR_MEM. Cost: a sort of the rules; each local inspect line against the names of sets that publish
 * addresses.
 */
int compile_table(struct buf *ret, struct table *table, const struct compile_options *options, struct err *err);

/* Reads the word of an option, with a sentence if it is none: `specific` or `highest`; `Optimize,Allow,Default` in any
 * choice and order; a tenant name (lower-cased into `ret`, TENANT_MAX + 1 bytes). */
#define TENANT_MAX 58 /* with "-files" or "-admin" still a label */
int compile_parse_precedence(bool *ret_highest, const char *text, struct err *err);
int compile_parse_bypass(uint32_t *ret, const char *text, struct err *err);
int compile_parse_tenant(char ret[TENANT_MAX + 1], const char *text, struct err *err);
int compile_parse_label(const char *text, struct err *err);

#endif
