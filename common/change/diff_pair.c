// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff_pair.c - added and removed entries that belong together, and what the change feed says. Part of diff.h.
 *
 * A removed name is not lost if a wildcard that covers it was added. Calling it removed would alarm people, so it
 * counts as broadened. Each removed entry is paired with one added entry: one of the same endpoint set if possible,
 * then the narrowest.
 */
#include <stdlib.h>
#include <string.h>

#include "announced.h"
#include "diff_build.h"
#include "name/pattern.h"

/* Comparisons of one entry with another. After this many, the rest stays added and removed. */
#define TRIES_MAX ((size_t)20 << 20)

#define SAID_MAX 1000 /* records of the feed about one value */

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

/* What may replace or be replaced. */
struct part {
    struct diff_entry *entry;
    const char *text; /* <tenant> filled with `*` */
    size_t len;
    struct prefix prefix;
    bool is_wide; /* may cover others */
    bool used;
};

struct parts {
    struct part *of;
    size_t count;
};

static bool
fill_part(struct differ *differ, struct part *part, struct diff_entry *entry)
{
    char filled[PATTERN_MAX + 1];
    *part = (struct part){.entry = entry, .text = entry->text, .len = strlen(entry->text)};
    if (entry->is_prefix) {
        part->is_wide = true;
        return prefix_parse(&part->prefix, entry->text, part->len, NULL) == 0;
    }
    enum pattern_kind kind = pattern_kind(part->text, part->len);
    if (kind == PATTERN_REGEX)
        return false;
    if (strstr(entry->text, PATTERN_TENANT) != NULL) {
        part->len = pattern_fill_tenant(filled, entry->text, part->len, NULL);
        part->text = arena_text(differ->scratch, filled, part->len);
        kind = pattern_kind(filled, part->len);
    }
    part->is_wide = kind != PATTERN_EXACT;
    return part->text != NULL && part->len > 0;
}

/* Whether the entry's pattern is new in its set. */
static bool
has_joined(const struct diff *diff, const struct diff_entry *entry)
{
    if (entry->kind > DIFF_LOWERED || entry->new_terms == NULL)
        return false;
    return entry->old_terms == NULL || endpoint_set_compare_across(diff->old_table, &entry->old_terms->set,
                                                                   diff->new_table, &entry->new_terms->set) != 0;
}

/* Entries of one kind or, with `joined`, of all kinds in which something joined a set. */
static struct parts
find_parts(struct differ *differ, enum diff_kind kind, bool joined)
{
    struct diff *diff = differ->diff;
    struct parts parts = {arena_array(differ->scratch, diff->entry_count, sizeof *parts.of), 0};
    for (size_t i = 0; parts.of != NULL && i < diff->entry_count; i++) {
        struct diff_entry *entry = &diff->entries[i];
        bool takes = entry->kind == kind && !entry->elsewhere;
        if (joined)
            takes = has_joined(diff, entry);
        if (takes && fill_part(differ, &parts.of[parts.count], entry))
            parts.count++;
    }
    return parts;
}

static bool
covers(const struct part *wide, const struct part *narrow)
{
    if (!wide->is_wide || wide->entry->is_prefix != narrow->entry->is_prefix)
        return false;
    if (wide->entry->is_prefix)
        return wide->prefix.len < narrow->prefix.len && prefix_holds(&wide->prefix, &narrow->prefix.addr);
    return pattern_covers(wide->text, wide->len, narrow->text, narrow->len) &&
           strcmp(wide->entry->text, narrow->entry->text) != 0;
}

static const struct terms *
entry_terms(const struct diff_entry *entry)
{
    return entry->new_terms != NULL ? entry->new_terms : entry->old_terms;
}

static bool
same_group(const struct differ *differ, const struct part *a, const struct part *b)
{
    const struct table *old_table = differ->diff->old_table;
    const struct table *new_table = differ->diff->new_table;
    return endpoint_set_compare_across(a->entry->new_terms != NULL ? new_table : old_table, &entry_terms(a->entry)->set,
                                       b->entry->new_terms != NULL ? new_table : old_table,
                                       &entry_terms(b->entry)->set) == 0;
}

static unsigned
width(const struct part *part)
{
    return part->entry->is_prefix ? part->prefix.len : pattern_literals(part->text, part->len);
}

/* Added or removed, and not in another set as well. */
static bool
is_plain(const struct part *part)
{
    return !part->entry->elsewhere && (part->entry->kind == DIFF_ADDED || part->entry->kind == DIFF_REMOVED);
}

/* The one among `wide` that `narrow` belongs to; NULL if none covers it. What only moved into a set can replace only
 * what left this set. */
static struct part *
choose(const struct differ *differ, struct parts wide, const struct part *narrow, size_t *tries)
{
    struct part *best = NULL;
    bool best_same = false;
    for (size_t i = 0; i<wide.count && * tries> 0; i++, --*tries) {
        struct part *part = &wide.of[i];
        if (!covers(part, narrow))
            continue;
        bool same = same_group(differ, part, narrow);
        if ((!same && !is_plain(part)) ||
            (best != NULL && (same != best_same ? best_same : width(part) <= width(best))))
            continue;
        best = part;
        best_same = same;
    }
    return best;
}

/* Drops the entries whose `text` was set to NULL. */
static void
compact(struct diff *diff)
{
    size_t kept = 0;
    for (size_t i = 0; i < diff->entry_count; i++) {
        if (diff->entries[i].text != NULL)
            diff->entries[kept++] = diff->entries[i];
    }
    diff->entry_count = kept;
}

static void
drop_used(struct parts parts)
{
    for (size_t i = 0; i < parts.count; i++) {
        if (parts.of[i].used && is_plain(&parts.of[i]))
            parts.of[i].entry->text = NULL;
    }
}

/* Removed entries become broadened ones. */
static void
find_broadened(struct differ *differ, size_t *tries)
{
    struct parts joined = find_parts(differ, DIFF_ADDED, true);
    struct parts removed = find_parts(differ, DIFF_REMOVED, false);
    for (size_t i = 0; i < removed.count; i++) {
        struct part *wide = choose(differ, joined, &removed.of[i], tries);
        if (wide == NULL)
            continue;
        struct diff_entry *entry = removed.of[i].entry;
        entry->kind = DIFF_BROADENED;
        entry->other = entry->text;
        entry->text = wide->entry->text;
        entry->new_terms = wide->entry->new_terms;
        wide->used = true;
    }
    drop_used(joined);
    compact(differ->diff);
}

/* Added entries become narrowed ones. */
static void
find_narrowed(struct differ *differ, size_t *tries)
{
    struct parts added = find_parts(differ, DIFF_ADDED, false);
    struct parts removed = find_parts(differ, DIFF_REMOVED, false);
    for (size_t i = 0; i < added.count; i++) {
        struct part *wide = choose(differ, removed, &added.of[i], tries);
        if (wide == NULL)
            continue;
        struct diff_entry *entry = added.of[i].entry;
        entry->kind = DIFF_NARROWED;
        entry->other = wide->entry->text;
        entry->old_terms = wide->entry->old_terms;
        wide->used = true;
    }
    drop_used(removed);
    compact(differ->diff);
}

/* The published rules of one side that may cover others. */
struct wides {
    const struct ref **of;
    size_t count;
};

static struct wides
find_wides(struct differ *differ, const struct half *half)
{
    struct wides wides = {arena_array(differ->scratch, half->count, sizeof(struct ref *)), 0};
    for (size_t i = 0; wides.of != NULL && i < half->count; i++) {
        if (!half->refs[i].local && half->refs[i].rule->kind != PATTERN_EXACT)
            wides.of[wides.count++] = &half->refs[i];
    }
    return wides;
}

/* The narrowest of these that covers a part, in text of the diff's arena; NULL if there is none. */
static const char *
find_cover(struct differ *differ, const struct wides *wides, const struct part *part, size_t *tries)
{
    const struct ref *best = NULL;
    unsigned best_width = 0;
    for (size_t i = 0; i<wides->count && * tries> 0; i++) {
        const struct ref *ref = wides->of[i];
        --*tries;
        if (ref->is_prefix != part->entry->is_prefix)
            continue;
        const struct rule *rule = ref->rule;
        bool holds = ref->is_prefix
                         ? rule->prefix->len < part->prefix.len && prefix_holds(rule->prefix, &part->prefix.addr)
                         : pattern_covers(rule->text, rule->len, part->text, part->len) &&
                               strcmp(rule->text, part->entry->text) != 0;
        unsigned found = ref->is_prefix ? rule->prefix->len : pattern_literals(rule->text, rule->len);
        if (holds && (best == NULL || found > best_width)) {
            best = ref;
            best_width = found;
        }
    }
    char room[64];
    if (best == NULL)
        return NULL;
    const char *text = table_rule_text(best->rule, room);
    return arena_text(differ->arena, text, strlen(text));
}

static void
find_covers(struct differ *differ, enum diff_kind kind, const struct half *half, size_t *tries)
{
    struct parts parts = find_parts(differ, kind, false);
    const struct wides wides = find_wides(differ, half);
    for (size_t i = 0; i<parts.count && * tries> 0; i++)
        parts.of[i].entry->other = find_cover(differ, &wides, &parts.of[i], tries);
}

void
diff_pair_entries(struct differ *differ)
{
    size_t tries = TRIES_MAX;
    find_broadened(differ, &tries);
    find_narrowed(differ, &tries);
    find_covers(differ, DIFF_ADDED, &differ->old_half, &tries);
    find_covers(differ, DIFF_REMOVED, &differ->new_half, &tries);
}

/* A record of the feed, to be sorted by value. */
struct said {
    const struct announced *change;
};

static int
compare_said(const void *left, const void *right)
{
    const struct announced *a = ((const struct said *)left)->change;
    const struct announced *b = ((const struct said *)right)->change;
    int order = strcmp(a->value, b->value);
    return order != 0 ? order : (a > b) - (a < b);
}

/* How well a change fits an entry. */
static int
fit(const struct announced *change, const struct diff_entry *entry)
{
    bool is_gone = entry->new_terms == NULL;
    bool same_set = (entry->new_terms != NULL && entry->new_terms->set.id == change->set) ||
                    (entry->old_terms != NULL && entry->old_terms->set.id == change->set);
    return (same_set ? 2 : 0) + (change->removed == is_gone ? 1 : 0);
}

/* A copy of a word of the feed; NULL if it is not a plain word. It is shown on terminals and in mails. */
static const char *
keep_word(struct differ *differ, const char *text, size_t most, const char *bytes)
{
    size_t len = text == NULL ? 0 : strlen(text);
    bool good = len > 0 && len <= most && strspn(text, bytes) == len;
    return good ? arena_text(differ->arena, text, len) : NULL;
}

static void
annotate_entry(struct differ *differ, struct diff_entry *entry, const struct said *sorted, size_t count)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(sorted[middle].change->value, entry->text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const struct announced *best = NULL;
    for (size_t last = low + SAID_MAX; low < count && low < last && strcmp(sorted[low].change->value, entry->text) == 0;
         low++) {
        if (best == NULL || fit(sorted[low].change, entry) >= fit(best, entry))
            best = sorted[low].change;
    }
    if (best != NULL) {
        entry->impact = keep_word(differ, best->impact, WORD_MAX, LETTERS DIGITS);
        entry->effective = keep_word(differ, best->effective, 8, DIGITS);
    }
}

void
diff_annotate(struct differ *differ, const struct announced *changes, size_t count)
{
    struct diff *diff = differ->diff;
    struct said *sorted = arena_array(differ->scratch, count, sizeof *sorted);
    if (sorted == NULL || count == 0)
        return;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (changes[i].value != NULL)
            sorted[kept++].change = &changes[i];
    }
    qsort(sorted, kept, sizeof *sorted, compare_said);
    for (size_t i = 0; i < diff->entry_count; i++) {
        if (diff->entries[i].kind != DIFF_LOCAL)
            annotate_entry(differ, &diff->entries[i], sorted, kept);
    }
}
