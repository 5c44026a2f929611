// SPDX-License-Identifier: GPL-2.0-or-later
/* ruleset_auth.c - reads auth_param (src/auth/, each Config::parse). Part of ruleset_reading.h. */
#include <stdlib.h>
#include <string.h>

#include "ruleset_reading.h"

static bool
is_one_of(const char *word, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strcmp(word, *list) == 0)
            return true;
    }
    return false;
}

/* What Squid says against the value of an option; NULL: nothing. */
static const char *
why_bad(const char *option, const char *value)
{
    static const char *const numbers[] = {"children",           "credentialsttl",  "nonce_garbage_interval",
                                          "nonce_max_duration", "nonce_max_count", NULL};
    static const char *const switches[] = {"casesensitive",     "keep_alive",      "nonce_strictness",
                                           "check_nonce_count", "post_workaround", NULL};
    if (is_one_of(option, numbers))
        return value == NULL || value[strspn(value, "0123456789")] != '\0' ? "needs a number" : NULL;
    if (is_one_of(option, switches))
        return value == NULL || (strcmp(value, "on") != 0 && strcmp(value, "off") != 0) ? "must be on or off" : NULL;
    if ((strcmp(option, "program") == 0 || strcmp(option, "realm") == 0) && value == NULL)
        return "needs a value";
    return NULL;
}

/* A scheme counts once it has a program (authenticateActiveSchemeCount). */
int
read_auth(struct reading *reading)
{
    static const char *const schemes[] = {"basic", "digest", "ntlm", "negotiate", NULL};
    const char *scheme = words_next(&reading->words), *option = words_next(&reading->words);
    if (scheme == NULL || !is_one_of(scheme, schemes) || option == NULL)
        return reading_refuse(reading, "auth_param needs basic, digest, ntlm or negotiate and an option, otherwise "
                                       "Squid does not start");
    const char *why = why_bad(option, words_next(&reading->words));
    if (why != NULL)
        return reading_refuse(reading, "auth_param %s %.60s %s, otherwise Squid does not start", scheme, option, why);
    reading->conf->has_auth = reading->conf->has_auth || strcmp(option, "program") == 0;
    return 0;
}
