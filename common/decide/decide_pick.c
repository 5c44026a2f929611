// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * decide_pick.c - which held rows a decision is about: those that were named, and those that only make sense together
 * with them. Part of decide.h.
 *
 *     the addresses of an endpoint set are approved with its names: without them the names would pass with any address.
 *     One that was rejected has to be named
 *     a row that goes is approved or rejected with the row that takes over its names: without it they would be
 * inspected
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/place.h"
#include "base/say.h"
#include "conf/conf.h"
#include "decide_build.h"
#include "name/pattern.h"
#include "name/ports.h"
#include "table/table.h"

#define NOTE_MAX ((size_t)2000)
#define NAMED 5 /* held rows that a refusal names */

/* ---- what was named ---- */

/* Appends the pattern, and the source if the pattern is held from another one as well. */
static void
add_row(struct buf *buf, const struct held *held, const struct held_key *key)
{
    bool other = false;
    for (size_t i = 0; !other && i < held->count; i++)
        other = &held->keys[i] != key && strcmp(held->keys[i].pattern, key->pattern) == 0;
    buf_add_fmt(buf, "%.200s", key->pattern);
    if (other)
        buf_add_fmt(buf, " (%.60s)", key->source);
}

/* Refuses a pattern that is not held, and names some that are. */
static int
refuse(const struct choice *choice, const char *pattern, struct err *err)
{
    struct buf names;
    buf_init(&names, 4000);
    for (size_t i = 0; i < choice->held.count && i < NAMED; i++) {
        buf_add_text(&names, i == 0 ? "'" : ", '");
        add_row(&names, &choice->held, &choice->held.keys[i]);
        buf_add_char(&names, '\'');
    }
    if (choice->held.count > NAMED)
        buf_add_fmt(&names, " and %zu more ('m365ctl diff%s' shows them)", choice->held.count - NAMED, place_option());
    err_set(err, ERR_USAGE, "'%.200s' is not held; what is: %.*s", pattern, (int)names.len,
            names.len == 0 ? "" : names.data);
    buf_clear(&names);
    return -1;
}

static bool
has_ports(const struct table *table, const struct held_key *key, const struct ports *named)
{
    const struct rule *rule;
    bool found = false;
    for (size_t at = 0; !found && (rule = held_next_row(table, key, &at)) != NULL;) {
        const struct terms *terms = &table->terms[rule->terms];
        for (uint32_t i = 0; !found && i < named->count; i++)
            found = ports_hold(&terms->tcp, named->range[i].low) || ports_hold(&terms->udp, named->range[i].low);
    }
    return found;
}

/* A pattern may be held from several sources. With ports, those rows are meant that have one of them. */
static int
pick_asked(struct choice *choice, struct err *err)
{
    const struct held *held = &choice->held;
    for (size_t i = 0; i < choice->asked->count; i++) {
        const char *word = choice->asked->patterns[i];
        struct named named;
        size_t found = 0;
        if (!decide_find_row(&named, held, word))
            return refuse(choice, word, err);
        for (size_t k = 0; k < held->count; k++) {
            const struct held_key *key = &held->keys[k];
            if (strcmp(key->pattern, named.pattern) != 0)
                continue;
            if (named.ports.count > 0 && !has_ports(held->is, key, &named.ports) &&
                !has_ports(held->was, key, &named.ports))
                continue;
            choice->picks[k] = PICK_ASKED;
            found++;
        }
        if (found == 0)
            return err_set(
                err, ERR_USAGE,
                "no held row of '%.200s' has a port of '%.200s'; name it without ports, or see 'm365ctl diff%s'",
                named.pattern, word, place_option());
    }
    return 0;
}

/* ---- addresses of a set ---- */

static bool
is_picked(const struct choice *choice, const struct held_key *key)
{
    return key != NULL && choice->picks[key - choice->held.keys] != PICK_NOT;
}

/* Whether a name that is asked for joins an endpoint set of this row. */
static bool
is_of_asked_set(const struct choice *choice, const struct terms *terms)
{
    const struct table *is = choice->held.is;
    bool found = false;
    for (size_t i = 0; !found && terms->set.has_id && i < is->rule_count; i++) {
        const struct rule *rule = &is->rules[i];
        found = rule->kind != PATTERN_PREFIX && endpoint_set_same(&is->terms[rule->terms].set, &terms->set) &&
                is_picked(choice, held_find(&choice->held, is, rule));
    }
    return found;
}

static void
pick_addresses(struct choice *choice)
{
    const struct table *is = choice->held.is;
    for (size_t i = 0; i < is->rule_count; i++) {
        const struct rule *rule = &is->rules[i];
        const struct held_key *key = rule->kind == PATTERN_PREFIX ? held_find(&choice->held, is, rule) : NULL;
        if (key != NULL && !key->rejected && !is_picked(choice, key) &&
            is_of_asked_set(choice, &is->terms[rule->terms]))
            choice->picks[key - choice->held.keys] = PICK_SET;
    }
}

/* ---- rows that make room ---- */

/* The first row that takes over names of a key and is not decided about; with `rejected` those that were rejected do
 * not count. NULL: none. *ret_picked: one that is decided about. */
static const struct held_key *
find_taker(const struct choice *choice, const struct held_key *key, bool rejected, const struct held_key **ret_picked)
{
    const struct held *held = &choice->held;
    const struct held_key *left = NULL;
    *ret_picked = NULL;
    for (size_t i = 0; i < held->count && left == NULL; i++) {
        const struct held_key *taker = &held->keys[i];
        bool picked = is_picked(choice, taker);
        if ((!picked && rejected && taker->rejected) || (picked && *ret_picked != NULL) ||
            !held_takes_over(held, taker, key, &choice->decide->conf->policy))
            continue;
        if (picked)
            *ret_picked = taker;
        else
            left = taker;
    }
    return left;
}

/* A row that goes is decided about with the last row that takes over its names. */
static void
pick_room(struct choice *choice)
{
    const struct held *held = &choice->held;
    for (size_t i = 0; i < held->count; i++) {
        const struct held_key *key = &held->keys[i], *picked;
        if (!is_picked(choice, key) && find_taker(choice, key, !choice->approves, &picked) == NULL && picked != NULL &&
            held_makes_room(held, key, &choice->decide->conf->policy))
            choice->picks[i] = PICK_ROOM;
    }
}

/* What is approved alone would inspect what the whole still bypasses. */
static int
check_room(const struct choice *choice, struct err *err)
{
    const struct held *held = &choice->held;
    for (size_t i = 0; i < held->count; i++) {
        const struct held_key *key = &held->keys[i], *picked, *taker;
        if (!is_picked(choice, key) || !held_makes_room(held, key, &choice->decide->conf->policy) ||
            (taker = find_taker(choice, key, false, &picked)) == NULL)
            continue;
        return err_set(err, ERR_USAGE,
                       "'%.200s' only makes room for '%.200s': approved without it, names that both cover would be "
                       "inspected; name '%.200s' as well, or alone",
                       key->pattern, taker->pattern, taker->pattern);
    }
    return 0;
}

int
decide_pick(struct choice *choice, struct err *err)
{
    choice->picks = arena_array(choice->held.arena, choice->held.count + 1, sizeof *choice->picks);
    if (choice->picks == NULL)
        return err_set(err, ERR_MEM, "no memory for held rows");
    if (pick_asked(choice, err) != 0)
        return -1;
    if (choice->approves)
        pick_addresses(choice);
    pick_room(choice);
    return choice->approves ? check_room(choice, err) : 0;
}

/* ---- what is said ---- */

static void
say_also(const struct choice *choice, const struct held_key *key)
{
    const struct held_key *taker = NULL;
    const char *how = choice->approves ? "approved" : "rejected";
    const struct listener *listener = choice->decide->listener;
    if (choice->picks[key - choice->held.keys] == PICK_SET) {
        say(listener, "'%s' is %s as well: it belongs to the same endpoint set", key->pattern, how);
        return;
    }
    find_taker(choice, key, true, &taker);
    say(listener, "'%s' is %s as well: it only makes room for '%s'", key->pattern, how,
        taker == NULL ? "" : taker->pattern);
}

int
decide_write_note(struct choice *choice, struct err *err)
{
    struct buf *names = choice->asked->names;
    buf_init(&choice->note, NOTE_MAX);
    for (size_t i = 0; i < choice->held.count; i++) {
        if (choice->picks[i] != PICK_ASKED)
            continue;
        buf_add_text(names, names->len == 0 ? "" : ", ");
        add_row(names, &choice->held, &choice->held.keys[i]);
    }
    buf_add_fmt(&choice->note, "only %.*s", (int)names->len, names->data);
    for (size_t i = 0; i < choice->held.count; i++) {
        if (choice->picks[i] != PICK_SET && choice->picks[i] != PICK_ROOM)
            continue;
        say_also(choice, &choice->held.keys[i]);
        buf_add_fmt(&choice->note, ", %.60s", choice->held.keys[i].pattern);
        buf_add_fmt(choice->asked->with, "%s%.200s", choice->asked->with->len == 0 ? "" : ", ",
                    choice->held.keys[i].pattern);
    }
    if (choice->decide->note != NULL)
        buf_add_fmt(&choice->note, ": %.600s", choice->decide->note);
    buf_add_char(&choice->note, '\0');
    return buf_ok(&choice->note) && buf_ok(names)
               ? 0
               : err_set(err, ERR_LIMIT, "too many rows at once; name fewer with --only");
}
