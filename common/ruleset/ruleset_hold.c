// SPDX-License-Identifier: GPL-2.0-or-later
/* ruleset_hold.c - compares a text with the values of an ACL. See ruleset_acl.h. */
#include <string.h>
#include <strings.h>

#include "ruleset_acl.h"

bool
acl_regexes_hold(const struct acl *acl, const char *text)
{
    for (size_t i = 0; i < acl->regex_count; i++) {
        if (regexec(&acl->regexes[i].compiled, text, 0, NULL, 0) == 0)
            return true;
    }
    return false;
}

static int
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

/* src/anyp/Uri.cc, matchDomainName(): compared from the end, without regard to case; a value with a leading dot takes
 * the name below it and what is below that. */
static bool
match_name(const char *host, const char *value, bool wildcards)
{
    while (*host == '.')
        host++;
    size_t h = strlen(host), d = strlen(value);
    if (h == 0 || d == 0)
        return false;
    while (lower(host[h - 1]) == lower(value[d - 1])) {
        h--;
        d--;
        if (h == 0 && d == 0)
            return true;
        if (h == 0)
            return d == 1 && value[0] == '.';
        if (d == 0)
            return value[0] == '.';
    }
    return wildcards && host[h - 1] == '*' && host[h] == '.';
}

bool
acl_names_hold(const struct acl *acl, const char *name, bool wildcards)
{
    for (size_t i = 0; i < acl->text_count; i++) {
        if (match_name(name, acl->texts[i], wildcards))
            return true;
    }
    return false;
}

bool
acl_users_hold(const struct acl *acl, const char *user)
{
    for (size_t i = 0; i < acl->text_count; i++) {
        if ((acl->ignore_case ? strcasecmp : strcmp)(acl->texts[i], user) == 0)
            return true;
    }
    return false;
}

/* src/HttpRequestMethod.cc, src/http/MethodType.h */
const char *
acl_method(const char *word, bool exact)
{
    static const char *const known[] = {"GET",
                                        "POST",
                                        "PUT",
                                        "HEAD",
                                        "CONNECT",
                                        "TRACE",
                                        "OPTIONS",
                                        "DELETE",
                                        "CHECKOUT",
                                        "CHECKIN",
                                        "UNCHECKOUT",
                                        "MKWORKSPACE",
                                        "VERSION-CONTROL",
                                        "REPORT",
                                        "UPDATE",
                                        "LABEL",
                                        "MERGE",
                                        "BASELINE-CONTROL",
                                        "MKACTIVITY",
                                        "PROPFIND",
                                        "PROPPATCH",
                                        "MKCOL",
                                        "COPY",
                                        "MOVE",
                                        "LOCK",
                                        "UNLOCK",
                                        "SEARCH",
                                        "PRI",
                                        "PURGE",
                                        "OTHER"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcasecmp(known[i], word) == 0)
            return exact ? word : known[i];
    }
    return word;
}
