// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_tls.c - options of TLS towards servers, peers and clients (src/security/PeerOptions.cc). Part of
 * ruleset_parse.h.
 *
 * Whether files can be read and the library knows a cipher is not checked here.
 */
#include <ctype.h>
#include <string.h>

#include "ruleset_parse.h"

static const char *const flags[] = {"NO_DEFAULT_CA",    "DELAYED_AUTH", "DONT_VERIFY_PEER", "DONT_VERIFY_DOMAIN",
                                    "NO_SESSION_REUSE", "VERIFY_CRL",   "VERIFY_CRL_ALL",   "CONDITIONAL_AUTH"};

/* How long the flag is that the text begins with; 0: none. */
static size_t
flag_length(const char *at)
{
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        size_t n = strlen(flags[i]);
        if (strncmp(at, flags[i], n) == 0)
            return n;
    }
    return 0;
}

/* parseFlags(): each must begin with a flag; what follows it and is no separator ends the list. */
int
check_tls_flags(struct reading *reading, const char *value)
{
    const char *at = value;
    if (*value == '\0')
        return 0;
    for (;; at++) {
        size_t n = flag_length(at);
        if (n == 0)
            return reading_refuse(reading, "'%.60s' is no flag of TLS, so Squid does not start", at);
        at += n;
        if (*at != ':' && *at != ',')
            return 0;
    }
}

/* parseOptions(): before version 5 an unknown name is refused, too. */
static int
check_names(struct reading *reading, const char *value)
{
    const char *at = value;
    while (*at != '\0') {
        at += strchr("-!+", *at) != NULL;
        while (isalnum((unsigned char)*at) || *at == '_')
            at++;
        if (*at != '\0' && *at != ':' && *at != ',')
            return reading_refuse(reading, "'%.60s' is no option of TLS, so Squid does not start", at);
        at += strspn(at, ":,");
    }
    return 0;
}

int
check_tls(struct reading *reading, struct parse_tls *tls, const char *word)
{
    static const struct parse_option options[] = {{"cert=", NULL},
                                                  {"key=", NULL},
                                                  {"version=", check_int},
                                                  {"min-version=", NULL},
                                                  {"options=", check_names},
                                                  {"cipher=", NULL},
                                                  {"cafile=", NULL},
                                                  {"capath=", NULL},
                                                  {"crlfile=", NULL},
                                                  {"flags=", check_tls_flags},
                                                  {"default-ca=", NULL},
                                                  {"domain=", NULL},
                                                  {"default-ca", NULL},
                                                  {"no-default-ca", NULL},
                                                  {NULL, NULL}};
    const struct parse_option *option = parse_find_option(options, word);
    tls->encrypts = tls->encrypts || option != NULL || *word == '\0';
    if (option == NULL)
        return 0; /* Squid says so and goes on */
    if (strcmp(option->name, "key=") == 0 && !tls->certified && reading->conf->version >= 5)
        return reading_refuse(reading, "'%.60s' must come after cert=, otherwise Squid does not start", word);
    tls->certified = tls->certified || strcmp(option->name, "cert=") == 0;
    return parse_check_option(reading, option, word);
}

int
parse_securePeerOptions(struct reading *reading)
{
    struct parse_tls tls = {.certified = false};
    const char *word;
    while ((word = words_next(&reading->words)) != NULL) {
        if (check_tls(reading, &tls, word) != 0)
            return -1;
    }
    return 0;
}

/* parse_obsolete(): what is now in tls_outgoing_options flags=. */
int
parse_sslproxy_flags(struct reading *reading)
{
    struct words before = reading->words;
    if (parse_string(reading) != 0)
        return -1;
    reading->words = before;
    return check_tls_flags(reading, words_next(&reading->words));
}

int
parse_sslproxy_version(struct reading *reading)
{
    return check_int(reading, words_next(&reading->words));
}
