// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_onward.c - the lists before and after http_access and ssl_bump: whether a proxy in front may say whose
 * connection it is, and whether and where Squid asks a server. Part of course_walk.h.
 *
 * Source: src/client_side.cc, proxyProtocolValidateClient(); src/FwdState.cc, FwdState::Start(), and src/tunnel.cc,
 * tunnelStart(), for miss_access; src/peer_select.cc, PeerSelector::selectMore().
 */
#include "course_onward.h"

#include "course_view.h"

static const char *const none[] = {NULL};

/* A list that cannot wait for a helper. What is not decided is neither allowed nor denied. */
static void
decide_fast(struct walk *walk, const struct view *view, const struct rules *rules, struct decision *ret)
{
    walk->fast = true;
    list_decide(walk, view, rules, none, ret);
    walk->fast = false;
}

bool
walk_proxy(struct walk *walk)
{
    struct view view;
    struct decision decision;
    if (!walk->port->proxied || !walk->situation->has_via)
        return true;
    view_connection(walk, &view);
    decide_fast(walk, &view, &walk->conf->proxies, &decision);
    bool allowed = decision.kind == DECIDED_ALLOW;
    walk_step(walk, PHASE_PROXY, &view, &decision)->action = allowed ? "allow" : "deny";
    if (!allowed)
        walk_end(walk, END_DENY, "Squid closes the connection: it takes no PROXY protocol from there");
    return allowed;
}

/* The address of the client itself counts, whatever X-Forwarded-For says. */
static bool
may_miss(struct walk *walk, const struct view *view)
{
    struct view asked = *view;
    struct decision decision;
    if (walk->conf->miss.count == 0)
        return true;
    asked.from = walk->situation->from;
    asked.has_from = walk->situation->has_from;
    decide_fast(walk, &asked, &walk->conf->miss, &decision);
    bool denied = decision.kind == DECIDED_DENY;
    walk_step(walk, PHASE_MISS, view, &decision)->action = denied ? "deny" : "allow";
    if (denied)
        walk_end(walk, END_DENY, "Squid answers 403: it may not ask a server for this");
    return !denied;
}

/* always_direct wins; without a parent never_direct leaves no way. */
static bool
has_way(struct walk *walk, const struct view *view)
{
    struct decision decision;
    if (walk->conf->never.count == 0)
        return true;
    if (walk->conf->always.count > 0) {
        list_decide(walk, view, &walk->conf->always, none, &decision);
        if (decision.kind == DECIDED_ALLOW)
            return true;
    }
    list_decide(walk, view, &walk->conf->never, none, &decision);
    if (decision.kind != DECIDED_ALLOW)
        return true;
    bool parent = walk->conf->has_parent;
    walk_step(walk, PHASE_DIRECT, view, &decision)->action = parent ? "parent" : "deny";
    if (!parent)
        walk_end(walk, END_DENY,
                 "Squid answers that it cannot forward the request: it may not ask the server itself, and no "
                 "cache_peer is a parent");
    return parent;
}

bool
walk_onward(struct walk *walk, const struct view *view)
{
    return may_miss(walk, view) && has_way(walk, view);
}
