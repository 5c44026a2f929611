// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * evidence_row.c - finds the row that a name or an address belongs to. See evidence_row.h.
 *
 * Names are sorted by the labels that all names of their pattern end with, so that a name need only be compared with
 * patterns of its own labels. Ranges are sorted by their first address; `reach` says how far those up to one go.
 */
#include "evidence_row.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/order.h"
#include "change/diff.h"
#include "change/opening.h"
#include "name/host.h"
#include "name/pattern.h"
#include "name/ports.h"

#define REGEXES_MAX 256
#define EXACT UINT16_MAX

struct name_row {
    enum row_kind kind;
    struct row_place place;
    const char *text, *ending; /* the pattern, and its last labels without a dot before them */
    size_t len, ending_len;
    uint16_t weight; /* the narrower, the more */
    const struct ports *ports;
};

struct regex_row {
    enum row_kind kind;
    struct row_place place;
    const struct regex *regex;
    const struct ports *ports;
};

struct range_row {
    enum row_kind kind;
    struct row_place place;
    struct addr first, last, reach;
    const struct ports *ports;
};

struct row_index {
    struct arena *arena;
    struct name_row *names;
    struct range_row *ranges;
    struct regex_row regexes[REGEXES_MAX];
    size_t name_count, range_count, regex_count;
};

/* ---- collecting ---- */

static const char *
find_ending(const char *text, size_t len)
{
    const char *star = memrchr(text, '*', len);
    if (star == NULL)
        return text + (len > 0 && text[0] == '.');
    const char *dot = memchr(star, '.', (size_t)(text + len - star));
    return dot == NULL ? text + len : dot + 1;
}

static void
add_regex(struct row_index *index, enum row_kind kind, struct row_place place, const char *text,
          const struct ports *ports)
{
    struct regex *regex;
    const struct regex *share = index->regex_count > 0 ? index->regexes[0].regex : NULL;
    if (index->regex_count == REGEXES_MAX ||
        regex_new(&regex, share, index->arena, text + 1, strlen(text + 1), NULL) != 0)
        return;
    index->regexes[index->regex_count++] = (struct regex_row){kind, place, regex, ports};
}

static void
add_name(struct row_index *index, enum row_kind kind, struct row_place place, const char *text,
         const struct ports *ports)
{
    char filled[PATTERN_MAX + 1];
    if (text[0] == '~') {
        add_regex(index, kind, place, text, ports);
        return;
    }
    size_t len = pattern_fill_tenant(filled, text, strlen(text), NULL);
    const char *kept = len == 0 ? NULL : arena_text(index->arena, filled, len);
    if (kept == NULL)
        return;
    bool exact = pattern_kind(kept, len) == PATTERN_EXACT;
    const char *ending = find_ending(kept, len);
    index->names[index->name_count++] = (struct name_row){
        kind, place, kept, ending, len, len - (size_t)(ending - kept), exact ? EXACT : pattern_literals(kept, len),
        ports};
}

static void
add_range(struct row_index *index, enum row_kind kind, struct row_place place, const struct addr *first,
          const struct addr *last, const struct ports *ports)
{
    index->ranges[index->range_count++] = (struct range_row){kind, place, *first, *last, *last, ports};
}

static void
add_opening(struct row_index *index, const struct opening *opening, size_t at)
{
    const struct row_place place = {SEEN_OPENINGS, at};
    const char *subject = opening_subject(opening);
    struct addr first, last;
    if (opening->kind == OPENING_ADDRESS) {
        add_range(index, ROW_OPENING, place, &opening->first, &opening->last, &opening->ports);
    } else if (addr_parse(&first, subject, strlen(subject))) {
        /* the first of several that are alike: they end before the next of these rows */
        prefix_last(&last, &(struct prefix){.addr = first, .len = 0});
        add_range(index, ROW_OPENING_WITH, place, &first, &last, &opening->ports);
    } else {
        add_name(index, opening->kind == OPENING_NAME ? ROW_OPENING : ROW_OPENING_WITH, place, subject,
                 &opening->ports);
    }
}

static int
compare_endings(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int order = memcmp(a, b, a_len < b_len ? a_len : b_len);
    return order != 0 ? order : order_numbers(a_len, b_len);
}

static int
compare_names(const void *left, const void *right)
{
    const struct name_row *a = left, *b = right;
    int order = order_numbers(a->kind, b->kind);
    if (order == 0)
        order = compare_endings(a->ending, a->ending_len, b->ending, b->ending_len);
    return order != 0 ? order : order_numbers(a->place.at, b->place.at);
}

static int
compare_ranges(const void *left, const void *right)
{
    const struct range_row *a = left, *b = right;
    int order = order_numbers(a->kind, b->kind);
    if (order == 0)
        order = addr_compare(&a->first, &b->first);
    return order != 0 ? order : order_numbers(a->place.at, b->place.at);
}

static void
collect(struct row_index *index, const struct diff *diff)
{
    for (size_t i = 0; i < diff->opening_count; i++)
        add_opening(index, &diff->openings[i], i);
    for (size_t i = 0; i < diff->verdict_count; i++)
        add_name(index, i < diff->opened ? ROW_OPENED : ROW_CLOSED, (struct row_place){SEEN_VERDICTS, i},
                 diff->verdicts[i].pattern, &diff->verdicts[i].answer.ports);
    for (size_t i = 0; i < diff->range_count; i++)
        add_range(index, i < diff->ranges_opened ? ROW_OPENED : ROW_CLOSED, (struct row_place){SEEN_RANGES, i},
                  &diff->ranges[i].first, &diff->ranges[i].last, &diff->ranges[i].answer.ports);
}

struct row_index *
row_index_new(struct arena *arena, const struct diff *diff)
{
    struct row_index *index = arena_alloc(arena, sizeof *index);
    if (index == NULL)
        return NULL;
    index->arena = arena;
    index->names = arena_array(arena, diff->opening_count + diff->verdict_count + 1, sizeof *index->names);
    index->ranges = arena_array(arena, diff->opening_count + diff->range_count + 1, sizeof *index->ranges);
    if (index->names == NULL || index->ranges == NULL)
        return NULL;
    collect(index, diff);
    if (index->name_count > 0)
        qsort(index->names, index->name_count, sizeof *index->names, compare_names);
    if (index->range_count > 0)
        qsort(index->ranges, index->range_count, sizeof *index->ranges, compare_ranges);
    for (size_t i = 1; i < index->range_count; i++) {
        struct range_row *row = &index->ranges[i];
        if (row->kind == row[-1].kind && addr_compare(&row[-1].reach, &row->reach) > 0)
            row->reach = row[-1].reach;
    }
    return arena_ok(arena) ? index : NULL;
}

/* ---- finding ---- */

/* The first row of a kind whose ending is not before this one. */
static size_t
find_ending_row(const struct row_index *index, enum row_kind kind, const char *ending, size_t len)
{
    size_t low = 0, high = index->name_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct name_row *row = &index->names[middle];
        int order = order_numbers(row->kind, kind);
        if (order == 0)
            order = compare_endings(row->ending, row->ending_len, ending, len);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The narrowest of the rows with this ending, if it is narrower than `best`. */
static const struct name_row *
find_narrower(const struct row_index *index, enum row_kind kind, const struct host *name, size_t from, uint16_t port,
              const struct name_row *best)
{
    const char *ending = name->text + from;
    size_t len = name->len - from;
    for (size_t i = find_ending_row(index, kind, ending, len); i < index->name_count; i++) {
        const struct name_row *row = &index->names[i];
        if (row->kind != kind || compare_endings(row->ending, row->ending_len, ending, len) != 0)
            break;
        if ((best == NULL || row->weight > best->weight) && ports_hold(row->ports, port) &&
            pattern_match(row->text, row->len, name->text, name->len))
            best = row;
    }
    return best;
}

static bool
find_regex(struct row_place *ret, const struct row_index *index, enum row_kind kind, const struct host *name,
           uint16_t port)
{
    for (size_t i = 0; i < index->regex_count; i++) {
        const struct regex_row *row = &index->regexes[i];
        if (row->kind == kind && ports_hold(row->ports, port) &&
            regex_match(row->regex, name->text, name->len) == REGEX_YES) {
            *ret = row->place;
            return true;
        }
    }
    return false;
}

bool
row_find_name(struct row_place *ret, const struct row_index *index, enum row_kind kind, const struct host *name,
              uint16_t port)
{
    const struct name_row *best = find_narrower(index, kind, name, 0, port, NULL);
    for (size_t i = 0; i < name->len; i++) {
        if (name->text[i] == '.')
            best = find_narrower(index, kind, name, i + 1, port, best);
    }
    best = find_narrower(index, kind, name, name->len, port, best);
    if (best == NULL)
        return find_regex(ret, index, kind, name, port);
    *ret = best->place;
    return true;
}

bool
row_find_address(struct row_place *ret, const struct row_index *index, enum row_kind kind, const struct addr *addr,
                 uint16_t port)
{
    size_t low = 0, high = index->range_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct range_row *row = &index->ranges[middle];
        int order = order_numbers(row->kind, kind);
        if (order < 0 || (order == 0 && addr_compare(&row->first, addr) <= 0))
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = low; i > 0; i--) {
        const struct range_row *row = &index->ranges[i - 1];
        if (row->kind != kind || addr_compare(&row->reach, addr) < 0)
            break;
        if (addr_compare(addr, &row->last) <= 0 && ports_hold(row->ports, port)) {
            *ret = row->place;
            return true;
        }
    }
    return false;
}
