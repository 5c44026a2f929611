// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_check_preset.c - local lines against the presets that are switched on. Part of cmd_check.h.
 *
 *     preset inspects a name     a local bypass of the name is in vain; one of its addresses is not, and opens it to
 *                                connections without a server name
 *     preset bypasses a name     a local inspect line takes that away again
 */
#include <string.h>

#include "addr.h"
#include "cmd_check.h"

static bool
overlap(const struct prefix *a, const struct prefix *b)
{
    return prefix_holds(a, &b->addr) || prefix_holds(b, &a->addr);
}

/* A published set that has both the name and an address of the prefix; NULL if none. */
static const struct check_rule *
find_set(const struct check *check, const struct check_rule *name, const struct prefix *prefix)
{
    const struct check_book *book = &check->book;
    for (size_t i = 0; i < book->published_count; i++) {
        const struct check_rule *published = book->published[i];
        if (!overlap(published->rule->prefix, prefix))
            continue;
        for (size_t n = 0; n < book->name_count; n++) {
            const struct check_rule *other = &book->names[n];
            if (other->set->has_id && other->source == published->source && other->set->id == published->set->id &&
                other->set->source == published->set->source && check_is_bypass(check, other->set) &&
                check_covers(other, name))
                return published;
        }
    }
    return NULL;
}

static bool
says_addresses(struct check *check, const struct check_rule *at, const struct check_rule *guarded)
{
    const struct check_rule *published = find_set(check, guarded, at->rule->prefix);
    if (published != NULL)
        check_find(
            check, at,
            "opens addresses of set %u, whose '%s' a preset keeps inspected ('%s' line %u): without a server name a "
            "connection to them would pass; leave addresses to the published document, or name hosts",
            published->set->id, guarded->rule->text, guarded->source->path, guarded->rule->line);
    return published != NULL;
}

/* One local line against one line of a preset. True if something was said: once is enough. */
static bool
meet(struct check *check, const struct check_rule *at, const struct check_rule *guarded)
{
    const struct rule *name = guarded->rule;
    bool keeps = guarded->set->verb == VERB_INSPECT;
    bool opens = check_is_bypass(check, at->set);
    if (at->rule->kind == PATTERN_PREFIX)
        return keeps && opens && says_addresses(check, at, guarded);
    if (!check_covers(at, guarded))
        return false;
    if (keeps && opens)
        check_find(
            check, at,
            "would re-open '%s', which a preset keeps inspected ('%s' line %u): the preset wins, and this line does "
            "nothing for that name; leave it out, or switch the preset off",
            name->text, guarded->source->path, name->line);
    else if (!keeps && at->set->verb == VERB_INSPECT && check_is_bypass(check, guarded->set))
        check_find(
            check, at,
            "inspects '%s', which a preset leaves alone ('%s' line %u): an inspect line wins; leave that name out, or "
            "switch the preset off",
            name->text, guarded->source->path, name->line);
    else
        return false;
    return true;
}

static void
judge(struct check *check, const struct check_rule *at)
{
    if (at->set->has_id || at->source->preset || !check_in_force(check, at->set))
        return;
    for (size_t i = 0; i < check->book.guarded_count; i++) {
        if (meet(check, at, check->book.guarded[i]))
            return;
    }
}

void
check_presets(struct check *check)
{
    if (check->book.guarded_count > 0)
        check_each(check, judge);
}
