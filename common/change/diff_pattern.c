// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff_pattern.c - the shapes of patterns, see diff_name.h. Part of diff.h.
 *
 * An exact name is a class of its own. Each wildcard has the class of names that no narrower rule matches. Two
 * wildcards that cross share more classes. With tenants, of the names below a tenant suffix only those count that a
 * tenant can have: they are shapes of their own, and cross other wildcards as well.
 */
#include <stdio.h>
#include <string.h>

#include "diff_build.h"
#include "diff_name.h"
#include "name/host.h"
#include "name/pattern.h"
#include "name/tenant.h"

/* A wildcard or a shape of one, `<tenant>` filled. */
struct wild {
    const struct ref *ref;
    const char *text;
    size_t len;
    bool is_glob;
    bool changed; /* some set did something with it */
};

static void
keep_wild(struct differ *differ, const struct ref *ref, const char *text, size_t len, bool changed)
{
    struct wild *wilds =
        arena_grow(differ->scratch, differ->wilds, &differ->wild_room, differ->wild_count + 1, sizeof *wilds);
    const char *copy = arena_text(differ->scratch, text, len);
    if (wilds == NULL || copy == NULL)
        return;
    differ->wilds = wilds;
    wilds[differ->wild_count++] = (struct wild){ref, copy, len, pattern_kind(copy, len) == PATTERN_GLOB,
                                                changed || differ->diff->options != NULL};
}

/* Whose shapes are being told. */
struct shapes {
    struct differ *differ;
    struct asked asked;
    const struct ref *ref; /* NULL: of a crossing, not to be kept */
    bool changed;
    const struct assumed *regex; /* NULL: of patterns */
};

static void
tell(const struct shapes *shapes, const char *text, size_t len)
{
    if (shapes->regex != NULL)
        diff_ask_regex(shapes->differ, shapes->regex, text, len);
    else
        diff_ask_shape(shapes->differ, &shapes->asked, text, len);
}

static bool
ask_shape(void *arg, const char *text, size_t len)
{
    const struct shapes *shapes = arg;
    if (shapes->ref != NULL && memchr(text, '*', len) != NULL)
        keep_wild(shapes->differ, shapes->ref, text, len, shapes->changed);
    tell(shapes, text, len);
    return shapes->differ->work.left > 0;
}

/* Tells the shapes that two patterns share. */
static void
ask_shared(struct shapes *shapes, const char *a, size_t a_len, const char *b, size_t b_len)
{
    if (diff_may_work(shapes->differ, a_len + b_len) && !pattern_cross(a, a_len, b, b_len, ask_shape, shapes))
        shapes->differ->diff->partial = true;
}

/* The names of a wildcard that are one name of a tenant, or those below it, which fewer people know. */
static void
ask_owned(struct shapes *shapes, const char *text, size_t len, const char *below, bool deep)
{
    const char *own = below + strlen("*.");
    if (!diff_may_work(shapes->differ, 2 * len))
        return;
    if (!deep && pattern_match(text, len, own, strlen(own)))
        tell(shapes, own, strlen(own));
    if (deep && !pattern_covers(below, strlen(below), text, len))
        ask_shared(shapes, text, len, below, strlen(below));
}

/* The same for every name that a tenant can have below one suffix. */
static void
ask_tenant(struct shapes *shapes, const char *text, size_t len, const char *tenant, const char *suffix)
{
    char below[PATTERN_MAX + 1];
    const char *ending;
    for (int deep = 0; deep < 2; deep++) {
        for (size_t e = 0; (ending = tenant_ending(e)) != NULL; e++) {
            snprintf(below, sizeof below, "*.%s%s%s", tenant, ending, suffix);
            ask_owned(shapes, text, len, below, deep != 0);
        }
    }
}

static void
ask_tenants(struct shapes *shapes, const char *text, size_t len)
{
    char below[PATTERN_MAX + 1];
    const char *suffix;
    shapes->asked.some = true;
    for (size_t i = 0; shapes->differ->tenant_count > 0 && (suffix = tenant_suffix(i)) != NULL; i++) {
        snprintf(below, sizeof below, "*%s", suffix);
        if (!pattern_meets(text, len, below, strlen(below)))
            continue;
        for (size_t k = 0; k < shapes->differ->tenant_count; k++)
            ask_tenant(shapes, text, len, shapes->differ->tenants[k], suffix);
    }
    shapes->asked.some = false;
}

/* Asks about the names of a pattern whose tenant is filled in. */
static void
ask_filled(struct shapes *shapes, const char *text, size_t len)
{
    diff_ask_shape(shapes->differ, &shapes->asked, text, len);
    if (memchr(text, '*', len) == NULL)
        return;
    keep_wild(shapes->differ, shapes->ref, text, len, shapes->changed);
    ask_tenants(shapes, text, len);
}

void
diff_ask_pattern(struct differ *differ, const struct ref *ref, bool changed)
{
    const struct rule *rule = ref->rule;
    struct shapes shapes = {differ, {rule->text, rule->text, differ->diff->verdict_count, false}, ref, changed, NULL};
    char filled[PATTERN_MAX + 2];
    if (rule->kind == PATTERN_REGEX)
        return;
    if (rule->kind == PATTERN_DOT) {
        filled[0] = '*';
        memcpy(filled + 1, rule->text, rule->len);
        ask_filled(&shapes, rule->text + 1, (size_t)rule->len - 1);
        ask_filled(&shapes, filled, (size_t)rule->len + 1);
        return;
    }
    bool slot = rule->kind == PATTERN_GLOB && strstr(rule->text, PATTERN_TENANT) != NULL;
    for (size_t i = 0; slot && i < differ->tenant_count; i++)
        ask_filled(&shapes, filled, pattern_fill_tenant(filled, rule->text, rule->len, differ->tenants[i]));
    if (!slot || differ->no_tenants)
        ask_filled(&shapes, filled, pattern_fill_tenant(filled, rule->text, rule->len, NULL));
}

/* The names that a regex may match: any, those of strangers, and those of our tenants. */
static void
ask_regex(struct differ *differ, const struct assumed *regex)
{
    struct shapes shapes = {differ, {regex->regex, regex->regex, 0, false}, NULL, false, regex};
    const char *text = regex->suffix, *suffix;
    char guarded[PATTERN_MAX + 1];
    tell(&shapes, text, strlen(text));
    for (size_t i = 0; differ->diff->options != NULL && (suffix = tenant_suffix(i)) != NULL; i++) {
        snprintf(guarded, sizeof guarded, "*%s", suffix);
        ask_shared(&shapes, text, strlen(text), guarded, strlen(guarded));
    }
    ask_tenants(&shapes, text, strlen(text));
}

void
diff_ask_regexes(struct differ *differ)
{
    for (size_t i = 0; i < differ->regex_count; i++)
        ask_regex(differ, &differ->regexes[i]);
}

/* No name matches both unless the bytes before the first stars agree, and those after the last. That rules out nearly
 * every pair. */
static bool
ends_differ(const struct wild *a, const struct wild *b)
{
    size_t least = a->len < b->len ? a->len : b->len;
    for (size_t i = 0; i < least && a->text[i] != '*' && b->text[i] != '*'; i++) {
        if (a->text[i] != b->text[i])
            return true;
    }
    for (size_t i = 1; i <= least && a->text[a->len - i] != '*' && b->text[b->len - i] != '*'; i++) {
        if (a->text[a->len - i] != b->text[b->len - i])
            return true;
    }
    return false;
}

static void
ask_crossing(struct differ *differ, const struct wild *a, const struct wild *b)
{
    if (!diff_may_work(differ, 1) || a->ref == b->ref || ends_differ(a, b) || !diff_may_work(differ, a->len + b->len) ||
        pattern_covers(a->text, a->len, b->text, b->len) || pattern_covers(b->text, b->len, a->text, a->len))
        return;
    const struct wild *own = a->is_glob ? a : b;
    const struct wild *other = own == a ? b : a;
    struct shapes shapes = {differ, {own->ref->rule->text, other->ref->rule->text, 0, true}, NULL, false, NULL};
    ask_shared(&shapes, a->text, a->len, b->text, b->len);
}

/* Wildcards of which one is a glob and one has changed. */
static void
ask_crossings_with(struct differ *differ, size_t glob, const size_t *changed, size_t changed_count)
{
    const struct wild *a = &differ->wilds[glob];
    for (size_t i = 0; a->changed && i < differ->wild_count && differ->work.left > 0; i++) {
        const struct wild *b = &differ->wilds[i];
        if (i != glob && !(b->is_glob && b->changed && i < glob))
            ask_crossing(differ, a, b);
    }
    for (size_t i = 0; !a->changed && i < changed_count && differ->work.left > 0; i++) {
        if (!differ->wilds[changed[i]].is_glob)
            ask_crossing(differ, a, &differ->wilds[changed[i]]);
    }
}

void
diff_ask_crossings(struct differ *differ)
{
    size_t count = 0;
    size_t *changed = arena_array(differ->scratch, differ->wild_count, sizeof *changed);
    if (changed == NULL)
        return;
    for (size_t i = 0; i < differ->wild_count; i++) {
        if (differ->wilds[i].changed)
            changed[count++] = i;
    }
    for (size_t i = 0; i < differ->wild_count && differ->work.left > 0; i++) {
        if (differ->wilds[i].is_glob)
            ask_crossings_with(differ, i, changed, count);
    }
}
