// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_words.c - recognizes single words: directives, the tokens of FORMAT, the options of the helpers. See
 * squidconf_words.h.
 */
#include "squidconf_words.h"

#include <string.h>

#include "squidconf_model.h"

bool
squidconf_is(const struct squidconf_line *line, const char *directive)
{
    return strcmp(line->words[0], directive) == 0;
}

bool
squidconf_one_of(const char *word, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strcmp(word, *list) == 0)
            return true;
    }
    return false;
}

bool
squidconf_is_rewriter(const struct squidconf_line *line)
{
    return squidconf_is(line, "url_rewrite_program") && line->count > 1 &&
           strstr(line->words[1], "url_m365_rewrite") != NULL;
}

const char *
squidconf_argument(const struct squidconf_line *line, size_t at, char letter, size_t n)
{
    for (size_t i = at + 1; i < line->count; i++) {
        const char *word = line->words[i];
        if (word[0] != '-' || word[1] == '\0')
            continue;
        const char *value = word[2] != '\0' ? word + 2 : i + 1 < line->count ? line->words[i + 1] : NULL;
        if (word[1] == letter && n-- == 0)
            return strchr(SQUIDCONF_WITH_VALUE, letter) != NULL ? value : "";
        if (strchr(SQUIDCONF_WITH_VALUE, word[1]) != NULL && word[2] == '\0')
            i++;
    }
    return NULL;
}

bool
squidconf_is_token(const char *word, enum squid_field field, enum squidconf_version version)
{
    static const char *const dst[] = {"%>rd", "%#>rd", "%DST", "%#DST", NULL};
    static const char *const sni[] = {"%#ssl::>sni", "%#tls::>sni", "%ssl::>sni", "%tls::>sni", NULL};
    static const char *const la[] = {"%>la", "%#>la", NULL}, *const old_la[] = {"%la", "%MYADDR", NULL};
    static const char *const port[] = {"%>rP", "%#>rP", "%PORT", "%#PORT", NULL};
    switch (field) {
    case SQUID_DST: return squidconf_one_of(word, dst);
    case SQUID_SNI: return squidconf_one_of(word, sni);
    case SQUID_LA: return squidconf_one_of(word, version == SQUIDCONF_3_5 ? old_la : la);
    case SQUID_PORT: return squidconf_one_of(word, port);
    case SQUID_IGNORE: break;
    }
    return false;
}

const char *
squidconf_raw_sni(const char *word)
{
    const char *sni = strstr(word, "ssl::>sni");
    if (sni == NULL)
        sni = strstr(word, "tls::>sni");
    const char *percent = sni;
    while (percent != NULL && percent > word && *percent != '%')
        percent--;
    bool raw = sni != NULL && *percent == '%' && memchr(percent, '#', (size_t)(sni - percent)) == NULL;
    return raw ? percent : NULL;
}

bool
squidconf_is_login(const char *word)
{
    static const char *const tokens[] = {"%LOGIN", "%#LOGIN", "%ul", "%#ul", NULL};
    return squidconf_one_of(word, tokens);
}

bool
squidconf_is_later(const char *word)
{
    static const char *const later[] = {"%>la", "%>rP", "%>lp", NULL};
    return squidconf_one_of(word, later) || strncmp(word, "%#", 2) == 0 || strncmp(word, "queue-size=", 11) == 0;
}

/* Of all versions (src/external_acl.cc, parse_externalAclHelper). */
bool
squidconf_is_option(const char *word)
{
    static const char *const valued[] = {
        "ttl=",           "negative_ttl=", "children=",   "children-max=", "children-startup=",
        "children-idle=", "concurrency=",  "queue-size=", "cache=",        "grace="};
    static const char *const others[] = {"protocol=2.5", "protocol=3.0", "quote=url", "quote=shell",
                                         "ipv4",         "ipv6",         NULL};
    for (size_t i = 0; i < sizeof valued / sizeof *valued; i++) {
        if (strncmp(word, valued[i], strlen(valued[i])) == 0)
            return true;
    }
    return squidconf_one_of(word, others);
}
