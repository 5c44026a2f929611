// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_parse.c - values of a few words in squid.conf: switches, words of a list, addresses, marks, helpers
 * (src/cache_cf.cc; src/HelperChildConfig.cc; src/errorpage.cc). See ruleset_parse.h.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ruleset_parse.h"

#define COMMON_NAME_MAX 64

const struct parse_option *
parse_find_option(const struct parse_option *list, const char *word)
{
    for (; list->name != NULL; list++) {
        size_t n = strlen(list->name);
        if (strncmp(word, list->name, n) == 0 && (list->name[n - 1] == '=' || word[n] == '\0'))
            return list;
    }
    return NULL;
}

int
parse_check_option(struct reading *reading, const struct parse_option *option, const char *word)
{
    return option->check == NULL ? 0 : option->check(reading, word + strlen(option->name));
}

static bool
is_one_of(const char *word, const char *const *known)
{
    while (*known != NULL && strcmp(word, *known) != 0)
        known++;
    return *known != NULL;
}

int
parse_check_word(struct reading *reading, const char *name, const char *word, const char *const *known,
                 const char *what)
{
    if (word != NULL && is_one_of(word, known))
        return 0;
    return reading_refuse(reading, "'%.60s' must be %s, otherwise Squid does not start", name, what);
}

/* The next word of the line. */
static int
parse_word(struct reading *reading, const char *const *known, const char *what)
{
    return parse_check_word(reading, reading->line->words[0], words_next(&reading->words), known, what);
}

/* Also parse_YesNoNone(). */
int
parse_onoff(struct reading *reading)
{
    static const char *const known[] = {"on", "off", "enable", "disable", NULL};
    return parse_word(reading, known, "on or off");
}

int
parse_tristate(struct reading *reading)
{
    static const char *const known[] = {"on", "off", "warn", "enable", "disable", NULL};
    return parse_word(reading, known, "on, off or warn");
}

int
parse_pipelinePrefetch(struct reading *reading)
{
    struct words before = reading->words;
    const char *word = words_next(&reading->words);
    if (word != NULL && (strcmp(word, "on") == 0 || strcmp(word, "off") == 0))
        return 0;
    reading->words = before;
    return parse_int(reading);
}

/* Also parse_eol() and parse_removalpolicy(). */
int
parse_string(struct reading *reading)
{
    if (words_next(&reading->words) != NULL)
        return 0;
    return reading_refuse(reading, "%.60s needs a value, otherwise Squid does not start", reading->line->words[0]);
}

/* Words that may be in quotes: a word that Squid cannot cut off is noted by the reader. */
int
parse_wordlist(struct reading *reading)
{
    const char *word;
    do
        word = words_next_quoted(&reading->words);
    while (word != NULL);
    return 0;
}

/* A password, then actions. */
int
parse_cachemgrpasswd(struct reading *reading)
{
    return parse_string(reading) != 0 ? -1 : parse_wordlist(reading);
}

/* Without a value Squid ends with an error of its own; without a name it goes on. */
int
parse_http_header_replace(struct reading *reading)
{
    return words_next(&reading->words) == NULL ? 0 : parse_string(reading);
}

int
parse_uri_whitespace(struct reading *reading)
{
    static const char *const known[] = {"strip", "deny", "allow", "encode", "chop", NULL};
    return parse_word(reading, known, "strip, deny, allow, encode or chop");
}

int
parse_memcachemode(struct reading *reading)
{
    static const char *const known[] = {"always", "disk", "never", NULL};
    const char *word = words_next(&reading->words);
    return word != NULL && strncmp(word, "net", 3) == 0
               ? 0
               : parse_check_word(reading, reading->line->words[0], word, known, "always, disk, network or never");
}

/* src/wccp2.cc */
int
parse_wccp2_method(struct reading *reading)
{
    static const char *const known[] = {"gre", "1", "l2", "2", NULL};
    return parse_word(reading, known, "gre or l2");
}

int
parse_wccp2_amethod(struct reading *reading)
{
    static const char *const known[] = {"hash", "1", "mask", "2", NULL};
    return parse_word(reading, known, "hash or mask");
}

bool
parse_may_be_host(const char *word)
{
    struct in_addr v4;
    struct in6_addr v6;
    char text[INET6_ADDRSTRLEN];
    size_t n = strcspn(word, "%");
    if (inet_aton(word, &v4) != 0)
        return true;
    if (memchr(word, ':', n) != NULL && n < sizeof text) {
        memcpy(text, word, n);
        text[n] = '\0';
        return inet_pton(AF_INET6, text, &v6) == 1;
    }
    bool name = *word != '-' && word[strspn(word, "0123456789.")] != '\0';
    for (; name && *word != '\0'; word++)
        name = isalnum((unsigned char)*word) || strchr("-_.", *word) != NULL;
    return name;
}

int
parse_address(struct reading *reading)
{
    const char *word = words_next(&reading->words);
    if (word != NULL && parse_may_be_host(word)) /* any_addr is, too */
        return 0;
    return reading_refuse(reading, "'%.60s' is not an address, so Squid does not start",
                          word == NULL ? reading->line->words[0] : word);
}

/* xstrtoui(): a number up to `most`, also in octal or hexadecimal. NULL: it is none. */
static const char *
end_of_mark(const char *word, unsigned long most)
{
    char *end;
    unsigned long n = isdigit((unsigned char)*word) ? strtoul(word, &end, 0) : most + 1;
    return n > most ? NULL : end;
}

/* parse_acl_tos() */
int
parse_tos(struct reading *reading)
{
    const char *word = words_next(&reading->words), *end = word == NULL ? NULL : end_of_mark(word, 255);
    if (end != NULL && *end == '\0')
        return 0;
    return reading_refuse(reading, "'%.60s' is not a number up to 255, so Squid does not start",
                          word == NULL ? reading->line->words[0] : word);
}

int
check_nfmark(struct reading *reading, const char *word, bool mask)
{
    const char *end = word == NULL ? NULL : end_of_mark(word, 0xffffffff);
    if (end != NULL && *end == '/' && mask)
        end = end_of_mark(end + 1, 0xffffffff);
    if (end != NULL && *end == '\0')
        return 0;
    return reading_refuse(reading, "'%.60s' is not a mark such as 0x10, so Squid does not start",
                          word == NULL ? reading->line->words[0] : word);
}

/* parse_acl_nfmark(): only mark_client_connection may have a mask. */
int
parse_nfmark(struct reading *reading)
{
    return check_nfmark(reading, words_next(&reading->words),
                        strcmp(reading->line->words[0], "mark_client_connection") == 0);
}

int
parse_sslproxy_cert_sign(struct reading *reading)
{
    static const char *const known[] = {"signTrusted", "signUntrusted", "signSelf", NULL};
    return parse_word(reading, known, "signTrusted, signUntrusted or signSelf");
}

int
parse_sslproxy_cert_adapt(struct reading *reading)
{
    static const char *const known[] = {"setValidAfter", "setValidBefore", "setCommonName", NULL};
    const char *word = words_next(&reading->words), *brace = word == NULL ? NULL : strchr(word, '{');
    char name[sizeof "setValidBefore"];
    size_t n = word == NULL ? 0 : strcspn(word, "{");
    if (n == 0 || n >= sizeof name)
        return parse_check_word(reading, reading->line->words[0], NULL, known,
                                "setValidAfter, setValidBefore or setCommonName");
    memcpy(name, word, n);
    name[n] = '\0';
    if (brace != NULL &&
        (strchr(brace, '}') == NULL || (strcmp(name, known[2]) == 0 && strcspn(brace + 1, "}") > COMMON_NAME_MAX)))
        return reading_refuse(reading,
                              "'%.60s' must end with } and have no more than 64 characters in it, otherwise "
                              "Squid does not start",
                              word);
    return parse_check_word(reading, word, name, known, "setValidAfter, setValidBefore or setCommonName");
}

/* ErrorDynamicPageInfo(): `302:http://...`, `404:ERR_X` */
int
parse_denyinfo(struct reading *reading)
{
    const char *word = words_next(&reading->words);
    int status = word == NULL ? 0 : atoi(word);
    bool redirects = status / 100 == 3;
    if (status != 0 && (status < 200 || status >= 600))
        return reading_refuse(reading, "'%.60s' begins with no status of HTTP, so Squid does not start", word);
    if (status != 0 && redirects == (strchr(word + strcspn(word, ":") + (strchr(word, ':') != NULL), ':') == NULL))
        return reading_refuse(reading, "'%.60s': the status %d needs %s, otherwise Squid does not start", word, status,
                              redirects ? "a URL" : "the name of a page");
    return 0;
}

static int
check_overload(struct reading *reading, const char *value)
{
    static const char *const known[] = {"die", "ERR", NULL};
    return parse_check_word(reading, "on-persistent-overload=", value, known, "die or ERR");
}

/* At least one helper, then options. */
int
parse_HelperChildConfig(struct reading *reading)
{
    static const struct parse_option options[] = {{"startup=", check_unsigned},
                                                  {"idle=", check_unsigned},
                                                  {"concurrency=", check_unsigned},
                                                  {"queue-size=", check_unsigned},
                                                  {"reservation-timeout=", check_unsigned},
                                                  {"on-persistent-overload=", check_overload},
                                                  {NULL, NULL}};
    const char *word = words_next(&reading->words);
    if (check_unsigned(reading, word) != 0)
        return -1;
    if (strtoul(word, NULL, 10) < 1)
        return reading_refuse(reading, "'%.60s' is not a number of helpers, so Squid does not start", word);
    while ((word = words_next(&reading->words)) != NULL) {
        const struct parse_option *option = parse_find_option(options, word);
        if (option == NULL)
            return reading_refuse(reading, "%.60s has no option '%.60s', so Squid does not start",
                                  reading->line->words[0], word);
        if (parse_check_option(reading, option, word) != 0)
            return -1;
    }
    return 0;
}
