// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_regex.c - the regexes of ACLs (src/acl/RegexData.cc): extended POSIX ones, as Squid compiles them with the
 * same library. Part of ruleset_reading.h.
 *
 * `-i` and `+i` may stand anywhere and hold for what follows. Squid leaves out a regex that does not compile. One whose
 * repetitions would take the library very long is not compiled here: then a mismatch is not certain.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "ruleset_reading.h"

#define PATTERN_MAX 1024 /* bytes */
#define REPEATS_MAX 1000 /* copies that all `{N}` together may make */

static bool
is_heavy(const char *pattern)
{
    unsigned long copies = 1;
    for (const char *at = strchr(pattern, '{'); at != NULL; at = strchr(at + 1, '{')) {
        for (const char *digit = at + 1; *digit != '\0' && strchr("0123456789,", *digit) != NULL; digit++) {
            if (digit[-1] != '{' && digit[-1] != ',')
                continue;
            unsigned long n = strtoul(digit, NULL, 10);
            copies *= n > 1 ? (n < REPEATS_MAX ? n : REPEATS_MAX + 1) : 1;
        }
        if (copies > REPEATS_MAX)
            return true;
    }
    return strlen(pattern) > PATTERN_MAX;
}

static int
add_regex(struct reading *reading, struct acl *acl, const char *pattern, bool ignore_case)
{
    struct acl_regex *regexes =
        arena_grow(reading->conf->arena, acl->regexes, &acl->regex_room, acl->regex_count + 1, sizeof *regexes);
    if (regexes == NULL)
        return reading_no_memory(reading);
    acl->regexes = regexes;
    struct acl_regex *regex = &regexes[acl->regex_count];
    regex->pattern = pattern;
    if (is_heavy(pattern))
        acl->doubtful = true;
    else if (regcomp(&regex->compiled, pattern, REG_EXTENDED | REG_NOSUB | (ignore_case ? REG_ICASE : 0)) == 0)
        acl->regex_count++;
    else if (reading->conf->version >= 6) /* before, Squid leaves it out and goes on */
        return reading_refuse(reading, "'%.60s' is no regular expression, so Squid does not start", pattern);
    return 0;
}

/* Remembers who has regexes to free. */
static int
note(struct reading *reading, struct acl *acl)
{
    struct ruleset *conf = reading->conf;
    if (acl->regex_room > 0)
        return 0;
    struct acl **list =
        arena_grow(conf->arena, conf->regexed, &conf->regexed_room, conf->regexed_count + 1, sizeof(struct acl *));
    if (list == NULL)
        return reading_no_memory(reading);
    conf->regexed = list;
    list[conf->regexed_count++] = acl;
    return 0;
}

int
read_regexes(struct reading *reading, struct acl *acl)
{
    bool ignore_case = acl->ignore_case;
    const char *word;
    reading->words.pairs = true;
    if (reading->words.quoted)
        return reading_refuse(reading, "Squid refuses regexes under 'configuration_includes_quoted_values on'");
    if (note(reading, acl) != 0)
        return -1;
    while ((word = words_next_value(&reading->words)) != NULL) {
        bool sign = strcmp(word, "-i") == 0 || strcmp(word, "+i") == 0;
        if (sign)
            ignore_case = *word == '-';
        else if (add_regex(reading, acl, word, ignore_case) != 0)
            return -1;
    }
    reading->words.pairs = false;
    return 0;
}
