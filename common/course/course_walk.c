// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_walk.c - http_access, the host verification, and what comes of a request that is not TLS. See course_walk.h.
 * course_tls.c has ssl_bump.
 *
 * Source: src/client_side_request.cc, ClientHttpRequest::doCallouts() and what it calls.
 */
#include "course_walk.h"

#include "course_onward.h"
#include "course_view.h"

static const char *const none[] = {NULL};

/* aclIsProxyAuth(): a refusal whose last ACL is about passwords asks for one, whether that ACL matched or not. */
static bool
is_about_passwords(const struct acl *acl)
{
    return acl != NULL && (acl->kind == ACL_PROXY_AUTH || acl->kind == ACL_PROXY_AUTH_REGEX ||
                           (acl->kind == ACL_EXTERNAL && acl->external->needs_user));
}

/*
 * ClientRequestContext::clientAccessCheckDone(): what is not allowed is refused, with 407 if the list ended at a
 * password or its last ACL is about passwords. Inside a decrypted connection 403 takes the place of 407.
 */
static bool
decide(struct walk *walk, const struct view *view, const struct rules *rules, enum course_phase phase, bool *ret_ask)
{
    struct decision decision;
    list_decide(walk, view, rules, none, &decision);
    bool allowed = decision.kind == DECIDED_ALLOW;
    bool ask = !allowed && !view->bumped && (decision.ask || is_about_passwords(walk->last));
    if (ask && decision.kind == DECIDED_DENY)
        decision.why =
            walk_text(walk, "its last acl, `%s`, is about passwords, so Squid asks for one", walk->last->name);
    walk_step(walk, phase, view, &decision)->action = allowed ? "allow" : ask ? "ask" : "deny";
    *ret_ask = ask;
    return allowed;
}

/* doCallouts(): what http_access allows is asked about once more, after adaptation and rewriting. */
bool
walk_access(struct walk *walk, const struct view *view, enum course_phase phase, bool *ret_ask)
{
    const struct rules *adapted = &walk->conf->adapted;
    return decide(walk, view, &walk->conf->access, phase, ret_ask) &&
           (adapted->count == 0 || decide(walk, view, adapted, PHASE_LATER, ret_ask));
}

void
walk_url(struct walk *walk)
{
    struct view view;
    bool ask;
    view_request(walk, &view);
    if (!walk_check_host(walk, &view)) {
        walk_end(walk, END_DENY, "Squid answers 400: the URL is invalid");
        return;
    }
    if (!walk_verify(walk, &view)) {
        walk_end(walk, END_CONFLICT, "Squid answers 409: the Host header contradicts the request");
        return;
    }
    walk_follow(walk, &view);
    if (!walk_access(walk, &view, PHASE_ACCESS, &ask))
        walk_end(walk, ask ? END_ASK : END_DENY, "Squid answers %s",
                 ask ? "407: it asks for a password" : "403: access denied");
    else if (walk_onward(walk, &view))
        walk_end(walk, END_ALLOW, "Squid sends the request on");
}
