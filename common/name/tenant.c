// SPDX-License-Identifier: GPL-2.0-or-later
/* tenant.c - see tenant.h. */
#include "tenant.h"

#include <stdio.h>
#include <string.h>

#include "pattern.h"

static const char *const suffixes[] = {".sharepoint.com", ".sharepoint.us", ".sharepoint-mil.us", ".sharepoint.cn",
                                       ".sharepoint.de"};
static const char *const endings[] = {"", "-my", "-admin", "-files", "-myfiles"};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool
label_before(const char *name, size_t len, const char *suffix, const char **ret_label, size_t *ret_len)
{
    size_t tail = strlen(suffix);
    if (len <= tail || memcmp(name + len - tail, suffix, tail) != 0)
        return false;
    size_t end = len - tail;
    size_t start = end;
    while (start > 0 && name[start - 1] != '.')
        start--;
    *ret_label = name + start;
    *ret_len = end - start;
    return true;
}

bool
tenant_label(const char *name, size_t len, const char **ret_label, size_t *ret_len)
{
    for (size_t i = 0; i < COUNT(suffixes); i++) {
        if (label_before(name, len, suffixes[i], ret_label, ret_len))
            return true;
    }
    return false;
}

const char *
tenant_suffix(size_t index)
{
    return index < COUNT(suffixes) ? suffixes[index] : NULL;
}

const char *
tenant_ending(size_t index)
{
    return index < COUNT(endings) ? endings[index] : NULL;
}

bool
tenant_owns(const char *tenant, size_t tenant_len, const char *label, size_t len)
{
    if (tenant_len == 0 || len < tenant_len || memcmp(label, tenant, tenant_len) != 0)
        return false;
    for (size_t i = 0; i < COUNT(endings); i++) {
        size_t n = strlen(endings[i]);
        if (len - tenant_len == n && memcmp(label + tenant_len, endings[i], n) == 0)
            return true;
    }
    return false;
}

/* True if the label next to the suffix is literal and owned by one of the tenants: then all names matched here are. */
static bool
is_owned(const char *text, size_t len, const char *suffix, const char **tenants, size_t count)
{
    const char *label;
    size_t label_len;
    if (!label_before(text, len, suffix, &label, &label_len) || memchr(label, '*', label_len) != NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (tenant_owns(tenants[i], strlen(tenants[i]), label, label_len))
            return true;
    }
    return false;
}

bool
tenant_pattern_is_foreign(const char *text, size_t len, const char **tenants, size_t count)
{
    for (size_t i = 0; i < COUNT(suffixes); i++) {
        char guarded[32];
        int n = snprintf(guarded, sizeof guarded, "*%s", suffixes[i]);
        if (pattern_meets(text, len, guarded, (size_t)n) && !is_owned(text, len, suffixes[i], tenants, count))
            return true;
    }
    return false;
}
