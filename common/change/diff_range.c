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
#include "opening_build.h"

static size_t
add_edges(const struct half *half, struct addr *edges, size_t count)
{
    for (size_t i = 0; i < half->count; i++) {
        if (!half->refs[i].is_prefix)
            continue;
        const struct prefix *prefix = half->refs[i].rule->prefix;
        edges[count++] = prefix->addr;
        struct addr after;
        prefix_last(&after, prefix);
        if (addr_step(&after))
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
    if (after.v6 != first->v6 || !addr_step(&after) || addr_compare(&after, first) != 0)
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
note_subject(struct differ *differ, const struct addr *first)
{
    char text[ADDR_TEXT_MAX];
    addr_format(text, first);
    const char *kept = arena_text(differ->arena, text, strlen(text));
    opening_note_subject(differ->opener, kept, kept, true, NULL);
}

/* Adds the prefixes of one side to how many begin in each piece, less those that ended. */
static void
count_prefixes(int64_t *begin, const struct half *half, const struct address_piece *pieces, size_t count)
{
    for (size_t i = 0; i < half->count; i++) {
        size_t from, to;
        if (!half->refs[i].is_prefix)
            continue;
        diff_find_pieces(pieces, count, half->refs[i].rule->prefix, &from, &to);
        begin[from]++;
        begin[to]--;
    }
}

static void
ask_piece(struct differ *differ, struct run *run, const struct address_piece *piece)
{
    struct request request;
    request_init(&request);
    request.dst.given = GIVEN_ADDR;
    request.dst.addr = piece->first;
    diff_ask(differ, &request, NULL);
    note_subject(differ, &piece->first);
    if (goes_on(differ, run, &piece->first)) {
        for (size_t i = 0; i < run->count; i++)
            differ->diff->ranges[run->start + i].last = piece->last;
        return;
    }
    run->start = differ->diff->range_count;
    for (size_t i = 0; i < differ->change_count; i++)
        add_range(differ, &piece->first, &piece->last, &differ->changes[i]);
    run->count = differ->diff->range_count - run->start;
}

static int
compare_edges(const void *left, const void *right)
{
    return addr_compare(left, right);
}

/* The pieces between sorted edges; the spaces of both families are covered whole. */
static size_t
cut(struct address_piece *pieces, const struct addr *edges, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && addr_compare(&edges[i - 1], &edges[i]) == 0)
            continue;
        size_t next = i + 1;
        while (next < count && addr_compare(&edges[next], &edges[i]) == 0)
            next++;
        struct addr last;
        prefix_last(&last, &(struct prefix){.addr.v6 = edges[i].v6, .len = 0});
        if (next < count && edges[next].v6 == edges[i].v6) {
            last = edges[next];
            addr_step_back(&last);
        }
        pieces[kept++] = (struct address_piece){edges[i], last};
    }
    return kept;
}

void
diff_ask_addresses(struct differ *differ)
{
    size_t most = 2 * (differ->old_half.count + differ->new_half.count) + 2;
    struct addr *edges = arena_array(differ->scratch, most, sizeof *edges);
    struct address_piece *pieces = arena_array(differ->scratch, most, sizeof *pieces);
    if (edges == NULL || pieces == NULL)
        return;
    size_t count = add_edges(&differ->new_half, edges, add_edges(&differ->old_half, edges, 0));
    edges[count++] = (struct addr){.v6 = false};
    edges[count++] = (struct addr){.v6 = true};
    qsort(edges, count, sizeof *edges, compare_edges);
    count = cut(pieces, edges, count);
    opening_prepare_bits(differ->opener, pieces, count);
    struct run run = {0, 0};
    int64_t *begin = arena_array(differ->scratch, count + 1, sizeof *begin), rules = 0;
    if (begin == NULL)
        return;
    count_prefixes(begin, &differ->old_half, pieces, count);
    count_prefixes(begin, &differ->new_half, pieces, count);
    for (size_t i = 0; i < count; i++) {
        rules += begin[i];
        differ->opener->piece = i;
        if (diff_may_work(differ, differ->piece_count * (DIFF_WORK_LOOKUP + (uint64_t)rules)))
            ask_piece(differ, &run, &pieces[i]);
    }
}

/* The length of the prefix that a range is, or -1. */
static int
prefix_length(const struct diff_range *range)
{
    unsigned bits = range->first.v6 ? 128 : 32;
    unsigned len = 0;
    while (len < bits && ((range->first.bytes[len / 8] ^ range->last.bytes[len / 8]) & 0x80u >> len % 8) == 0)
        len++;
    for (unsigned bit = len; bit < bits; bit++) {
        unsigned place = 0x80u >> bit % 8;
        if ((range->first.bytes[bit / 8] & place) != 0 || (range->last.bytes[bit / 8] & place) == 0)
            return -1;
    }
    return (int)len;
}

void
diff_range_text(char ret[DIFF_RANGE_TEXT_MAX], const struct diff_range *range)
{
    int len = prefix_length(range);
    size_t at;
    if (len >= 0) {
        prefix_format(ret, &(struct prefix){.addr = range->first, .len = (uint8_t)len});
        return;
    }
    addr_format(ret, &range->first);
    at = strlen(ret);
    ret[at] = '-';
    addr_format(ret + at + 1, &range->last);
}

size_t
diff_range_prefixes(struct prefix *ret, size_t most, const struct diff_range *range)
{
    size_t count = 0;
    struct addr at = range->first;
    for (;;) {
        struct prefix prefix;
        struct addr last;
        uint8_t len = 0;
        do {
            prefix_around(&prefix, &at, len++);
            prefix_last(&last, &prefix);
        } while (addr_compare(&prefix.addr, &at) != 0 || addr_compare(&last, &range->last) > 0);
        if (count == most)
            return most + 1;
        ret[count++] = prefix;
        at = last;
        if (addr_compare(&last, &range->last) == 0 || !addr_step(&at))
            return count;
    }
}
