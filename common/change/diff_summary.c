// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_summary.c - a diff as one paragraph: real entries where they are few, numbers where they are many; the report
 * that begins with this paragraph; and what a person needs besides the openings. Part of diff.h. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/order.h"
#include "diff_build.h"
#include "name/verb.h"
#include "opening.h"
#include "seen/seen.h"

#define FEW 5   /* all are named */
#define SHOWN 3 /* of more than that */
#define SUMMARY_MEMORY ((size_t)256 << 20)

/* A list that names each text once. Equal texts follow each other. */
struct list {
    struct buf *buf;
    size_t count; /* different ones */
    size_t named; /* of these */
};

static bool
names_next(struct list *list)
{
    bool names = list->named < (list->count <= FEW ? list->count : SHOWN);
    if (names)
        buf_add_text(list->buf, list->named++ > 0 ? ", " : "");
    return names;
}

static void
end_list(struct list *list)
{
    if (list->count > list->named)
        buf_add_fmt(list->buf, " and %zu more", list->count - list->named);
}

/* Whether the line is in the new table but left out of verdicts, because its day has passed. */
static bool
has_expired(const struct diff *diff, const struct terms *terms)
{
    return terms != NULL && terms->verb != VERB_INSPECT && terms->expires != 0 && diff->today >= terms->expires;
}

static void
add_entry(struct buf *buf, const struct diff *diff, const struct diff_entry *entry)
{
    buf_add_text(buf, entry->text);
    if (entry->kind == DIFF_BROADENED || entry->kind == DIFF_NARROWED)
        buf_add_fmt(buf, " for %s", entry->other);
    if (entry->kind == DIFF_RAISED || entry->kind == DIFF_LOWERED)
        buf_add_fmt(buf, " %s -> %s", verb_category(entry->old_terms->verb), verb_category(entry->new_terms->verb));
    if (entry->kind == DIFF_MOVED)
        buf_add_fmt(buf, " set %u -> %u", entry->old_terms->set.id, entry->new_terms->set.id);
    if (has_expired(diff, entry->new_terms))
        buf_add_text(buf, ", which has expired");
    diff_add_impact(buf, entry);
}

static bool
is_new_text(const struct diff *diff, size_t at, size_t i)
{
    const struct diff_entry *entry = &diff->entries[at + i];
    if (i == 0 || strcmp(entry->text, entry[-1].text) != 0)
        return true;
    bool names_other = entry->kind == DIFF_BROADENED || entry->kind == DIFF_NARROWED;
    return names_other && order_texts(entry->other, entry[-1].other) != 0;
}

static void
add_kind(struct buf *buf, const struct diff *diff, size_t at, size_t count)
{
    static const char *const words[DIFF_KINDS] = {
        [DIFF_ADDED] = "added",         [DIFF_REMOVED] = "removed",   [DIFF_MOVED] = "moved",
        [DIFF_RAISED] = "raised",       [DIFF_LOWERED] = "lowered",   [DIFF_PORTS] = "with other ports",
        [DIFF_BROADENED] = "broadened", [DIFF_NARROWED] = "narrowed", [DIFF_ATTRIBUTE] = "with other attributes",
        [DIFF_LOCAL] = "local",
    };
    struct list list = {buf, 0, 0};
    for (size_t i = 0; i < count; i++)
        list.count += is_new_text(diff, at, i);
    buf_add_fmt(buf, "%zu %s (", count, words[diff->entries[at].kind]);
    for (size_t i = 0; i < count; i++) {
        if (is_new_text(diff, at, i) && names_next(&list))
            add_entry(buf, diff, &diff->entries[at + i]);
    }
    end_list(&list);
    buf_add_text(buf, ")");
}

static void
add_verdicts(struct buf *buf, const struct diff *diff, bool opened)
{
    size_t from = opened ? 0 : diff->opened;
    size_t count = opened ? diff->opened : diff->verdict_count - diff->opened;
    if (count == 0)
        return;
    struct list list = {buf, count, 0};
    buf_add_fmt(buf, " %s: ", opened ? "Bypassed now, inspected before" : "Inspected now, bypassed before");
    for (size_t i = 0; i < count && names_next(&list); i++) {
        const struct diff_verdict *verdict = &diff->verdicts[from + i];
        buf_add_text(buf, verdict->pattern);
        if (verdict->some)
            buf_add_fmt(buf, " (such as %s)", verdict->name);
        buf_add_text(buf, " port ");
        ports_print(buf, &verdict->answer.ports);
    }
    end_list(&list);
    buf_add_char(buf, '.');
}

/* Whether the range begins at another address than the one before it. Ranges of other ports or sets may begin at the
 * same one. */
static bool
is_new_range(const struct diff *diff, size_t from, size_t i)
{
    const struct diff_range *range = &diff->ranges[from + i];
    return i == 0 || addr_compare(&range->first, &range[-1].first) != 0;
}

static void
add_ranges(struct buf *buf, const struct diff *diff, bool opened)
{
    size_t from = opened ? 0 : diff->ranges_opened;
    size_t count = opened ? diff->ranges_opened : diff->range_count - diff->ranges_opened;
    char text[DIFF_RANGE_TEXT_MAX];
    if (count == 0)
        return;
    struct list list = {buf, 0, 0};
    for (size_t i = 0; i < count; i++)
        list.count += is_new_range(diff, from, i);
    buf_add_fmt(buf, " Addresses %s: ", opened ? "bypassed now, inspected before" : "inspected now, bypassed before");
    for (size_t i = 0; i < count; i++) {
        if (!is_new_range(diff, from, i) || !names_next(&list))
            continue;
        diff_range_text(text, &diff->ranges[from + i]);
        buf_add_text(buf, text);
    }
    end_list(&list);
    buf_add_char(buf, '.');
}

/* What opens, or may, though no name or address by itself does. */
struct named {
    const char *text;
    const struct ports *ports; /* NULL: of a regex */
};

static int
compare_named(const void *left, const void *right)
{
    const struct named *a = left;
    const struct named *b = right;
    int order = strcmp(a->text, b->text);
    return order != 0 || a->ports == NULL || b->ports == NULL ? order : ports_compare(a->ports, b->ports);
}

static void
add_named(struct buf *buf, const char *before, struct named *named, size_t count)
{
    size_t kept = 0;
    if (count == 0)
        return;
    qsort(named, count, sizeof *named, compare_named);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || compare_named(&named[kept - 1], &named[i]) != 0)
            named[kept++] = named[i];
    }
    struct list list = {buf, kept, 0};
    buf_add_text(buf, before);
    for (size_t i = 0; i < kept && names_next(&list); i++) {
        buf_add_text(buf, named[i].text);
        if (named[i].ports == NULL)
            continue;
        buf_add_text(buf, " port ");
        ports_print(buf, named[i].ports);
    }
    end_list(&list);
    buf_add_char(buf, '.');
}

/* What was bypassed already, but not with these original addresses, and regexes. Returns how many openings it told. */
static size_t
add_others(struct buf *buf, const struct diff *diff, struct arena *arena)
{
    struct named *with = arena_array(arena, diff->opening_count + 1, sizeof *with);
    struct named *regexes = arena_array(arena, diff->entry_count + 1, sizeof *regexes);
    size_t with_count = 0, regex_count = 0;
    if (with == NULL || regexes == NULL)
        return 0;
    for (size_t i = 0; i < diff->opening_count; i++) {
        const struct opening *opening = &diff->openings[i];
        if (opening->kind == OPENING_WITH || opening->kind == OPENING_WITH_SNI)
            with[with_count++] = (struct named){opening_subject(opening), &opening->ports};
    }
    for (size_t i = 0; i < diff->entry_count; i++) {
        if (opening_by_regex(diff, &diff->entries[i]))
            regexes[regex_count++] = (struct named){.text = diff->entries[i].text};
    }
    add_named(buf, " Bypassed now with other original addresses: ", with, with_count);
    add_named(buf, " Regexes changed that may open names: ", regexes, regex_count);
    return with_count + regex_count;
}

/* Whether addresses may have joined a set that was bypassed already, and whose names pass with them now. No opening
 * tells of it. */
static bool
may_join(const struct diff *diff)
{
    bool found = false;
    for (size_t i = 0; i < diff->entry_count && !found; i++) {
        const struct diff_entry *entry = &diff->entries[i];
        const struct terms *is = entry->new_terms;
        found = entry->is_prefix && entry->kind != DIFF_REMOVED && entry->kind != DIFF_NARROWED && is != NULL &&
                is->verb != VERB_INSPECT && (diff->new_bypass & 1u << is->verb) != 0 &&
                (entry->kind != DIFF_ATTRIBUTE || entry->old_terms->expires != is->expires);
    }
    return found;
}

static void
add_changes(struct buf *buf, const struct diff *diff, struct arena *arena)
{
    add_verdicts(buf, diff, true);
    add_ranges(buf, diff, true);
    size_t others = add_others(buf, diff, arena);
    add_verdicts(buf, diff, false);
    add_ranges(buf, diff, false);
    bool unknown = diff->partial || (diff->options != NULL && diff->regex_count > 0) || may_join(diff);
    if (diff->opened == 0 && diff->ranges_opened == 0 && others == 0 && !unknown)
        buf_add_text(buf, " Nothing is bypassed that was inspected.");
}

void
diff_summary(const struct diff *diff, struct buf *buf)
{
    if (diff_is_empty(diff)) {
        buf_add_text(buf, "Nothing changed.");
        return;
    }
    buf_add_fmt(buf, "%zu rule%s -> %zu", diff->old_rules, diff->old_rules == 1 ? "" : "s", diff->new_rules);
    for (size_t at = 0; at < diff->entry_count;) {
        size_t count = diff->counts[diff->entries[at].kind];
        buf_add_text(buf, at == 0 ? ": " : ", ");
        add_kind(buf, diff, at, count);
        at += count;
    }
    buf_add_char(buf, '.');
    if (diff->options != NULL)
        buf_add_fmt(buf, " Options: %s.", diff->options);
    struct arena *arena = arena_new(SUMMARY_MEMORY);
    if (arena != NULL)
        add_changes(buf, diff, arena);
    buf->failed = buf->failed || arena == NULL || !arena_ok(arena);
    arena_free(arena);
}

void
diff_report(const struct diff *diff, struct buf *buf)
{
    diff_summary(diff, buf);
    buf_add_text(buf, "\n\n");
    diff_print(diff, buf);
}

/* ---- what matters besides the openings ---- */

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
    return i > diff->ranges_opened && addr_compare(&range->first, &range[-1].first) == 0;
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
    if (count > 0 && diff->seen != NULL) {
        buf_add_text(buf, "; ");
        seen_print(buf, &diff->seen->ranges_closed);
    }
    if (count > 0)
        buf_add_char(buf, '\n');
}

static void
print_counts(const struct diff *diff, struct buf *buf)
{
    size_t attributes = 0, inspected = 0;
    for (size_t i = 0; i < diff->entry_count; i++) {
        bool quiet = diff_is_quiet(diff, &diff->entries[i]);
        attributes += quiet && diff->entries[i].kind == DIFF_ATTRIBUTE;
        inspected += quiet && diff->entries[i].kind != DIFF_ATTRIBUTE;
    }
    if (attributes > 0)
        buf_add_fmt(buf, "not listed: %zu with other notes or attributes\n", attributes);
    if (inspected > 0)
        buf_add_fmt(buf, "not listed: %zu that are bypassed neither before nor now\n", inspected);
}

void
diff_print_brief(const struct diff *diff, size_t most, bool closings, struct buf *buf)
{
    struct arena *arena = arena_new(SUMMARY_MEMORY);
    diff_print_names(diff, most, closings, buf);
    if (closings)
        print_closed(diff, buf);
    if (arena != NULL)
        print_prefixes(diff, arena, buf);
    print_counts(diff, buf);
    diff_print_gaps(diff, buf);
    buf->failed = buf->failed || arena == NULL || !arena_ok(arena);
    arena_free(arena);
}
