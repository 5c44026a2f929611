// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list_dnsmasq.c - configuration files of dnsmasq(8): `server=/x/`, `address=/x/`, `local=/x/`, `ipset=/x/SET`. Part of
 * list_build.h.
 *
 * A domain stands for itself and all names below it; the most specific one decides. After `server=` and `local=`, `#`
 * as the target is the usual servers again, which is an exception to a wider line. After `address=` it is the addresses
 * 0.0.0.0 and ::, which block the name as any other address does (dnsmasq(8), --address).
 */
#include <string.h>

#include "list_build.h"

/* Takes `KEY=` from the front, if the key has domains. The first two are followed by servers. */
static bool
take_key(struct piece *rest, bool *ret_server)
{
    static const char *const keys[] = {"server=", "local=", "address=", "ipset=", "nftset="};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (piece_begins(rest, keys[i])) {
            piece_skip(rest, strlen(keys[i]));
            *ret_server = i < 2;
            return true;
        }
    }
    return false;
}

static bool
is_dnsmasq(const char *text, size_t len)
{
    struct piece piece = {text, len};
    bool server;
    return take_key(&piece, &server) && piece_begins(&piece, "/");
}

static int
take_domain(struct list *list, const struct piece *domain, bool except, struct err *err)
{
    if (domain->len == 0)
        return list_leave(list, LIST_LOST, "names without a dot ('//')", err);
    if (piece_is(domain, "#"))
        return list_leave(list, LIST_LOST, "lines for every name ('/#/')", err);
    return except ? list_except_below(list, domain, err) : list_add_below(list, domain, err);
}

static int
take(struct list *list, const char *text, size_t len, struct err *err)
{
    struct piece rest = {text, len}, domain;
    bool server;
    piece_cut_comment(&rest, '#');
    if (rest.len == 0)
        return 0;
    if (!take_key(&rest, &server) || !piece_begins(&rest, "/"))
        return list_leave(list, LIST_ASIDE, "settings other than for domains", err);
    piece_skip(&rest, 1);
    const char *slash = rest.len == 0 ? NULL : memrchr(rest.text, '/', rest.len);
    if (slash == NULL)
        return list_refuse(&(struct piece){text, len}, "has no second '/'", err);
    struct piece target = {slash + 1, rest.len - (size_t)(slash + 1 - rest.text)};
    rest.len = (size_t)(slash - rest.text);
    bool except = server && piece_is(&target, "#");
    while (piece_field(&rest, '/', &domain)) {
        if (take_domain(list, &domain, except, err) != 0)
            return -1;
    }
    return 0;
}

const struct list_format list_dnsmasq = {
    .name = "dnsmasq", .title = "a configuration of dnsmasq", .is = is_dnsmasq, .take = take};
