// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * export_reduce.c - drops entries without effect from a list in which the first match counts, and sorts the rest into
 * runs of the same answer. Part of export_names.h.
 *
 * An entry is never reached if one before it covers it. It changes nothing if every name it matches gets the same
 * answer from the entries after it. Exact names and `*.b.c` meet only names and wildcards above or below them, which
 * are found by their text; every other pattern is tried.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "export_build.h"
#include "export_names.h"

#define NOWHERE SIZE_MAX

struct reduction {
    struct export_names *names;
    size_t *plain; /* EXACT and UNDER entries, by text */
    size_t plain_count;
    size_t *other; /* GLOB and REGEX entries, in order */
    size_t other_count;
    bool *dropped;
};

static const struct export_name *
at(const struct reduction *reduction, size_t index)
{
    return &reduction->names->item[index];
}

static int
compare_texts(const void *a, const void *b, void *arg)
{
    const struct export_names *names = arg;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    int text = strcmp(names->item[x].text, names->item[y].text);
    return text != 0 ? text : (x > y) - (x < y);
}

static int
prepare(struct reduction *ret, struct export_names *names, struct arena *arena, struct err *err)
{
    *ret = (struct reduction){.names = names};
    ret->plain = arena_array(arena, names->count + 1, sizeof *ret->plain);
    ret->other = arena_array(arena, names->count + 1, sizeof *ret->other);
    ret->dropped = arena_array(arena, names->count + 1, sizeof *ret->dropped);
    if (ret->plain == NULL || ret->other == NULL || ret->dropped == NULL)
        return err_set(err, ERR_MEM, "no memory for the names of an export");
    for (size_t i = 0; i < names->count; i++) {
        if (names->item[i].kind <= PATTERN_UNDER)
            ret->plain[ret->plain_count++] = i;
        else
            ret->other[ret->other_count++] = i;
    }
    qsort_r(ret->plain, ret->plain_count, sizeof *ret->plain, compare_texts, names);
    return 0;
}

static int
compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int bytes = memcmp(a, b, a_len < b_len ? a_len : b_len);
    return bytes != 0 ? bytes : (a_len > b_len) - (a_len < b_len);
}

/* The first entry after `after` (NOWHERE: from the start) that has this text and was not dropped. */
static size_t
find_plain(const struct reduction *reduction, const char *text, size_t len, size_t after)
{
    size_t low = 0, high = reduction->plain_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct export_name *entry = at(reduction, reduction->plain[middle]);
        if (compare_bytes(entry->text, entry->len, text, len) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < reduction->plain_count; low++) {
        size_t index = reduction->plain[low];
        const struct export_name *entry = at(reduction, index);
        if (compare_bytes(entry->text, entry->len, text, len) != 0)
            break;
        if (!reduction->dropped[index] && (after == NOWHERE || index > after))
            return index;
    }
    return NOWHERE;
}

/* The first entry after `after` among the wildcards `*.b.c` that cover a plain entry, or the entry with its own text.
 */
static size_t
find_above(const struct reduction *reduction, const struct export_name *entry, size_t after)
{
    char text[PATTERN_MAX + 2] = "*";
    size_t best = find_plain(reduction, entry->text, entry->len, after);
    const char *dot = memchr(entry->text, '.', entry->len);
    if (entry->kind == PATTERN_UNDER && dot != NULL)
        dot = memchr(dot + 1, '.', (size_t)(entry->text + entry->len - dot - 1));
    while (dot != NULL) {
        size_t len = (size_t)(entry->text + entry->len - dot);
        memcpy(text + 1, dot, len);
        size_t found = find_plain(reduction, text, len + 1, after);
        if (found < best)
            best = found;
        dot = memchr(dot + 1, '.', len - 1);
    }
    return best;
}

static bool
meets(const struct export_name *a, const struct export_name *b)
{
    if (b->kind != PATTERN_REGEX)
        return export_name_meets(a, b->text, b->len);
    return a->kind == PATTERN_REGEX || export_name_meets(b, a->text, a->len);
}

static bool
covers(const struct export_name *outer, const struct export_name *inner)
{
    return (outer->len == inner->len && memcmp(outer->text, inner->text, inner->len) == 0) ||
           pattern_covers(outer->text, outer->len, inner->text, inner->len);
}

/* True if an entry before this one covers it. */
static bool
is_unreachable(const struct reduction *reduction, size_t index)
{
    const struct export_name *entry = at(reduction, index);
    if (entry->kind <= PATTERN_UNDER && find_above(reduction, entry, NOWHERE) < index)
        return true;
    size_t end = entry->kind <= PATTERN_UNDER ? reduction->other_count : index;
    for (size_t i = 0; i < end; i++) {
        size_t other = entry->kind <= PATTERN_UNDER ? reduction->other[i] : i;
        if (other >= index)
            break;
        if (!reduction->dropped[other] && covers(at(reduction, other), entry))
            return true;
    }
    return false;
}

/* The next entry after `after` that may match a name of this one. */
static size_t
find_next(const struct reduction *reduction, const struct export_name *entry, size_t after)
{
    size_t best = NOWHERE;
    if (entry->kind > PATTERN_UNDER) {
        for (size_t i = after + 1; i < reduction->names->count; i++) {
            if (!reduction->dropped[i] && meets(at(reduction, i), entry))
                return i;
        }
        return NOWHERE;
    }
    best = find_above(reduction, entry, after);
    for (size_t i = 0; i < reduction->other_count; i++) {
        size_t other = reduction->other[i];
        if (other > after && other < best && !reduction->dropped[other] && meets(at(reduction, other), entry))
            best = other;
    }
    return best;
}

/* True if the names of an entry get the same answer without it. */
static bool
is_useless(const struct reduction *reduction, size_t index)
{
    const struct export_name *entry = at(reduction, index);
    for (size_t next = find_next(reduction, entry, index); next != NOWHERE; next = find_next(reduction, entry, next)) {
        if (at(reduction, next)->selected != entry->selected)
            return false;
        if (covers(at(reduction, next), entry))
            return true;
    }
    return !entry->selected;
}

int
export_names_reduce(struct export_names *names, struct arena *arena, struct err *err)
{
    struct reduction reduction;
    if (prepare(&reduction, names, arena, err) != 0)
        return -1;
    for (size_t i = 0; i < names->count; i++)
        reduction.dropped[i] = is_unreachable(&reduction, i);
    for (size_t i = names->count; i-- > 0;)
        reduction.dropped[i] = reduction.dropped[i] || is_useless(&reduction, i);
    size_t kept = 0;
    for (size_t i = 0; i < names->count; i++) {
        if (!reduction.dropped[i])
            names->item[kept++] = names->item[i];
    }
    names->count = kept;
    return 0;
}

/* An entry comes after all that meet it and say otherwise. */
static void
find_levels(const struct reduction *reduction)
{
    struct export_names *names = reduction->names;
    for (size_t i = 0; i < names->count; i++)
        names->item[i].level = names->item[i].selected ? 1 : 0;
    for (size_t i = 0; i < names->count; i++) {
        const struct export_name *entry = &names->item[i];
        for (size_t next = find_next(reduction, entry, i); next != NOWHERE; next = find_next(reduction, entry, next)) {
            struct export_name *later = &names->item[next];
            if (later->selected != entry->selected && later->level <= entry->level)
                later->level = entry->level + 1;
        }
    }
}

static int
compare_levels(const void *a, const void *b)
{
    const struct export_name *x = a, *y = b;
    bool x_plain = x->kind <= PATTERN_UNDER, y_plain = y->kind <= PATTERN_UNDER;
    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    if (x_plain != y_plain)
        return x_plain ? -1 : 1;
    return strcmp(x->text, y->text);
}

int
export_names_layer(struct export_names *names, struct arena *arena, struct err *err)
{
    struct reduction reduction;
    if (prepare(&reduction, names, arena, err) != 0)
        return -1;
    find_levels(&reduction);
    if (names->count > 1)
        qsort(names->item, names->count, sizeof *names->item, compare_levels);
    return 0;
}
