// SPDX-License-Identifier: GPL-2.0-or-later
/* course_request.c - reads a REQUEST into a situation, see situation_parse() in situation.h. Room course. */
#include "situation.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "name/ports.h"
#include "name/url.h"

#define REQUEST_WORDS_MAX 64
#define REQUEST_BYTES_MAX 65536
#define SPELLED_MAX 64
#define WORD_HEADER 6 /* index in set_word() */

struct words_of {
    const char *word[REQUEST_WORDS_MAX];
    size_t count;
};

/* Cuts the text into words; blanks inside double quotes stay, the quotes go. */
static int
split(struct words_of *ret, const char *text, struct arena *arena, struct err *err)
{
    size_t len = strlen(text), n = 0;
    char *copy = len <= REQUEST_BYTES_MAX ? arena_bytes(arena, 2 * len + 2) : NULL;
    bool quoted = false, open = false;
    ret->count = 0;
    if (copy == NULL)
        return err_set(err, ERR_SYNTAX, "the request is longer than %d bytes", REQUEST_BYTES_MAX);
    for (const char *at = text;; at++) {
        bool ends = *at == '\0' || (!quoted && strchr(" \t\r\n", *at) != NULL);
        if (ends && open) {
            copy[n++] = '\0';
            open = false;
        }
        if (*at == '\0')
            break;
        if (!ends && !open) {
            if (ret->count == REQUEST_WORDS_MAX)
                return err_set(err, ERR_SYNTAX, "the request has more than %d words", REQUEST_WORDS_MAX);
            ret->word[ret->count++] = copy + n;
            open = true;
        }
        if (*at == '"')
            quoted = !quoted;
        else if (!ends)
            copy[n++] = *at;
    }
    return quoted ? err_set(err, ERR_SYNTAX, "the request '%.200s' lacks a closing double quote", text) : 0;
}

bool
situation_read_address(struct addr *ret, const char *text, size_t len)
{
    char copy[SPELLED_MAX];
    struct in_addr v4;
    if (addr_parse(ret, text, len))
        return true;
    if (len == 0 || len >= sizeof copy || strspn(text, "0123456789abcdefABCDEFxX.") < len)
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (inet_aton(copy, &v4) == 0)
        return false;
    *ret = (struct addr){.v6 = false};
    memcpy(ret->bytes, &v4, sizeof v4);
    return true;
}

/* A host as Squid keeps it: lower case, trailing dots and brackets cut, an address in its usual form. */
static int
set_host(struct situation *ret, const char *text, size_t len, struct arena *arena, struct err *err)
{
    struct addr addr;
    char shown[ADDR_TEXT_MAX];
    while (len > 1 && text[len - 1] == '.')
        len--;
    ret->is_addr = addr_parse_token(&addr, text, len) || situation_read_address(&addr, text, len);
    if (ret->is_addr) {
        ret->addr = addr;
        addr_format(shown, &addr);
        ret->host = arena_text(arena, shown, strlen(shown));
        return 0;
    }
    bool good = len > 0 && memchr(text, ':', len) == NULL && memchr(text, '/', len) == NULL &&
                memmem(text, len, "..", 2) == NULL && text[0] != '.';
    char *host = good ? arena_text(arena, text, len) : NULL;
    for (char *at = host; at != NULL && *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    ret->host = host;
    return good ? 0 : err_set(err, ERR_SYNTAX, "'%.*s' is not a host", (int)(len < 200 ? len : 200), text);
}

/* HOST:PORT */
static int
set_authority(struct situation *ret, const char *text, struct arena *arena, struct err *err)
{
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text || !port_parse(&ret->port, colon + 1, strlen(colon + 1)))
        return err_set(err, ERR_SYNTAX, "'%.200s' is not HOST:PORT", text);
    return set_host(ret, text, (size_t)(colon - text), arena, err);
}

static int
set_url(struct situation *ret, const char *text, struct arena *arena, struct err *err)
{
    struct authority url;
    const char *scheme_end = strstr(text, "://");
    if (scheme_end == NULL || scheme_end == text)
        return err_set(err, ERR_SYNTAX, "'%.200s' is not a URL with its scheme, such as http://host.example/", text);
    url_split(&url, text, strlen(text));
    char *scheme = arena_text(arena, text, (size_t)(scheme_end - text));
    for (char *at = scheme; at != NULL && *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    ret->scheme = scheme;
    ret->port = url.port == NULL ? url.default_port : 0;
    if (url.port != NULL && !port_parse(&ret->port, url.port, url.port_len))
        return err_set(err, ERR_SYNTAX, "'%.200s' has no port from 1 to 65535", text);
    const char *path = strpbrk(scheme_end + 3, "/?#");
    ret->path = path == NULL || *path != '/' ? "/" : path;
    return set_host(ret, url.host, url.host_len, arena, err);
}

static int
set_from(struct situation *ret, const char *value, struct err *err)
{
    ret->has_from = addr_parse_token(&ret->from, value, strlen(value));
    return ret->has_from ? 0 : err_set(err, ERR_SYNTAX, "'from=%.60s' is not an address", value);
}

static int
set_via(struct situation *ret, const char *value, struct err *err)
{
    ret->has_via = addr_parse_token(&ret->via, value, strlen(value));
    return ret->has_via ? 0 : err_set(err, ERR_SYNTAX, "'via=%.60s' is not an address", value);
}

static int
add_header(struct situation *ret, const char *name, const char *value, struct err *err)
{
    if (ret->header_count == COURSE_HEADERS_MAX)
        return err_set(err, ERR_SYNTAX, "the request has more than %d headers", COURSE_HEADERS_MAX);
    ret->headers[ret->header_count++] = (struct header){name, value};
    return 0;
}

/* header="NAME: VALUE" */
static int
set_header(struct situation *ret, const char *text, struct arena *arena, struct err *err)
{
    const char *colon = strchr(text, ':');
    if (colon == NULL || colon == text)
        return err_set(err, ERR_SYNTAX, "'header=%.60s' is not \"NAME: VALUE\"", text);
    const char *name = arena_text(arena, text, (size_t)(colon - text));
    if (name != NULL && strcasecmp(name, "Proxy-Authorization") == 0)
        return err_set(err, ERR_SYNTAX, "'header=%.60s' is told by user=NAME, perhaps with password=wrong", text);
    return add_header(ret, name, colon + 1 + strspn(colon + 1, " \t"), err);
}

static int
set_tls(struct situation *ret, const char *value, struct err *err)
{
    ret->tls12 = strcmp(value, "1.2") == 0;
    return ret->tls12 || strcmp(value, "1.3") == 0 ? 0
                                                   : err_set(err, ERR_SYNTAX, "'tls=%.20s' is not 1.2 or 1.3", value);
}

static int
set_helper(struct situation *ret, const char *value, struct err *err)
{
    static const char *const states[] = {"", "dead", "full", "busy"};
    for (size_t i = HELPER_DEAD; i <= HELPER_BUSY; i++) {
        if (strcmp(value, states[i]) == 0) {
            ret->helper = (enum helper_state)i;
            return 0;
        }
    }
    return err_set(err, ERR_SYNTAX, "'helper=%.20s' is not dead, full or busy", value);
}

static int
set_password(struct situation *ret, const char *value, struct err *err)
{
    ret->wrong = true;
    return strcmp(value, "wrong") == 0
               ? 0
               : err_set(err, ERR_SYNTAX, "'password=%.20s' is not wrong, the only word", value);
}

/* Refuses a word without value, or the second of a kind; only `header` may come again. */
static int
check_word(unsigned *seen, const char *word, size_t len, size_t which, struct err *err)
{
    unsigned bit = 1u << which;
    if (word[len + 1] == '\0')
        return err_set(err, ERR_SYNTAX, "'%.60s' has no value; leave the word out if there is none", word);
    if ((*seen & bit) != 0 && which != WORD_HEADER)
        return err_set(err, ERR_SYNTAX, "'%.*s=' is given twice; a request has one", (int)len, word);
    *seen |= bit;
    return 0;
}

static int
set_word(struct situation *ret, const char *word, unsigned *seen, struct arena *arena, struct err *err)
{
    const char *equals = strchr(word, '='), *value = equals == NULL ? "" : equals + 1;
    size_t len = equals == NULL ? 0 : (size_t)(equals - word);
    static const char *const names[] = {"sni",   "from",   "user", "password", "port",
                                        "agent", "header", "tls",  "helper",   "via"};
    size_t which = 0;
    while (which < sizeof names / sizeof *names &&
           (strlen(names[which]) != len || strncmp(word, names[which], len) != 0))
        which++;
    if (which < sizeof names / sizeof *names && check_word(seen, word, len, which, err) != 0)
        return -1;
    switch (which) {
    case 0: ret->sni = value; return 0;
    case 1: return set_from(ret, value, err);
    case 2: ret->user = value; return 0;
    case 3: return set_password(ret, value, err);
    case 4: ret->listener = value; return 0;
    case 5: return add_header(ret, "User-Agent", value, err);
    case WORD_HEADER: return set_header(ret, value, arena, err);
    case 7: return set_tls(ret, value, err);
    case 8: return set_helper(ret, value, err);
    case 9: return set_via(ret, value, err);
    default: break;
    }
    return err_set(err, ERR_SYNTAX,
                   "unknown word '%.60s' in the request; known are sni=, from=, via=, user=, password=wrong, port=, "
                   "agent=, header=, tls= and helper=",
                   word);
}

static int
set_target(struct situation *ret, const char *method, const char *target, struct arena *arena, struct err *err)
{
    ret->method = method;
    ret->kind = strcmp(method, "CONNECT") == 0     ? SITUATION_CONNECT
                : strcmp(method, "INTERCEPT") == 0 ? SITUATION_INTERCEPT
                                                   : SITUATION_URL;
    if (ret->kind == SITUATION_URL)
        return set_url(ret, target, arena, err);
    if (set_authority(ret, target, arena, err) != 0)
        return -1;
    if (ret->kind == SITUATION_INTERCEPT && !ret->is_addr)
        return err_set(err, ERR_SYNTAX, "an intercepted connection goes to an address, but '%.200s' is a name", target);
    return 0;
}

int
situation_parse(struct situation *ret, const char *text, struct arena *arena, struct err *err)
{
    struct words_of words;
    unsigned seen = 0;
    *ret = (struct situation){.text = text};
    if (split(&words, text, arena, err) != 0)
        return -1;
    if (words.count < 2)
        return err_set(err, ERR_SYNTAX,
                       "'%.200s' is not a request: write 'CONNECT HOST:PORT', 'GET URL' or 'INTERCEPT ADDRESS:PORT'",
                       text);
    if (set_target(ret, words.word[0], words.word[1], arena, err) != 0)
        return -1;
    for (size_t i = 2; i < words.count; i++) {
        if (set_word(ret, words.word[i], &seen, arena, err) != 0)
            return -1;
    }
    if (ret->wrong && ret->user == NULL)
        return err_set(err, ERR_SYNTAX, "'password=wrong' needs user=NAME");
    return arena_ok(arena) ? 0 : err_set(err, ERR_MEM, "no memory for the request");
}
