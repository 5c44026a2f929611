// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_early.c - ACLs about what a transaction gets only later: a server, its certificate, a reply, an error. Part of
 * course_match.h.
 *
 * Squid asks http_access and ssl_bump before there is any of that. Then such an ACL does not match, and with `!` it
 * matches everything. Each function is the match() of one family in src/acl/.
 */
#include <string.h>

#include "course_walk.h"

static bool
has_word(const struct acl *acl, const char *word)
{
    for (size_t i = 0; i < acl->text_count; i++) {
        if (strcmp(acl->texts[i], word) == 0)
            return true;
    }
    return false;
}

static enum answer
yes_if(bool matches)
{
    return matches ? ANSWER_YES : ANSWER_NO;
}

/* HierCode.cc: the request has HIER_NONE until the server is chosen. At step 3 it mostly is, but Squid may not have
 * noted it yet. */
static enum answer
match_way(struct walk *walk, const struct view *view, const struct acl *acl)
{
    bool chosen = view->has_cert && !view->bumped;
    return chosen ? match_unknown(walk, view, acl) : yes_if(has_word(acl, "HIER_NONE"));
}

/* Since Squid 6 the answer to the client's CONNECT, 200 without headers, is there once step 1 has not spliced or closed
 * (ClientHttpRequest::sslBumpStart). */
static bool
has_reply(const struct walk *walk, const struct view *view)
{
    return walk->conf->version >= 6 && view->step > 1 && view->has_headers && !view->bumped && !view->intercepted;
}

/* StringData.cc, HttpStatus.cc, HttpHeaderData.cc about that answer; their values are not kept. */
static enum answer
match_reply(struct walk *walk, const struct view *view, const struct acl *acl)
{
    if (has_reply(walk, view) && strcmp(acl->type, "http_status") == 0)
        return match_unknown(walk, view, acl);
    walk->why = "it needs a reply, or a peer, and there is none yet";
    return ANSWER_NO;
}

/* What there is at this moment, in the words of the ACL. HasComponent.cc, SquidError.cc, TransactionInitiator.cc. */
static enum answer
match_state(struct walk *walk, const struct view *view, const struct acl *acl)
{
    if (strcmp(acl->type, "hier_code") == 0)
        return match_way(walk, view, acl);
    if (strcmp(acl->type, "has") == 0)
        return yes_if(has_word(acl, "request") || has_word(acl, "ALE") ||
                      (has_reply(walk, view) && has_word(acl, "response")));
    if (strcmp(acl->type, "squid_error") == 0)
        return yes_if(has_word(acl, "ERR_NONE"));
    return yes_if(has_word(acl, "client") || has_word(acl, "all"));
}

/* Certificate.cc: that of the client's TLS session with Squid. */
static enum answer
match_client_cert(struct walk *walk, const struct view *view, const struct acl *acl)
{
    bool possible =
        walk->port->asks_cert && view->has_client && (view->bumped || (walk->port->https && !walk->port->intercepts));
    if (possible)
        return match_unknown(walk, view, acl);
    walk->why = "there is no certificate of a client";
    return ANSWER_NO;
}

/* ServerCertificate.cc, SslError.cc */
static enum answer
match_server_cert(struct walk *walk, const struct view *view, const struct acl *acl)
{
    if (view->has_client && view->has_cert)
        return match_unknown(walk, view, acl);
    walk->why = "there is no certificate of a server yet";
    return ANSWER_NO;
}

/* ConnectionsEncrypted.cc. A request that Squid has made itself came in over no connection, or over the client's: which
 * of them it looks at differs from splice to splice. */
static enum answer
match_encrypted(struct walk *walk, const struct view *view, const struct acl *acl)
{
    if (!view->has_headers && !view->bumped && !walk->port->https)
        return match_unknown(walk, view, acl);
    return yes_if(view->bumped || walk->port->https);
}

/* Tag.cc, ExtUser.cc. Our helper says neither. */
static enum answer
match_replied(struct walk *walk, const struct view *view, const struct acl *acl)
{
    return view->notes->doubtful ? match_unknown(walk, view, acl) : ANSWER_NO;
}

/* AdaptationService.cc: after http_access, and only of the client's own request. */
static enum answer
match_adapted(struct walk *walk, const struct view *view, const struct acl *acl)
{
    return walk->bumping && view->has_headers ? match_unknown(walk, view, acl) : ANSWER_NO;
}

enum answer
match_early(struct walk *walk, const struct view *view, const struct acl *acl)
{
    switch (acl->kind) {
    case ACL_STATE: return match_state(walk, view, acl);
    case ACL_CLIENT_CERT: return match_client_cert(walk, view, acl);
    case ACL_SERVER_CERT: return match_server_cert(walk, view, acl);
    case ACL_ENCRYPTED: return match_encrypted(walk, view, acl);
    case ACL_REPLIED: return match_replied(walk, view, acl);
    case ACL_ADAPTED: return match_adapted(walk, view, acl);
    default: return match_reply(walk, view, acl);
    }
}
