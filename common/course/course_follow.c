// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_follow.c - whose address src sees: that of the connection, or one that a proxy in front has written into
 * X-Forwarded-For. Part of course_walk.h.
 *
 *     X-Forwarded-For: 10.1.0.5, 192.0.2.8     from 192.0.2.9: is 192.0.2.9 trusted? then 192.0.2.8; is that? then ...
 *
 * Source: src/client_side_request.cc, ClientRequestContext::clientAccessCheck() and clientFollowXForwardedForCheck();
 * src/acl/FilledChecklist.cc, setRequest().
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "course_view.h"

#define HEADER "X-Forwarded-For"
#define HOPS_MAX 64 /* SQUID_X_FORWARDED_FOR_HOP_MAX */

/* The values of the header as one list (HttpHeader::getList); NULL if there is none. */
static char *
join_values(struct walk *walk)
{
    const struct situation *situation = walk->situation;
    size_t room = 1, len = 0;
    for (size_t i = 0; i < situation->header_count; i++)
        room += strlen(situation->headers[i].value) + 2;
    char *list = arena_bytes(walk->arena, room);
    for (size_t i = 0; i < situation->header_count && list != NULL; i++) {
        const char *value = situation->headers[i].value;
        if (strcasecmp(situation->headers[i].name, HEADER) != 0)
            continue;
        if (len > 0)
            list[len++] = ',';
        memcpy(list + len, value, strlen(value));
        len += strlen(value);
        list[len] = '\0';
    }
    return len == 0 ? NULL : list;
}

static bool
is_between(char c)
{
    return c == ',' || isspace((unsigned char)c);
}

/* Takes the last address off the list. False if the list is empty, or ends with something else. */
static bool
take_last(char *list, struct addr *ret)
{
    size_t len = strlen(list);
    while (len > 0 && is_between(list[len - 1]))
        len--;
    list[len] = '\0';
    while (len > 0 && !is_between(list[len - 1]))
        len--;
    if (!situation_read_address(ret, list + len, strlen(list + len)))
        return false;
    list[len] = '\0';
    return true;
}

void
walk_follow(struct walk *walk, struct view *view)
{
    static const char *const none[] = {NULL};
    char *list = view->has_headers && walk->conf->follow.count > 0 ? join_values(walk) : NULL;
    char text[ADDR_TEXT_MAX] = "its own";
    struct view asked = *view;
    struct decision decision;
    if (list == NULL)
        return;
    for (unsigned hops = 0; hops < HOPS_MAX; hops++) {
        list_decide(walk, &asked, &walk->conf->follow, none, &decision);
        if (decision.kind != DECIDED_ALLOW || !take_last(list, &asked.from))
            break;
        asked.has_from = true;
    }
    if (!walk->conf->indirect)
        return;
    view->from = asked.from;
    view->has_from = asked.has_from;
    if (view->has_from)
        addr_format(text, &view->from);
    walk_step(walk, PHASE_FOLLOW, view, &decision)->action = walk_text(walk, "%s", text);
}
