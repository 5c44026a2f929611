// SPDX-License-Identifier: GPL-2.0-or-later
/* ruleset_auth.c - reads auth_param (src/auth/, each Config::parse). Part of ruleset_reading.h. */
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "ruleset_parse.h"
#include "ruleset_role.h"

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

/* TokenOrQuotedString: what follows is ignored. */
int
parse_extras(struct reading *reading)
{
    return words_next_quoted(&reading->words) == NULL ? parse_string(reading) : 0;
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

static void
read_case(struct reading *reading)
{
    struct words words = reading->words;
    const char *word = words_next(&words);
    reading->conf->cased = word != NULL && (strcmp(word, "on") == 0 || strcmp(word, "enable") == 0);
}

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
    if (which == AUTH_BASIC && strcmp(option, "casesensitive") == 0)
        read_case(reading);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (strcmp(option, options[i].name) == 0)
            return options[i].parse(reading);
    }
    return 0;
}

/* ---- names of users ---- */

enum role_case
role_user_case(const struct ruleset *conf)
{
    if (conf->cased || (conf->schemes & 1u << AUTH_BASIC) == 0)
        return ROLE_CASE_KEPT;
    return conf->schemes == 1u << AUTH_BASIC ? ROLE_CASE_LOWER : ROLE_CASE_EITHER;
}

static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

const char *
role_lower(const char *name, struct arena *arena)
{
    size_t len = strlen(name);
    if (strcspn(name, capitals) == len)
        return name;
    char *lower = arena_text(arena, name, len);
    for (char *at = lower; at != NULL && *at != '\0'; at++)
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at + ('a' - 'A') : *at);
    return lower;
}

static bool
has_text(const struct acl *acl, const char *text)
{
    for (size_t i = 0; i < acl->text_count; i++) {
        if (strcmp(acl->texts[i], text) == 0)
            return true;
    }
    return false;
}

/* Takes out the names that no user can have. Those of a list with -i are what Squid compares them with. */
static void
settle_list(const struct ruleset *conf, struct acl *acl)
{
    bool lowers = role_user_case(conf) == ROLE_CASE_LOWER;
    size_t kept = 0;
    for (size_t i = 0; i < acl->text_count; i++) {
        const char *name = acl->texts[i], *lower = role_lower(name, conf->arena);
        bool same = lower == NULL || lower == name;
        if (!same && !acl->ignore_case && acl->lost == NULL && !has_text(acl, lower))
            acl->lost = name;
        if (same || acl->ignore_case || !lowers)
            acl->texts[kept++] = lowers && lower != NULL ? lower : name;
    }
    acl->text_count = kept;
}

void
settle_users(struct ruleset *conf)
{
    for (size_t b = 0; b < ACL_BUCKETS && role_user_case(conf) != ROLE_CASE_KEPT; b++) {
        for (struct acl *acl = conf->buckets[b]; acl != NULL; acl = acl->next) {
            if (acl->kind == ACL_PROXY_AUTH)
                settle_list(conf, acl);
        }
    }
}
