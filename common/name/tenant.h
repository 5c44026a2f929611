/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tenant.h - the tenant guard: which names under SharePoint's shared suffixes belong to a configured tenant.
 *
 * Where it sits: room name, above pattern. `*.sharepoint.com` covers every tenant in the world; bypassing it would let
 * data leave for a stranger's tenant unseen. verdict.c asks about names, compile about patterns.
 *
 * What counts is the label next to the suffix, however deep the name is: it must be a configured tenant, alone or
 * followed by -my, -admin, -files or -myfiles. The suffix itself is not guarded.
 */
#ifndef COMMON_TENANT_H
#define COMMON_TENANT_H

#include <stdbool.h>
#include <stddef.h>

#define TENANT_MAX 58 /* bytes: with "-files" or "-admin" still a label of a host name */

/* Finds the label next to the tenant suffix of a canonical name and returns it as a slice of the name. False if the
 * name is not below a suffix. */
bool tenant_label(const char *name, size_t len, const char **ret_label, size_t *ret_len);

/* The tenant suffixes, with a dot before each; NULL beyond the last. */
const char *tenant_suffix(size_t index);

/* What may follow a tenant's name in such a label: "", "-my", ...; NULL beyond the last. */
const char *tenant_ending(size_t index);

/* True if the label belongs to this tenant (both lower case). */
bool tenant_owns(const char *tenant, size_t tenant_len, const char *label, size_t len);

/* True if the pattern can match a name below a suffix that belongs to none of the tenants. If in doubt, true. */
bool tenant_pattern_is_foreign(const char *text, size_t len, const char **tenants, size_t count);

#endif
