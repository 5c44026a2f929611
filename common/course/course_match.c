// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_match.c - whether an ACL matches what a list sees. Part of course_walk.h.
 *
 * Each case is the match() of one ACL type in src/acl/. Names have course_name.c, passwords course_auth.c, helpers and
 * notes course_helper.c and course_note.c.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "course_walk.h"

static bool
match_ranges(const struct acl *acl, unsigned port)
{
    for (size_t i = 0; i < acl->range_count; i++) {
        if (port >= acl->ranges[i].low && port <= acl->ranges[i].high)
            return true;
    }
    return false;
}

static bool
match_texts(const struct acl *acl, const char *text, int (*compare)(const char *, const char *))
{
    for (size_t i = 0; text != NULL && i < acl->text_count; i++) {
        if (compare(acl->texts[i], text) == 0)
            return true;
    }
    return false;
}

/* src/acl/SourceIp.cc */
static enum answer
match_source(struct walk *walk, const struct view *view, const struct acl *acl)
{
    static const struct addr none = {.v6 = true};
    if (view->bare && view->has_client) /* Squid 6, fillConnectionLevelDetails() leaves the address empty */
        return match_address(walk, view, acl, &none);
    if (view->has_from)
        return match_address(walk, view, acl, &view->from);
    if (acl_nets_hold_all(acl))
        return ANSWER_YES;
    bool matches = walk_assume(walk, walk_text(walk, "`%s`", acl->name), "matches the client's address",
                               "does not match the client's address");
    return matches ? ANSWER_YES : ANSWER_NO;
}

/* src/acl/LocalIp.cc: the address that the client connected to. */
static enum answer
match_local(struct walk *walk, const struct view *view, const struct acl *acl)
{
    static const struct addr none = {.v6 = true};
    bool blank = view->bare && view->has_client;
    if (view->has_local && !view->bare)
        return match_address(walk, view, acl, &view->local);
    if (blank || (view->bare && !walk->port->has_addr))
        return match_address(walk, view, acl, &none);
    if (view->bare)
        return match_address(walk, view, acl, &walk->port->addr);
    if (acl_nets_hold_all(acl))
        return ANSWER_YES;
    bool matches = walk_assume(walk, walk_text(walk, "`%s`", acl->name), "matches Squid's own address",
                               "does not match Squid's own address");
    return matches ? ANSWER_YES : ANSWER_NO;
}

/* src/acl/LocalPort.cc. With the PROXY protocol it is the port that the proxy in front says (Downloader aside,
 * ConnStateData::proxyProtocolParsed), once that was read. */
static enum answer
match_local_port(struct walk *walk, const struct view *view, const struct acl *acl)
{
    if (walk->port->proxied && !view->intercepted && !view->no_request)
        return match_unknown(walk, view, acl);
    return match_ranges(acl, view->local_port) ? ANSWER_YES : ANSWER_NO;
}

/* src/acl/AtStep.cc */
static enum answer
match_step(const struct view *view, const struct acl *acl)
{
    static const char *const names[] = {"", "SslBump1", "SslBump2", "SslBump3"};
    return match_texts(acl, names[view->step], strcasecmp) ? ANSWER_YES : ANSWER_NO;
}

/*
 * The header with the password, of which only the scheme is known: what is there matches surely if it matches texts of
 * each scheme that the client may have chosen.
 */
static enum answer
match_credentials(struct walk *walk, const struct view *view, const struct acl *acl)
{
    static const char *const texts[][2] = {
        [AUTH_BASIC] = {"Basic dXNlcjpw", "Basic YW5vdGhlcjphbm90aGVyIHBhc3N3b3Jk"},
        [AUTH_DIGEST] = {"Digest username=\"user\"", "Digest realm=\"proxy\", username=\"another\""},
        [AUTH_NTLM] = {"NTLM TlRMTVNTUAAB", "NTLM TlRMTVNTUAADAAAAGAAYAH4A"},
        [AUTH_NEGOTIATE] = {"Negotiate YIIJvwYG", "Negotiate TlRMTVNTUAAD"},
    };
    bool all = walk->conf->schemes != 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        all = all && ((walk->conf->schemes >> i & 1) == 0 ||
                      (acl_regexes_hold(acl, texts[i][0]) && acl_regexes_hold(acl, texts[i][1])));
    return all ? ANSWER_YES : match_unknown(walk, view, acl);
}

static enum answer
match_method(const struct walk *walk, const struct view *view, const struct acl *acl)
{
    const char *method = view->method == NULL ? NULL : acl_method(view->method, walk->conf->exact);
    return match_texts(acl, method, strcmp) ? ANSWER_YES : ANSWER_NO;
}

/* What the request has of a header, or NULL. */
static const char *
find_header(const struct walk *walk, const struct view *view, const char *name)
{
    const struct situation *situation = walk->situation;
    if (strcasecmp(name, "Host") == 0)
        return view->host_header;
    for (size_t i = 0; view->has_headers && i < situation->header_count; i++) {
        if (strcasecmp(situation->headers[i].name, name) == 0)
            return situation->headers[i].value;
    }
    return NULL;
}

/* src/acl/HttpHeaderData.cc: without the header nothing matches. */
static enum answer
match_header(struct walk *walk, const struct view *view, const struct acl *acl)
{
    const char *value = find_header(walk, view, acl->header);
    bool own = view->has_headers && !view->bumped && !view->intercepted;
    if (own && walk->situation->user != NULL && strcasecmp(acl->header, "Proxy-Authorization") == 0)
        return match_credentials(walk, view, acl);
    if (value != NULL)
        return match_doubtful(walk, view, acl, acl_regexes_hold(acl, value));
    walk->why = walk_text(walk, "the request has no %s", acl->header);
    return ANSWER_NO;
}

static int
hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* src/acl/Url.cc, UrlPath.cc: regexes see it without %XX. */
static enum answer
match_url(struct walk *walk, const struct view *view, const struct acl *acl, const char *text)
{
    char *copy = text == NULL ? NULL : arena_text(walk->arena, text, strlen(text));
    if (copy == NULL)
        return ANSWER_NO;
    char *to = copy;
    for (const char *at = copy; *at != '\0'; at++) {
        if (*at == '%' && at[1] == '%') {
            *to++ = *at++;
        } else if (*at == '%' && hex(at[1]) >= 0 && hex(at[2]) >= 0 && hex(at[1]) + hex(at[2]) > 0) {
            *to++ = (char)(hex(at[1]) * 16 + hex(at[2]));
            at += 2;
        } else {
            *to++ = *at;
        }
    }
    *to = '\0';
    return match_doubtful(walk, view, acl, acl_regexes_hold(acl, copy));
}

static enum answer match_uses(struct walk *walk, const struct view *view, const struct acl_uses *uses, bool any);

/* src/acl/BoolOps.cc, AllOf.cc */
static enum answer
ask_group(struct walk *walk, const struct view *view, const struct acl *acl)
{
    if (acl->kind == ACL_ANY_OF)
        return match_uses(walk, view, &acl->lines[0], true);
    enum answer answer = ANSWER_NO;
    for (size_t i = 0; i < acl->line_count && answer == ANSWER_NO; i++)
        answer = match_uses(walk, view, &acl->lines[i], false);
    return answer;
}

/* Asks once, as long as nothing changes. Otherwise each level of groups that name the one below twice would double the
 * questions. */
static enum answer
match_group(struct walk *walk, const struct view *view, const struct acl *acl)
{
    struct memo *memo = &walk->memo[((uintptr_t)acl >> 4) % MEMO_SLOTS];
    unsigned throws = walk->throws, epoch = walk->epoch;
    if (memo->group == acl && memo->epoch == walk->epoch) {
        walk->last = memo->last;
        walk->why = memo->why;
        return memo->answer;
    }
    enum answer answer = ask_group(walk, view, acl);
    if (walk->throws == throws && walk->epoch == epoch)
        *memo = (struct memo){acl, walk->epoch, answer, walk->last, walk->why};
    return answer;
}

static enum answer
yes_if(bool matches)
{
    return matches ? ANSWER_YES : ANSWER_NO;
}

static enum answer
match_other(struct walk *walk, const struct view *view, const struct acl *acl)
{
    switch (acl->kind) {
    case ACL_DST: return match_destination(walk, view, acl);
    case ACL_DSTDOMAIN:
    case ACL_DSTDOM_REGEX: return match_domain(walk, view, acl);
    case ACL_SERVER_NAME:
    case ACL_SERVER_NAME_REGEX: return match_server_name(walk, view, acl);
    case ACL_PROXY_AUTH:
    case ACL_PROXY_AUTH_REGEX:
    case ACL_MAX_USER_IP: return match_user(walk, view, acl);
    case ACL_EXTERNAL: return match_external(walk, view, acl);
    case ACL_NOTE: return match_note(walk, view, acl);
    case ACL_ANNOTATE_CLIENT:
    case ACL_ANNOTATE_TRANSACTION: return match_annotate(walk, view, acl);
    default: return match_unknown(walk, view, acl);
    }
}

/* Without a request an ACL that needs one does not match (ACL::matches, src/acl/Acl.cc). */
static bool
needs_request(const struct acl *acl)
{
    switch (acl->kind) {
    case ACL_UNKNOWN:
    case ACL_ANY_OF:
    case ACL_ALL_OF:
    case ACL_SRC:
    case ACL_LOCALIP:
    case ACL_LOCALPORT:
    case ACL_MYPORTNAME: return false;
    default: return true;
    }
}

enum answer
match_acl(struct walk *walk, const struct view *view, const struct acl *acl)
{
    walk->last = acl;
    walk->why = NULL;
    if (view->no_request && needs_request(acl))
        return ANSWER_NO;
    switch (acl->kind) {
    case ACL_ANY_OF:
    case ACL_ALL_OF: return match_group(walk, view, acl);
    case ACL_SRC: return match_source(walk, view, acl);
    case ACL_LOCALIP: return match_local(walk, view, acl);
    case ACL_LOCALPORT: return match_local_port(walk, view, acl);
    case ACL_PORT: return yes_if(match_ranges(acl, view->port));
    case ACL_MYPORTNAME: return yes_if(match_texts(acl, walk->port->name, strcmp));
    case ACL_METHOD: return match_method(walk, view, acl);
    case ACL_PROTO: return yes_if(match_texts(acl, view->proto, strcasecmp));
    case ACL_AT_STEP: return match_step(view, acl);
    case ACL_REQ_HEADER: return match_header(walk, view, acl);
    case ACL_URL_REGEX: return match_url(walk, view, acl, view->uri);
    case ACL_URLPATH_REGEX: return match_url(walk, view, acl, view->path);
    case ACL_NEVER:
    case ACL_STATE:
    case ACL_CLIENT_CERT:
    case ACL_SERVER_CERT:
    case ACL_ENCRYPTED:
    case ACL_REPLIED:
    case ACL_ADAPTED: return match_early(walk, view, acl);
    default: return match_other(walk, view, acl);
    }
}

/* An ACL of a rule: `!` turns a match round, but not what ends the list (Acl::NotNode::doMatch). */
static enum answer
match_use(struct walk *walk, const struct view *view, const struct acl_use *use)
{
    enum answer answer = match_acl(walk, view, use->acl);
    return !use->negated || answer > ANSWER_YES ? answer : answer == ANSWER_YES ? ANSWER_NO : ANSWER_YES;
}

/* All, or with `any` one: from the left, up to the first that decides. */
static enum answer
match_uses(struct walk *walk, const struct view *view, const struct acl_uses *uses, bool any)
{
    enum answer goes_on = any ? ANSWER_NO : ANSWER_YES, answer = goes_on;
    for (size_t i = 0; i < uses->count && answer == goes_on; i++)
        answer = match_use(walk, view, &uses->use[i]);
    return answer;
}
