// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lint_kept.c - published names that stay inspected below a local wildcard. Part of lint_build.h.
 *
 * `allow .example.com` looks as if it opened everything below example.com. A published Default name below it is more
 * specific and wins. Each such name is reported with the most specific local line that covers it. It does not count as
 * a finding, because that may be what is meant.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "lint_build.h"
#include "name/precedence.h"
#include "table/policy.h"

#define NAMED_MAX 1300 /* bytes of the names in one sentence; more are counted */

/* A published rule, and what covers it. */
struct search {
    const struct lint_pass *pass;
    const struct lint_rule *at;
    const struct lint_rule *local; /* the most specific local bypass that loses */
    bool decided;                  /* it is bypassed all the same, or a line says that it is inspected */
};

static struct claim
claim_of(const struct lint_rule *rule)
{
    return (struct claim){rule->terms->verb,
                          pattern_weight(rule->rule->text, rule->rule->len, (enum pattern_kind)rule->rule->kind)};
}

static bool
weigh(void *arg, const struct lint_rule *cover)
{
    struct search *search = arg;
    const struct lint_pass *pass = search->pass;
    bool highest = pass->lint->policy->highest;
    if (!lint_in_force(pass, cover->terms) || !lint_ports_meet(cover->terms, search->at->terms))
        return false;
    bool inspects = cover->terms->verb == VERB_INSPECT;
    if (!inspects && !lint_is_bypass(pass, cover->terms))
        return false;
    const struct claim claim = claim_of(cover), own = claim_of(search->at);
    if (inspects || precedence_compare(&claim, &own, highest) > 0) {
        search->decided = lint_ports_cover(cover->terms, search->at->terms);
        return search->decided;
    }
    const struct claim best = search->local == NULL ? claim : claim_of(search->local);
    if (!cover->terms->set.has_id && !cover->source->preset && claim.weight >= best.weight)
        search->local = cover;
    return false;
}

static int
compare(const void *left, const void *right)
{
    const struct lint_kept *a = left;
    const struct lint_kept *b = right;
    if (a->local->source != b->local->source)
        return a->local->source < b->local->source ? -1 : 1;
    if (a->local->rule != b->local->rule)
        return a->local->rule < b->local->rule ? -1 : 1;
    return (a->name > b->name) - (a->name < b->name);
}

/* True for a published name whose category is not bypassed. */
static bool
is_inspected(const struct lint_pass *pass, const struct lint_rule *name)
{
    return name->terms->set.has_id && !lint_is_bypass(pass, name->terms);
}

int
lint_kept_find(struct lint_pass *pass, struct err *err)
{
    struct lint_book *book = &pass->book;
    book->kept = arena_array(book->arena, book->name_count, sizeof *book->kept);
    if (book->kept == NULL)
        return err_set(err, ERR_MEM, "no memory for %zu rules", book->name_count);
    for (size_t i = 0; i < book->name_count; i++) {
        const struct lint_rule *name = &book->names[i];
        struct search search = {.pass = pass, .at = name};
        if (!is_inspected(pass, name) ||
            (i > 0 && is_inspected(pass, name - 1) && strcmp(name->rule->text, name[-1].rule->text) == 0))
            continue;
        lint_each_cover(book, name, weigh, &search);
        if (!search.decided && search.local != NULL)
            book->kept[book->kept_count++] = (struct lint_kept){search.local, name};
    }
    if (book->kept_count > 0)
        qsort(book->kept, book->kept_count, sizeof *book->kept, compare);
    return 0;
}

/* Reports `count` names that are below one line. */
static void
say_kept(struct lint_pass *pass, const struct lint_kept *kept, size_t count)
{
    char names[NAMED_MAX + PATTERN_MAX + 32] = "";
    size_t used = 0, shown = 0;
    for (; shown < count && used < NAMED_MAX; shown++) {
        used += (size_t)snprintf(names + used, sizeof names - used, "%s'%s'", shown == 0 ? "" : ", ",
                                 kept[shown].name->rule->text);
    }
    if (shown < count)
        snprintf(names + used, sizeof names - used, " and %zu more", count - shown);
    lint_find(
        pass, kept->local,
        "leaves %zu published name%s inspected, because a more specific rule wins: %s; write a line '%s NAME' for "
        "each that is meant as well",
        count, count == 1 ? "" : "s", names, verb_word(kept->local->terms->verb));
}

void
lint_kept(struct lint_pass *pass)
{
    const struct lint_book *book = &pass->book;
    pass->remark = true;
    for (size_t i = 0, next; i < book->kept_count; i = next) {
        next = i + 1;
        while (next < book->kept_count && book->kept[next].local == book->kept[i].local)
            next++;
        if (book->kept[i].local->source == pass->at)
            say_kept(pass, &book->kept[i], next - i);
    }
    pass->remark = false;
}
