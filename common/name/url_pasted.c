// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * url_pasted.c - a destination as people paste it: quoted, with a comma, a path, a scheme with a slash missing. Part of
 * url.h.
 *
 * What is skipped never changes which host is meant: a browser that is given the same text goes to that host or to
 * none. Requests are not read here.
 */
#include <string.h>

#include "url.h"

/* Marks that people and programs put around a text. Any of them may be at either end: quotes differ by language. */
static const char *const quotes[] = {
    "\"", "'", "`", "\u2018", "\u2019", "\u201a", "\u201c", "\u201d", "\u201e", "\u00ab", "\u00bb", "\u2039", "\u203a",
};

static size_t
quote_before(const char *text, size_t len)
{
    for (size_t i = 0; i < sizeof quotes / sizeof quotes[0]; i++) {
        size_t size = strlen(quotes[i]);
        if (len >= size && memcmp(text, quotes[i], size) == 0)
            return size;
    }
    return 0;
}

static size_t
quote_after(const char *text, size_t len)
{
    for (size_t i = 0; i < sizeof quotes / sizeof quotes[0]; i++) {
        size_t size = strlen(quotes[i]);
        if (len >= size && memcmp(text + len - size, quotes[i], size) == 0)
            return size;
    }
    return 0;
}

/* Cuts blanks at both ends, and commas and semicolons at the end. */
static const char *
trim(const char *text, size_t *len)
{
    while (*len > 0 && (text[0] == ' ' || text[0] == '\t')) {
        text++;
        --*len;
    }
    while (*len > 0 && memchr(" \t,;", text[*len - 1], 4) != NULL)
        --*len;
    return text;
}

const char *
url_unwrap(const char *text, size_t *len)
{
    for (;;) {
        text = trim(text, len);
        size_t open = quote_before(text, *len), close = quote_after(text, *len);
        if (*len > 2 && ((text[0] == '<' && text[*len - 1] == '>') || (text[0] == '(' && text[*len - 1] == ')')))
            open = close = 1;
        if (open == 0 || close == 0 || open + close >= *len)
            return text;
        text += open;
        *len -= open + close;
    }
}

static bool
is_slash(char c)
{
    return c == '/' || c == '\\';
}

/* True for digits up to the end or a slash: `443` in `https:443`, where `https` is a host. */
static bool
is_port(const char *text, size_t len)
{
    size_t digits = 0;
    while (digits < len && text[digits] >= '0' && text[digits] <= '9')
        digits++;
    return digits > 0 && (digits == len || is_slash(text[digits]));
}

/* How many bytes a scheme takes, with its slashes; 0 if there is none. Of a well-known scheme the colon or a slash
 * may be missing, and it may be written `hxxp`, so that no program makes a link of it. */
static size_t
scheme_size(uint16_t *ret_port, const char *text, size_t len)
{
    char name[8] = "";
    size_t n = 0, slashes = 0;
    while (n < len && ((text[n] | 0x20) >= 'a' && (text[n] | 0x20) <= 'z'))
        n++;
    for (size_t i = 0; i < n && n < sizeof name; i++)
        name[i] = (char)(text[i] | 0x20);
    if (memcmp(name, "hxxp", 4) == 0)
        memcpy(name, "http", 4);
    uint16_t port = url_scheme_port(name, strlen(name));
    size_t at = n + (n < len && text[n] == ':');
    while (slashes < 2 && at + slashes < len && is_slash(text[at + slashes]))
        slashes++;
    bool colon = at > n, whole = colon && slashes == 2;
    bool nearly = port != 0 && (colon ? at < len && !is_port(text + at, len - at) : slashes == 2);
    *ret_port = port == 0 ? 443 : port;
    return n > 0 && (whole || nearly) ? at + slashes : 0;
}

void
url_split_pasted(struct authority *ret, const char *text, size_t len)
{
    uint16_t port;
    text = url_unwrap(text, &len);
    size_t scheme = scheme_size(&port, text, len), end = 0;
    if (scheme == 0)
        port = 443;
    size_t start = scheme == 0 && len > 2 && memcmp(text, "//", 2) == 0 ? 2 : scheme;
    text += start;
    len -= start;
    while (end < len && memchr("/?#\\", text[end], 4) == NULL)
        end++;
    const char *at = memrchr(text, '@', end);
    size_t from = at == NULL ? 0 : (size_t)(at + 1 - text);
    url_split(ret, text + from, end - from);
    ret->default_port = port;
    ret->has_scheme = scheme > 0;
    if (ret->port != NULL && ret->port_len == 0)
        ret->port = NULL;
}

/* True for what follows `0x` in a number. */
static bool
is_hex(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = (char)(text[i] | 0x20);
        if (!(c >= 'a' && c <= 'f') && !(text[i] >= '0' && text[i] <= '9'))
            return false;
    }
    return len > 0;
}

bool
url_is_number(const char *host, size_t len)
{
    if (len > 0 && host[len - 1] == '.')
        len--;
    const char *dot = len == 0 ? NULL : memrchr(host, '.', len);
    const char *last = dot == NULL ? host : dot + 1;
    size_t left = len - (size_t)(last - host);
    if (left > 2 && last[0] == '0' && (last[1] | 0x20) == 'x' && is_hex(last + 2, left - 2))
        return true;
    for (size_t i = 0; i < left; i++) {
        if ((last[i] | 0x20) >= 'a' && (last[i] | 0x20) <= 'z')
            return false;
    }
    return left > 0;
}
