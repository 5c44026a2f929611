// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_helper.c - external ACLs: what Squid writes to the helper, and what ours answers. Part of course_walk.h.
 *
 * Source: src/external_acl.cc, aclMatchExternal() and makeExternalAclKey(); src/format/Format.cc for the codes. Our
 * helper is not imitated: the line goes through its own reader and matcher (squid.h, verdict.h).
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "course_note.h"
#include "image/image.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define LINE_BYTES_MAX ((size_t)1 << 24) /* more than a request and the arguments of an acl can make */
#define OWN_ADDRESS "192.0.2.1"          /* stands for Squid's own address: one that no table has (RFC 5737) */

/* rfc1738_escape(), and rfc1738_escape_unescaped() without `percent`. */
static void
add_escaped(struct buf *line, const char *text, bool percent)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c <= ' ' || c >= 0x7f || strchr("<>\"#{}|\\^~[]`'", c) != NULL || (percent && c == '%'))
            buf_add_fmt(line, "%%%02X", c);
        else
            buf_add_char(line, (char)c);
    }
}

static void
add_host(struct buf *line, const struct view *view)
{
    bool v6 = view->is_addr && view->addr.v6;
    buf_add_text(line, v6 ? "%5B" : "");
    add_escaped(line, view->host, false);
    buf_add_text(line, v6 ? "%5D" : "");
}

static void
add_local(struct buf *line, const struct view *view)
{
    char text[ADDR_TEXT_MAX];
    if (view->has_local)
        addr_format(text, &view->local);
    buf_add_text(line, view->has_local ? text : OWN_ADDRESS);
}

static void
add_source(struct buf *line, const struct view *view)
{
    char text[ADDR_TEXT_MAX] = "-";
    if (view->has_from)
        addr_format(text, &view->from);
    buf_add_text(line, text);
}

/* One code of FORMAT. A code that is none of those our helper can read is `-`. */
static void
add_token(struct buf *line, const struct view *view, const char *token, const char *arguments)
{
    bool escape = strchr(token, '#') != NULL;
    const char *name = token + 1 + strspn(token + 1, "#\"'[/-0123456789");
    if (strcmp(name, ">rd") == 0 || strcmp(name, "DST") == 0)
        add_host(line, view);
    else if (strcmp(name, "ssl::>sni") == 0 || strcmp(name, "tls::>sni") == 0) {
        if (view->sni != NULL && escape)
            add_escaped(line, view->sni, true);
        else
            buf_add_text(line, view->sni == NULL ? "-" : view->sni);
    } else if (strcmp(name, ">la") == 0)
        add_local(line, view);
    else if (strcmp(name, ">rP") == 0 || strcmp(name, "PORT") == 0)
        buf_add_fmt(line, "%u", view->port);
    else if (strcmp(name, ">a") == 0 || strcmp(name, "SRC") == 0)
        add_source(line, view);
    else
        buf_add_text(line, strcmp(name, "DATA") == 0 ? arguments : "-");
}

/* The line that Squid writes, without channel-ID and line end. */
static void
make_line(struct buf *line, const struct view *view, const struct acl *acl)
{
    const struct external *external = acl->external;
    for (size_t i = 0; i < external->token_count; i++) {
        if (i > 0)
            buf_add_char(line, ' ');
        add_token(line, view, external->tokens[i], acl->arguments);
    }
    if (!external->has_data)
        buf_add_fmt(line, " %s", *acl->arguments == '\0' ? "-" : acl->arguments);
}

/* Answers the line as the helper does (helper/ext_m365_acl.c). */
static enum answer
answer_line(struct walk *walk, const struct view *view, const struct acl *acl, const char *line, size_t len)
{
    const struct ruleset_helper *helper = &walk->conf->helpers[acl->external->helper];
    struct request request;
    struct squid_word arguments, unknown;
    struct verdict verdict;
    char reply[SQUID_REPLY_MAX + 1];
    squid_parse_line(&acl->external->fields, line, len, &request, &arguments);
    verdict_decide(helper->image, &request, helper->today, &verdict);
    bool ok = squid_args_allow(helper->image, &request, helper->today, &verdict, arguments, &unknown);
    if (walk->tails == NULL)
        walk->tails = arena_alloc(walk->arena, sizeof *walk->tails);
    if (walk->tails == NULL)
        return ANSWER_NO;
    size_t n = squid_reply(walk->tails, reply, (struct squid_word){.text = "", .len = 0}, ok, helper->image, &verdict);
    reply[n] = '\0';
    note_reply(walk, view->notes, reply);
    walk->why = walk_text(walk, "asked '%.*s', the helper answers %.*s", (int)(len < 200 ? len : 200), line,
                          (int)strcspn(reply, "\n"), reply);
    return ok ? ANSWER_YES : ANSWER_NO;
}

/* A list that cannot wait gets the answer only if Squid has kept it. */
static bool
is_at_hand(struct walk *walk, const struct acl *acl, const char *line)
{
    size_t i = 0;
    for (; i < ASKED_MAX && walk->asked[i] != NULL; i++) {
        if (strcmp(walk->asked[i], line) == 0)
            return true;
    }
    if (!walk->fast && !acl->external->uncached && i < ASKED_MAX)
        walk->asked[i] = walk_text(walk, "%s", line);
    return !walk->fast;
}

static enum answer
ask_ours(struct walk *walk, const struct view *view, const struct acl *acl)
{
    struct buf line;
    enum helper_state state = walk->situation->helper;
    if (state != HELPER_ANSWERS && (state != HELPER_BUSY || walk->bumping)) {
        walk->why = state == HELPER_DEAD ? "the helper does not answer" : "the helper's queue is full";
        return ANSWER_DUNNO;
    }
    buf_init(&line, LINE_BYTES_MAX);
    make_line(&line, view, acl);
    size_t len = line.len;
    buf_add_char(&line, '\0');
    walk->failed = walk->failed || !buf_ok(&line);
    enum answer answer = ANSWER_NO;
    if (!buf_ok(&line) || len > SQUID_LINE_MAX) {
        walk->why = "the line is too long, so the helper answers ERR bad-line";
    } else if (!is_at_hand(walk, acl, line.data)) {
        walk->why = "the list cannot wait for the helper";
        answer = ANSWER_DUNNO;
    } else {
        answer = answer_line(walk, view, acl, line.data, len);
    }
    buf_clear(&line);
    return answer;
}

static bool
is_group(const struct acl *acl, const char *name)
{
    return name != NULL && strcasecmp(acl->name, name) == 0;
}

/* aclMatchExternal(): with %LOGIN or %ul in FORMAT there must be a user first. The helper of somebody else is followed
 * both ways, and may leave any note. */
enum answer
match_external(struct walk *walk, const struct view *view, const struct acl *acl)
{
    enum answer user = acl->external->needs_user ? authenticate(walk, view) : ANSWER_YES;
    if (user != ANSWER_YES)
        return user;
    if (acl->external->ours)
        return ask_ours(walk, view, acl);
    view->notes->doubtful = true;
    if (acl->external->needs_user && walk->situation->grouped)
        return is_group(acl, walk->situation->group) ? ANSWER_YES : ANSWER_NO;
    return match_unknown(walk, view, acl);
}
