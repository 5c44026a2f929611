// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compile_policy.c - which endpoint sets have names that a local policy touches. Part of compile.h.
 *
 * All names of a set share its addresses. If one of these names must be inspected (because of an inspect line or a
 * foreign tenant), the address alone must not be bypassed. This is worked out here once, for the sets that publish
 * addresses: each of their patterns against each inspect rule and against the tenant suffixes.
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "compile_build.h"
#include "image/image_hash.h"
#include "name/pattern.h"
#include "name/tenant.h"

/* One pattern of a set with addresses. */
struct touched {
    const struct rule *rule;
    const char *text;
    size_t len;
    uint32_t group;
};

struct names {
    struct touched *list;
    size_t count, room;
    uint64_t *slots; /* the keys of these patterns and the names above them, by hash; power of two, 0 is none */
    size_t slot_count;
};

static int
collect(struct builder *builder, const struct rule *rule, const char *text, size_t len, void *arg, struct err *err)
{
    struct names *names = arg;
    const struct terms *terms = &builder->table->terms[rule->terms];
    uint32_t group = builder->group[rule->terms];
    if (!terms->set.has_id || terms->verb == VERB_INSPECT || !builder->group_addrs[group])
        return 0;
    names->list = arena_grow(builder->arena, names->list, &names->room, names->count + 1, sizeof *names->list);
    char *copy = arena_text(builder->arena, text, len);
    if (names->list == NULL || copy == NULL)
        return err_set(err, ERR_MEM, "no memory for the names of sets");
    names->list[names->count++] = (struct touched){rule, copy, len, group};
    return 0;
}

static int
add_ports(struct builder *builder, uint32_t group, const struct terms *inspect, struct err *err)
{
    struct ports more;
    if (table_tcp_ports(inspect, &more)) {
        builder->inspected_all[group] = true;
        return 0;
    }
    struct ports *have = &builder->inspected[group];
    if (more.count == 0 || builder->inspected_all[group])
        return 0;
    struct err why = {0};
    if (ports_union(have, builder->arena, have, &more, &why) != 0)
        builder->inspected_all[group] = true; /* too many ranges to keep apart */
    return arena_ok(builder->arena) ? 0 : err_set(err, ERR_MEM, "no memory for ports");
}

/* Goes to the parent name, which begins after the first dot. False if there is none. */
static bool
go_up(const char **name, size_t *len)
{
    const char *dot = memchr(*name, '.', *len);
    if (dot == NULL)
        return false;
    *len -= (size_t)(dot + 1 - *name);
    *name = dot + 1;
    return true;
}

/* The slot where a key is, or would be. */
static uint64_t *
slot_of(const struct names *names, uint64_t key)
{
    size_t at = (size_t)key & (names->slot_count - 1);
    while (names->slots[at] != 0 && names->slots[at] != key)
        at = (at + 1) & (names->slot_count - 1);
    return &names->slots[at];
}

static uint64_t
key_hash(const char *name, size_t len, bool whole)
{
    return hash_name(whole ? 1 : 2, name, len) | 1;
}

/* Two patterns can share a name only if the key of one ends in that of the other. */
static int
enter_keys(struct builder *builder, struct names *names, struct err *err)
{
    size_t most = 0;
    for (size_t i = 0; i < names->count; i++)
        most += 2 + names->list[i].len / 2;
    for (names->slot_count = 64; names->slot_count < 2 * most; names->slot_count *= 2)
        continue;
    names->slots = arena_array(builder->arena, names->slot_count, sizeof *names->slots);
    if (names->slots == NULL)
        return err_set(err, ERR_MEM, "no memory for the names of sets");
    for (size_t i = 0; i < names->count; i++) {
        const struct touched *name = &names->list[i];
        size_t key = compile_find_key(name->text, name->len), len = name->len - key;
        const char *text = name->text + key;
        uint64_t hash = key_hash(text, len, true);
        *slot_of(names, hash) = hash;
        do {
            hash = key_hash(text, len, false);
            *slot_of(names, hash) = hash;
        } while (go_up(&text, &len));
    }
    return 0;
}

/* False only if no pattern of the sets shares a name with this one. */
static bool
may_meet(const struct names *names, const char *text, size_t len)
{
    size_t key = text[0] == '.' ? 1 : compile_find_key(text, len);
    text += key;
    len -= key;
    uint64_t empty = key_hash("", 0, true), all = key_hash(text, len, false);
    if (len == 0 || *slot_of(names, empty) == empty || *slot_of(names, all) == all)
        return true;
    do {
        uint64_t hash = key_hash(text, len, true);
        if (*slot_of(names, hash) == hash)
            return true;
    } while (go_up(&text, &len));
    return false;
}

/* No name matches both unless the bytes after the last `*` agree. That rules out nearly every pair. */
static bool
tails_differ(const char *a, size_t a_len, const char *b, size_t b_len)
{
    while (a_len > 0 && b_len > 0 && a[a_len - 1] != '*' && b[b_len - 1] != '*') {
        if (a[--a_len] != b[--b_len])
            return true;
    }
    return false;
}

static int
touch(struct builder *builder, const struct rule *rule, const char *text, size_t len, void *arg, struct err *err)
{
    const struct names *names = arg;
    const struct terms *terms = &builder->table->terms[rule->terms];
    if (terms->verb != VERB_INSPECT || !may_meet(names, text, len))
        return 0;
    for (size_t i = 0; i < names->count; i++) {
        const struct touched *name = &names->list[i];
        if (tails_differ(name->text, name->len, text, len) || !pattern_meets(name->text, name->len, text, len))
            continue;
        if (add_ports(builder, name->group, terms, err) != 0)
            return -1;
    }
    return 0;
}

/* A regex counts as meeting every wildcard that meets its literal end, since nothing more is known of it. An exact name
 * is simply tried. */
static int
touch_regex(struct builder *builder, const struct rule *rule, const struct names *names, struct err *err)
{
    struct regex *regex;
    char end[HOST_MAX + 3] = "*.";
    if (regex_new(&regex, NULL, builder->arena, rule->text + 1, (size_t)rule->len - 1, err) != 0)
        return -1;
    size_t end_len = pattern_regex_suffix(end + 2, rule->text + 1, (size_t)rule->len - 1);
    end_len = end_len == 0 ? 1 : end_len + 2;
    for (size_t i = 0; i < names->count; i++) {
        const struct touched *name = &names->list[i];
        if (tails_differ(name->text, name->len, end, end_len) || !pattern_meets(name->text, name->len, end, end_len) ||
            (pattern_kind(name->text, name->len) == PATTERN_EXACT &&
             regex_match(regex, name->text, name->len) == REGEX_NO))
            continue;
        if (add_ports(builder, name->group, &builder->table->terms[rule->terms], err) != 0)
            return -1;
    }
    return 0;
}

static void
find_foreign(struct builder *builder, const struct names *names)
{
    const struct policy *policy = builder->policy;
    for (size_t i = 0; policy->tenant_count > 0 && i < names->count; i++) {
        const struct touched *name = &names->list[i];
        if (tenant_pattern_is_foreign(name->text, name->len, policy->tenants, policy->tenant_count))
            builder->group_foreign[name->group] = true;
    }
}

int
compile_policy(struct builder *builder, struct err *err)
{
    const struct table *table = builder->table;
    struct names names = {0};
    if (compile_each_pattern(builder, collect, &names, err) != 0)
        return -1;
    if (names.count == 0)
        return 0;
    find_foreign(builder, &names);
    if (enter_keys(builder, &names, err) != 0 || compile_each_pattern(builder, touch, &names, err) != 0)
        return -1;
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        if (rule->kind == PATTERN_REGEX && table->terms[rule->terms].verb == VERB_INSPECT &&
            touch_regex(builder, rule, &names, err) != 0)
            return -1;
    }
    return 0;
}
