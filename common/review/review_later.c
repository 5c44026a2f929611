// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * review_later.c - what would be bypassed on a later day. Part of review.h.
 *
 * A line with an end decides no longer on that day, and a wider line may then decide, or none. So both tables are
 * compared once more as of each day on which a line of either one ends. A table without ends costs nothing here.
 */
#include <stdlib.h>
#include <string.h>

#include "base/day.h"
#include "base/err.h"
#include "base/order.h"
#include "change/opening.h"
#include "review_build.h"

#define DAYS_MAX 366 /* days on which lines end that are looked at */

/* The days on which lines of the two tables end, the nearest first. */
struct days {
    uint32_t *of;
    size_t count;
};

/* Adds the days of a table. An `inspect` line stays in force after its end. Without room, only counts. */
static void
add_days(struct days *days, const struct table *table, uint32_t today)
{
    for (size_t i = 0; i < table->terms_count; i++) {
        const struct terms *terms = &table->terms[i];
        if (terms->expires <= today || terms->verb == VERB_INSPECT)
            continue;
        if (days->of != NULL)
            days->of[days->count] = terms->expires;
        days->count++;
    }
}

static void
add_both(struct days *days, const struct diff *diff)
{
    days->count = 0;
    add_days(days, diff->old_table, diff->today);
    add_days(days, diff->new_table, diff->today);
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

/* Tells what opens on a day and did not on the day before it in the list. */
static void
tell(const struct later *later, const struct diff *before, const struct diff *diff)
{
    for (size_t i = 0; i < diff->opening_count; i++) {
        if (!is_among(before, &diff->openings[i]))
            later->fn(later->arg, &diff->openings[i], diff->today);
    }
}

static int
ask_days(const struct diff *today, const struct days *days, struct later *later, struct err *err)
{
    const struct diff *before = today;
    struct diff *diff = NULL, *last = NULL;
    int result = 0;
    for (size_t i = 0; i < days->count && i < DAYS_MAX && result == 0; i++) {
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
review_each_later(struct later *later, struct arena *arena, const struct diff *diff, struct err *err)
{
    struct days days = {.count = 0};
    later->days = 0;
    later->partial = false;
    if (diff->entry_count == 0 && diff->options == NULL)
        return 0;
    add_both(&days, diff);
    if (days.count == 0)
        return 0;
    days.of = arena_array(arena, days.count, sizeof *days.of);
    if (days.of == NULL)
        return err_set(err, ERR_MEM, "no memory for the review");
    add_both(&days, diff);
    sort_days(&days);
    later->days = days.count;
    return ask_days(diff, &days, later, err);
}

/* Adds `mail.example port 443 from 2030-01-01 on`. */
static void
name_opening(void *arg, const struct opening *opening, uint32_t on)
{
    struct hearing *hearing = arg;
    char day[DAY_TEXT_MAX];
    if (!review_name(hearing))
        return;
    day_format(day, on);
    buf_add_fmt(&hearing->text, "%s port ", opening_subject(opening));
    ports_print(&hearing->text, &opening->ports);
    buf_add_fmt(&hearing->text, " from %s on", day);
}

int
review_ask_later(struct hearing *hearing, struct err *err)
{
    struct later later = {.fn = name_opening, .arg = hearing};
    review_begin(hearing);
    int result = review_each_later(&later, hearing->arena, hearing->diff, err);
    review_end(hearing, "would be bypassed when a line ends, and is inspected then as things are");
    if (later.days > DAYS_MAX)
        review_say(hearing, "lines end on %zu days, and only the next %d can be looked at", later.days, DAYS_MAX);
    if (later.partial && !hearing->diff->partial)
        review_say(hearing, "the tables mention too many ports or crossing wildcards to compare all of them on the "
                            "days when lines end");
    return result;
}
