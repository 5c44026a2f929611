// SPDX-License-Identifier: GPL-2.0-or-later
/* squid_code.c - the % codes of Squid's formats. See squid_code.h. */
#include "squid_code.h"

#include <string.h>

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
skip_name(const char *at, unsigned version)
{
    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++) {
        size_t n = strlen(namespaces[i].prefix);
        size_t code = strncmp(at, namespaces[i].prefix, n) == 0 ? code_length(namespaces[i].codes, at + n) : 0;
        if (code > 0)
            return at + n + code;
        if (strncmp(at, namespaces[i].prefix, n) == 0 && version >= 5)
            return NULL;
    }
    if (strncmp(at, "http::", 6) == 0 && at[6] != '%')
        at += 6;
    size_t code = code_length(plain_codes, at);
    if (code == 0 && version >= 6)
        code = code_length(newer_codes, at);
    if (code == 0 && version >= 7)
        code = code_length(newest_codes, at);
    return code == 0 ? NULL : at + code;
}

/* `{argument}` */
static const char *
skip_argument(struct squid_code *code, const char *at)
{
    code->argument = (struct squid_word){at + 1, strcspn(at + 1, "}")};
    at += strcspn(at, "}");
    return *at == '}' ? at + 1 : at;
}

/* What comes after the % and before the name: how to escape, width, argument. */
const char *
squid_code_read(struct squid_code *ret, const char *at, unsigned version)
{
    struct squid_code code = {0};
    if (*at != '\0' && strchr("\"'[#/", *at) != NULL)
        code.escape = *at++;
    const char *width = at;
    code.left = *at == '-';
    at += code.left;
    at += *at == '0';
    at += strspn(at, "0123456789");
    at += *at == '.';
    at += strspn(at, "0123456789");
    code.padded = at > width;
    bool before = *at == '{';
    if (before)
        at = skip_argument(&code, at);
    const char *end = skip_name(at, version);
    if (end == NULL)
        return NULL;
    code.name = (struct squid_word){at, (size_t)(end - at)};
    if (*end == '{' && !before)
        end = skip_argument(&code, end);
    if (ret != NULL)
        *ret = code;
    return end;
}
