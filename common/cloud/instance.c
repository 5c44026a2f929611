// SPDX-License-Identifier: GPL-2.0-or-later
/* instance.c - see instance.h. */
#include "instance.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *const instance_names[INSTANCE_COUNT] = {"Worldwide", "China", "USGovDoD", "USGovGCCHigh"};

const char *
instance_find(const char *name)
{
    for (size_t i = 0; i < INSTANCE_COUNT; i++) {
        if (strcasecmp(name, instance_names[i]) == 0)
            return instance_names[i];
    }
    return NULL;
}

void
instance_lower(char ret[INSTANCE_LOWER_MAX], const char *name)
{
    snprintf(ret, INSTANCE_LOWER_MAX, "%s", name);
    for (char *at = ret; *at != '\0'; at++) {
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    }
}

bool
instance_is_source(const char *source)
{
    char name[INSTANCE_LOWER_MAX];
    const char *found = instance_find(source);
    if (found == NULL)
        return false;
    instance_lower(name, found);
    return strcmp(name, source) == 0;
}
