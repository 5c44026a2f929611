/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy.h - what an administrator decides about a table as a whole: its label, the bypassed categories, which rule
 * wins, whose tenants are trusted.
 *
 * Where it sits: room table, next to table.h. The command line and m365.conf take the same words through here. What a
 * policy does to an image is compile.h's business.
 */
#ifndef COMMON_POLICY_H
#define COMMON_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "name/tenant.h"

struct err;

struct policy {
    const char *label;    /* NULL: the table's own; [A-Za-z0-9._-]{1,32} */
    uint32_t bypass;      /* bits 1 << enum verb; 0: VERB_BYPASS_USUAL */
    bool highest;         /* precedence highest */
    bool required_only;   /* publish_only required: for table.required_only, as an image does not know it */
    const char **tenants; /* lower case, [a-z0-9-] */
    size_t tenant_count;
};

/*
 * Each reads the word of one option: `specific` or `highest`; a list of `Optimize`, `Allow` and `Default` with commas,
 * in any order; a tenant's name, which becomes lower case; a label. -1 with ERR_USAGE and a sentence that says what is
 * allowed; *ret is then unchanged.
 */
int policy_parse_precedence(bool *ret_highest, const char *text, struct err *err);
int policy_parse_bypass(uint32_t *ret, const char *text, struct err *err);
int policy_parse_tenant(char ret[TENANT_MAX + 1], const char *text, struct err *err);
int policy_parse_label(const char *text, struct err *err);

#endif
