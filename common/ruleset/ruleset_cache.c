// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_cache.c - checks cache_peer and refresh_pattern (src/cache_cf.cc, parse_peer and parse_refreshpattern) and
 * cache_dir (src/fs, UFSSwapDir::parse and Rock::SwapDir::parse; src/SwapDir.cc, parseOptions). Part of
 * ruleset_parse.h.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ruleset_parse.h"

/* ---- cache_peer -------------------------------------------------------------------------------------------------- */

/* A cache_peer while it is read. */
struct peer {
    bool parent, carp;
    long connections, standby; /* max-conn=, standby= */
    struct parse_tls tls;
};

/* Each word of a list with commas must begin with a name, or be it. */
static int
check_list_of(struct reading *reading, const char *list, const char *const *known, bool whole)
{
    for (const char *at = list;; at++) {
        size_t n = strcspn(at, ","), i = 0;
        for (; known[i] != NULL; i++) {
            size_t len = strlen(known[i]);
            if (len <= n && strncmp(at, known[i], len) == 0 && (len == n || !whole))
                break;
        }
        if (known[i] == NULL)
            return reading_refuse(reading, "cache_peer knows no '%.*s' here, so Squid does not start", (int)n, at);
        at += n;
        if (*at == '\0')
            return 0;
    }
}

static int
check_htcp(struct reading *reading, const char *value)
{
    static const char *const modes[] = {"no-clr", "no-purge-clr", "only-clr", "forward-clr", "oldsquid", NULL};
    if (check_list_of(reading, value, modes, true) != 0)
        return -1;
    bool not_at_all = strncmp(value, "no-clr", 6) == 0 || strstr(value, ",no-clr") != NULL;
    return not_at_all && strstr(value, "only-clr") != NULL
               ? reading_refuse(reading, "cache_peer has both no-clr and only-clr, so Squid does not start")
               : 0;
}

static int
check_carp_key(struct reading *reading, const char *value)
{
    static const char *const keys[] = {"scheme", "host", "port", "path", "params", NULL};
    return check_list_of(reading, value, keys, false);
}

static const struct parse_option peer_options[] = {{"weight=", check_int},
                                                   {"basetime=", check_int},
                                                   {"ttl=", check_int},
                                                   {"connect-timeout=", check_int},
                                                   {"connect-fail-limit=", check_int},
                                                   {"max-conn=", check_int},
                                                   {"standby=", check_int},
                                                   {"htcp=", check_htcp},
                                                   {"carp-key=", check_carp_key},
                                                   {NULL, NULL}};

/* What only a parent may have, and what needs another option before it. */
static int
check_kind(struct reading *reading, struct peer *peer, const char *word)
{
    bool carp = strcmp(word, "carp") == 0;
    bool of_parent = carp || strcmp(word, "userhash") == 0 || strcmp(word, "sourcehash") == 0;
    if (of_parent && !peer->parent)
        return reading_refuse(reading, "only a parent may have %s, so Squid does not start", word);
    peer->carp = peer->carp || carp;
    if (strncmp(word, "carp-key=", 9) == 0 && !peer->carp)
        return reading_refuse(reading, "carp-key= must come after carp, otherwise Squid does not start");
    return 0;
}

static int
check_peer_option(struct reading *reading, struct peer *peer, const char *word)
{
    const struct parse_option *option = parse_find_option(peer_options, word);
    if (check_kind(reading, peer, word) != 0 || (option != NULL && parse_check_option(reading, option, word) != 0))
        return -1;
    if (strncmp(word, "max-conn=", 9) == 0)
        peer->connections = strtol(word + 9, NULL, 10);
    if (strncmp(word, "standby=", 8) == 0)
        peer->standby = strtol(word + 8, NULL, 10);
    if (strncmp(word, "tls-", 4) == 0)
        return check_tls(reading, &peer->tls, word + 4);
    bool tls = strncmp(word, "ssl", 3) == 0 || strncmp(word, "tls", 3) == 0;
    return tls ? check_tls(reading, &peer->tls, word + 3) : 0;
}

/* GetService(): a number, or a name that /etc/services may have. The port of HTTP must not be 0. */
static int
check_service(struct reading *reading, bool http)
{
    const char *word = words_next(&reading->words);
    if (word == NULL)
        return check_short(reading, word);
    if (isalpha((unsigned char)*word))
        return 0;
    if (check_short(reading, word) != 0)
        return -1;
    return http && strtol(word, NULL, 10) == 0
               ? reading_refuse(reading, "the port of a cache_peer must not be 0, otherwise Squid does not start")
               : 0;
}

int
parse_peer(struct reading *reading)
{
    struct peer peer = {.parent = false};
    const char *host = words_next(&reading->words), *type = words_next(&reading->words), *word;
    if (host == NULL || type == NULL)
        return reading_refuse(reading, "cache_peer needs a host, a type and two ports, otherwise Squid does not start");
    peer.parent = strcmp(type, "parent") == 0;
    reading->conf->has_parent = reading->conf->has_parent || peer.parent;
    if (check_service(reading, true) != 0 || check_service(reading, false) != 0)
        return -1;
    while ((word = words_next(&reading->words)) != NULL) {
        if (check_peer_option(reading, &peer, word) != 0)
            return -1;
    }
    return peer.connections > 0 && peer.connections < peer.standby
               ? reading_refuse(reading, "standby= is more than max-conn=, so Squid does not start")
               : 0;
}

int
parse_hostdomaintype(struct reading *reading)
{
    return parse_string(reading) != 0 ? -1 : parse_string(reading); /* a peer and its type */
}

/* ---- refresh_pattern and cache_dir ------------------------------------------------------------------------------- */

/* A pattern that does not compile is left out by Squid before version 6. */
int
parse_refreshpattern(struct reading *reading)
{
    reading->words.pairs = true;
    const char *word = words_next(&reading->words);
    if (word != NULL && (strcmp(word, "-i") == 0 || strcmp(word, "+i") == 0))
        word = words_next(&reading->words);
    reading->words.pairs = false;
    if (word == NULL)
        return reading_refuse(reading, "refresh_pattern needs a regex, otherwise Squid does not start");
    if (parse_int(reading) != 0 || check_percentage(reading, words_next(&reading->words)) != 0 ||
        parse_int(reading) != 0)
        return -1;
    while ((word = words_next(&reading->words)) != NULL) {
        if (strncmp(word, "max-stale=", 10) == 0 && check_int(reading, word + 10) != 0)
            return -1;
    }
    return 0;
}

static const struct parse_option ufs_options[] = {
    {"max-size=", NULL}, {"min-size=", NULL},       {"no-store", NULL},  {"no-store=", check_int},
    {"read-only", NULL}, {"read-only=", check_int}, {"IOEngine=", NULL}, {NULL, NULL}};
static const struct parse_option diskd_options[] = {{"Q1=", NULL}, {"Q2=", NULL}, {NULL, NULL}};
static const struct parse_option rock_options[] = {{"max-size=", NULL},       {"min-size=", NULL},
                                                   {"no-store", NULL},        {"no-store=", check_int},
                                                   {"read-only", NULL},       {"read-only=", check_int},
                                                   {"slot-size=", check_int}, {"swap-timeout=", NULL},
                                                   {"max-swap-rate=", NULL},  {NULL, NULL}};

/* An IOEngine depends on what Squid was built with, so any is taken. */
static int
check_options(struct reading *reading, const struct parse_option *options, const struct parse_option *more)
{
    const char *word;
    while ((word = words_next(&reading->words)) != NULL) {
        const struct parse_option *option = parse_find_option(options, word);
        if (option == NULL && more != NULL)
            option = parse_find_option(more, word);
        if (option == NULL)
            return reading_refuse(reading, "a cache_dir of this type has no option '%.60s', so Squid does not start",
                                  word);
        if (parse_check_option(reading, option, word) != 0)
            return -1;
    }
    return 0;
}

/* Numbers that are not below `least`. */
static int
check_sizes(struct reading *reading, int count, int least)
{
    for (int i = 0; i < count; i++) {
        int n;
        if (parse_get_integer(reading, &n) != 0)
            return -1;
        if (n < least)
            return reading_refuse(reading, "a number of cache_dir is less than %d, so Squid does not start", least);
    }
    return 0;
}

/* Squid leaves out a cache_dir of a type that it was built without. */
int
parse_cachedir(struct reading *reading)
{
    const char *type = words_next(&reading->words);
    if (type == NULL || words_next(&reading->words) == NULL)
        return reading_refuse(reading, "cache_dir needs a type and a folder, otherwise Squid does not start");
    bool diskd = strcmp(type, "diskd") == 0;
    if (strcmp(type, "rock") == 0)
        return check_sizes(reading, 1, 0) != 0 ? -1 : check_options(reading, rock_options, NULL);
    if (strcmp(type, "ufs") != 0 && strcmp(type, "aufs") != 0 && !diskd)
        return 0;
    return check_sizes(reading, 3, 1) != 0 ? -1 : check_options(reading, ufs_options, diskd ? diskd_options : NULL);
}
