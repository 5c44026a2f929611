// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * opening_bits.c - the pieces of the address space, and which of them belong to which prefix and endpoint set, a bit
 * for each piece. Part of opening.h.
 *
 * The pieces are those between two edges of prefixes of either table, so that a prefix is a run of bits.
 */
#include <string.h>

#include "opening_build.h"

/* The piece that begins at an edge. */
static size_t
find_edge(const struct address_piece *pieces, size_t count, const struct addr *edge)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (addr_compare(&pieces[middle].first, edge) < 0)
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
    struct addr after;
    prefix_last(&after, prefix);
    *ret_from = find_edge(pieces, count, &prefix->addr);
    if (addr_step(&after))
        *ret_to = find_edge(pieces, count, &after);
    else
        *ret_to = prefix->addr.v6 ? count : find_edge(pieces, count, &first_v6);
}

static void
set_run(uint64_t *bits, size_t from, size_t to)
{
    for (size_t i = from; i < to;) {
        if (i % 64 == 0 && to - i >= 64) {
            bits[i / 64] = UINT64_MAX;
            i += 64;
        } else {
            bits[i / 64] |= (uint64_t)1 << i % 64;
            i++;
        }
    }
}

static void
add_prefix(const struct opener *opener, uint64_t *bits, const struct prefix *prefix)
{
    size_t from, to;
    diff_find_pieces(opener->pieces, opener->piece_count, prefix, &from, &to);
    set_run(bits, from, to);
}

static uint64_t *
new_bits(struct opener *opener, size_t sets)
{
    return arena_array(opener->differ->scratch, sets * opener->words, sizeof(uint64_t));
}

static bool
has_expired(const struct terms *terms, uint32_t today)
{
    return terms->verb != VERB_INSPECT && terms->expires != 0 && today >= terms->expires;
}

static void
add_table(struct opener *opener, const struct half *half, int side)
{
    for (size_t i = 0; i < half->count; i++) {
        const struct ref *ref = &half->refs[i];
        if (!ref->is_prefix || !ref->terms->set.has_id || has_expired(ref->terms, opener->differ->today))
            continue;
        const char *source = ref->table->sources[ref->terms->set.source];
        struct group *group = opening_find_group(opener, source, strlen(source), ref->terms->set.id);
        uint64_t **bits = side == 0 ? &group->was : &group->is;
        if (*bits == NULL)
            *bits = new_bits(opener, 1);
        if (*bits != NULL)
            add_prefix(opener, *bits, ref->rule->prefix);
    }
}

static size_t
count_groups_with_addresses(struct opener *opener, const struct half *half)
{
    size_t count = 0, before = SIZE_MAX;
    for (size_t i = 0; i < half->count; i++) {
        const struct ref *ref = &half->refs[i];
        count += ref->is_prefix && ref->terms->set.has_id && ref->rule->terms != before;
        before = ref->is_prefix ? ref->rule->terms : before;
    }
    return count < opener->group_count ? count : opener->group_count;
}

/* Whether the bits of all groups and port pieces would take too much memory. */
static bool
is_too_much(struct opener *opener)
{
    size_t sets = count_groups_with_addresses(opener, &opener->differ->old_half) +
                  count_groups_with_addresses(opener, &opener->differ->new_half) + 3 * opener->differ->piece_count;
    return sets * opener->words > OPENING_BITS_MAX / sizeof(uint64_t);
}

static bool
same_bits(const uint64_t *a, const uint64_t *b, size_t words)
{
    if (a == NULL || b == NULL)
        return a == b;
    return memcmp(a, b, words * sizeof *a) == 0;
}

static void
find_changed(struct opener *opener)
{
    for (size_t i = 0; i < opener->group_count; i++) {
        struct group *group = &opener->groups[i];
        group->changed = !same_bits(group->was, group->is, opener->words);
    }
}

void
opening_prepare_bits(struct opener *opener, const struct address_piece *pieces, size_t count)
{
    opener->pieces = pieces;
    opener->piece_count = count;
    opener->words = count / 64 + 1;
    if (is_too_much(opener)) {
        opener->differ->diff->partial = true;
        opener->piece_count = 0;
        opener->words = 1;
    }
    size_t ports = opener->differ->piece_count;
    opener->inspect_was = new_bits(opener, ports);
    opener->inspect_is = new_bits(opener, ports);
    opener->joinable = new_bits(opener, ports);
    if (opener->inspect_was == NULL || opener->inspect_is == NULL || opener->joinable == NULL) {
        opener->piece_count = 0;
        return;
    }
    if (opener->piece_count == 0)
        return;
    add_table(opener, &opener->differ->old_half, 0);
    add_table(opener, &opener->differ->new_half, 1);
    find_changed(opener);
}
