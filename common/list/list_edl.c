// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list_edl.c - lists of URLs for firewalls (external dynamic lists), in which a slash ends each host. Part of
 * list_build.h.
 *
 * `x/` is that host alone, `*.x/` all names below it. With a path or a port only part of the host is meant.
 */
#include <string.h>

#include "list_build.h"

/* A host without a slash may be one of many with it. */
static bool
is_edl(const char *text, size_t len)
{
    struct piece rest = {text, len}, host;
    piece_cut_comment(&rest, '#');
    if (piece_has(&rest, " ") || !piece_field(&rest, '/', &host))
        return false;
    return piece_is_pattern(&host) && (host.text[0] != '-' || piece_is_dotted(&host));
}

static int
take(struct list *list, const char *text, size_t len, struct err *err)
{
    struct piece piece = {text, len}, host;
    piece_cut_comment(&piece, '#');
    if (piece.len == 0)
        return 0;
    if (piece_is_address(&piece) && !piece_ends(&piece, "/"))
        return list_add(list, &piece, err);
    struct piece rest = piece, name;
    piece_field(&rest, '/', &host);
    if (piece_has(&host, "^"))
        return list_leave(list, LIST_LOST, "wildcards for one label ('^')", err);
    if (rest.len > 0)
        return list_add_part(list, &host, "paths", err);
    struct piece port = host;
    piece_field(&port, ':', &name);
    if (port.len > 0 && !piece_is_address(&host))
        return list_add_part(list, &name, "ports", err);
    return list_add(list, &host, err);
}

const struct list_format list_edl = {
    .name = "edl", .title = "a URL list with a slash after each host", .is = is_edl, .take = take};
