// SPDX-License-Identifier: GPL-2.0-or-later
/* request.c - see request.h. */
#include "request.h"

#include <string.h>

#include "name/ports.h"
#include "name/url.h"

#define SHORT_NAME 64

static bool
is_absent(const char *text, size_t len)
{
    return len == 0 || (len == 1 && text[0] == '-');
}

void
request_init(struct request *request)
{
    request->dst.given = GIVEN_NONE;
    request->sni.given = GIVEN_NONE;
    request->la.given = GIVEN_NONE;
    request->port = 443;
    request->line_ok = true;
}

void
request_set_dst(struct request *request, const char *text, size_t len)
{
    struct identifier *dst = &request->dst;
    if (is_absent(text, len))
        dst->given = GIVEN_NONE;
    else if (addr_parse_token(&dst->addr, text, len))
        dst->given = GIVEN_ADDR;
    else
        dst->given = host_parse(&dst->name, text, len) ? GIVEN_NAME : GIVEN_BAD;
}

void
request_set_sni(struct request *request, const char *text, size_t len)
{
    struct identifier *sni = &request->sni;
    if (is_absent(text, len))
        sni->given = GIVEN_NONE;
    else if (addr_parse_token(&sni->addr, text, len))
        sni->given = GIVEN_BAD;
    else
        sni->given = host_parse(&sni->name, text, len) ? GIVEN_NAME : GIVEN_BAD;
}

void
request_set_sni_same(struct request *request, const char *text, size_t len)
{
    if (request->dst.given != GIVEN_NAME) {
        request_set_sni(request, text, len);
        return;
    }
    request->sni.given = GIVEN_NAME;
    request->sni.name.len = request->dst.name.len;
    if (request->dst.name.len < SHORT_NAME) /* a constant length compiles to four moves */
        memcpy(request->sni.name.text, request->dst.name.text, SHORT_NAME);
    else
        memcpy(request->sni.name.text, request->dst.name.text, sizeof request->sni.name.text);
}

void
request_set_la(struct request *request, const char *text, size_t len)
{
    struct identifier *la = &request->la;
    if (is_absent(text, len))
        la->given = GIVEN_NONE;
    else
        la->given = addr_parse_token(&la->addr, text, len) ? GIVEN_ADDR : GIVEN_BAD;
}

void
request_set_port(struct request *request, const char *text, size_t len)
{
    if (is_absent(text, len))
        request->port = 443;
    else if (!port_parse(&request->port, text, len))
        request->port = 0;
}

static void
set_authority(struct request *request, const struct authority *authority)
{
    request_set_dst(request, authority->host, authority->host_len);
    request->port = authority->default_port;
    if (authority->port != NULL && !port_parse(&request->port, authority->port, authority->port_len))
        request->port = 0;
}

void
request_set_url(struct request *request, const char *text, size_t len)
{
    struct authority authority;
    url_split(&authority, text, len);
    set_authority(request, &authority);
}

void
request_set_pasted(struct request *request, const char *text, size_t len)
{
    struct authority authority;
    url_split_pasted(&authority, text, len);
    set_authority(request, &authority);
}
