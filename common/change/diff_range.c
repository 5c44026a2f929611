// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff_range.c - addresses whose verdict differs, as runs. Part of diff.h.
 *
 * Between two edges of prefixes (of both tables) all addresses have the same answer, so only the first one of each
 * piece is asked. Neighbouring pieces that differ in the same way become one run.
 */
#include <stdlib.h>
#include <string.h>

#include "diff_build.h"

static unsigned
size_of(const struct addr *addr)
{
    return addr->v6 ? 16 : 4;
}

/* The last address of a prefix. */
static struct addr
last_of(const struct prefix *prefix)
{
    struct addr addr = prefix->addr;
    for (unsigned bit = prefix->len; bit < size_of(&addr) * 8; bit++)
        addr.bytes[bit / 8] |= (uint8_t)(0x80u >> (bit % 8));
    return addr;
}

/* Steps to the next address or the one before; false at the end of the space. */
static bool
step(struct addr *addr, bool up)
{
    for (unsigned i = size_of(addr); i > 0; i--) {
        uint8_t *byte = &addr->bytes[i - 1];
        *byte = (uint8_t)(up ? *byte + 1 : *byte - 1);
        if (*byte != (up ? 0x00 : 0xff))
            return true;
    }
    return false;
}

static int
compare_addrs(const void *left, const void *right)
{
    const struct addr *a = left;
    const struct addr *b = right;
    if (a->v6 != b->v6)
        return a->v6 ? 1 : -1;
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

static size_t
add_edges(const struct half *half, struct addr *edges, size_t count)
{
    for (size_t i = 0; i < half->count; i++) {
        if (!half->refs[i].is_prefix)
            continue;
        const struct prefix *prefix = half->refs[i].rule->prefix;
        edges[count++] = prefix->addr;
        struct addr after = last_of(prefix);
        if (step(&after, true))
            edges[count++] = after;
    }
    return count;
}

/* The ranges that may still grow. They have the same addresses; there is one for each change. */
struct run {
    size_t start, count;
};

static bool
goes_on(const struct differ *differ, const struct run *run, const struct addr *first)
{
    if (run->count == 0 || run->count != differ->change_count)
        return false;
    const struct diff_range *ranges = &differ->diff->ranges[run->start];
    struct addr after = ranges[0].last;
    if (after.v6 != first->v6 || !step(&after, true) || compare_addrs(&after, first) != 0)
        return false;
    bool same = true;
    for (size_t i = 0; same && i < run->count; i++)
        same = diff_same_answer(&ranges[i].answer, &differ->changes[i].answer) &&
               diff_same_ports(&ranges[i].answer, &differ->changes[i]);
    return same;
}

static void
add_range(struct differ *differ, const struct addr *first, const struct addr *last, const struct change *change)
{
    struct diff *diff = differ->diff;
    struct diff_range *ranges =
        arena_grow(differ->arena, diff->ranges, &differ->range_room, diff->range_count + 1, sizeof *ranges);
    struct diff_answer answer = diff_keep_answer(differ, change);
    if (ranges == NULL || answer.ports.count == 0)
        return;
    diff->ranges = ranges;
    ranges[diff->range_count++] = (struct diff_range){.first = *first, .last = *last, .answer = answer};
}

static void
ask_piece(struct differ *differ, struct run *run, const struct addr *first, const struct addr *last)
{
    struct request request;
    request_init(&request);
    request.dst.given = GIVEN_ADDR;
    request.dst.addr = *first;
    diff_ask(differ, &request);
    if (goes_on(differ, run, first)) {
        for (size_t i = 0; i < run->count; i++)
            differ->diff->ranges[run->start + i].last = *last;
        return;
    }
    run->start = differ->diff->range_count;
    for (size_t i = 0; i < differ->change_count; i++)
        add_range(differ, first, last, &differ->changes[i]);
    run->count = differ->diff->range_count - run->start;
}

void
diff_ask_addresses(struct differ *differ)
{
    size_t most = differ->old_half.count + differ->new_half.count;
    struct addr *edges = arena_array(differ->scratch, 2 * most, sizeof *edges);
    if (edges == NULL)
        return;
    size_t count = add_edges(&differ->new_half, edges, add_edges(&differ->old_half, edges, 0));
    qsort(edges, count, sizeof *edges, compare_addrs);
    struct run run = {0, 0};
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && compare_addrs(&edges[i - 1], &edges[i]) == 0)
            continue;
        size_t next = i + 1;
        while (next < count && compare_addrs(&edges[next], &edges[i]) == 0)
            next++;
        struct addr last = last_of(&(struct prefix){.addr.v6 = edges[i].v6, .len = 0});
        if (next < count && edges[next].v6 == edges[i].v6) {
            last = edges[next];
            step(&last, false);
        }
        ask_piece(differ, &run, &edges[i], &last);
    }
}
