// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list_address.c - addresses in all the ways they are written: ranges, netmasks, prefixes, with comments of either kind
 * (`#`, `;`). Part of list_build.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "list_build.h"
#include "name/addr.h"

/* Sets *ret to the largest prefix that starts at `from` and does not go beyond `last`. */
static void
widest(struct prefix *ret, const struct addr *from, const struct addr *last)
{
    for (unsigned len = 0; len <= (from->v6 ? 128u : 32u); len++) {
        struct addr end;
        prefix_around(ret, from, (uint8_t)len);
        prefix_last(&end, ret);
        if (addr_compare(&ret->addr, from) == 0 && addr_compare(&end, last) <= 0)
            return;
    }
}

static int
add_range(struct list *list, const struct piece *piece, const struct addr *first, const struct addr *last,
          struct err *err)
{
    struct prefix prefixes[LIST_RANGE_MAX];
    struct addr at = *first, end;
    size_t count = 0;
    if (first->v6 != last->v6)
        return list_refuse(piece, "is a range from one family of addresses to the other", err);
    if (addr_compare(first, last) > 0)
        return list_refuse(piece, "is a range that ends before it begins", err);
    do {
        widest(&prefixes[count], &at, last);
        prefix_last(&end, &prefixes[count++]);
        at = end;
    } while (addr_compare(&end, last) < 0 && addr_step(&at) && count < LIST_RANGE_MAX);
    return list->sink->add_range(list->sink->arg, prefixes, count, err);
}

/* The length of a netmask; false if its ones are not all in front. */
static bool
mask_len(unsigned *ret, const struct addr *mask)
{
    unsigned len = 0, bits = mask->v6 ? 128 : 32;
    while (len < bits && (mask->bytes[len / 8] & 0x80u >> len % 8) != 0)
        len++;
    for (unsigned i = len; i < bits; i++) {
        if ((mask->bytes[i / 8] & 0x80u >> i % 8) != 0)
            return false;
    }
    *ret = len;
    return true;
}

static int
add_masked(struct list *list, const struct piece *addr, const struct piece *mask, struct err *err)
{
    char text[PREFIX_TEXT_MAX + 8];
    struct addr parsed, parsed_mask;
    unsigned len;
    if (!addr_parse(&parsed, addr->text, addr->len) || !addr_parse(&parsed_mask, mask->text, mask->len) ||
        parsed.v6 != parsed_mask.v6 || !mask_len(&len, &parsed_mask))
        return list_refuse(mask, "is no netmask; write the length, as in 192.0.2.0/24", err);
    snprintf(text, sizeof text, "%.*s/%u", (int)(addr->len < ADDR_TEXT_MAX ? addr->len : ADDR_TEXT_MAX), addr->text,
             len);
    return list_add(list, &(struct piece){text, strlen(text)}, err);
}

/* Cuts at a byte into two, without blanks around them; false if it is not there. */
static bool
cut_two(const struct piece *piece, char at, struct piece *ret_left, struct piece *ret_right)
{
    struct piece rest = *piece;
    return piece_field(&rest, at, ret_left) && rest.text != NULL && piece_field(&rest, '\n', ret_right);
}

int
list_add_addresses(struct list *list, const struct piece *piece, struct err *err)
{
    struct piece left, right, more;
    struct addr first, last;
    if (cut_two(piece, '-', &left, &right) && addr_parse(&first, left.text, left.len) &&
        addr_parse(&last, right.text, right.len))
        return add_range(list, piece, &first, &last, err);
    if (cut_two(piece, '/', &left, &right) &&
        (memchr(right.text, '.', right.len) || memchr(right.text, ':', right.len)))
        return add_masked(list, &left, &right, err);
    struct piece rest = *piece;
    if (piece_word(&rest, &left) && piece_word(&rest, &right) && !piece_word(&rest, &more))
        return add_masked(list, &left, &right, err);
    if (!piece_is_address(piece))
        return list_refuse(piece, "is no address; write 192.0.2.0/24, 192.0.2.0/255.255.255.0 or 192.0.2.1-192.0.2.9",
                           err);
    return list_add(list, piece, err);
}

static void
cut_comments(struct piece *piece)
{
    piece_cut_comment(piece, '#');
    piece_cut_comment(piece, ';');
}

/* `1.2.3.0 255.255.255.0`, too: a hosts file has names there. */
static bool
is_addresses(const char *text, size_t len)
{
    struct piece piece = {text, len}, left, right;
    struct addr addr;
    cut_comments(&piece);
    if (cut_two(&piece, '-', &left, &right))
        return addr_parse(&addr, left.text, left.len) && addr_parse(&addr, right.text, right.len);
    if (!piece_word(&piece, &left) || !piece_is_address(&left))
        return false;
    return !piece_word(&piece, &right) || (addr_parse(&addr, right.text, right.len) && !piece_word(&piece, &left));
}

static int
take(struct list *list, const char *text, size_t len, struct err *err)
{
    struct piece piece = {text, len};
    cut_comments(&piece);
    return piece.len == 0 ? 0 : list_add_addresses(list, &piece, err);
}

const struct list_format list_address = {
    .name = "addresses", .title = "a list of addresses", .is = is_addresses, .take = take};
