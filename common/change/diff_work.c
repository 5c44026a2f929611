// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff_work.c - keeps a comparison within a time. Part of diff.h.
 *
 * Work is counted in rules that are looked at, some tens of nanoseconds each. Asking about a name costs as much as
 * there are rules that a lookup of it visits: those for its own text, and those for wildcards that end like it. These
 * are counted once, where there are more than a few. Who publishes a document decides what is in it, but not how long
 * its comparison takes; an administrator's own lines add to the time that is allowed.
 */
#include <string.h>

#include "diff_build.h"
#include "name/pattern.h"

#define WORK_MAX ((uint64_t)96 << 20)     /* two or three seconds */
#define WORK_OF_LOCAL ((uint64_t)128 * 3) /* for one local line at one port piece */
#define PIECES_USUAL 64
#define FEW 8 /* rules for one key that are not counted */

enum key_kind { KEY_WHOLE = 1, KEY_BELOW };

/* How many rules have one key: a whole name, or the labels that every name ends with. */
struct key_count {
    uint64_t hash; /* 0: free */
    uint64_t count;
};

static uint64_t
hash_key(enum key_kind kind, const char *text, size_t len)
{
    uint64_t hash = 0xcbf29ce484222325u + kind;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    return (hash ^ hash >> 32) | 1;
}

static struct key_count *
find_key(const struct work *work, uint64_t hash)
{
    size_t at = (size_t)(hash >> 1) & (work->room - 1);
    while (work->keys[at].hash != 0 && work->keys[at].hash != hash)
        at = (at + 1) & (work->room - 1);
    return &work->keys[at];
}

/* The part of a rule's text that decides which names find it. */
static uint64_t
key_of(const struct rule *rule)
{
    char end[HOST_MAX + 1];
    if (rule->kind == PATTERN_EXACT)
        return hash_key(KEY_WHOLE, rule->text, rule->len);
    if (rule->kind == PATTERN_REGEX) {
        size_t len = pattern_regex_suffix(end, rule->text + 1, (size_t)rule->len - 1);
        return hash_key(KEY_BELOW, end, len);
    }
    const char *stop = rule->text + rule->len, *from = stop;
    while (from > rule->text && from[-1] != '*' && from[-1] != '>')
        from--;
    const char *dot = memchr(from, '.', (size_t)(stop - from));
    return dot == NULL ? hash_key(KEY_BELOW, "", 0) : hash_key(KEY_BELOW, dot + 1, (size_t)(stop - dot - 1));
}

static bool
may_have_equals(const struct rule *rule)
{
    return rule->kind == PATTERN_GLOB || rule->kind == PATTERN_REGEX;
}

static bool
same_text(const struct ref *a, const struct ref *b)
{
    return !b->is_prefix && strcmp(a->rule->text, b->rule->text) == 0;
}

/* Walks over the patterns of one side. Rules with the same text are next to each other. Without keys, counts the keys
 * that there will be. */
static size_t
enter(struct work *work, const struct half *half)
{
    size_t keys = 0;
    for (size_t i = 0, next; i < half->count && !half->refs[i].is_prefix; i = next) {
        const struct rule *rule = half->refs[i].rule;
        for (next = i + 1; next < half->count && same_text(&half->refs[i], &half->refs[next]);)
            next++;
        if (!may_have_equals(rule) && next - i <= FEW)
            continue;
        keys++;
        if (work->keys == NULL)
            continue;
        uint64_t hash = key_of(rule);
        struct key_count *key = find_key(work, hash);
        key->hash = hash;
        key->count += next - i;
    }
    return keys;
}

static uint64_t
count_local(const struct half *half)
{
    uint64_t count = 0;
    for (size_t i = 0; i < half->count; i++)
        count += half->refs[i].local;
    return count;
}

int
diff_prepare_work(struct differ *differ)
{
    struct work *work = &differ->work;
    size_t keys = enter(work, &differ->old_half) + enter(work, &differ->new_half);
    uint64_t pieces = differ->piece_count < PIECES_USUAL ? differ->piece_count : PIECES_USUAL;
    uint64_t local = count_local(&differ->old_half) + count_local(&differ->new_half);
    work->left = WORK_MAX + local * pieces * WORK_OF_LOCAL;
    for (work->room = 64; work->room < 2 * keys; work->room *= 2)
        continue;
    work->keys = arena_array(differ->scratch, work->room, sizeof *work->keys);
    if (work->keys == NULL)
        return -1;
    enter(work, &differ->old_half);
    enter(work, &differ->new_half);
    return 0;
}

bool
diff_may_work(struct differ *differ, uint64_t steps)
{
    if (differ->work.left < steps) {
        differ->work.left = 0;
        differ->diff->partial = true;
        return false;
    }
    differ->work.left -= steps;
    return true;
}

uint64_t
diff_work_of_name(const struct differ *differ, const char *name, size_t len)
{
    const struct work *work = &differ->work;
    uint64_t steps = DIFF_WORK_LOOKUP + find_key(work, hash_key(KEY_WHOLE, name, len))->count +
                     find_key(work, hash_key(KEY_BELOW, "", 0))->count;
    while (len > 0) {
        steps += 4 + find_key(work, hash_key(KEY_BELOW, name, len))->count;
        const char *dot = memchr(name, '.', len);
        size_t skip = dot == NULL ? len : (size_t)(dot + 1 - name);
        name += skip;
        len -= skip;
    }
    return steps;
}
