// SPDX-License-Identifier: GPL-2.0-or-later
/* ruleset_auth.c - reads auth_param (src/auth/, each Config::parse). Part of ruleset_reading.h. */
#include <string.h>
#include <strings.h>

#include "ruleset_parse.h"

static int
parse_program(struct reading *reading)
{
    return parse_string(reading) != 0 ? -1 : parse_wordlist(reading);
}

/* % codes (Auth::SchemeConfig::parse), in quotes or as one word. */
static int
parse_key_extras(struct reading *reading)
{
    const char *value = words_next_quoted(&reading->words);
    return value == NULL ? parse_string(reading) : check_format(reading, value);
}

/* Options of all schemes; Squid goes on without those that it does not know. */
static const struct option {
    const char *name;
    int (*parse)(struct reading *reading);
} options[] = {{"children", parse_HelperChildConfig},
               {"credentialsttl", parse_time_t},
               {"nonce_garbage_interval", parse_time_t},
               {"nonce_max_duration", parse_time_t},
               {"nonce_max_count", parse_int},
               {"casesensitive", parse_onoff},
               {"check_nonce_count", parse_onoff},
               {"keep_alive", parse_onoff},
               {"nonce_strictness", parse_onoff},
               {"post_workaround", parse_onoff},
               {"utf8", parse_onoff},
               {"program", parse_program},
               {"realm", parse_string},
               {"key_extras", parse_key_extras}};

/* A scheme counts once it has a program (authenticateActiveSchemeCount). */
int
read_auth(struct reading *reading)
{
    static const char *const schemes[] = {[AUTH_BASIC] = "basic", "digest", "ntlm", "negotiate", NULL};
    const char *scheme = words_next(&reading->words), *option = words_next(&reading->words);
    size_t which = 0;
    while (scheme != NULL && schemes[which] != NULL && strcasecmp(schemes[which], scheme) != 0)
        which++;
    if (scheme == NULL || schemes[which] == NULL || option == NULL)
        return reading_refuse(reading, "auth_param needs basic, digest, ntlm or negotiate and an option, otherwise "
                                       "Squid does not start");
    if (strcmp(option, "program") == 0)
        reading->conf->schemes |= 1u << which;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (strcmp(option, options[i].name) == 0)
            return options[i].parse(reading);
    }
    return 0;
}
