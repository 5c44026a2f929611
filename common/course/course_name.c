// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_name.c - ACLs about where a request goes: dst, dstdomain, dstdom_regex, ssl::server_name. Part of
 * course_walk.h.
 */
#include <string.h>

#include "course_walk.h"

static bool
match_text(const struct acl *acl, const char *name, bool wildcards)
{
    return acl->data == DATA_REGEXES ? acl_regexes_hold(acl, name) : acl_names_hold(acl, name, wildcards);
}

/* The host as ACLs see it: an address of IPv6 in brackets (AnyP::Uri::host). */
static const char *
host_text(struct walk *walk, const struct view *view)
{
    return view->is_addr && view->addr.v6 ? walk_text(walk, "[%s]", view->host) : view->host;
}

static enum answer
assume_names(struct walk *walk, const struct acl *acl, const char *whose)
{
    bool matches = walk_assume(walk, walk_text(walk, "`%s`", acl->name), walk_text(walk, "matches %s", whose),
                               walk_text(walk, "does not match %s", whose));
    walk->why = walk_text(walk, "assumed, of %s", whose);
    return matches ? ANSWER_YES : ANSWER_NO;
}

/*
 * src/acl/DestinationIp.cc. An intercepted request has the address that the client wanted (client_dst_passthru);
 * otherwise all addresses of the host count. A name that does not resolve here is followed both ways.
 */
enum answer
match_destination(struct walk *walk, const struct view *view, const struct acl *acl)
{
    struct addr addr;
    if (walk->conf->passthru && view->intercepted && view->has_local)
        return match_address(walk, view, acl, &view->local);
    if (view->is_addr)
        return match_address(walk, view, acl, &view->addr);
    if (acl->no_lookup) {
        walk->why = "-n: names are not looked up";
        return ANSWER_NO;
    }
    if (hosts_address(walk->hosts, view->host, &addr))
        return match_address(walk, view, acl, &addr);
    return assume_names(walk, acl, walk_text(walk, "an address of '%s'", view->host));
}

/*
 * src/acl/DestinationDomain.cc. An address matches by its digits, then by its reverse name, and as `none` if it has
 * none.
 */
enum answer
match_domain(struct walk *walk, const struct view *view, const struct acl *acl)
{
    const char *name = NULL;
    if (match_text(acl, host_text(walk, view), false))
        return ANSWER_YES;
    if (acl->no_lookup || !view->is_addr)
        return match_doubtful(walk, view, acl, false);
    switch (hosts_name(walk->hosts, &view->addr, &name)) {
    case REVERSE_NAME: return match_doubtful(walk, view, acl, match_text(acl, name, false));
    case REVERSE_NONE: return match_doubtful(walk, view, acl, match_text(acl, "none", false));
    case REVERSE_UNKNOWN: break;
    }
    return assume_names(walk, acl, walk_text(walk, "the reverse name of %s", view->host));
}

/* What the client asks for: its SNI, or else the host of the request. Squid 7 takes no SNI with a `*`
 * (AnyP::Host::ParseSimpleDomainName), and writes no brackets. */
static const char *
client_name(struct walk *walk, const struct view *view)
{
    bool later = walk->conf->version >= 7;
    if (view->sni == NULL)
        return later ? view->host : host_text(walk, view);
    return later && strchr(view->sni, '*') != NULL ? "none" : view->sni;
}

/*
 * src/acl/ServerName.cc. Once the certificate of the server is known, its names count and not what the client asks for,
 * unless the ACL has --client-requested.
 */
enum answer
match_server_name(struct walk *walk, const struct view *view, const struct acl *acl)
{
    const char *name = "none";
    if (view->has_client && view->has_cert && acl->choice != NAME_CLIENT)
        return assume_names(walk, acl, "the server's certificate");
    if (view->has_client && acl->choice != NAME_SERVER)
        name = client_name(walk, view);
    return match_doubtful(walk, view, acl, match_text(acl, name, acl->data == DATA_TEXTS));
}
