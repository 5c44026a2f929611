// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_verify.c - the host verification: may the host have its characters, and does the request go where its Host
 * says? Part of course_walk.h.
 *
 * Source: src/client_side_request.cc, hostHeaderVerify(), hostHeaderIpVerify(), hostHeaderVerifyFailed(). A CONNECT
 * that Squid made for an intercepted connection is always verified: its name must resolve to the address that the
 * client wanted. Other requests fail only with host_verify_strict.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "course_walk.h"
#include "name/url.h"

/* The host and the port of the Host header; 0 for no port. */
static const char *
split_header(struct walk *walk, const char *header, unsigned *ret_port)
{
    const char *colon = strrchr(header, ':');
    bool v6 = header[0] == '[';
    if (colon != NULL && v6 && colon[-1] != ']')
        colon = NULL;
    *ret_port = colon == NULL ? 0 : (unsigned)atoi(colon + 1);
    size_t len = colon == NULL ? strlen(header) : (size_t)(colon - header);
    const char *host = arena_text(walk->arena, v6 ? header + 1 : header, v6 ? strcspn(header, "]") - 1 : len);
    return host == NULL ? "" : host;
}

static bool
conflict(struct walk *walk, const struct view *view, const char *why)
{
    struct course_step *step = walk_step(walk, PHASE_VERIFY, view, NULL);
    step->action = "conflict";
    step->why = why;
    return false;
}

/* On an explicit port the Host must repeat the URL. */
static bool
verify_explicit(struct walk *walk, const struct view *view)
{
    unsigned port;
    const char *host = split_header(walk, view->host_header, &port);
    bool connect = strcmp(view->method, "CONNECT") == 0;
    unsigned usual = connect ? view->port : url_scheme_port(view->proto, strlen(view->proto));
    if (strcasecmp(host, view->host) == 0 && (port == 0 ? usual : port) == view->port)
        return true;
    return conflict(walk, view, walk_text(walk, "the Host '%s' is not that of the URL", view->host_header));
}

/* An intercepted request must go to an address of its Host. */
static bool
verify_intercepted(struct walk *walk, const struct view *view, const char *host)
{
    struct addr addr;
    char wanted[ADDR_TEXT_MAX];
    bool good;
    addr_format(wanted, &view->local);
    if (addr_parse_token(&addr, host, strlen(host)) && addr_compare(&addr, &view->local) == 0)
        return true;
    if (addr_parse_token(&addr, host, strlen(host)) || hosts_address(walk->hosts, host, &addr))
        good = addr_compare(&addr, &view->local) == 0;
    else
        good = walk_assume(walk, walk_text(walk, "'%s'", host), walk_text(walk, "resolves to %s", wanted),
                           walk_text(walk, "does not resolve to %s", wanted));
    const char *why =
        walk_text(walk, "'%s' %s to %s, where the client goes", host, good ? "resolves" : "does not resolve", wanted);
    if (!good)
        return conflict(walk, view, why);
    struct course_step *step = walk_step(walk, PHASE_VERIFY, view, NULL);
    step->action = "verified";
    step->why = why;
    return true;
}

/* AnyP::Uri::parse() of src/anyp/Uri.cc, with check_hostnames. The CONNECT that Squid makes for a splice is not parsed.
 */
bool
walk_check_host(struct walk *walk, const struct view *view)
{
    const struct ruleset *conf = walk->conf;
    const char *host = view->host;
    if (!conf->check_hostnames || view->is_addr)
        return true;
    for (const char *at = host; *at != '\0'; at++) {
        if (isalnum((unsigned char)*at) || strchr(conf->underscore ? "-._" : "-.", *at) != NULL)
            continue;
        struct course_step *step = walk_step(walk, PHASE_VERIFY, view, NULL);
        step->action = "refused";
        step->why = walk_text(walk, "'%s' has a character that check_hostnames%s forbids: '%c'", host,
                              *at == '_' ? " and allow_underscore" : "", isprint((unsigned char)*at) ? *at : '?');
        return false;
    }
    return true;
}

bool
walk_verify(struct walk *walk, const struct view *view)
{
    unsigned port;
    bool made = view->intercepted && strcmp(view->method, "CONNECT") == 0;
    if (!walk->conf->strict && !made)
        return true;
    if (!view->intercepted)
        return !view->has_headers || verify_explicit(walk, view);
    const char *host = split_header(walk, view->host_header, &port);
    if (made)
        return verify_intercepted(walk, view, view->host);
    if (port != 0 && port != view->local_port)
        return conflict(walk, view,
                        walk_text(walk, "the port of the Host '%s' is not the client's", view->host_header));
    return !view->has_local || verify_intercepted(walk, view, host);
}
