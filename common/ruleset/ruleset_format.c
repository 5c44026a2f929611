// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_format.c - the % codes of logformat, FORMAT and quoted headers (src/format/Token.cc; src/external_acl.cc).
 * Part of ruleset_parse.h.
 *
 * What begins with a code is that code, and the rest is text: `%>rdx`. Codes of all versions from 4 to 7 are taken.
 */
#include <string.h>

#include "ruleset_parse.h"

static const char *const plain_codes[] = {">a",         ">p",          ">A",
                                          "<a",         "<p",          "<A",
                                          ">h",         "<h",          ">v",
                                          "%",          ">la",         "la",
                                          ">lp",        "lp",          "<la",
                                          "oa",         "<lp",         "ts",
                                          "tu",         "tl",          "tg",
                                          "tS",         "tr",          "<pt",
                                          "<tt",        "dt",          ">ha",
                                          "un",         "ul",          "ui",
                                          "ue",         "Hs",          ">Hs",
                                          "<Hs",        "<bs",         "Ss",
                                          "Sh",         "mt",          ">rm",
                                          ">ru",        ">rs",         ">rd",
                                          ">rP",        ">rp",         ">rv",
                                          "rm",         "ru",          "rp",
                                          "rv",         "rG",          "<rm",
                                          "<ru",        "<rs",         "<rd",
                                          "<rP",        "<rp",         "<rv",
                                          ">st",        ">sh",         "<st",
                                          "<sH",        "<sS",         "<sh",
                                          "st",         "et",          "ea",
                                          "sn",         ">eui",        ">qos",
                                          "<qos",       ">nfmark",     "<nfmark",
                                          ">handshake", "err_code",    "err_detail",
                                          "note",       "credentials", "master_xaction",
                                          "ACL",        "DATA",        "DST",
                                          "EXT_LOG",    "EXT_TAG",     "EXT_USER",
                                          "IDENT",      "LOGIN",       "METHOD",
                                          "MYADDR",     "MYPORT",      "PATH",
                                          "PORT",       "PROTO",       "SRCEUI48",
                                          "SRCEUI64",   "SRCPORT",     "SRC",
                                          "TAG",        "URI",         "USER_CERTCHAIN",
                                          "USER_CERT",  NULL};
/* Since version 6. */
static const char *const newer_codes[] = {"busy_time", "request_attempts", NULL};
/* Since version 7; 6.13 refuses it. */
static const char *const newest_codes[] = {"byte", NULL};
static const char *const adapt_codes[] = {"all_trs", "sum_trs", "<last_h", NULL};
static const char *const icap_codes[] = {"tt", "<last_h", "<A", "<service_name", "ru", "rm", ">st", "<st", "<bs", ">h",
                                         "<h", "tr",      "to", "tio",           "Hs", NULL};
static const char *const tls_codes[] = {"bump_mode",
                                        ">cert_subject",
                                        ">cert_issuer",
                                        ">sni",
                                        "<cert_subject",
                                        "<cert_issuer",
                                        "<cert_errors",
                                        "<cert",
                                        ">negotiated_version",
                                        "<negotiated_version",
                                        ">negotiated_cipher",
                                        "<negotiated_cipher",
                                        ">received_hello_version",
                                        "<received_hello_version",
                                        ">received_supported_version",
                                        "<received_supported_version",
                                        NULL};
static const char *const proxy_codes[] = {">h", NULL};
static const char *const transport_codes[] = {">connection_id", NULL};

static const struct {
    const char *prefix;
    const char *const *codes;
} namespaces[] = {
    {"adapt::", adapt_codes},          {"icap::", icap_codes},          {"ssl::", tls_codes}, {"tls::", tls_codes},
    {"proxy_protocol::", proxy_codes}, {"transport::", transport_codes}};

/* How long the longest code is that `at` begins with; 0: none. */
static size_t
code_length(const char *const *codes, const char *at)
{
    size_t longest = 0;
    for (; *codes != NULL; codes++) {
        size_t n = strlen(*codes);
        if (n > longest && strncmp(at, *codes, n) == 0)
            longest = n;
    }
    return longest;
}

/* The end of the code's name, or NULL. Before version 5 an unknown name of a known namespace was looked up without it.
 */
static const char *
skip_name(const struct ruleset *conf, const char *at)
{
    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++) {
        size_t n = strlen(namespaces[i].prefix);
        size_t code = strncmp(at, namespaces[i].prefix, n) == 0 ? code_length(namespaces[i].codes, at + n) : 0;
        if (code > 0)
            return at + n + code;
        if (strncmp(at, namespaces[i].prefix, n) == 0 && conf->version >= 5)
            return NULL;
    }
    if (strncmp(at, "http::", 6) == 0 && at[6] != '%')
        at += 6;
    size_t code = code_length(plain_codes, at);
    if (code == 0 && conf->version >= 6)
        code = code_length(newer_codes, at);
    if (code == 0 && conf->version >= 7)
        code = code_length(newest_codes, at);
    return code == 0 ? NULL : at + code;
}

/* `{argument}` */
static const char *
skip_argument(const char *at)
{
    at += strcspn(at, "}");
    return *at == '}' ? at + 1 : at;
}

/* What comes after the % and before the name: how to escape, width, argument. Returns the end of the code, or NULL. */
static const char *
skip_code(const struct ruleset *conf, const char *at)
{
    at += *at != '\0' && strchr("\"'[#/", *at) != NULL;
    at += *at == '-';
    at += *at == '0';
    at += strspn(at, "0123456789");
    at += *at == '.';
    at += strspn(at, "0123456789");
    bool argument = *at == '{';
    at = skip_name(conf, argument ? skip_argument(at) : at);
    return at != NULL && *at == '{' && !argument ? skip_argument(at) : at;
}

int
check_format(struct reading *reading, const char *text)
{
    for (const char *at = strchr(text, '%'); at != NULL; at = strchr(at, '%')) {
        const char *end = skip_code(reading->conf, at + 1);
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
    const char *end = NULL;
    for (size_t i = 0; i < sizeof forms / sizeof *forms && end == NULL; i++) {
        if (strncmp(token, forms[i], strlen(forms[i])) == 0)
            end = forms[i][2] == '{' ? skip_argument(token) : "";
    }
    if (end == NULL)
        end = skip_code(reading->conf, token + 1);
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
