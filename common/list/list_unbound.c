// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list_unbound.c - configuration files of unbound(8): `local-zone: "x" static`, `local-data: "x A 0.0.0.0"`. Part of
 * list_build.h.
 *
 * A zone stands for itself and all names below it, and the most specific one decides. Zones of types that let a query
 * pass are exceptions to wider ones. Local data is for one name.
 */
#include <string.h>

#include "list_build.h"

/* Takes `KEY:` from the front. */
static bool
take_key(struct piece *rest, const char *key)
{
    if (!piece_begins(rest, key))
        return false;
    piece_skip(rest, strlen(key));
    piece_trim(rest);
    return true;
}

/* Takes a word, or what is in quotes. */
static bool
take_quoted(struct piece *rest, struct piece *ret)
{
    piece_trim(rest);
    if (rest->len == 0 || (rest->text[0] != '"' && rest->text[0] != '\''))
        return piece_word(rest, ret);
    char quote = rest->text[0];
    piece_skip(rest, 1);
    return piece_field(rest, quote, ret) && ret->len > 0;
}

static bool
is_unbound(const char *text, size_t len)
{
    struct piece piece = {text, len};
    return piece_begins(&piece, "local-zone:") || piece_begins(&piece, "local-data:") ||
           piece_begins(&piece, "local-data-ptr:") || piece_is(&piece, "server:");
}

/* How a zone answers for names that it has no data for. */
enum answers { ANSWERS_UNKNOWN, ANSWERS_SHUT, ANSWERS_OPEN, ANSWERS_TCP };

/* The types of unbound.conf(5), local-zone. Those that are open answer as without the zone. */
static enum answers
find_answers(const struct piece *type)
{
    static const char *const open[] = {"transparent", "typetransparent", "always_transparent",
                                       "nodefault",   "inform",          "noview"};
    static const char *const shut[] = {"deny",          "refuse",          "static",        "redirect",
                                       "inform_deny",   "inform_redirect", "always_refuse", "always_nxdomain",
                                       "always_nodata", "always_deny",     "always_null",   "block_a",
                                       "ipset"};
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        if (piece_is(type, open[i]))
            return ANSWERS_OPEN;
    }
    for (size_t i = 0; i < sizeof shut / sizeof shut[0]; i++) {
        if (piece_is(type, shut[i]))
            return ANSWERS_SHUT;
    }
    return piece_is(type, "truncate") ? ANSWERS_TCP : ANSWERS_UNKNOWN;
}

/* Names are written with a dot at the end, or without. The root is no name. */
static int
take_zone(struct list *list, struct piece rest, struct err *err)
{
    struct piece name, type;
    if (!take_quoted(&rest, &name) || !take_quoted(&rest, &type))
        return list_refuse(&rest, "ends too early; a line is 'local-zone: NAME TYPE'", err);
    enum answers answers = find_answers(&type);
    if (answers == ANSWERS_UNKNOWN)
        return list_refuse(&type, "is no type of a local zone, such as 'static' or 'transparent'", err);
    if (answers == ANSWERS_TCP)
        return list_leave(list, LIST_LOST, "names that are only asked over TCP", err);
    if (piece_is(&name, "."))
        return list_leave(list, LIST_LOST, "zones for every name ('.')", err);
    return answers == ANSWERS_OPEN ? list_except_below(list, &name, err) : list_add_below(list, &name, err);
}

static int
take_data(struct list *list, struct piece rest, struct err *err)
{
    struct piece record, name;
    if (!take_quoted(&rest, &record) || !piece_word(&record, &name))
        return list_refuse(&rest, "ends too early; a line is 'local-data: \"NAME A ADDRESS\"'", err);
    return list_add(list, &name, err);
}

static int
take(struct list *list, const char *text, size_t len, struct err *err)
{
    struct piece rest = {text, len};
    piece_cut_comment(&rest, '#');
    if (rest.len == 0 || piece_is(&rest, "server:"))
        return 0;
    if (take_key(&rest, "local-zone:"))
        return take_zone(list, rest, err);
    if (take_key(&rest, "local-data:"))
        return take_data(list, rest, err);
    if (!piece_has(&rest, ":"))
        return list_refuse(&rest, "is no setting of Unbound, which is 'NAME: VALUE'", err);
    return list_leave(list, LIST_ASIDE, "settings other than local zones", err);
}

const struct list_format list_unbound = {
    .name = "unbound", .title = "local zones of Unbound", .is = is_unbound, .take = take};
