// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_format.c - the % codes of logformat, FORMAT and quoted headers (src/format/Token.cc; src/external_acl.cc).
 * Part of ruleset_parse.h.
 */
#include <string.h>

#include "ruleset_parse.h"
#include "squid/squid_code.h"

int
check_format(struct reading *reading, const char *text)
{
    for (const char *at = strchr(text, '%'); at != NULL; at = strchr(at, '%')) {
        const char *end = squid_code_read(NULL, at + 1, reading->conf->version);
        if (end == NULL)
            return reading_refuse(reading, "'%.*s' is no %% code of Squid, so it does not start",
                                  (int)strcspn(at, " \t"), at);
        at = end;
    }
    return 0;
}

/* A whole word must be one code. Older forms are `%>{Header}`, `%USER_CERT_CN`, and before version 5 `%{Header}`. */
int
check_external_token(struct reading *reading, const char *token)
{
    static const char *const forms[] = {"%>{", "%<{", "%USER_CERT_", "%USER_CA_CERT_", "%CA_CERT_"};
    const char *end = NULL, *close = strchr(token, '}');
    for (size_t i = 0; i < sizeof forms / sizeof *forms && end == NULL; i++) {
        if (strncmp(token, forms[i], strlen(forms[i])) == 0)
            end = forms[i][2] == '{' && close != NULL ? close + 1 : "";
    }
    if (end == NULL)
        end = squid_code_read(NULL, token + 1, reading->conf->version);
    bool older = token[1] == '{' && reading->conf->version < 5;
    return older || (end != NULL && *end == '\0')
               ? 0
               : reading_refuse(reading, "'%.60s' is no %% code of Squid, so it does not start", token);
}

/* NextQuotedOrToEol(): the rest of the line, with a comment in it. */
int
parse_logformat(struct reading *reading)
{
    const char *rest = reading->words.at + strspn(reading->words.at, " \t");
    if (reading->words.file != NULL || (reading->words.quoted && (*rest == '"' || *rest == '\'')))
        return 0;
    return check_format(reading, rest);
}
