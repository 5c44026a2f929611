// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list_hosts.c - hosts files (hosts(5)): an address, then names. Part of list_build.h.
 *
 * Whatever the address is, the names are meant, each alone. In a long list the address is the same on most lines, so it
 * is only parsed when it changes.
 */
#include <string.h>

#include "base/err.h"
#include "list_build.h"
#include "name/addr.h"

#define MACHINE "names of the machine itself"

/* What hosts files begin with. */
static bool
is_machine(const struct piece *name)
{
    static const char *const names[] = {"localhost",      "local",        "broadcasthost",   "ip6-localhost",
                                        "ip6-loopback",   "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes",
                                        "ip6-allrouters", "ip6-allhosts"};
    if (piece_is(name, "localhost.localdomain") || piece_is(name, "0.0.0.0"))
        return true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (piece_is(name, names[i]))
            return true;
    }
    return false;
}

/* An address, perhaps with a zone. */
static bool
is_address(const struct piece *word)
{
    struct addr addr;
    const char *zone = memchr(word->text, '%', word->len);
    return addr_parse(&addr, word->text, zone == NULL ? word->len : (size_t)(zone - word->text));
}

static bool
is_hosts(const char *text, size_t len)
{
    struct piece rest = {text, len}, address, name;
    piece_cut_comment(&rest, '#');
    return piece_word(&rest, &address) && is_address(&address) && piece_word(&rest, &name) &&
           (piece_is_name(&name) || is_machine(&name));
}

static int
take_name(struct list *list, const struct piece *name, struct err *err)
{
    const char *dot = memchr(name->text, '.', name->len);
    bool usual = dot != NULL && (name->text[name->len - 1] | 0x20) >= 'a' && name->text[0] != 'l';
    if (!usual && is_machine(name))
        return list_leave(list, LIST_ASIDE, MACHINE, err);
    if (!usual && is_address(name))
        return list_refuse(name, "is an address in place of a name", err);
    return list_add(list, name, err);
}

static int
take(struct list *list, const char *text, size_t len, struct err *err)
{
    struct piece rest = {text, len}, address, name;
    if (!piece_word(&rest, &address) || address.text[0] == '#')
        return 0;
    if (address.len != list->word_len || memcmp(address.text, list->word, address.len) != 0) {
        if (!is_address(&address))
            return list_refuse(&address, "is no address; a line of a hosts file is an address and then names", err);
        list->word_len = 0;
        list_remember(list, &address);
    }
    if (!piece_word(&rest, &name) || name.text[0] == '#')
        return list_refuse(&address, "has no name after it", err);
    do {
        if (take_name(list, &name, err) != 0)
            return -1;
    } while (piece_word(&rest, &name) && name.text[0] != '#');
    return 0;
}

const struct list_format list_hosts = {.name = "hosts", .title = "a hosts file", .is = is_hosts, .take = take};
