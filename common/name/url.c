// SPDX-License-Identifier: GPL-2.0-or-later
/* url.c - see url.h. Syntax: RFC 3986, section 3.2. */
#include "url.h"

#include <string.h>
#include <strings.h>

#include "addr.h"
#include "host.h"
#include "ports.h"

static const struct {
    const char *scheme;
    uint16_t port;
} known_schemes[] = {{"http", 80}, {"https", 443}, {"ws", 80}, {"wss", 443}, {"ftp", 21}};

uint16_t
url_scheme_port(const char *scheme, size_t len)
{
    for (size_t i = 0; i < sizeof known_schemes / sizeof known_schemes[0]; i++) {
        if (strlen(known_schemes[i].scheme) == len && strncasecmp(known_schemes[i].scheme, scheme, len) == 0)
            return known_schemes[i].port;
    }
    return 0;
}

/* The length of the scheme if the text starts with `scheme://`, else 0. */
static size_t
scheme_length(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && ((text[n] | 0x20) >= 'a' && (text[n] | 0x20) <= 'z'))
        n++;
    return n > 0 && len - n >= 3 && memcmp(text + n, "://", 3) == 0 ? n : 0;
}

static size_t
authority_length(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && text[n] != '/' && text[n] != '?' && text[n] != '#')
        n++;
    return n;
}

static void
split_port(struct authority *ret, const char *text, size_t len)
{
    ret->host = text;
    ret->host_len = len;
    ret->port = NULL;
    ret->port_len = 0;
    struct addr addr;
    if (len > 0 && text[0] != '[' && addr_parse(&addr, text, len))
        return;
    const char *colon = memrchr(text, ':', len);
    if (colon == NULL || memchr(colon, ']', (size_t)(text + len - colon)) != NULL)
        return;
    ret->host_len = (size_t)(colon - text);
    ret->port = colon + 1;
    ret->port_len = len - ret->host_len - 1;
}

void
url_split(struct authority *ret, const char *text, size_t len)
{
    size_t scheme = scheme_length(text, len);
    ret->default_port = 443;
    ret->has_scheme = scheme > 0;
    if (scheme == 0) {
        split_port(ret, text, len);
        return;
    }
    uint16_t port = url_scheme_port(text, scheme);
    ret->default_port = port == 0 ? 443 : port;
    text += scheme + 3;
    len = authority_length(text, len - scheme - 3);
    const char *at = memrchr(text, '@', len);
    if (at != NULL) {
        len -= (size_t)(at + 1 - text);
        text = at + 1;
    }
    split_port(ret, text, len);
    if (ret->port != NULL && ret->port_len == 0)
        ret->port = NULL;
}

bool
url_is_byte(unsigned char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte != 0 && strchr("-._~:/?#[]@!$&'()*+,;=%", byte) != NULL);
}

static bool
is_host(const struct authority *authority)
{
    struct addr addr;
    struct host host;
    if (addr_parse_token(&addr, authority->host, authority->host_len))
        return addr.v6 == (authority->host[0] == '[');
    return host_parse(&host, authority->host, authority->host_len);
}

bool
url_is_target(const char *text, size_t len, bool connect)
{
    struct authority authority;
    uint16_t port;
    url_split(&authority, text, len);
    if (!is_host(&authority) || (authority.port != NULL && !port_parse(&port, authority.port, authority.port_len)))
        return false;
    if (connect)
        return !authority.has_scheme && authority.port != NULL;
    bool web = (len > 7 && strncasecmp(text, "http://", 7) == 0) || (len > 8 && strncasecmp(text, "https://", 8) == 0);
    return web && authority.host == strstr(text, "://") + 3;
}
