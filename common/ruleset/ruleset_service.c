// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_service.c - checks lines about services beside Squid: ICAP and eCAP (src/adaptation/ServiceConfig.cc), WCCP
 * (src/wccp2.cc), marks (src/ip/QosConfig.cc), delay pools of replies (src/MessageDelayPools.cc), and on which cores
 * workers run (parse_CpuAffinityMap). Part of ruleset_parse.h.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ruleset_parse.h"

#define NAMES_MAX 32

/* ---- ICAP and eCAP ----------------------------------------------------------------------------------------------- */

/* grokBool() */
static int
check_bool(struct reading *reading, const char *value)
{
    static const char *const known[] = {"0", "1", "on", "off", NULL};
    return parse_check_word(reading, value, value, known, "on or off");
}

/* grokLong(): what follows the number is ignored. */
static int
check_count(struct reading *reading, const char *value)
{
    return isdigit((unsigned char)*value)
               ? 0
               : reading_refuse(reading, "'%.60s' is not a number, so Squid does not start", value);
}

static int
check_service_overload(struct reading *reading, const char *value)
{
    static const char *const known[] = {"block", "bypass", "wait", "force", NULL};
    return parse_check_word(reading, "on-overload=", value, known, "block, bypass, wait or force");
}

/* grokUri(): `icap://host:1344/path`; in eCAP any name after the scheme. */
static int
check_service_uri(struct reading *reading, const char *uri)
{
    const char *host = strstr(uri, "://");
    host = host == NULL ? NULL : host + 3;
    bool ecap = strncmp(uri, "ecap://", 7) == 0;
    size_t n = host == NULL ? 0 : strcspn(host, "/");
    const char *colon = n == 0 || ecap ? NULL : memchr(host, ':', n);
    bool good = host != NULL && (ecap || (n > 0 && host[n] == '/' && colon != host));
    if (colon != NULL && *host != '[')
        good = good && strspn(colon + 1, "0123456789") == n - (size_t)(colon - host) - 1 &&
               strtoul(colon + 1, NULL, 10) <= 65535;
    return good ? 0 : reading_refuse(reading, "'%.60s' is not the URI of a service, so Squid does not start", uri);
}

static const struct parse_option service_options[] = {{"bypass=", check_bool},
                                                      {"routing=", check_bool},
                                                      {"ipv6=", check_bool},
                                                      {"max-conn=", check_count},
                                                      {"on-overload=", check_service_overload},
                                                      {"connection-encryption=", check_bool},
                                                      {"uri=", check_service_uri},
                                                      {NULL, NULL}};

/* One option, `0` or `1` for bypass=, or the URI without a name. Sets *ret to its name. */
static int
check_service_option(struct reading *reading, const char **ret, const char *word)
{
    const char *equals = strchr(word, '='), *scheme = strstr(word, "://");
    struct parse_tls tls = {.certified = false};
    if (strcmp(word, "0") == 0 || strcmp(word, "1") == 0) {
        *ret = "bypass=";
        return 0;
    }
    if (equals == NULL || (scheme != NULL && scheme < equals)) {
        *ret = "uri=";
        return check_service_uri(reading, word);
    }
    if (strncmp(word, "tls-", 4) == 0)
        return check_tls(reading, &tls, word + 4);
    const struct parse_option *option = parse_find_option(service_options, word);
    bool icap = strncmp(reading->line->words[0], "icap", 4) == 0;
    if (option == NULL)
        return icap ? reading_refuse(reading, "a service has no option '%.60s', so Squid does not start", word) : 0;
    *ret = option->name;
    return parse_check_option(reading, option, word);
}

/* A name, when it is asked, and options, each once; uri= must be one of them. */
int
parse_adaptation_service(struct reading *reading)
{
    static const char *const points[] = {"reqmod_precache", "reqmod_postcache", "respmod_precache",
                                         "respmod_postcache"};
    const char *seen[NAMES_MAX], *word;
    bool known = false, has_uri = false;
    size_t count = 0;
    words_next(&reading->words);
    word = words_next(&reading->words);
    for (size_t i = 0; word != NULL && i < sizeof points / sizeof *points; i++)
        known = known || strcasecmp(word, points[i]) == 0;
    if (!known)
        return reading_refuse(reading, "a service needs a name, then reqmod_precache or respmod_precache, otherwise "
                                       "Squid does not start");
    while ((word = words_next(&reading->words)) != NULL) {
        const char *name = NULL;
        if (check_service_option(reading, &name, word) != 0)
            return -1;
        for (size_t i = 0; i < count && name != NULL; i++) {
            if (strcmp(seen[i], name) == 0)
                return reading_refuse(reading, "the service has %s twice, so Squid does not start", name);
        }
        if (name != NULL && count < NAMES_MAX)
            seen[count++] = name;
        has_uri = has_uri || (name != NULL && strcmp(name, "uri=") == 0);
    }
    return has_uri ? 0 : reading_refuse(reading, "a service needs a URI, otherwise Squid does not start");
}

/* ---- marks ------------------------------------------------------------------------------------------------------- */

/* xstrtoui() up to `most`, and for `miss=` a mask. */
static bool
is_mark(const char *value, unsigned long most, bool mask)
{
    char *end;
    if (!isdigit((unsigned char)*value) || strtoul(value, &end, 0) > most)
        return false;
    return *end == '\0' || (mask && *end == '/'); /* of a bad mask Squid says so and goes on */
}

/* `tos` or `mark`, then values; words of another kind are ignored. */
int
parse_QosConfig(struct reading *reading)
{
    static const char *const names[] = {"local-hit=", "sibling-hit=", "parent-hit=", "miss="};
    unsigned long most = 255;
    const char *word;
    while ((word = words_next(&reading->words)) != NULL) {
        most = strcmp(word, "mark") == 0 ? 0xffffffff : most;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            size_t n = strlen(names[i]);
            if (strncmp(word, names[i], n) == 0 && !is_mark(word + n, most, *names[i] == 'm'))
                return reading_refuse(reading, "'%.60s' is not a mark, so Squid does not start", word);
        }
    }
    return 0;
}

/* ---- delay pools of replies -------------------------------------------------------------------------------------- */

static int
check_int64(struct reading *reading, const char *value)
{
    size_t sign = *value == '-' || *value == '+', digits = strspn(value + sign, "0123456789");
    return (digits > 0 || *value == '\0') && value[sign + digits] == '\0'
               ? 0
               : reading_refuse(reading, "'%.60s' is not a whole number, so Squid does not start", value);
}

/* How fast a bucket fills, and how much is in it; below 0: there is no limit. */
struct bucket {
    const char *restore, *maximum; /* the options */
    long long rate, most;
};

static int
check_bucket(struct reading *reading, const struct bucket *bucket)
{
    return (bucket->rate < 0) == (bucket->most < 0)
               ? 0
               : reading_refuse(reading, "%s and %s need each other, otherwise Squid does not start", bucket->restore,
                                bucket->maximum);
}

static void
note_rate(struct bucket *bucket, const char *word)
{
    const char *value = strchr(word, '=') + 1;
    if (strncmp(word, bucket->restore, strlen(bucket->restore)) == 0)
        bucket->rate = *value == '\0' ? -1 : strtoll(value, NULL, 10);
    if (strncmp(word, bucket->maximum, strlen(bucket->maximum)) == 0)
        bucket->most = *value == '\0' ? -1 : strtoll(value, NULL, 10);
}

static int
check_pool_option(struct reading *reading, const char *word)
{
    static const struct parse_option options[] = {
        {"individual-restore=", check_int64}, {"individual-maximum=", check_int64}, {"aggregate-restore=", check_int64},
        {"aggregate-maximum=", check_int64},  {"initial-bucket-level=", check_int}, {NULL, NULL}};
    const struct parse_option *option = parse_find_option(options, word);
    if (option == NULL)
        return reading_refuse(reading, "response_delay_pool has no option '%.60s', so Squid does not start", word);
    return parse_check_option(reading, option, word);
}

/* A name, then options: up to a word that is none. */
int
parse_response_delay_pool(struct reading *reading)
{
    struct bucket one = {"individual-restore=", "individual-maximum=", -1, -1};
    struct bucket all = {"aggregate-restore=", "aggregate-maximum=", -1, -1};
    const char *word;
    if (parse_string(reading) != 0)
        return -1;
    while ((word = words_next(&reading->words)) != NULL && strchr(word, '=') != NULL) {
        if (check_pool_option(reading, word) != 0)
            return -1;
        note_rate(&one, word);
        note_rate(&all, word);
    }
    return check_bucket(reading, &one) != 0 ? -1 : check_bucket(reading, &all);
}

/* ---- workers ----------------------------------------------------------------------------------------------------- */

/* parseNamedIntList(): `cores=1,3`. How many numbers there are; -1 if one is not above 0 or the list is none. */
static int
count_numbers(const char *word, const char *name)
{
    size_t n = strlen(name);
    int count = 0;
    if (word == NULL || strncmp(word, name, n) != 0 || (word[n] != '=' && word[n] != '\0'))
        return -1;
    for (const char *at = word + n + (word[n] == '='); *at != '\0';) {
        char *end;
        if (strtol(at, &end, 10) <= 0 || (*end != ',' && *end != '\0'))
            return -1;
        count++;
        at = *end == ',' ? end + 1 : end;
    }
    return count;
}

int
parse_CpuAffinityMap(struct reading *reading)
{
    int processes = count_numbers(words_next(&reading->words), "process_numbers");
    int cores = count_numbers(words_next(&reading->words), "cores");
    return processes >= 0 && processes == cores
               ? 0
               : reading_refuse(reading,
                                "cpu_affinity_map needs process_numbers= and cores= with as many numbers each, "
                                "otherwise Squid does not start");
}

/* ---- WCCP -------------------------------------------------------------------------------------------------------- */

int
parse_wccp2_service(struct reading *reading)
{
    const char *word = words_next(&reading->words);
    int n;
    if (word == NULL || (strcmp(word, "standard") != 0 && strcmp(word, "dynamic") != 0))
        return reading_refuse(reading, "wccp2_service needs standard or dynamic, otherwise Squid does not start");
    if (parse_get_integer(reading, &n) != 0)
        return -1;
    return n >= 0 && n <= 255
               ? 0
               : reading_refuse(reading, "the number of a wccp2_service is 0 to 255, otherwise Squid does not start");
}

/* parse_IpAddress_list(), GetHostWithPort(): `ADDRESS`, `ADDRESS:2048`. */
int
parse_IpAddress_list(struct reading *reading)
{
    const char *word;
    while ((word = words_next(&reading->words)) != NULL) {
        const char *colon = strchr(word, ':');
        bool bad = *word == '[' ? strstr(word, "]:") == NULL : colon == NULL && !parse_may_be_host(word);
        if (bad || (colon != NULL && *word != '[' && strcmp(colon, ":0") == 0))
            return reading_refuse(reading, "'%.60s' is not an address, so Squid does not start", word);
        if (colon != NULL && *word != '[' && check_short(reading, colon + 1) != 0)
            return -1;
    }
    return 0;
}
