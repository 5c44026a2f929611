// SPDX-License-Identifier: GPL-2.0-or-later
/* safe_units.c - see safe_build.h. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/order.h"
#include "change/opening.h"
#include "name/addr.h"
#include "name/pattern.h"
#include "safe_build.h"
#include "table/table_copy.h"

static int
compare_keys(const struct row *a, const struct row *b)
{
    bool is_prefix = a->rule->kind == PATTERN_PREFIX;
    int order = strcmp(a->source, b->source);
    if (order != 0)
        return order;
    if (is_prefix != (b->rule->kind == PATTERN_PREFIX))
        return is_prefix ? 1 : -1;
    return is_prefix ? prefix_compare(a->rule->prefix, b->rule->prefix) : strcmp(a->rule->text, b->rule->text);
}

/* What changes a verdict; the rest is for people. */
static int
compare_meaning(const struct row *a, const struct row *b)
{
    const struct terms *x = a->terms, *y = b->terms;
    const int orders[] = {
        order_numbers(x->set.has_id, y->set.has_id),
        order_numbers(x->set.id, y->set.id),
        order_numbers(x->verb, y->verb),
        ports_compare(&x->tcp, &y->tcp),
        ports_compare(&x->udp, &y->udp),
        order_numbers(x->expires, y->expires),
    };
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        if (orders[i] != 0)
            return orders[i];
    }
    return 0;
}

static int
compare_rows(const void *left, const void *right)
{
    int order = compare_keys(left, right);
    return order != 0 ? order : compare_meaning(left, right);
}

static struct row *
list_rows(struct arena *arena, const struct table *table)
{
    struct row *rows = arena_array(arena, table->rule_count, sizeof *rows);
    for (size_t i = 0; rows != NULL && i < table->rule_count; i++) {
        const struct terms *terms = &table->terms[table->rules[i].terms];
        rows[i] = (struct row){&table->rules[i], terms, table->sources[terms->set.source]};
    }
    if (rows != NULL && table->rule_count > 1)
        qsort(rows, table->rule_count, sizeof *rows, compare_rows);
    return rows;
}

const struct row *
unit_row(const struct unit *unit)
{
    return unit->was_count > 0 ? unit->was : unit->is;
}

static bool
has_changed(const struct unit *unit)
{
    bool same = unit->was_count == unit->is_count;
    for (size_t i = 0; same && i < unit->was_count; i++)
        same = compare_meaning(&unit->was[i], &unit->is[i]) == 0;
    return !same;
}

static size_t
count_same(const struct row *rows, size_t from, size_t count, const struct row *key)
{
    size_t to = from;
    while (to < count && compare_keys(&rows[to], key) == 0)
        to++;
    return to - from;
}

int
units_find(struct units *ret, struct arena *arena, const struct table *was, const struct table *is, struct err *err)
{
    const struct row *old = list_rows(arena, was), *new = list_rows(arena, is);
    struct unit *of = arena_array(arena, was->rule_count + is->rule_count, sizeof *of);
    if (old == NULL || new == NULL || of == NULL)
        return err_set(err, ERR_MEM, "no memory to pair the rows of two tables");
    *ret = (struct units){.of = of, .was = was, .is = is};
    for (size_t i = 0, k = 0; i < was->rule_count || k < is->rule_count;) {
        bool old_first = k == is->rule_count || (i < was->rule_count && compare_keys(&old[i], &new[k]) <= 0);
        const struct row *key = old_first ? &old[i] : &new[k];
        struct unit *unit = &of[ret->count++];
        *unit = (struct unit){.was = old + i, .is = new + k};
        unit->was_count = count_same(old, i, was->rule_count, key);
        unit->is_count = count_same(new, k, is->rule_count, key);
        unit->changed = has_changed(unit);
        ret->changed += unit->changed;
        i += unit->was_count;
        k += unit->is_count;
    }
    return 0;
}

static int
add_rows(struct table *to, const struct table *from, const struct row *rows, size_t count, bool held, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (table_copy_rule(to, from, rows[i].rule, held, err) != 0)
            return -1;
    }
    return 0;
}

struct table *
units_table(const struct units *units, struct err *err)
{
    struct table *table = table_like(units->is);
    if (table == NULL) {
        err_set(err, ERR_MEM, "no memory for a table");
        return NULL;
    }
    for (size_t i = 0; i < units->count; i++) {
        const struct unit *unit = &units->of[i];
        int result = unit->taken ? add_rows(table, units->was, unit->was, unit->was_count, true, err)
                                 : add_rows(table, units->is, unit->is, unit->is_count, false, err);
        if (result != 0) {
            table_free(table);
            return NULL;
        }
    }
    table_sort(table);
    return table;
}

size_t
units_take(struct unit *unit)
{
    bool is_new = unit->changed && !unit->taken;
    unit->taken = unit->taken || is_new;
    return is_new;
}

/* Whether the pattern may match, whoever the tenant is. */
static bool
matches(const struct rule *rule, const struct host *host)
{
    char filled[PATTERN_MAX + 1];
    if (rule->kind == PATTERN_PREFIX || rule->kind == PATTERN_REGEX)
        return false;
    size_t len = pattern_fill_tenant(filled, rule->text, rule->len, NULL);
    return len > 0 && pattern_match(filled, len, host->text, host->len);
}

size_t
units_take_name(struct units *units, const struct host *host)
{
    size_t count = 0;
    for (size_t i = 0; i < units->count; i++) {
        if (units->of[i].changed && matches(unit_row(&units->of[i])->rule, host))
            count += units_take(&units->of[i]);
    }
    return count;
}

size_t
units_take_addr(struct units *units, const struct addr *addr)
{
    size_t count = 0;
    for (size_t i = 0; i < units->count; i++) {
        const struct rule *rule = unit_row(&units->of[i])->rule;
        if (units->of[i].changed && rule->kind == PATTERN_PREFIX && prefix_holds(rule->prefix, addr))
            count += units_take(&units->of[i]);
    }
    return count;
}

static bool
has_set(const struct row *rows, size_t count, const struct table *table, const struct table *of,
        const struct endpoint_set *set)
{
    bool found = false;
    for (size_t i = 0; !found && i < count; i++)
        found = endpoint_set_compare_across(table, &rows[i].terms->set, of, set) == 0;
    return found;
}

size_t
units_take_set(struct units *units, const struct table *of, const struct endpoint_set *set, bool prefixes)
{
    size_t count = 0;
    for (size_t i = 0; i < units->count; i++) {
        struct unit *unit = &units->of[i];
        bool is_prefix = unit_row(unit)->rule->kind == PATTERN_PREFIX;
        bool was = has_set(unit->was, unit->was_count, units->was, of, set);
        bool is = has_set(unit->is, unit->is_count, units->is, of, set);
        if (!unit->changed || is_prefix != prefixes || !(was || is))
            continue;
        count += units_take(unit);
        unit->whole = unit->whole || (prefixes && was && !is);
    }
    return count;
}

/* Whether a set of the old rows is not among the new ones. */
static bool
leaves_a_set(const struct units *units, const struct unit *unit)
{
    bool leaves = false;
    for (size_t i = 0; !leaves && i < unit->was_count; i++)
        leaves = !has_set(unit->is, unit->is_count, units->is, units->was, &unit->was[i].terms->set);
    return leaves;
}

size_t
units_take_leaving(struct units *units)
{
    size_t count = 0;
    for (size_t i = 0; i < units->count; i++) {
        struct unit *unit = &units->of[i];
        if (unit_row(unit)->rule->kind == PATTERN_PREFIX && leaves_a_set(units, unit))
            count += units_take(unit);
    }
    return count;
}

void
units_take_joining(struct units *units, uint32_t bypass)
{
    for (size_t i = 0; i < units->count; i++) {
        struct unit *unit = &units->of[i];
        bool joins = false;
        for (size_t k = 0; unit_row(unit)->rule->kind == PATTERN_PREFIX && k < unit->is_count; k++) {
            const struct terms *terms = unit->is[k].terms;
            joins = joins || (terms->set.has_id && (bypass & 1u << terms->verb) != 0 &&
                              !has_set(unit->was, unit->was_count, units->was, units->is, &terms->set));
        }
        if (joins && units_take(unit) > 0)
            unit->whole = true;
    }
}

static bool
has_verb(const struct row *rows, size_t count, enum verb verb)
{
    bool found = false;
    for (size_t i = 0; !found && i < count; i++)
        found = rows[i].terms->verb == verb;
    return found;
}

/* Whether sorted rows hold exactly the new rows of this unit. */
static bool
says_the_same(const struct unit *unit, const struct row *rows, size_t count)
{
    const struct row *key = unit_row(unit);
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_keys(&rows[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool same = count_same(rows, low, count, key) == unit->is_count;
    for (size_t i = 0; same && i < unit->is_count; i++)
        same = compare_meaning(&rows[low + i], &unit->is[i]) == 0;
    return same;
}

static bool
only_closes(const struct unit *unit)
{
    return unit->is_count == 0 && !has_verb(unit->was, unit->was_count, VERB_INSPECT) &&
           !has_verb(unit->was, unit->was_count, VERB_DEFAULT);
}

int
units_take_undecided(struct units *units, struct arena *arena, const struct held *held, struct err *err)
{
    const struct row *rows = list_rows(arena, held->is);
    if (rows == NULL)
        return err_set(err, ERR_MEM, "no memory to pair the rows of two tables");
    for (size_t i = 0; i < units->count; i++) {
        struct unit *unit = &units->of[i];
        char room[64];
        if (unit->changed && !only_closes(unit) &&
            held_find_text(held, unit_row(unit)->source, table_rule_text(unit_row(unit)->rule, room)) != NULL &&
            says_the_same(unit, rows, held->is->rule_count))
            unit->taken = unit->whole = true;
    }
    return 0;
}

size_t
units_take_inspect(struct units *units)
{
    size_t count = 0;
    for (size_t i = 0; i < units->count; i++) {
        if (has_verb(units->of[i].was, units->of[i].was_count, VERB_INSPECT))
            count += units_take(&units->of[i]);
    }
    return count;
}

size_t
units_take_regexes(struct units *units)
{
    size_t count = 0;
    for (size_t i = 0; i < units->count; i++) {
        if (unit_row(&units->of[i])->rule->kind == PATTERN_REGEX)
            count += units_take(&units->of[i]);
    }
    return count;
}

static bool
has_bypass(const struct row *rows, size_t count, uint32_t bypass)
{
    bool found = false;
    for (size_t i = 0; !found && i < count; i++)
        found = rows[i].terms->verb != VERB_INSPECT && (bypass & 1u << rows[i].terms->verb) != 0;
    return found;
}

/* Whether a unit that waits would bypass names that the regex matches. */
static bool
is_replaced(const struct units *units, const struct rule *regex, uint32_t bypass)
{
    bool found = false;
    for (size_t i = 0; !found && i < units->count; i++) {
        const struct unit *unit = &units->of[i];
        found = unit->taken && unit->is_count > 0 && has_bypass(unit->is, unit->is_count, bypass) &&
                opening_regex_meets(regex->text, unit_row(unit)->rule);
    }
    return found;
}

size_t
units_keep_regexes(struct units *units, uint32_t bypass)
{
    size_t count = 0;
    for (size_t i = 0; i < units->count; i++) {
        struct unit *unit = &units->of[i];
        if (!unit->changed || unit->whole || unit_row(unit)->rule->kind != PATTERN_REGEX ||
            !has_bypass(unit->was, unit->was_count, bypass) || has_bypass(unit->is, unit->is_count, bypass) ||
            !is_replaced(units, unit_row(unit)->rule, bypass))
            continue;
        count += units_take(unit);
        unit->whole = true;
    }
    return count;
}

static bool
has_end(const struct row *rows, size_t count)
{
    bool found = false;
    for (size_t i = 0; !found && i < count; i++)
        found = rows[i].terms->expires != 0;
    return found;
}

size_t
units_take_ending(struct units *units)
{
    size_t count = 0;
    for (size_t i = 0; i < units->count; i++) {
        const struct unit *unit = &units->of[i];
        if (has_end(unit->was, unit->was_count) || has_end(unit->is, unit->is_count))
            count += units_take(&units->of[i]);
    }
    return count;
}

void
units_settle_ending(struct units *units)
{
    for (size_t i = 0; i < units->count; i++) {
        struct unit *unit = &units->of[i];
        bool ends = has_end(unit->was, unit->was_count) || has_end(unit->is, unit->is_count);
        unit->whole = unit->whole || (unit->changed && unit->taken && ends);
    }
}

size_t
units_take_rule(struct units *units, const struct table *of, const struct rule *rule)
{
    const struct terms *terms = &of->terms[rule->terms];
    const struct row row = {rule, terms, of->sources[terms->set.source]};
    size_t low = 0, high = units->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_keys(unit_row(&units->of[middle]), &row);
        if (order == 0)
            return units_take(&units->of[middle]);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

void
units_take_all(struct units *units)
{
    for (size_t i = 0; i < units->count; i++)
        units_take(&units->of[i]);
}
