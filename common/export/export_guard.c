// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * export_guard.c - the tenant guard in a list in which the first match counts. Part of export_names.h.
 *
 * The verdict inspects a name below a tenant suffix unless the label next to the suffix is one of your tenants
 * (name/tenant.h). So a selected pattern there becomes the part of it that lies in names of your own:
 *
 *     *.sharepoint.com  -->  contoso.sharepoint.com, *.contoso.sharepoint.com, contoso-my.sharepoint.com, ...
 *
 * What cannot be cut that way is left out and named, which closes more and never less.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "export_build.h"
#include "export_names.h"
#include "name/precedence.h"
#include "name/tenant.h"
#include "table/policy.h"

struct guard {
    struct export_names *to;
    struct export_job *job;
    struct export_listing left; /* patterns of which some names, or all, are left out */
    const char *last;           /* of them */
};

static void
leave_out(struct guard *guard, const struct export_name *entry)
{
    if (guard->last != entry->text)
        export_listing_add(&guard->left, "", entry->text);
    guard->last = entry->text;
}

static int
add_text(struct guard *guard, const struct export_name *like, const char *text, struct err *err)
{
    struct export_name entry = *like;
    size_t len = strlen(text);
    entry.text = arena_text(guard->job->arena, text, len);
    if (entry.text == NULL)
        return err_set(err, ERR_MEM, "no memory for the names of an export");
    entry.len = (uint16_t)len;
    entry.kind = (uint8_t)pattern_kind(text, len);
    return export_names_add(guard->to, guard->job->arena, &entry, err);
}

/* `own` is `.contoso.sharepoint.com`: the part of the entry in it. */
static int
add_own(struct guard *guard, const struct export_name *entry, const char *own, struct err *err)
{
    char under[HOST_MAX + 2];
    int len = snprintf(under, sizeof under, "*%s", own);
    if (pattern_covers(own, strlen(own), entry->text, entry->len))
        return export_names_add(guard->to, guard->job->arena, entry, err);
    bool name = pattern_match(entry->text, entry->len, own + 1, strlen(own) - 1);
    bool below = pattern_covers(entry->text, entry->len, under, (size_t)len);
    if (name && add_text(guard, entry, own + 1, err) != 0)
        return -1;
    if (below)
        return add_text(guard, entry, under, err);
    if (pattern_meets(entry->text, entry->len, under, (size_t)len))
        leave_out(guard, entry);
    return 0;
}

/* Below one suffix. An entry that also matches other names is not cut. */
static int
add_below(struct guard *guard, const struct export_name *entry, const char *suffix, struct err *err)
{
    const struct policy *policy = guard->job->source->policy;
    char text[HOST_MAX + 1];
    int len = snprintf(text, sizeof text, "*%s", suffix);
    if (entry->kind == PATTERN_REGEX || !pattern_covers(text, (size_t)len, entry->text, entry->len)) {
        leave_out(guard, entry);
        return 0;
    }
    for (size_t i = 0; i < policy->tenant_count; i++) {
        for (size_t k = 0; tenant_ending(k) != NULL; k++) {
            snprintf(text, sizeof text, ".%s%s%s", policy->tenants[i], tenant_ending(k), suffix);
            if (add_own(guard, entry, text, err) != 0)
                return -1;
        }
    }
    return 0;
}

static int
add_entry(struct guard *guard, const struct export_name *entry, struct err *err)
{
    for (size_t i = 0; entry->selected && tenant_suffix(i) != NULL; i++) {
        char text[HOST_MAX + 1];
        int len = snprintf(text, sizeof text, "*%s", tenant_suffix(i));
        if (export_name_meets(entry, text, (size_t)len))
            return add_below(guard, entry, tenant_suffix(i), err);
    }
    return export_names_add(guard->to, guard->job->arena, entry, err);
}

int
export_names_guard(struct export_names *names, struct export_job *job, struct err *err)
{
    struct export_names to = {0};
    struct guard guard = {.to = &to, .job = job};
    guard.left = (struct export_listing){.job = job, .what = "only some of the names belong to your tenants, left out"};
    if (job->source->policy->tenant_count == 0)
        return 0;
    for (size_t i = 0; i < names->count; i++) {
        if (add_entry(&guard, &names->item[i], err) != 0)
            return -1;
    }
    export_listing_end(&guard.left);
    *names = to;
    return 0;
}
