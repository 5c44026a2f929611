// SPDX-License-Identifier: GPL-2.0-or-later
/* later.c - see later.h. */
#include "later.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/order.h"
#include "diff.h"
#include "name/pattern.h"
#include "opening.h"

#define MEETS_MAX ((size_t)1 << 20) /* pairs of a line that ends and a row that changed: up to a second */

/* The rows that changed, and the days that count, the nearest first. */
struct days {
    const struct diff *diff;
    struct rule *changed; /* names and regexes, and the names of the sets whose prefixes changed */
    size_t changed_count, changed_room;
    size_t meets;
    uint32_t *of;
    size_t count, room;
};

static void
add_changed(struct days *days, struct arena *arena, const struct rule *rule)
{
    struct rule *grown = arena_grow(arena, days->changed, &days->changed_room, days->changed_count + 1, sizeof *grown);
    if (grown == NULL)
        return;
    days->changed = grown;
    grown[days->changed_count++] = *rule;
}

/* The names of the set of a prefix that changed: their addresses did. */
static void
add_names(struct days *days, struct arena *arena, const struct table *table, const struct terms *terms)
{
    if (terms == NULL)
        return;
    for (size_t i = opening_find_set(table, &terms->set); i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        if (!endpoint_set_same(&table->terms[rule->terms].set, &terms->set))
            break;
        if (rule->kind != PATTERN_PREFIX)
            add_changed(days, arena, rule);
    }
}

static void
add_text(struct days *days, struct arena *arena, const char *text)
{
    struct rule rule = {.text = text, .len = (uint16_t)strlen(text)};
    rule.kind = (uint8_t)(text[0] == '~' ? PATTERN_REGEX : pattern_kind(text, rule.len));
    add_changed(days, arena, &rule);
}

static void
add_entries(struct days *days, struct arena *arena)
{
    const struct diff *diff = days->diff;
    const struct terms *old_terms = NULL, *new_terms = NULL;
    for (size_t i = 0; i < diff->entry_count; i++) {
        const struct diff_entry *entry = &diff->entries[i];
        if (!entry->is_prefix) {
            add_text(days, arena, entry->text);
            if (entry->other != NULL)
                add_text(days, arena, entry->other);
            continue;
        }
        if (entry->old_terms != old_terms)
            add_names(days, arena, diff->old_table, old_terms = entry->old_terms);
        if (entry->new_terms != new_terms)
            add_names(days, arena, diff->new_table, new_terms = entry->new_terms);
    }
}

static bool
meet(const struct rule *a, const struct rule *b)
{
    char filled_a[PATTERN_MAX + 1], filled_b[PATTERN_MAX + 1];
    if (a->kind == PATTERN_REGEX || b->kind == PATTERN_REGEX)
        return opening_regex_meets(a->kind == PATTERN_REGEX ? a->text : b->text, a->kind == PATTERN_REGEX ? b : a);
    size_t a_len = pattern_fill_tenant(filled_a, a->text, a->len, NULL);
    size_t b_len = pattern_fill_tenant(filled_b, b->text, b->len, NULL);
    return a_len == 0 || b_len == 0 || pattern_meets(filled_a, a_len, filled_b, b_len);
}

/* Whether the end of a line may matter. Names that only lines match which did not change have the same verdicts in both
 * tables on any day. */
static bool
is_near(struct days *days, const struct rule *rule)
{
    bool near = rule->kind == PATTERN_PREFIX || days->diff->options != NULL;
    for (size_t i = 0; i < days->changed_count && !near; i++) {
        near = days->meets == 0 || meet(&days->changed[i], rule);
        days->meets -= days->meets > 0;
    }
    return near;
}

/* An `inspect` line stays in force after its end. */
static void
add_days(struct days *days, struct arena *arena, const struct table *table)
{
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        const struct terms *terms = &table->terms[rule->terms];
        if (terms->expires <= days->diff->today || terms->verb == VERB_INSPECT || !is_near(days, rule))
            continue;
        uint32_t *grown = arena_grow(arena, days->of, &days->room, days->count + 1, sizeof *grown);
        if (grown == NULL)
            return;
        days->of = grown;
        grown[days->count++] = terms->expires;
    }
}

static int
compare_days(const void *a, const void *b)
{
    return order_numbers(*(const uint32_t *)a, *(const uint32_t *)b);
}

static void
sort_days(struct days *days)
{
    size_t kept = 0;
    qsort(days->of, days->count, sizeof *days->of, compare_days);
    for (size_t i = 0; i < days->count; i++) {
        if (kept == 0 || days->of[kept - 1] != days->of[i])
            days->of[kept++] = days->of[i];
    }
    days->count = kept;
}

static bool
is_same(const struct opening *a, const struct opening *b)
{
    return a->kind == b->kind && strcmp(a->pattern, b->pattern) == 0 && order_texts(a->dst, b->dst) == 0 &&
           order_texts(a->sni_pattern, b->sni_pattern) == 0 && ports_compare(&a->ports, &b->ports) == 0;
}

static bool
is_among(const struct diff *diff, const struct opening *opening)
{
    bool found = false;
    for (size_t i = 0; i < diff->opening_count && !found; i++)
        found = is_same(&diff->openings[i], opening);
    return found;
}

/* Whether opening number i opens, did not on the day before it in the list, and is the first about its pattern. */
static bool
is_news(const struct diff *before, const struct diff *diff, size_t i)
{
    bool news = !is_among(before, &diff->openings[i]);
    for (size_t k = 0; k < i && news; k++)
        news = strcmp(opening_subject(&diff->openings[k]), opening_subject(&diff->openings[i])) != 0 ||
               is_among(before, &diff->openings[k]);
    return news;
}

static void
tell(const struct later *later, const struct diff *before, const struct diff *diff)
{
    for (size_t i = 0; i < diff->opening_count; i++) {
        if (is_news(before, diff, i))
            later->fn(later->arg, &diff->openings[i], diff->today);
    }
}

static int
ask_days(const struct diff *today, const struct days *days, struct later *later, struct err *err)
{
    const struct diff *before = today;
    struct diff *diff = NULL, *last = NULL;
    int result = 0;
    for (size_t i = 0; i < days->count && result == 0; i++) {
        const struct diff_input sides = {
            .old_table = today->old_table,
            .old_image = today->old_image,
            .new_table = today->new_table,
            .new_image = today->new_image,
            .today = days->of[i],
            .hold_joins = today->hold_joins,
        };
        result = diff_tables(&diff, &sides, err);
        if (result != 0)
            break;
        tell(later, before, diff);
        later->partial = later->partial || diff->partial;
        diff_free(last);
        before = last = diff;
    }
    diff_free(last);
    return result;
}

int
later_each(struct later *later, struct arena *arena, const struct diff *diff, struct err *err)
{
    struct days days = {.diff = diff, .meets = MEETS_MAX};
    later->days = 0;
    later->partial = false;
    if (diff->entry_count == 0 && diff->options == NULL)
        return 0;
    add_entries(&days, arena);
    add_days(&days, arena, diff->old_table);
    add_days(&days, arena, diff->new_table);
    if (!arena_ok(arena))
        return err_set(err, ERR_MEM, "no memory to compare the days on which lines end");
    if (days.count > 0)
        sort_days(&days);
    later->days = days.count;
    return days.count > LATER_DAYS_MAX ? 0 : ask_days(diff, &days, later, err);
}

struct finding {
    struct later_found *found;
    struct arena *arena;
};

static void
add_found(void *arg, const struct opening *opening, uint32_t day)
{
    struct finding *finding = arg;
    struct later_found *found = finding->found;
    struct later_opening *grown =
        arena_grow(finding->arena, found->openings, &found->room, found->count + 1, sizeof *grown);
    const char *subject = opening_subject(opening);
    const char *pattern = arena_text(finding->arena, subject, strlen(subject));
    if (grown == NULL || pattern == NULL)
        return;
    found->openings = grown;
    grown[found->count++] = (struct later_opening){pattern, day};
}

int
later_find(struct later_found *ret, struct arena *arena, const struct diff *diff, struct err *err)
{
    struct finding finding = {ret, arena};
    struct later later = {.fn = add_found, .arg = &finding};
    ret->partial = diff->partial;
    if (diff->partial)
        return 0;
    int result = later_each(&later, arena, diff, err);
    ret->partial = later.partial || later.days > LATER_DAYS_MAX;
    return result == 0 && !arena_ok(arena) ? err_set(err, ERR_MEM, "no memory for what opens on later days") : result;
}
