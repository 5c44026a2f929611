// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_plain.c - checks values of ACLs that the model does not compute. Part of ruleset_reading.h.
 *
 * The laws are those of Squid's src/acl: TimeData.cc, Random.cc, MaxConnection.cc, MaxUserIP of src/auth, HasComponent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ruleset_parse.h"

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

/* One of them, and no more. */
static int
check_has(struct reading *reading)
{
    const char *word = words_next_value(&reading->words);
    bool known =
        word != NULL && (strcmp(word, "request") == 0 || strcmp(word, "response") == 0 || strcmp(word, "ALE") == 0);
    if (known && words_next_value(&reading->words) == NULL)
        return 0;
    return reading_refuse(reading, "has needs request, response or ALE, otherwise Squid does not start");
}

/* All words must be some of these. */
static int
check_known(struct reading *reading, const struct acl *acl, const char *const *known)
{
    const char *word;
    while ((word = words_next_value(&reading->words)) != NULL) {
        size_t i = 0;
        while (known[i] != NULL && strcmp(word, known[i]) != 0)
            i++;
        if (known[i] == NULL)
            return reading_refuse(reading, "%s knows no '%.60s', so Squid does not start", acl->type, word);
    }
    return 0;
}

/* src/hier_code.h */
static const char *const hier_codes[] = {"HIER_NONE",
                                         "HIER_DIRECT",
                                         "SIBLING_HIT",
                                         "PARENT_HIT",
                                         "DEFAULT_PARENT",
                                         "SINGLE_PARENT",
                                         "FIRSTUP_PARENT",
                                         "FIRST_PARENT_MISS",
                                         "CLOSEST_PARENT_MISS",
                                         "CLOSEST_PARENT",
                                         "CLOSEST_DIRECT",
                                         "NO_DIRECT_FAIL",
                                         "SOURCE_FASTEST",
                                         "ROUNDROBIN_PARENT",
                                         "CD_PARENT_HIT",
                                         "CD_SIBLING_HIT",
                                         "CARP",
                                         "ANY_OLD_PARENT",
                                         "USERHASH_PARENT",
                                         "SOURCEHASH_PARENT",
                                         "PINNED",
                                         "ORIGINAL_DST",
                                         "STANDBY_POOL",
                                         NULL};

/* src/XactionInitiator.cc */
static const char *const initiators[] = {
    "client",     "peer-pool", "certificate-fetching", "cache-digest", "htcp",     "icp",    "icmp", "asn", "ipc",
    "adaptation", "icon",      "peer-mcast",           "esi",          "internal", "server", "all",  NULL};

static int
check_marks(struct reading *reading)
{
    const char *word = words_next_value(&reading->words);
    do {
        if (check_nfmark(reading, word, true) != 0)
            return -1;
        word = words_next_value(&reading->words);
    } while (word != NULL);
    return 0;
}

static int
check_attribute(struct reading *reading, const struct acl *acl)
{
    return words_next_value(&reading->words) != NULL
               ? 0
               : reading_refuse(reading, "%s needs the name of an attribute, otherwise Squid does not start",
                                acl->type);
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
    if (strcmp(acl->type, "hier_code") == 0)
        return check_known(reading, acl, hier_codes);
    if (strcmp(acl->type, "transaction_initiator") == 0)
        return check_known(reading, acl, initiators);
    if (strcmp(acl->type, "client_connection_mark") == 0)
        return check_marks(reading);
    if (strcmp(acl->type, "user_cert") == 0 || strcmp(acl->type, "ca_cert") == 0)
        return check_attribute(reading, acl);
    return strcmp(acl->type, "has") == 0 ? check_has(reading) : 0;
}
