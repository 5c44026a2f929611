// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lint_preset.c - local lines against the presets that are switched on. Part of lint_build.h.
 *
 *     preset inspects a name     A local bypass of the name does nothing. A local bypass of one of its addresses does
 *                                work, and lets connections without a server name pass.
 *     preset bypasses a name     A local inspect line takes that away again.
 */

#include "lint_build.h"
#include "name/addr.h"

static bool
overlap(const struct prefix *a, const struct prefix *b)
{
    return prefix_holds(a, &b->addr) || prefix_holds(b, &a->addr);
}

/* The prefix of a published set that overlaps this one, if the set also bypasses the name. NULL: there is none. */
static const struct lint_rule *
find_set(const struct lint_pass *pass, const struct lint_rule *name, const struct prefix *prefix)
{
    const struct lint_book *book = &pass->book;
    for (size_t i = 0; i < book->published_count; i++) {
        const struct lint_rule *published = book->published[i];
        if (!overlap(published->rule->prefix, prefix))
            continue;
        for (size_t n = 0; n < book->name_count; n++) {
            const struct lint_rule *other = &book->names[n];
            if (other->source == published->source && endpoint_set_same(&other->terms->set, &published->terms->set) &&
                lint_is_bypass(pass, other->terms) && lint_covers(other, name))
                return published;
        }
    }
    return NULL;
}

static bool
says_addresses(struct lint_pass *pass, const struct lint_rule *at, const struct lint_rule *guarded)
{
    const struct lint_rule *published = find_set(pass, guarded, at->rule->prefix);
    if (published != NULL)
        lint_find(
            pass, at,
            "opens addresses of set %u, whose '%s' a preset keeps inspected ('%s' line %u): without a server name a "
            "connection to them would pass; leave addresses to the published document, or name hosts",
            published->terms->set.id, guarded->rule->text, guarded->source->path, guarded->rule->line);
    return published != NULL;
}

/* Compares one local line with one line of a preset. True if something was reported: one finding per line is enough. */
static bool
meet(struct lint_pass *pass, const struct lint_rule *at, const struct lint_rule *guarded)
{
    const struct rule *name = guarded->rule;
    bool keeps = guarded->terms->verb == VERB_INSPECT;
    bool opens = lint_is_bypass(pass, at->terms);
    if (at->rule->kind == PATTERN_PREFIX)
        return keeps && opens && says_addresses(pass, at, guarded);
    if (!lint_covers(at, guarded))
        return false;
    if (keeps && opens)
        lint_find(
            pass, at,
            "would re-open '%s', which a preset keeps inspected ('%s' line %u): the preset wins, and this line does "
            "nothing for that name; remove the line, or switch the preset off",
            name->text, guarded->source->path, name->line);
    else if (!keeps && at->terms->verb == VERB_INSPECT && lint_is_bypass(pass, guarded->terms))
        lint_find(
            pass, at,
            "inspects '%s', which a preset leaves alone ('%s' line %u): an inspect line wins; leave that name out, or "
            "switch the preset off",
            name->text, guarded->source->path, name->line);
    else
        return false;
    return true;
}

static void
judge(struct lint_pass *pass, const struct lint_rule *at)
{
    if (at->terms->set.has_id || at->source->preset || !lint_in_force(pass, at->terms))
        return;
    for (size_t i = 0; i < pass->book.guarded_count; i++) {
        if (meet(pass, at, pass->book.guarded[i]))
            return;
    }
}

void
lint_presets(struct lint_pass *pass)
{
    if (pass->book.guarded_count > 0)
        lint_each(pass, judge);
}
