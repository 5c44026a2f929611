// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_brief.c - what a person needs of a diff besides its openings; the rest is counted. Part of diff.h. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "diff_build.h"

#define BRIEF_MEMORY ((size_t)256 << 20)
#define SHOWN 3 /* addresses of one set, and ranges that close */

/* An entry with the set that it is listed under. */
struct listed {
    const struct diff_entry *entry;
    const struct table *table;
    const struct terms *terms;
};

static int
compare_listed(const void *left, const void *right)
{
    const struct listed *a = left;
    const struct listed *b = right;
    int order = endpoint_set_compare_across(a->table, &a->terms->set, b->table, &b->terms->set);
    return order != 0 ? order : (a->entry > b->entry) - (a->entry < b->entry);
}

static size_t
list_prefixes(const struct diff *diff, struct listed *listed)
{
    size_t count = 0;
    for (size_t i = 0; i < diff->entry_count; i++) {
        const struct diff_entry *entry = &diff->entries[i];
        bool is_new = entry->new_terms != NULL;
        if (entry->is_prefix && entry->kind != DIFF_LOCAL && !diff_is_quiet(diff, entry))
            listed[count++] = (struct listed){entry, is_new ? diff->new_table : diff->old_table,
                                              is_new ? entry->new_terms : entry->old_terms};
    }
    return count;
}

/* `  set 1, Exchange, worldwide: 2 added, 1 removed: 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24` */
static void
print_set(const struct listed *listed, size_t count, struct buf *buf)
{
    buf_add_text(buf, "  ");
    diff_add_set(buf, listed->table, listed->terms);
    for (size_t i = 0, same; i < count; i += same) {
        same = 1;
        while (i + same < count && listed[i + same].entry->kind == listed[i].entry->kind)
            same++;
        buf_add_fmt(buf, "%s%zu %s", i == 0 ? ": " : ", ", same, diff_word(listed[i].entry->kind));
    }
    for (size_t i = 0; i < count && i < SHOWN; i++)
        buf_add_fmt(buf, "%s%s", i == 0 ? ": " : ", ", listed[i].entry->text);
    if (count > SHOWN)
        buf_add_fmt(buf, " and %zu more", count - SHOWN);
    buf_add_char(buf, '\n');
}

static void
print_prefixes(const struct diff *diff, struct arena *arena, struct buf *buf)
{
    struct listed *listed = arena_array(arena, diff->entry_count + 1, sizeof *listed);
    size_t count = listed == NULL ? 0 : list_prefixes(diff, listed);
    if (count == 0)
        return;
    qsort(listed, count, sizeof *listed, compare_listed);
    buf_add_text(buf, "addresses, by set:\n");
    for (size_t i = 0, same; i < count; i += same) {
        same = 1;
        while (i + same < count &&
               endpoint_set_compare_across(listed[i].table, &listed[i].terms->set, listed[i + same].table,
                                           &listed[i + same].terms->set) == 0)
            same++;
        print_set(&listed[i], same, buf);
    }
}

/* Several ranges with the same first address differ in their ports or sets. */
static bool
is_again(const struct diff *diff, size_t i)
{
    const struct diff_range *range = &diff->ranges[i];
    return i > diff->ranges_opened && range->first.v6 == range[-1].first.v6 &&
           memcmp(range->first.bytes, range[-1].first.bytes, sizeof range->first.bytes) == 0;
}

static void
print_closed(const struct diff *diff, struct buf *buf)
{
    size_t count = 0;
    char text[DIFF_RANGE_TEXT_MAX];
    for (size_t i = diff->ranges_opened; i < diff->range_count; i++) {
        if (is_again(diff, i) || count++ >= SHOWN)
            continue;
        diff_range_text(text, &diff->ranges[i]);
        buf_add_fmt(buf, "%s%s", count == 1 ? "addresses inspected now, bypassed before: " : ", ", text);
    }
    if (count > SHOWN)
        buf_add_fmt(buf, " and %zu more", count - SHOWN);
    if (count > 0)
        buf_add_char(buf, '\n');
}

static void
print_counts(const struct diff *diff, struct buf *buf)
{
    size_t attributes = diff->counts[DIFF_ATTRIBUTE], inspected = 0;
    for (size_t i = 0; i < diff->entry_count; i++)
        inspected += diff->entries[i].kind != DIFF_ATTRIBUTE && diff_is_quiet(diff, &diff->entries[i]);
    if (attributes > 0)
        buf_add_fmt(buf, "not listed: %zu with other notes or attributes\n", attributes);
    if (inspected > 0)
        buf_add_fmt(buf, "not listed: %zu that are bypassed neither before nor now\n", inspected);
}

void
diff_print_brief(const struct diff *diff, size_t most, struct buf *buf)
{
    struct arena *arena = arena_new(BRIEF_MEMORY);
    diff_print_names(diff, most, buf);
    print_closed(diff, buf);
    if (arena != NULL)
        print_prefixes(diff, arena, buf);
    print_counts(diff, buf);
    diff_print_gaps(diff, buf);
    buf->failed = buf->failed || arena == NULL || !arena_ok(arena);
    arena_free(arena);
}
