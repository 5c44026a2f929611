// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * safe_rejected.c - which rows a person rejected, and rows that only make sense together with them. See safe_build.h.
 *
 * If `*.files.example` takes the place of `a.files.example` and is rejected, the old row has nothing to make room for.
 */
#include "name/pattern.h"
#include "name/verb.h"
#include "safe_build.h"
#include "table/endpoint_set.h"
#include "table/policy.h"

static bool
has_bypass(const struct row *rows, size_t count, const struct policy *policy)
{
    uint32_t bypass = policy->bypass != 0 ? policy->bypass : VERB_BYPASS_USUAL;
    bool found = false;
    for (size_t i = 0; !found && i < count; i++)
        found = (bypass & 1u << rows[i].terms->verb) != 0;
    return found;
}

/* Whether the unit only takes bypassed rows away. */
static bool
makes_room(const struct unit *unit, const struct policy *policy)
{
    return has_bypass(unit->was, unit->was_count, policy) && !has_bypass(unit->is, unit->is_count, policy);
}

/* The same, and nothing is left of it. */
static bool
goes(const struct unit *unit, const struct policy *policy)
{
    return unit->is_count == 0 && has_bypass(unit->was, unit->was_count, policy);
}

static bool
is_on_list(const struct unit *unit, const struct rejection *rejection)
{
    char room[64];
    const struct row *row = unit_row(unit);
    return rejection->is_rejected != NULL &&
           rejection->is_rejected(rejection->arg, row->source, table_rule_text(row->rule, room));
}

static bool
takes_over(const struct unit *taker, const struct unit *unit, const struct policy *policy)
{
    char a[64], b[64];
    return taker != unit && taker->changed && has_bypass(taker->is, taker->is_count, policy) &&
           held_patterns_meet(table_rule_text(unit_row(taker)->rule, a), table_rule_text(unit_row(unit)->rule, b),
                              policy);
}

/* Whether there are units that take over from this one, all of them rejected. */
static bool
makes_room_for_rejected(const struct units *units, const struct unit *unit, const struct rejection *rejection)
{
    bool found = false, all = true;
    for (size_t i = 0; all && i < units->count; i++) {
        const struct unit *taker = &units->of[i];
        if (!taker->taken || !takes_over(taker, unit, rejection->policy))
            continue;
        found = true;
        all = is_on_list(taker, rejection);
    }
    return found && all;
}

static bool
has_set(const struct units *units, const struct unit *unit, const struct endpoint_set *set, const struct policy *policy)
{
    const struct row *rows = unit->taken ? unit->was : unit->is;
    size_t count = unit->taken ? unit->was_count : unit->is_count;
    const struct table *table = unit->taken ? units->was : units->is;
    bool found = false;
    for (size_t i = 0; !found && i < count; i++)
        found = has_bypass(&rows[i], 1, policy) &&
                endpoint_set_compare_across(table, &rows[i].terms->set, units->is, set) == 0;
    return found;
}

/* Whether the table of all units has an address of this set of the new table. */
static bool
has_addresses(const struct units *units, const struct endpoint_set *set, const struct policy *policy)
{
    bool found = false;
    for (size_t i = 0; !found && i < units->count; i++)
        found = unit_row(&units->of[i])->rule->kind == PATTERN_PREFIX && has_set(units, &units->of[i], set, policy);
    return found;
}

/* Without any of its addresses, the names of a set would pass with every address: they stay as they are, too. */
static size_t
take_with_addresses(struct units *units, const struct unit *rejected, const struct policy *policy)
{
    size_t count = 0;
    for (size_t i = 0; i < rejected->is_count; i++) {
        const struct endpoint_set *set = &rejected->is[i].terms->set;
        if (!set->has_id || !has_bypass(&rejected->is[i], 1, policy) || has_addresses(units, set, policy))
            continue;
        count += units_take_set(units, units->is, set, false) + units_take_set(units, units->is, set, true);
    }
    return count;
}

size_t
units_take_rejected(struct units *units, const struct rejection *rejection)
{
    size_t count = 0;
    units->all_rejected = true;
    for (size_t i = 0; i < units->count; i++) {
        struct unit *unit = &units->of[i];
        if (unit->changed && !goes(unit, rejection->policy) && is_on_list(unit, rejection))
            count += units_take(unit);
    }
    for (size_t i = 0; i < units->count && count > 0; i++) {
        struct unit *unit = &units->of[i];
        if (unit->changed && !unit->taken && goes(unit, rejection->policy) &&
            makes_room_for_rejected(units, unit, rejection))
            count += units_take(unit);
    }
    for (size_t i = 0; i < units->count && count > 0; i++) {
        const struct unit *unit = &units->of[i];
        if (unit->taken && unit_row(unit)->rule->kind == PATTERN_PREFIX && is_on_list(unit, rejection))
            count += take_with_addresses(units, unit, rejection->policy);
    }
    return count;
}

size_t
units_take_dropped(struct units *units, const struct rejection *rejection)
{
    size_t count = 0;
    for (size_t i = 0; i < units->count; i++) {
        struct unit *unit = &units->of[i];
        bool inspects = unit->was_count > 0 && !has_bypass(unit->was, unit->was_count, rejection->policy);
        if (!unit->changed || unit->is_count > 0 || !inspects || !is_on_list(unit, rejection))
            continue;
        count += units_take(unit);
        unit->whole = true;
    }
    return count;
}

bool
units_is_rejected(const struct units *units, const struct unit *unit, const struct rejection *rejection)
{
    return units->all_rejected || is_on_list(unit, rejection) ||
           (rejection->is_rejected != NULL && makes_room(unit, rejection->policy) &&
            makes_room_for_rejected(units, unit, rejection));
}
