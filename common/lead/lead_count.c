// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lead_count.c - how much opens, and how much closes. Part of lead.h.
 *
 * What opens is told by the diff, and so are names and addresses that close. A name may also stay bypassed, but no
 * longer with some original addresses, or only regexes bypassed it: that is what opens in a comparison the other way
 * round.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "image/image.h"
#include "lead_build.h"

/* How many of each kind. */
struct counts {
    size_t names, ranges;
    size_t with;  /* names that close with some addresses only */
    size_t pairs; /* the same for addresses; also of what opens */
    size_t regexes;
    bool partial;
};

static int
compare_texts(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;
    return strcmp(*a, *b);
}

static size_t
count_different(const char **texts, size_t count)
{
    size_t different = 0;
    if (count > 0)
        qsort(texts, count, sizeof *texts, compare_texts);
    for (size_t i = 0; i < count; i++)
        different += i == 0 || strcmp(texts[i], texts[i - 1]) != 0;
    return different;
}

static void
add_count(struct buf *buf, size_t count, const char *one, const char *many, bool *first)
{
    if (count == 0)
        return;
    buf_add_fmt(buf, "%s%zu %s", *first ? "" : ", ", count, count == 1 ? one : many);
    *first = false;
}

/* `3 names, 1 address range`, or `nothing`. */
static void
add_counts(struct buf *buf, const struct counts *counts)
{
    bool first = true;
    add_count(buf, counts->names, "name", "names", &first);
    add_count(buf, counts->ranges, "address range", "address ranges", &first);
    add_count(buf, counts->with, "name together with some addresses", "names together with some addresses", &first);
    add_count(buf, counts->pairs, "address together with others", "addresses together with others", &first);
    add_count(buf, counts->regexes, "regex whose names nobody can list", "regexes whose names nobody can list", &first);
    if (first)
        buf_add_text(buf, counts->partial ? "nothing that was found" : "nothing");
}

static void
add_partial(struct buf *buf, const struct counts *counts)
{
    if (counts->partial)
        buf_add_text(buf, "; not all could be compared");
}

/* Those that may open names. */
static size_t
count_regexes(const struct lead *lead, const struct diff *diff)
{
    const char **texts = arena_array(lead->arena, diff->entry_count + 1, sizeof *texts);
    size_t count = 0;
    for (size_t i = 0; texts != NULL && i < diff->entry_count; i++) {
        if (opening_by_regex(diff, &diff->entries[i]))
            texts[count++] = diff->entries[i].text;
    }
    return texts == NULL ? 0 : count_different(texts, count);
}

/* Ranges of addresses that join a set which is bypassed already are no openings, unless such joining is held. */
static void
add_joined(struct buf *buf, const struct diff *diff)
{
    size_t joined = 0;
    for (size_t i = 0; i < diff->ranges_opened && !diff->hold_joins; i++)
        joined += diff->ranges[i].answer.joins;
    if (joined > 0)
        buf_add_fmt(buf, "; %zu address range%s sets that are bypassed already", joined,
                    joined == 1 ? " joins" : "s join");
}

void
lead_add_opens(struct buf *buf, const struct lead *lead)
{
    const char **texts = arena_array(lead->arena, lead->line_count + 1, sizeof *texts);
    struct counts counts = {.partial = lead->diff->partial};
    size_t names = 0;
    for (size_t i = 0; texts != NULL && i < lead->line_count; i++) {
        const struct lead_line *line = &lead->lines[i];
        if (line->risk == LEAD_ADDRESS)
            counts.ranges++;
        else if (line->risk == LEAD_PAIR)
            counts.pairs += line->addresses;
        else
            texts[names++] = line->opening->pattern;
    }
    counts.names = texts == NULL ? 0 : count_different(texts, names);
    counts.regexes = count_regexes(lead, lead->diff);
    add_counts(buf, &counts);
    add_joined(buf, lead->diff);
    if (lead->diff->old_rules == 0 && lead->diff->old_image == NULL)
        buf_add_text(buf, " (no table was in use before)");
    add_partial(buf, &counts);
}

/* ---- what closes ---- */

/* The addresses that close by themselves: those up to reach[i], in the ranges up to number i. */
struct closed {
    const struct diff_range *ranges;
    size_t count;
    const struct addr **reach;
};

/* They are in order of their first addresses, IPv4 before IPv6. */
static struct closed
find_closed(const struct lead *lead)
{
    const struct diff *diff = lead->diff;
    size_t count = diff->range_count - diff->ranges_opened;
    struct closed closed = {.count = count, .reach = arena_array(lead->arena, count + 1, sizeof(struct addr *))};
    if (count == 0 || closed.reach == NULL)
        return (struct closed){.count = 0};
    closed.ranges = diff->ranges + diff->ranges_opened;
    for (size_t i = 0; i < count; i++) {
        const struct addr *last = &closed.ranges[i].last;
        closed.reach[i] = i > 0 && addr_compare(closed.reach[i - 1], last) > 0 ? closed.reach[i - 1] : last;
    }
    return closed;
}

static bool
is_closed(const struct closed *closed, const struct addr *addr)
{
    size_t low = 0, high = closed->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (addr_compare(&closed->ranges[middle].first, addr) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && addr_compare(addr, closed->reach[low - 1]) <= 0;
}

/* Names that close by themselves. The other way round some are found that only a regex bypassed. */
static void
count_names(struct counts *counts, const struct lead *lead, const struct diff *reverse)
{
    const struct diff *diff = lead->diff;
    size_t closed = diff->verdict_count - diff->opened, opened = reverse == NULL ? 0 : reverse->opened;
    const char **texts = arena_array(lead->arena, closed + opened + 1, sizeof *texts);
    for (size_t i = 0; texts != NULL && i < closed; i++)
        texts[i] = diff->verdicts[diff->opened + i].pattern;
    for (size_t i = 0; texts != NULL && i < opened; i++)
        texts[closed + i] = reverse->verdicts[i].pattern;
    counts->names = texts == NULL ? 0 : count_different(texts, closed + opened);
}

/* Names and addresses that stay bypassed, but no longer with all original addresses. Left out are addresses that left
 * their set and close by themselves: they are counted as ranges. */
static void
count_with(struct counts *counts, const struct lead *lead, const struct diff *reverse)
{
    const struct closed closed = find_closed(lead);
    const char **names = arena_array(lead->arena, reverse->opening_count + 1, sizeof *names);
    const char **pairs = arena_array(lead->arena, reverse->opening_count + 1, sizeof *pairs);
    for (size_t i = 0; names != NULL && pairs != NULL && i < reverse->opening_count; i++) {
        const struct opening *opening = &reverse->openings[i];
        struct addr addr;
        if ((opening->kind != OPENING_WITH && opening->kind != OPENING_WITH_SNI) ||
            (opening->joins && is_closed(&closed, &opening->first)))
            continue;
        if (opening->kind == OPENING_WITH && addr_parse(&addr, opening->dst, strlen(opening->dst)))
            pairs[counts->pairs++] = opening->pattern;
        else
            names[counts->with++] = opening_subject(opening);
    }
    counts->pairs = pairs == NULL ? 0 : count_different(pairs, counts->pairs);
    counts->with = names == NULL ? 0 : count_different(names, counts->with);
}

/* Compares the other way round. NULL if nothing could be found, and if the first way took too long. */
static struct diff *
compare_reverse(const struct diff *diff, struct buf *buf)
{
    const struct diff_input input = {.old_table = diff->new_table,
                                     .new_table = diff->old_table,
                                     .old_image = diff->new_image,
                                     .new_image = diff->old_image,
                                     .today = diff->today,
                                     .hold_joins = true};
    struct diff *reverse = NULL;
    if (diff->partial || diff->old_image == NULL || diff->new_image == NULL || diff_is_empty(diff))
        return NULL;
    if (diff_tables(&reverse, &input, NULL) != 0)
        buf->failed = true;
    return reverse;
}

void
lead_add_closes(struct buf *buf, const struct lead *lead)
{
    const struct diff *diff = lead->diff;
    struct diff *reverse = compare_reverse(diff, buf);
    struct counts counts = {.partial = diff->partial || (reverse != NULL && reverse->partial)};
    count_names(&counts, lead, reverse);
    for (size_t i = diff->ranges_opened; i < diff->range_count; i++) {
        const struct diff_range *range = &diff->ranges[i];
        counts.ranges += i == diff->ranges_opened || addr_compare(&range->first, &range[-1].first) != 0;
    }
    if (reverse != NULL) {
        count_with(&counts, lead, reverse);
        counts.regexes = count_regexes(lead, reverse);
    }
    add_counts(buf, &counts);
    add_partial(buf, &counts);
    diff_free(reverse);
}
