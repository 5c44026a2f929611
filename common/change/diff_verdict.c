// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff_verdict.c - the names that both images are asked about. Part of diff.h.
 *
 * Patterns divide all names into classes with equal answers. An exact name is a class of its own. Each wildcard has the
 * class of names that no narrower rule matches. Two wildcards that cross share one more class. With tenants, the names
 * of a wildcard under a tenant suffix are either those of our tenants or those of others.
 */
#include <stdio.h>
#include <string.h>

#include "diff_build.h"
#include "name/host.h"
#include "name/pattern.h"
#include "name/tenant.h"
#include "opening_build.h"

/* A wildcard, `<tenant>` filled with `*`. */
struct wild {
    const struct ref *ref;
    const char *text;
    size_t len;
    bool is_glob;
    bool changed; /* some set did something with it */
};

static bool
same_change(const struct diff_verdict *verdict, const struct change *change)
{
    const struct diff_answer *answer = &verdict->answer;
    return answer->opened == change->answer.opened && answer->terms == change->answer.terms &&
           diff_same_ports(answer, change);
}

/* Names of a pattern that are asked about. */
struct asking {
    const char *pattern; /* as the table writes it */
    const char *other;   /* the other one of two that cross, else the same */
    size_t from;         /* where their verdicts begin */
    bool some;           /* not those that stand for all names of the pattern */
};

/* Whether this was already found for one of the two patterns. */
static bool
is_known(const struct diff *diff, const struct asking *asking, const struct change *change)
{
    for (size_t i = asking->from; i < diff->verdict_count; i++) {
        const struct diff_verdict *verdict = &diff->verdicts[i];
        if (same_change(verdict, change) &&
            (strcmp(verdict->pattern, asking->pattern) == 0 || strcmp(verdict->pattern, asking->other) == 0))
            return true;
    }
    return false;
}

static void
add_verdict(struct differ *differ, const struct asking *asking, const struct host *name, const struct change *change)
{
    struct diff *diff = differ->diff;
    struct diff_verdict *verdicts =
        arena_grow(differ->arena, diff->verdicts, &differ->verdict_room, diff->verdict_count + 1, sizeof *verdicts);
    const char *text = arena_text(differ->arena, name->text, name->len);
    struct diff_answer answer = diff_keep_answer(differ, change);
    if (verdicts == NULL || text == NULL || answer.ports.count == 0)
        return;
    diff->verdicts = verdicts;
    verdicts[diff->verdict_count++] = (struct diff_verdict){
        .pattern = asking->pattern,
        .name = text,
        .some = asking->some,
        .port = diff_choose_port(&answer.ports),
        .answer = answer,
    };
}

/* The name as a text that lives as long as the diff. */
static const char *
keep_name(struct differ *differ, const char *pattern, const struct host *name)
{
    bool same = strncmp(pattern, name->text, name->len) == 0 && pattern[name->len] == '\0';
    return same ? pattern : arena_text(differ->arena, name->text, name->len);
}

static void
ask_name(struct differ *differ, const struct asking *asking, const char *name, size_t len)
{
    struct request request;
    request_init(&request);
    if (!host_parse(&request.dst.name, name, len))
        return;
    request.dst.given = GIVEN_NAME;
    if (!diff_may_work(differ,
                       differ->piece_count * diff_work_of_name(differ, request.dst.name.text, request.dst.name.len)))
        return;
    diff_ask(differ, &request);
    opening_note_subject(differ->opener, asking->pattern, keep_name(differ, asking->pattern, &request.dst.name), false);
    for (size_t i = 0; i < differ->change_count; i++) {
        if (!diff_may_work(differ, (differ->diff->verdict_count - asking->from) / 8))
            return;
        if (!is_known(differ->diff, asking, &differ->changes[i]))
            add_verdict(differ, asking, &request.dst.name, &differ->changes[i]);
    }
}

/* The pattern with `word` in star number `which`, counted from the left, and the label in the others. 0 if it is too
 * long. */
static size_t
fill_stars(const struct differ *differ, char ret[HOST_MAX + 1], const char *text, size_t len, size_t which,
           const char *word)
{
    size_t out = 0, star = 0;
    for (size_t i = 0; i < len; i++) {
        const char *label = text[i] == '*' && star++ == which ? word : differ->label;
        const char *from = text[i] == '*' ? label : text + i;
        size_t n = text[i] == '*' ? strlen(label) : 1;
        if (out + n > HOST_MAX)
            return 0;
        memcpy(ret + out, from, n);
        out += n;
    }
    return out;
}

/* A pattern whose stars are being filled. */
struct filling {
    const char *pattern; /* as the table writes it */
    size_t from;         /* where its verdicts begin */
    const char *text;    /* with `<tenant>` filled */
    size_t len;
};

/* Asks about the name with this word in one star, if it belongs to the tenant. */
static void
ask_owned(struct differ *differ, const struct filling *filling, size_t which, const char *tenant, const char *word)
{
    char name[HOST_MAX + 1];
    const char *label;
    size_t label_len;
    size_t len = fill_stars(differ, name, filling->text, filling->len, which, word);
    if (len > 0 && tenant_label(name, len, &label, &label_len) && tenant_owns(tenant, strlen(tenant), label, label_len))
        ask_name(differ, &(struct asking){filling->pattern, filling->pattern, filling->from, true}, name, len);
}

/* Asks about the names that a tenant can have in one star: every label that is its own, then names below these, which
 * fewer people know. */
static void
ask_tenant(struct differ *differ, const struct filling *filling, size_t which, const char *tenant)
{
    char word[HOST_LABEL_MAX + 1 + TENANT_MAX + 16];
    const char *ending;
    for (size_t i = 0; (ending = tenant_ending(i)) != NULL; i++) {
        snprintf(word, sizeof word, "%s%s", tenant, ending);
        ask_owned(differ, filling, which, tenant, word);
    }
    for (size_t i = 0; (ending = tenant_ending(i)) != NULL; i++) {
        snprintf(word, sizeof word, "%s.%s%s", differ->label, tenant, ending);
        ask_owned(differ, filling, which, tenant, word);
    }
}

/* Whether names below a tenant suffix match: only those have tenants. */
static bool
has_tenants(const struct differ *differ, const struct filling *filling)
{
    char name[HOST_MAX + 1];
    const char *label;
    size_t label_len;
    size_t len = fill_stars(differ, name, filling->text, filling->len, SIZE_MAX, "");
    return len > 0 && tenant_label(name, len, &label, &label_len);
}

/* Asks about the names of a pattern whose tenant is filled in. */
static void
ask_filled(struct differ *differ, const char *pattern, size_t from, const char *text, size_t len)
{
    char name[HOST_MAX + 1];
    const struct filling filling = {pattern, from, text, len};
    size_t stars = 0;
    ask_name(differ, &(struct asking){pattern, pattern, from, false}, name,
             fill_stars(differ, name, text, len, SIZE_MAX, ""));
    if (memchr(text, '*', len) == NULL || !has_tenants(differ, &filling))
        return;
    for (size_t i = 0; i < len; i++)
        stars += text[i] == '*';
    for (size_t i = 0; i < stars; i++) {
        for (size_t k = 0; k < differ->tenant_count; k++)
            ask_tenant(differ, &filling, i, differ->tenants[k]);
    }
}

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

void
diff_ask_pattern(struct differ *differ, const struct ref *ref, bool changed)
{
    const struct rule *rule = ref->rule;
    size_t from = differ->diff->verdict_count;
    char filled[PATTERN_MAX + 1];
    size_t len;
    if (rule->kind == PATTERN_REGEX)
        return;
    if (rule->kind == PATTERN_DOT) {
        filled[0] = '*';
        memcpy(filled + 1, rule->text, rule->len);
        ask_filled(differ, rule->text, from, rule->text + 1, (size_t)rule->len - 1);
        ask_filled(differ, rule->text, from, filled, (size_t)rule->len + 1);
        keep_wild(differ, ref, filled, (size_t)rule->len + 1, changed);
        return;
    }
    bool slot = rule->kind == PATTERN_GLOB && strstr(rule->text, PATTERN_TENANT) != NULL;
    for (size_t i = 0; slot && i < differ->tenant_count; i++) {
        len = pattern_fill_tenant(filled, rule->text, rule->len, differ->tenants[i]);
        ask_filled(differ, rule->text, from, filled, len);
    }
    len = pattern_fill_tenant(filled, rule->text, rule->len, NULL);
    if (!slot || !differ->all_have_tenants)
        ask_filled(differ, rule->text, from, filled, len);
    if (rule->kind != PATTERN_EXACT && len > 0)
        keep_wild(differ, ref, filled, len, changed);
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
    struct host name;
    const char *label;
    size_t len;
    if (!diff_may_work(differ, 1) || ends_differ(a, b) || !diff_may_work(differ, a->len + b->len) ||
        pattern_covers(a->text, a->len, b->text, b->len) || pattern_covers(b->text, b->len, a->text, a->len) ||
        !pattern_crossing(&name, a->text, a->len, b->text, b->len, differ->label))
        return;
    const struct wild *own = a->is_glob ? a : b;
    const struct wild *other = own == a ? b : a;
    const struct asking asking = {own->ref->rule->text, other->ref->rule->text, 0, true};
    ask_name(differ, &asking, name.text, name.len);
    struct host tight;
    if (pattern_crossing(&tight, a->text, a->len, b->text, b->len, NULL))
        ask_name(differ, &asking, tight.text, tight.len);
    if (!tenant_label(name.text, name.len, &label, &len))
        return;
    for (size_t i = 0; i < differ->tenant_count; i++) {
        if (pattern_crossing(&name, a->text, a->len, b->text, b->len, differ->tenants[i]))
            ask_name(differ, &asking, name.text, name.len);
    }
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
