// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * safe_lost.c - what both tables bypass must not be inspected meanwhile. See safe_kept.h.
 *
 * If `*.files.example` replaces `a.files.example` and has to wait, the old row must stay as long. So requests that both
 * tables bypass (safe_kept.c) are asked of each table that is tried.
 */
#include <string.h>

#include "base/arena.h"
#include "change/diff.h"
#include "name/pattern.h"
#include "safe_build.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

static void
set_addr(struct identifier *ret, const struct addr *addr)
{
    ret->given = GIVEN_ADDR;
    ret->addr = *addr;
}

static void
set_name(struct identifier *ret, const struct host *name)
{
    ret->given = GIVEN_NAME;
    ret->name = *name;
}

struct verdict
kept_decide(const struct image *image, const struct kept_request *kept, uint32_t today)
{
    struct request request;
    struct verdict verdict;
    request_init(&request);
    request.port = kept->port;
    if (kept->name != NULL)
        set_name(&request.dst, kept->name);
    if (kept->sni != NULL)
        set_name(&request.sni, kept->sni);
    if (kept->has_addr)
        set_addr(kept->name != NULL ? &request.la : &request.dst, &kept->addr);
    if (kept->has_la)
        set_addr(&request.la, &kept->la);
    verdict_decide(image, &request, today, &verdict);
    return verdict;
}

static bool
is_lost(const struct image *image, const struct kept_request *kept, uint32_t today)
{
    return !kept->given_up && !kept_decide(image, kept, today).bypass;
}

bool
both_is_lost(const struct both *both, const struct image *image)
{
    bool lost = false;
    for (size_t i = 0; !lost && i < both->count; i++)
        lost = patience_ends(&both->patience, i) || is_lost(image, &both->of[i], both->diff->today);
    return lost;
}

static bool
has_set(const struct row *rows, size_t count, const struct image_set *set)
{
    bool found = false;
    for (size_t i = 0; !found && i < count; i++)
        found = rows[i].terms->set.has_id && rows[i].terms->set.id == set->id &&
                strlen(rows[i].source) == set->source.len &&
                memcmp(rows[i].source, set->source.text, set->source.len) == 0;
    return found;
}

/* Takes back the changed prefixes of a set, and of one that decides about an address its names. */
static size_t
take_set(struct units *units, const struct image_set *set, bool names)
{
    size_t count = 0;
    for (size_t i = 0; i < units->count; i++) {
        struct unit *unit = &units->of[i];
        bool is_prefix = unit_row(unit)->rule->kind == PATTERN_PREFIX;
        if (unit->changed && !unit->taken && is_prefix != names &&
            (has_set(unit->was, unit->was_count, set) || has_set(unit->is, unit->is_count, set)))
            count += units_take(unit);
    }
    return count;
}

/* The sets that decide in the old table: with their old addresses and names they decide as before. */
static size_t
take_sets(const struct both *both, const struct kept_request *kept, const struct host *name, struct units *units)
{
    struct request request;
    struct standing standing;
    size_t count = 0;
    request_init(&request);
    request.port = kept->port;
    if (name != NULL)
        set_name(&request.dst, name);
    else
        set_addr(&request.dst, &kept->addr);
    verdict_standing(both->diff->old_image, &request, both->diff->today, &standing);
    for (uint32_t i = 0; i < standing.set_count; i++) {
        struct image_set set;
        image_get_set(both->diff->old_image, standing.sets[i], &set);
        count += take_set(units, &set, name == NULL);
    }
    return count;
}

static size_t
take_matching(const struct kept_request *kept, struct units *units)
{
    size_t count = 0;
    count += kept->name != NULL ? units_take_name(units, kept->name) : 0;
    count += kept->sni != NULL ? units_take_name(units, kept->sni) : 0;
    count += kept->has_addr ? units_take_addr(units, &kept->addr) : 0;
    return count + (kept->has_la ? units_take_addr(units, &kept->la) : 0);
}

static size_t
take_around(const struct both *both, const struct kept_request *kept, struct units *units)
{
    size_t count = 0;
    count += kept->name != NULL ? take_sets(both, kept, kept->name, units) : 0;
    count += kept->sni != NULL ? take_sets(both, kept, kept->sni, units) : 0;
    return count + (kept->name == NULL && kept->sni == NULL ? take_sets(both, kept, NULL, units) : 0);
}

/* What nothing helps is given up: an inspect line is never too early, even if it closes the addresses of a set with one
 * of its names. */
static size_t
give_up(struct kept_request *kept)
{
    kept->given_up = true;
    return 1;
}

size_t
both_take_lost(const struct both *both, const struct image *image, struct units *units)
{
    size_t count = 0;
    for (int step = 0; step < 3 && count == 0; step++) {
        for (size_t i = 0; i < both->count && !patience_ends(&both->patience, i); i++) {
            struct kept_request *kept = &both->of[i];
            if (is_lost(image, kept, both->diff->today))
                count += step == 0   ? take_matching(kept, units)
                         : step == 1 ? take_around(both, kept, units)
                                     : give_up(kept);
        }
    }
    return count;
}

void
both_forget_lost(struct both *both, const struct image *image)
{
    size_t count = 0;
    for (size_t i = 0; i < both->count; i++) {
        if (!is_lost(image, &both->of[i], both->diff->today))
            both->of[count++] = both->of[i];
    }
    both->count = count;
}
