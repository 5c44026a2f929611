// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff_regex.c - what opens because a bypass regex decides now. Part of diff.h.
 *
 * Nobody can list the names that a regex matches. But both tables have the same regexes, or a person looks at those
 * that changed. So it is enough to ask about the names of a pattern twice: as if no regex matched them, and as if one
 * did. In a table with bypass regexes, a pattern that goes above one may open whatever both match.
 */
#include <string.h>

#include "diff_name.h"
#include "image/image_find.h"
#include "name/pattern.h"

bool
diff_same_effect(const struct terms *a, const struct terms *b)
{
    return a->verb == b->verb && ports_compare(&a->tcp, &b->tcp) == 0 && ports_compare(&a->udp, &b->udp) == 0;
}

/* Finds the same regex with the same effect in the old table. */
static bool
was_there(const struct differ *differ, const struct ref *ref)
{
    const struct half *half = &differ->old_half;
    size_t low = 0, high = half->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct ref *at = &half->refs[middle];
        if (!at->is_prefix && strcmp(at->rule->text, ref->rule->text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < half->count && !half->refs[low].is_prefix; low++) {
        const struct ref *at = &half->refs[low];
        if (strcmp(at->rule->text, ref->rule->text) != 0)
            break;
        if (diff_same_effect(at->terms, ref->terms))
            return true;
    }
    return false;
}

static bool
may_bypass(const struct differ *differ, const struct ref *ref)
{
    const struct terms *terms = ref->terms;
    return !ref->is_prefix && ref->rule->kind == PATTERN_REGEX && terms->verb != VERB_INSPECT &&
           (differ->new_half.bypass & 1u << terms->verb) != 0 &&
           (terms->expires == 0 || differ->today < terms->expires) && was_there(differ, ref);
}

int
diff_prepare_regexes(struct differ *differ)
{
    const struct half *half = &differ->new_half;
    size_t count = 0;
    for (size_t i = 0; i < half->count; i++)
        count += may_bypass(differ, &half->refs[i]);
    struct assumed *regexes = arena_array(differ->scratch, count, sizeof *regexes);
    struct assumed *none = arena_alloc(differ->scratch, 2 * sizeof *none);
    if (regexes == NULL || none == NULL)
        return -1;
    none[0] = (struct assumed){.regex = NULL};
    none[1] = (struct assumed){.stands_in = true};
    differ->no_regex = none;
    differ->regexes = regexes;
    for (size_t i = 0; i < half->count && differ->regex_count < count; i++) {
        const struct ref *ref = &half->refs[i];
        if (!may_bypass(differ, ref))
            continue;
        struct assumed *regex = &regexes[differ->regex_count++];
        *regex = (struct assumed){ref->rule->text, ref->terms, "*.", true};
        if (pattern_regex_suffix(regex->suffix + 2, ref->rule->text + 1, (size_t)ref->rule->len - 1) == 0)
            regex->suffix[1] = '\0';
    }
    return 0;
}

static bool
matches(const struct image *image, const struct host *name)
{
    struct image_cursor cursor;
    struct image_hit hit;
    bool found = false;
    if (image == NULL)
        return false;
    image_find_name(image, name, &cursor);
    while (!found && image_next(&cursor, &hit))
        found = hit.weight == 0;
    return found;
}

bool
diff_regex_matches(const struct differ *differ, const struct host *name)
{
    return matches(differ->old_half.image, name) || matches(differ->new_half.image, name);
}

/* The category of the rule that decides; VERB_DEFAULT without one. */
static enum verb
deciding_verb(const struct half *half, const struct standing *standing)
{
    struct image_set set;
    if (!standing->verdict.has_rule)
        return VERB_DEFAULT;
    image_get_set(half->image, standing->verdict.set, &set);
    return (enum verb)set.verb;
}

bool
diff_decides_otherwise(const struct differ *differ, const struct standing *was, const struct standing *is)
{
    return was->verdict.why != is->verdict.why ||
           deciding_verb(&differ->old_half, was) != deciding_verb(&differ->new_half, is);
}

static bool
speaks(const struct terms *terms, uint16_t port)
{
    struct ports ports;
    return table_tcp_ports(terms, &ports) || ports_hold(&ports, port);
}

void
diff_assume(const struct differ *differ, const struct half *half, const struct request *request,
            const struct assumed *assumed, struct standing *ret)
{
    struct image_info info;
    verdict_standing_without_regexes(half->image, request, differ->today, ret);
    enum why why = ret->verdict.why;
    if (assumed->regex == NULL || half->image == NULL || !speaks(assumed->terms, request->port))
        return;
    image_get_info(half->image, &info);
    bool beaten = why == WHY_RULE || why == WHY_CATEGORY;
    bool wins = why == WHY_NO_RULE || why == WHY_PORT ||
                (beaten && info.highest && assumed->terms->verb > deciding_verb(half, ret));
    if (!wins)
        return;
    bool bypass = (half->bypass & 1u << assumed->terms->verb) != 0;
    *ret = (struct standing){.verdict = {.bypass = bypass, .why = bypass ? WHY_RULE : WHY_CATEGORY},
                             .verb = assumed->terms->verb};
}
