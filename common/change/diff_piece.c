// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_piece.c - which pieces of the address space, cut at the edges of prefixes, belong to a prefix. Part of diff.h.
 */
#include <string.h>

#include "diff_build.h"
#include "opening_build.h"

static unsigned
size_of(const struct addr *addr)
{
    return addr->v6 ? 16 : 4;
}

struct addr
diff_last_of(const struct prefix *prefix)
{
    struct addr addr = prefix->addr;
    for (unsigned bit = prefix->len; bit < size_of(&addr) * 8; bit++)
        addr.bytes[bit / 8] |= (uint8_t)(0x80u >> (bit % 8));
    return addr;
}

bool
diff_step(struct addr *addr, bool up)
{
    for (unsigned i = size_of(addr); i > 0; i--) {
        uint8_t *byte = &addr->bytes[i - 1];
        *byte = (uint8_t)(up ? *byte + 1 : *byte - 1);
        if (*byte != (up ? 0x00 : 0xff))
            return true;
    }
    return false;
}

int
diff_compare_addrs(const void *left, const void *right)
{
    const struct addr *a = left;
    const struct addr *b = right;
    if (a->v6 != b->v6)
        return a->v6 ? 1 : -1;
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

/* The piece that begins at an edge. */
static size_t
find_edge(const struct address_piece *pieces, size_t count, const struct addr *edge)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (diff_compare_addrs(&pieces[middle].first, edge) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void
diff_find_pieces(const struct address_piece *pieces, size_t count, const struct prefix *prefix, size_t *ret_from,
                 size_t *ret_to)
{
    const struct addr first_v6 = {.v6 = true};
    struct addr after = diff_last_of(prefix);
    *ret_from = find_edge(pieces, count, &prefix->addr);
    if (diff_step(&after, true))
        *ret_to = find_edge(pieces, count, &after);
    else
        *ret_to = prefix->addr.v6 ? count : find_edge(pieces, count, &first_v6);
}
