// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * opening_group.c - the endpoint sets of both tables, numbered, and which of the old table were bypassed, so that an
 * address may join them. Part of opening.h.
 *
 * An address alone passes only if no name of its set is kept inspected. The image says so of sets that publish
 * addresses. Of a set that publishes its first ones it is found out here, and in doubt it is kept inspected.
 */
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "cloud/instance.h"
#include "diff_name.h"
#include "name/pattern.h"
#include "name/ports.h"
#include "name/tenant.h"
#include "opening_build.h"

#define NONE UINT32_MAX

static int
compare_groups(const void *left, const void *right)
{
    const struct group *a = left;
    const struct group *b = right;
    int order = strcmp(a->source, b->source);
    return order != 0 ? order : order_numbers(a->id, b->id);
}

static size_t
add_groups(struct group *groups, size_t count, const struct table *table)
{
    for (size_t i = 0; i < table->terms_count; i++) {
        const struct endpoint_set *set = &table->terms[i].set;
        if (set->has_id && (i == 0 || !endpoint_set_same(set, &table->terms[i - 1].set)))
            groups[count++] = (struct group){.source = table->sources[set->source], .id = set->id};
    }
    return count;
}

bool
opening_find_groups(struct opener *opener)
{
    const struct diff *diff = opener->differ->diff;
    size_t most = diff->old_table->terms_count + diff->new_table->terms_count, kept = 0;
    struct group *groups = arena_array(opener->differ->scratch, most, sizeof *groups);
    if (groups == NULL)
        return false;
    size_t count = add_groups(groups, add_groups(groups, 0, diff->old_table), diff->new_table);
    if (count > 0)
        qsort(groups, count, sizeof *groups, compare_groups);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || compare_groups(&groups[kept - 1], &groups[i]) != 0)
            groups[kept++] = groups[i];
    }
    opener->groups = groups;
    opener->group_count = kept;
    return true;
}

/* The number of the group with this source and id; UINT32_MAX if there is none. */
static uint32_t
find_group(const struct opener *opener, const char *source, size_t len, uint32_t id)
{
    size_t low = 0, high = opener->group_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct group *group = &opener->groups[middle];
        int order = strncmp(group->source, source, len);
        if (order == 0)
            order = group->source[len] != '\0' ? 1 : order_numbers(group->id, id);
        if (order == 0)
            return (uint32_t)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NONE;
}

struct group *
opening_find_group(struct opener *opener, const char *source, size_t len, uint32_t id)
{
    return &opener->groups[find_group(opener, source, len, id)];
}

uint32_t
opening_group(struct opener *opener, int side, uint32_t set)
{
    uint32_t *known = &opener->set_groups[side][set];
    if (*known == 0) {
        const struct half *half = side == 0 ? &opener->differ->old_half : &opener->differ->new_half;
        struct image_set of;
        image_get_set(half->image, set, &of);
        *known = find_group(opener, of.source.text, of.source.len, of.id) + 1;
    }
    return *known - 1;
}

/* The lines that may keep a name of a set inspected. */
struct guard {
    const struct ref **inspects;
    size_t inspect_count;
    size_t tenant_count; /* the first of differ->tenants are those of the old image */
};

static bool
list_inspects(struct differ *differ, struct guard *guard)
{
    const struct half *half = &differ->old_half;
    guard->inspects = arena_array(differ->scratch, half->count, sizeof(struct ref *));
    for (size_t i = 0; guard->inspects != NULL && i < half->count; i++) {
        if (half->refs[i].terms->verb == VERB_INSPECT && !half->refs[i].is_prefix)
            guard->inspects[guard->inspect_count++] = &half->refs[i];
    }
    return guard->inspects != NULL;
}

/* Forgets that a set was bypassed: at all ports (terms NULL) or at those of an inspect line. */
static void
forget(struct opener *opener, size_t group, const struct terms *terms)
{
    const struct differ *differ = opener->differ;
    struct ports ports;
    bool all = terms == NULL || table_tcp_ports(terms, &ports);
    for (size_t k = 0; k < differ->piece_count; k++) {
        size_t bit = group * differ->piece_count + k;
        if (all || ports_hold(&ports, differ->pieces[k].ask))
            opener->spoke[bit / 64] &= ~((uint64_t)1 << bit % 64);
    }
}

/* Whether an inspect line may match a name of this pattern. */
static bool
may_inspect(const struct opener *opener, const struct rule *inspect, const char *text, size_t len)
{
    char suffix[HOST_MAX + 3] = "*.";
    struct host name;
    if (inspect->kind != PATTERN_REGEX)
        return pattern_meets(text, len, inspect->text, inspect->len);
    if (pattern_regex_suffix(suffix + 2, inspect->text + 1, (size_t)inspect->len - 1) == 0)
        suffix[1] = '\0';
    return pattern_meets(text, len, suffix, strlen(suffix)) &&
           (!host_parse(&name, text, len) || diff_regex_matches(opener->differ, &name));
}

/* Forgets the ports at which a name of a set was inspected. */
static void
guard_name(struct opener *opener, struct guard *guard, size_t group, const char *text, size_t len)
{
    if (guard->tenant_count > 0 && tenant_pattern_is_foreign(text, len, opener->differ->tenants, guard->tenant_count))
        forget(opener, group, NULL);
    for (size_t i = 0; i < guard->inspect_count; i++) {
        const struct ref *inspect = guard->inspects[i];
        if (!diff_may_work(opener->differ, 8 + len * inspect->rule->len / 4)) {
            forget(opener, group, NULL);
            return;
        }
        if (may_inspect(opener, inspect->rule, text, len))
            forget(opener, group, inspect->terms);
    }
}

static void
guard_pattern(struct opener *opener, struct guard *guard, size_t group, const struct rule *rule)
{
    char filled[PATTERN_MAX + 1];
    for (size_t i = 0; i == 0 || i < guard->tenant_count; i++) {
        const char *tenant = guard->tenant_count == 0 ? NULL : opener->differ->tenants[i];
        size_t len = pattern_fill_tenant(filled, rule->text, rule->len, tenant);
        guard_name(opener, guard, group, filled, len);
    }
}

/* Which set it is does not show in its id alone: the service may number its sets anew. And a set in a file of the
 * administrator's may have been edited, while nobody was asked. */
struct identity {
    bool had_names, kept; /* kept: a name that was bypassed and is; of a set without names a prefix */
};

static struct group *
group_of(struct opener *opener, const struct ref *ref)
{
    const char *source = ref->table->sources[ref->terms->set.source];
    return opening_find_group(opener, source, strlen(source), ref->terms->set.id);
}

/* Whether a row bypasses something for a set. */
static bool
speaks(const struct opener *opener, const struct half *half, const struct ref *ref)
{
    uint32_t expires = ref->terms->expires;
    return !ref->local && (half->bypass & 1u << ref->terms->verb) != 0 &&
           (expires == 0 || opener->differ->today < expires);
}

/* Looks for an old row in the rows of the new table with the same key. */
static void
identify(struct opener *opener, struct identity *identities, const struct ref *old, size_t from)
{
    const struct half *is = &opener->differ->new_half;
    struct group *group = group_of(opener, old);
    struct identity *identity = &identities[group - opener->groups];
    identity->had_names = identity->had_names || !old->is_prefix;
    for (size_t i = from; i < is->count && diff_compare_keys(&is->refs[i], old) == 0; i++) {
        if (!diff_may_work(opener->differ, 1))
            return;
        if (speaks(opener, is, &is->refs[i]) && group_of(opener, &is->refs[i]) == group &&
            (!old->is_prefix || !identity->had_names))
            identity->kept = true;
    }
}

/* Names come before prefixes, so whether a set had names is known when its prefixes come. */
static int
forget_others(struct opener *opener)
{
    const struct half *was = &opener->differ->old_half, *is = &opener->differ->new_half;
    struct identity *identities = arena_array(opener->differ->scratch, opener->group_count, sizeof *identities);
    if (identities == NULL)
        return -1;
    for (size_t i = 0, from = 0; i < was->count; i++) {
        while (from < is->count && diff_compare_keys(&is->refs[from], &was->refs[i]) < 0)
            from++;
        if (speaks(opener, was, &was->refs[i]))
            identify(opener, identities, &was->refs[i], from);
    }
    for (size_t i = 0; i < opener->group_count; i++) {
        opener->groups[i].same = identities[i].kept && instance_is_source(opener->groups[i].source);
        if (!opener->groups[i].same)
            forget(opener, i, NULL);
    }
    return 0;
}

/* The names of the sets that publish their first addresses. */
static int
guard_sets(struct opener *opener, size_t tenant_count)
{
    struct differ *differ = opener->differ;
    struct guard guard = {.tenant_count = tenant_count};
    if (!list_inspects(differ, &guard))
        return -1;
    for (size_t i = 0; i < differ->old_half.count; i++) {
        const struct ref *ref = &differ->old_half.refs[i];
        if (ref->is_prefix || ref->local)
            continue;
        const struct group *group = group_of(opener, ref);
        if (!group->published[0] && group->published[1])
            guard_pattern(opener, &guard, (size_t)(group - opener->groups), ref->rule);
    }
    return 0;
}

static void
note_published(struct opener *opener, int side, const struct half *half, uint64_t sets)
{
    for (uint32_t i = 0; i < sets; i++) {
        struct image_set set;
        image_get_set(half->image, i, &set);
        uint32_t group = set.has_id ? opening_group(opener, side, i) : UINT32_MAX;
        if (group != UINT32_MAX)
            opener->groups[group].published[side] = set.group_has_addrs;
    }
}

/* At which ports a set of the old table was bypassed, its addresses alone as well. */
static void
note_spoken(struct opener *opener, uint32_t group, const struct image_set *set)
{
    const struct differ *differ = opener->differ;
    const struct image *image = differ->old_half.image;
    if ((differ->old_half.bypass & 1u << set->verb) == 0 || (set->expires != 0 && differ->today >= set->expires) ||
        set->foreign || !diff_may_work(opener->differ, differ->piece_count / 2))
        return;
    for (size_t k = 0; k < differ->piece_count; k++) {
        uint16_t port = differ->pieces[k].ask;
        size_t bit = group * differ->piece_count + k;
        if (image_ports_hold(image, set->tcp, port) && !image_ports_hold(image, set->inspected, port))
            opener->spoke[bit / 64] |= (uint64_t)1 << bit % 64;
    }
}

int
opening_note_sets(struct opener *opener)
{
    const struct differ *differ = opener->differ;
    struct image_info was = {0}, is = {0};
    if (differ->old_half.image == NULL || differ->new_half.image == NULL)
        return 0;
    image_get_info(differ->old_half.image, &was);
    image_get_info(differ->new_half.image, &is);
    note_published(opener, 0, &differ->old_half, was.sets);
    note_published(opener, 1, &differ->new_half, is.sets);
    for (uint32_t i = 0; i < was.sets; i++) {
        struct image_set set;
        image_get_set(differ->old_half.image, i, &set);
        uint32_t group = set.has_id ? opening_group(opener, 0, i) : UINT32_MAX;
        if (group != UINT32_MAX)
            note_spoken(opener, group, &set);
    }
    return forget_others(opener) == 0 ? guard_sets(opener, was.tenants) : -1;
}

bool
opening_spoke(const struct opener *opener, uint32_t group, size_t port_piece)
{
    size_t bit = group * opener->differ->piece_count + port_piece;
    return (opener->spoke[bit / 64] >> bit % 64 & 1) != 0;
}

size_t
opening_find_set(const struct table *table, const struct endpoint_set *set)
{
    size_t low = 0, high = table->rule_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (endpoint_set_compare(&table->terms[table->rules[middle].terms].set, set) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
