// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_store.c - checks refresh_pattern (src/cache_cf.cc, parse_refreshpattern) and cache_dir (src/fs,
 * UFSSwapDir::parse and Rock::SwapDir::parse; src/SwapDir.cc, parseOptions). Part of ruleset_parse.h.
 */
#include <string.h>

#include "ruleset_parse.h"

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
