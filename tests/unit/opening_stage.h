/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * opening_stage.h - small tables, and the request that opens between them; for opening_test.c and opening_name_test.c.
 *
 * A case names a request as the helpers read it, `dst sni la port`, that is inspected with the old table and bypassed
 * with the new one, and the request by which the opening is told, if that is another one of its kind.
 */
#ifndef TESTS_OPENING_STAGE_H
#define TESTS_OPENING_STAGE_H

#include <stdbool.h>
#include <stddef.h>

struct policy;

struct opening_case {
    const char *why, *was, *is;
    const char *request; /* NULL: nothing opens */
    const char *told;    /* NULL: the same */
    const struct policy *policy;
    bool hold_joins;
};

/* Compares the tables of each case. */
void opening_check(const struct opening_case *cases, size_t count);

#endif
