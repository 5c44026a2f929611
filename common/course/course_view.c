// SPDX-License-Identifier: GPL-2.0-or-later
/* course_view.c - see course_view.h. Room course. */
#include "course_view.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"

#define HTTP_PORT 80
#define HTTPS_PORT 443

/* Sets the host, and the address if it is one. */
static void
set_host(struct view *view, const char *host)
{
    view->host = host;
    view->is_addr = addr_parse_token(&view->addr, host, strlen(host));
}

/* A name as Squid reads it from a URL: in lower case and without dots at the end (AnyP::Uri::parse). */
static const char *
read_name(struct walk *walk, const char *name)
{
    size_t len = strlen(name);
    while (len > 1 && name[len - 1] == '.')
        len--;
    char *copy = arena_text(walk->arena, name, len);
    for (char *at = copy; at != NULL && *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return copy == NULL ? "" : copy;
}

const char *
view_full_name(struct walk *walk, const char *host)
{
    const char *domain = walk->conf->domain;
    return domain == NULL || strpbrk(host, ".:") != NULL ? host : walk_text(walk, "%s%s", host, domain);
}

/* `host:port`, an IPv6 address in brackets. */
static const char *
authority(struct walk *walk, const struct view *view, bool with_port)
{
    bool v6 = view->is_addr && view->addr.v6;
    return with_port ? walk_text(walk, "%s%s%s:%u", v6 ? "[" : "", view->host, v6 ? "]" : "", view->port)
                     : walk_text(walk, "%s%s%s", v6 ? "[" : "", view->host, v6 ? "]" : "");
}

/* Where the client connected to. */
static void
set_local(struct walk *walk, struct view *view)
{
    const struct situation *situation = walk->situation;
    view->intercepted = walk->port->intercepts;
    view->local_port = walk->port->intercepts ? situation->port : walk->port->port;
    if (!view->intercepted) {
        view->has_local = walk->port->has_addr && !walk->port->proxied;
        view->local = walk->port->addr;
    } else if (situation->is_addr) {
        view->has_local = true;
        view->local = situation->addr;
    } else {
        view->has_local = hosts_address(walk->hosts, situation->host, &view->local);
    }
}

static void
start(struct walk *walk, struct view *ret, struct notes *notes)
{
    *ret = (struct view){.when = "", .has_client = true, .step = 1, .port = walk->situation->port, .notes = notes};
    ret->has_from = walk->situation->has_from;
    ret->from = walk->situation->from;
    set_local(walk, ret);
}

void
view_request(struct walk *walk, struct view *ret)
{
    const struct situation *situation = walk->situation;
    bool connect = situation->kind == SITUATION_CONNECT;
    start(walk, ret, &walk->notes);
    ret->method = situation->method;
    ret->proto = connect ? "NONE" : situation->scheme;
    bool usual = !connect && situation->port == (strcmp(situation->scheme, "https") == 0 ? HTTPS_PORT : HTTP_PORT);
    set_host(ret, situation->host);
    ret->host_header = authority(walk, ret, !usual);
    set_host(ret, view_full_name(walk, situation->host));
    const char *at = authority(walk, ret, !usual);
    ret->path = connect ? NULL : situation->path;
    ret->uri = connect ? at : walk_text(walk, "%s://%s%s", situation->scheme, at, situation->path);
    ret->has_headers = true;
    for (size_t i = 0; i < situation->header_count; i++) {
        if (strcasecmp(situation->headers[i].name, "Host") == 0)
            ret->host_header = situation->headers[i].value;
    }
}

void
view_connection(struct walk *walk, struct view *ret)
{
    start(walk, ret, &walk->notes);
    ret->no_request = true;
    ret->from = walk->situation->via;
    ret->has_from = true;
    ret->host = ret->uri = "";
    ret->local_port = walk->port->port;
}

void
view_bare(struct walk *walk, struct view *ret)
{
    start(walk, ret, &walk->notes);
    ret->when = " at step 1";
    ret->bare = true;
    ret->proto = "NONE";
    ret->has_client = walk->conf->version >= 6;
    ret->local_port = ret->has_client ? 0 : walk->port->port;
    set_host(ret, walk->situation->host);
    ret->uri = walk_text(walk, "://%s", authority(walk, ret, true));
}

/* Squid 4 takes an address of IPv6 in brackets for a name here, if the connection is intercepted (AnyP::Uri::host). */
static void
set_made_host(struct walk *walk, struct view *view, const char *host)
{
    set_host(view, host);
    if (walk->conf->version >= 5 || !view->intercepted || !view->is_addr || !view->addr.v6)
        return;
    view->host = walk_text(walk, "[%s]", host);
    view->is_addr = false;
}

void
view_made(struct walk *walk, struct view *ret, const char *host, int step)
{
    bool later = walk->conf->version >= 6;
    start(walk, ret, &walk->notes);
    ret->method = "CONNECT";
    ret->proto = later ? "AUTHORITY_FORM" : "HTTP";
    ret->path = later ? NULL : "/";
    set_made_host(walk, ret, host);
    ret->uri = authority(walk, ret, true);
    bool bare_host = walk->conf->version < 5 && !ret->intercepted; /* an address of IPv6 without brackets */
    ret->host_header = bare_host ? host : authority(walk, ret, false);
    ret->step = step;
    if (step > 1) {
        ret->when = " after the splice";
        ret->sni = walk->situation->sni;
    }
}

void
view_inside(struct walk *walk, struct view *ret, int step, bool has_cert)
{
    const struct situation *situation = walk->situation;
    bool named = situation->kind == SITUATION_INTERCEPT && situation->sni != NULL;
    start(walk, ret, &walk->notes);
    ret->when = " inside the decrypted connection";
    ret->method = "GET";
    ret->proto = "HTTPS";
    ret->path = "/";
    set_host(ret, view_full_name(walk, named ? read_name(walk, situation->sni) : situation->host));
    const char *at = authority(walk, ret, situation->port != HTTPS_PORT);
    ret->uri = walk_text(walk, "https://%s/", at);
    ret->host_header = at;
    ret->has_headers = true;
    ret->bumped = true;
    ret->sni = situation->sni;
    ret->has_cert = has_cert;
    ret->step = step;
}

const char *
view_words(struct walk *walk, const struct view *view)
{
    if (view->no_request)
        return "the connection";
    return view->method == NULL ? walk_text(walk, "the connection to %s", view->uri + strlen("://"))
                                : walk_text(walk, "%s %s", view->method, view->uri);
}
