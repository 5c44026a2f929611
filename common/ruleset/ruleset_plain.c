// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_plain.c - checks values of ACLs that the model does not compute. Part of ruleset_reading.h.
 *
 * The laws are those of Squid's src/acl: TimeData.cc, Random.cc, MaxConnection.cc, MaxUserIP of src/auth, HasComponent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ruleset_reading.h"

/* `HH:MM-HH:MM`; of other words Squid takes each letter for a day, and goes on without one that is none. */
static int
check_time(struct reading *reading)
{
    const char *word;
    while ((word = words_next_value(&reading->words)) != NULL) {
        int h1, m1, h2, m2;
        if (*word < '0' || *word > '9')
            continue;
        bool good = sscanf(word, "%d:%d-%d:%d", &h1, &m1, &h2, &m2) == 4 && h1 < 24 && m1 >= 0 && m1 < 60 && m2 >= 0 &&
                    m2 < 60 && (h2 < 24 || (h2 == 24 && m2 == 0));
        if (!good || h1 * 60 + m1 > h2 * 60 + m2)
            return reading_refuse(reading, "'%.40s' is not HH:MM-HH:MM of one day, so Squid does not start", word);
    }
    return 0;
}

/* `0.5`, `1/2` or `1:2`: more than 0 and less than 1. */
static int
check_random(struct reading *reading)
{
    const char *word = words_next_value(&reading->words);
    char *end = NULL;
    double part = word == NULL ? 0 : strtod(word, &end);
    if (end != NULL && (*end == '/' || *end == ':')) {
        double whole = strtod(end + 1, NULL);
        part = *end == ':' ? part / (part + whole) : whole > 0 ? part / whole : 0;
    }
    return part > 0 && part < 1 ? 0
                                : reading_refuse(reading, "random needs a number between 0 and 1, such as 0.5 or 1/2, "
                                                          "otherwise Squid does not start");
}

static int
check_number(struct reading *reading, const struct acl *acl)
{
    const char *word = words_next_value(&reading->words);
    return word != NULL && strtol(word, NULL, 10) > 0
               ? 0
               : reading_refuse(reading, "%s needs a number, otherwise Squid does not start", acl->type);
}

static int
check_has(struct reading *reading)
{
    const char *word = words_next_value(&reading->words);
    if (word != NULL && (strcmp(word, "request") == 0 || strcmp(word, "response") == 0 || strcmp(word, "ALE") == 0))
        return 0;
    return reading_refuse(reading, "has needs request, response or ALE, otherwise Squid does not start");
}

int
check_values(struct reading *reading, const struct acl *acl)
{
    if (strcmp(acl->type, "time") == 0)
        return check_time(reading);
    if (strcmp(acl->type, "random") == 0)
        return check_random(reading);
    if (strcmp(acl->type, "maxconn") == 0 || strcmp(acl->type, "max_user_ip") == 0)
        return check_number(reading, acl);
    return strcmp(acl->type, "has") == 0 ? check_has(reading) : 0;
}
