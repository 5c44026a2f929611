/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tenant.h - the tenant guard: which names under the shared suffixes of SharePoint belong to a configured tenant.
 *
 * Where it sits: floor 3. `*.sharepoint.com` covers every tenant of the world; a bypass of it would let data out to a
 * stranger's tenant unseen. verdict.c asks it for names, compile for patterns.
 *
 * A name directly or deeper under a suffix is looked at by the label next to the suffix: a configured tenant, alone or
 * followed by one of -my, -admin, -files, -myfiles. The suffix itself is not guarded.
 */
#ifndef COMMON_TENANT_H
#define COMMON_TENANT_H

#include <stdbool.h>
#include <stddef.h>

/* The label next to the tenant suffix of a canonical name, as a slice of it; false if the name is under no suffix. */
bool tenant_label(const char *name, size_t len, const char **ret_label, size_t *ret_len);

/* True if the label is this tenant's (lower case). */
bool tenant_owns(const char *tenant, size_t tenant_len, const char *label, size_t len);

/* True if the pattern can match a name that is under a suffix and belongs to none of the tenants. Errs on that side. */
bool tenant_pattern_is_foreign(const char *text, size_t len, const char **tenants, size_t count);

#endif
