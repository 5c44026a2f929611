// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list_ipset.c - what ipset(8) saves: `create SET TYPE ...`, `add SET ENTRY ...`. Part of list_build.h.
 *
 * A set is a list of its own, so a file with several needs the name of one of them as its part. An entry with `nomatch`
 * is an exception to a wider one; of two entries the longer prefix decides.
 */
#include <string.h>

#include "list_build.h"

/* `192.0.2.1`, `192.0.2.1-192.0.2.9`, either with a port or another part after a comma. */
static bool
is_entry(struct piece entry)
{
    struct piece addr, first;
    return piece_field(&entry, ',', &addr) &&
           (piece_is_address(&addr) || (piece_field(&addr, '-', &first) && addr.len > 0 && piece_is_address(&first)));
}

static bool
is_ipset(const char *text, size_t len)
{
    struct piece rest = {text, len}, word, set, entry;
    if (!piece_word(&rest, &word) || !piece_word(&rest, &set) || !piece_word(&rest, &entry))
        return false;
    if (piece_is(&word, "create"))
        return piece_begins(&entry, "hash:") || piece_begins(&entry, "bitmap:") || piece_begins(&entry, "list:");
    return piece_is(&word, "add") && is_entry(entry);
}

/* The word among the options, not in a comment in quotes. */
static bool
has_nomatch(struct piece rest)
{
    struct piece word;
    while (piece_word(&rest, &word)) {
        if (piece_is(&word, "nomatch"))
            return true;
        if (word.text[0] == '"') {
            piece_skip(&word, 1);
            while (!piece_ends(&word, "\"") && piece_word(&rest, &word))
                ;
        }
    }
    return false;
}

static int
take_entry(struct list *list, struct piece rest, struct err *err)
{
    struct piece set, entry;
    if (!piece_word(&rest, &set) || !piece_word(&rest, &entry))
        return list_refuse(&rest, "ends too early; a line is 'add SET ENTRY'", err);
    if (list->part != NULL && !piece_is(&set, list->part))
        return 0;
    if (!list_remember(list, &set))
        return list_leave(list, LIST_STOP, "entries of a second set; name one of the sets, as in VERB:FILE#SET", err);
    struct piece port = entry, addr;
    piece_field(&port, ',', &addr);
    if (port.len > 0)
        return list_add_part(list, &addr, "entries with a port or another part", err);
    return has_nomatch(rest) ? list_except(list, &entry, err) : list_add_addresses(list, &entry, err);
}

static int
take(struct list *list, const char *text, size_t len, struct err *err)
{
    struct piece rest = {text, len}, word;
    if (!piece_word(&rest, &word) || word.text[0] == '#' || piece_is(&word, "create"))
        return 0;
    if (piece_is(&word, "add"))
        return take_entry(list, rest, err);
    return list_refuse(&word, "is no command of a saved set; lines begin with 'create' or 'add'", err);
}

const struct list_format list_ipset = {
    .name = "ipset", .title = "a saved set of ipset", .has_parts = true, .is = is_ipset, .take = take};
