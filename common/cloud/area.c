// SPDX-License-Identifier: GPL-2.0-or-later
/* area.c - see area.h. */
#include "area.h"

#include <string.h>

#define SKYPE "Skype" /* the sets of Teams are still published under this name */

const char *const area_names[AREA_COUNT] = {"Common", "Exchange", "SharePoint", SKYPE, "MEM"};

const char *
area_published(const char *word, size_t len)
{
    return len == strlen(AREA_TEAMS) && memcmp(word, AREA_TEAMS, len) == 0 ? SKYPE : NULL;
}
