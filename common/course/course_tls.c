// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_tls.c - ssl_bump: its three steps, what follows each, and the requests that Squid makes on the way. Part of
 * course_walk.h.
 *
 *     explicit     http_access (CONNECT) --> step 1 --.
 *     intercepted  step 1 --> http_access (made) -----+--> ClientHello --> step 2 --.--> splice: http_access again
 *                                                                                   |--> bump
 *                                                        `peek`, `stare` at step 2 -'--> step 3
 *
 * Sources: src/client_side.cc (httpsSslBumpAccessCheckDone, startPeekAndSplice, httpsSslBumpStep2AccessCheckDone,
 * splice, postHttpsAccept), src/client_side_request.cc (sslBumpAccessCheck, doCallouts),
 * src/ssl/PeekingPeerConnector.cc.
 */
#include <string.h>

#include "course_onward.h"
#include "course_view.h"

/* What is impossible at each step (ACLChecklist::banAction). */
static const char *const possible_at_1[] = {NULL};
static const char *const banned_at_2[] = {"none", "client-first", "server-first", NULL};
static const char *const banned_after_peek[] = {"none", "peek", "stare", "client-first", "server-first", "bump", NULL};
static const char *const banned_after_stare[] = {"none",         "peek",   "stare", "client-first",
                                                 "server-first", "splice", NULL};

static bool
is(const char *action, const char *word)
{
    return strcmp(action, word) == 0;
}

/* Evaluates ssl_bump. Whatever does not allow is `otherwise`: no match, and a list that ends at a helper without an
 * answer or at a password. */
static const char *
decide(struct walk *walk, const struct view *view, int step, const char *const *banned, const char *otherwise)
{
    struct decision decision;
    walk->bumping = true;
    list_decide(walk, view, &walk->conf->bump, banned, &decision);
    walk->bumping = false;
    const char *action = decision.kind == DECIDED_ALLOW ? decision.rule->action : otherwise;
    if (decision.kind != DECIDED_ALLOW)
        decision.why = walk_text(walk, "%s, so Squid takes %s",
                                 decision.kind == DECIDED_STOP ? decision.why : "no rule matches", otherwise);
    struct course_step *done = walk_step(walk, PHASE_BUMP, view, &decision);
    done->step = step;
    done->action = action;
    return action;
}

static void
end_terminate(struct walk *walk, int step)
{
    walk_end(walk, END_TERMINATE, "Squid closes the connection at step %d", step);
}

/* A request inside the decrypted connection; it goes through http_access like any other. Since Squid 6 the step is 3
 * once the server was asked (startPeekAndSplice, parseTlsHandshake). */
static void
go_inside(struct walk *walk, int step, bool has_cert)
{
    struct view view;
    bool ask;
    walk->notes = walk->kept_notes;
    view_inside(walk, &view, has_cert && walk->conf->version >= 6 ? 3 : step, has_cert);
    if (!walk_check_host(walk, &view)) {
        walk_end(walk, END_DENY,
                 "Squid decrypts the connection, and answers 400 to requests inside: the URL is invalid");
        return;
    }
    if (!walk_verify(walk, &view)) {
        walk_end(walk, END_CONFLICT, "Squid decrypts the connection, and answers 409 to requests inside");
        return;
    }
    walk_follow(walk, &view);
    if (!walk_access(walk, &view, PHASE_INSIDE, &ask))
        walk_end(walk, END_DENY, "Squid decrypts the connection, and answers 403 to requests inside");
    else if (walk_onward(walk, &view))
        walk_end(walk, END_BUMP, "Squid decrypts the connection, and requests inside are allowed");
}

/* ConnStateData::splice(): Squid makes a CONNECT and asks http_access once more. An intercepted one goes to the SNI. */
static void
splice_again(struct walk *walk)
{
    const struct situation *situation = walk->situation;
    bool named = walk->port->intercepts && situation->sni != NULL;
    struct view view;
    bool ask;
    walk->notes = walk->kept_notes;
    view_made(walk, &view, named ? situation->sni : view_full_name(walk, situation->host), 2);
    if (!walk_verify(walk, &view))
        walk_end(walk, END_CONFLICT,
                 "Squid answers 409, in clear text into the TLS connection: the SNI does not belong "
                 "to the address");
    else if (!walk_access(walk, &view, PHASE_AGAIN, &ask))
        walk_end(walk, ask ? END_ASK : END_DENY,
                 "Squid would splice, but http_access refuses: %s in clear text into the TLS connection",
                 ask ? "407" : "403");
    else if (walk_onward(walk, &view))
        walk_end(walk, END_SPLICE, "Squid splices: the connection stays as the client and the server encrypt it");
}

/*
 * Step 3, after the server's certificate (checkForPeekAndSplice). TLS 1.3 encrypts that, so after peek Squid splices at
 * once (noteNegotiationError), without step 3 and without http_access. No match: bump after stare, else splice.
 */
static void
step_3(struct walk *walk, struct view *view, const char *before)
{
    bool stared = is(before, "stare");
    if (!stared && !walk->situation->tls12) {
        walk_end(walk, END_SPLICE,
                 "Squid splices, because TLS 1.3 hides the certificate: neither step 3 nor http_access is asked again");
        return;
    }
    view->step = 3;
    view->when = " at step 3";
    view->has_cert = true;
    const char *action =
        decide(walk, view, 3, stared ? banned_after_stare : banned_after_peek, stared ? "bump" : "splice");
    if (is(action, "terminate"))
        end_terminate(walk, 3);
    else if (is(action, "bump"))
        go_inside(walk, 3, true);
    else
        walk_end(walk, END_SPLICE,
                 "Squid splices at step 3: the connection stays as the client and the server encrypt it");
}

/* Step 2, after the ClientHello. No match: splice, also after stare. Otherwise Squid asks the server for its
 * certificate, with the request as it is (startPeekAndSplice). */
static void
step_2(struct walk *walk, struct view *view)
{
    view->step = 2;
    view->when = " at step 2";
    view->sni = walk->situation->sni;
    const char *action = decide(walk, view, 2, banned_at_2, "splice");
    if (is(action, "terminate"))
        end_terminate(walk, 2);
    else if (is(action, "splice"))
        splice_again(walk);
    else if (!walk_onward(walk, view))
        return;
    else if (is(action, "bump"))
        go_inside(walk, 2, true);
    else
        step_3(walk, view, action);
}

/* What follows step 1 (ClientHttpRequest::processRequest, ConnStateData::parseTlsHandshake). A splice here is followed
 * by nothing: no second http_access. */
static void
after_step_1(struct walk *walk, struct view *view, const char *action)
{
    walk->connection_auth = walk->request_auth;
    if (is(action, "terminate"))
        end_terminate(walk, 1);
    else if (is(action, "splice") || is(action, "none")) {
        if (walk_onward(walk, view))
            walk_end(walk, END_SPLICE,
                     "Squid splices at step 1: the connection stays as the client and the server encrypt it");
    } else if (is(action, "peek") || is(action, "stare"))
        step_2(walk, view);
    else if (!is(action, "server-first") || walk_onward(walk, view))
        go_inside(walk, 1, is(action, "server-first"));
}

/* Whether the port takes part in ssl_bump: without rules Squid switches that off (clientHttpConnectionsOpen). */
static bool
is_bumping(const struct walk *walk)
{
    return walk->port->bumps && walk->conf->bump.count > 0;
}

void
walk_connect(struct walk *walk)
{
    struct view view;
    bool ask, bumping = is_bumping(walk);
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
    if (!walk_access(walk, &view, PHASE_ACCESS, &ask)) {
        if (ask)
            walk_end(walk, END_ASK, "Squid answers 407: it asks for a password");
        else
            walk_end(walk, END_DENY,
                     bumping ? "Squid answers 200, and then 403 under its own certificate"
                             : "Squid answers 403: access denied");
        return;
    }
    if (!bumping && !walk_onward(walk, &view))
        return;
    if (!bumping) {
        walk_end(walk, END_SPLICE, "Squid tunnels the connection as it is: %s",
                 walk->port->bumps ? "there is no ssl_bump rule" : "the port has no ssl-bump");
        return;
    }
    view.when = " at step 1";
    const char *action = decide(walk, &view, 1, possible_at_1, "splice");
    after_step_1(walk, &view, action);
}

/* https_port without ssl_bump rules: a web server with the port's own certificate (postHttpsAccept). */
static void
serve_statically(struct walk *walk)
{
    struct view view;
    bool ask;
    view_inside(walk, &view, 1, false);
    view.bumped = false;
    view.sni = NULL;
    if (!walk_check_host(walk, &view)) {
        walk_end(walk, END_DENY,
                 "without ssl_bump rules Squid decrypts the connection with the port's own certificate, and answers "
                 "400 to requests inside");
        return;
    }
    walk_follow(walk, &view);
    if (!walk_access(walk, &view, PHASE_INSIDE, &ask))
        walk_end(walk, ask ? END_ASK : END_DENY,
                 "without ssl_bump rules Squid decrypts the connection with the port's own certificate, and answers "
                 "%s",
                 ask ? "407" : "403");
    else if (walk_onward(walk, &view))
        walk_end(walk, END_BUMP,
                 "without ssl_bump rules Squid decrypts the connection with the port's own "
                 "certificate, and requests inside are allowed");
}

void
walk_intercept(struct walk *walk)
{
    struct view view;
    bool ask;
    if (!is_bumping(walk)) {
        serve_statically(walk);
        return;
    }
    view_bare(walk, &view);
    const char *action = decide(walk, &view, 1, possible_at_1, "splice");
    if (is(action, "terminate")) {
        end_terminate(walk, 1);
        return;
    }
    walk->notes = walk->kept_notes;
    view_made(walk, &view, walk->situation->host, 1);
    if (walk_access(walk, &view, PHASE_ACCESS, &ask)) {
        after_step_1(walk, &view, action);
        return;
    }
    bool clear = is(action, "splice") || is(action, "none");
    view_inside(walk, &view, 1, false);
    if (!clear && !walk_check_host(walk, &view)) {
        walk_end(walk, END_DENY, "Squid answers 400 under its own certificate");
        return;
    }
    walk_end(walk, ask ? END_ASK : END_DENY, "Squid answers %s %s", ask ? "407" : "403",
             clear ? "in clear text into the TLS connection" : "under its own certificate");
}
