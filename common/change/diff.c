// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * diff.c - see diff.h. Both tables are walked in the order of their keys (patterns and prefixes). What happened to the
 * sets of one key is found in three passes, each over what the pass before it left:
 *
 *     equal sets                      nothing happened
 *     same endpoint set               its category, ports or attributes changed
 *     sets that only one side has     pairs of them: moved, raised, lowered; the rest: added, removed
 */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/order.h"
#include "diff_build.h"
#include "diff_name.h"
#include "name/addr.h"
#include "name/pattern.h"
#include "name/ports.h"
#include "opening_build.h"
#include "seen/seen.h"

#define DIFF_MEMORY_MAX ((size_t)8 << 30)

/* Whether two refs of one key are the same endpoint set, or lines of the same local source. */
static int
compare_groups(const struct ref *a, const struct ref *b)
{
    if (a->local != b->local)
        return a->local ? 1 : -1;
    const struct endpoint_set *x = &a->terms->set, *y = &b->terms->set;
    return a->local ? strcmp(a->table->sources[x->source], b->table->sources[y->source])
                    : endpoint_set_compare_across(a->table, x, b->table, y);
}

static int
compare_attributes(const struct terms *a, const struct terms *b)
{
    const int orders[] = {
        order_numbers(a->set.has_id, b->set.has_id),
        order_numbers(a->set.id, b->set.id),
        a->verb == b->verb ? order_numbers(a->published, b->published) : 0,
        order_numbers(a->required, b->required),
        order_numbers(a->expressroute, b->expressroute),
        order_texts(a->area, b->area),
        order_numbers(a->expires, b->expires),
        order_texts(a->owner, b->owner),
        order_texts(a->ticket, b->ticket),
        order_texts(a->gen, b->gen),
        order_texts(a->note, b->note),
    };
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        if (orders[i] != 0)
            return orders[i];
    }
    return 0;
}

static int
compare_terms(const struct ref *a, const struct ref *b)
{
    int order = compare_groups(a, b);
    if (order == 0)
        order = order_numbers(b->terms->verb, a->terms->verb);
    if (order == 0)
        order = ports_compare(&a->terms->tcp, &b->terms->tcp);
    if (order == 0)
        order = ports_compare(&a->terms->udp, &b->terms->udp);
    return order != 0 ? order : compare_attributes(a->terms, b->terms);
}

static int
compare_refs(const void *left, const void *right)
{
    int order = diff_compare_keys(left, right);
    return order != 0 ? order : compare_terms(left, right);
}

static int
fill_half(struct differ *differ, struct half *half, const struct table *table, const struct image *image)
{
    half->table = table;
    half->image = image;
    half->count = table->rule_count;
    half->refs = arena_array(differ->scratch, half->count, sizeof *half->refs);
    if (half->refs == NULL)
        return -1;
    for (size_t i = 0; i < half->count; i++) {
        const struct rule *rule = &table->rules[i];
        const struct terms *terms = &table->terms[rule->terms];
        bool local = !terms->set.has_id || terms->verb == VERB_INSPECT;
        half->refs[i] = (struct ref){rule, terms, table, rule->kind == PATTERN_PREFIX, local, false};
    }
    qsort(half->refs, half->count, sizeof *half->refs, compare_refs);
    if (image != NULL) {
        struct image_info info;
        image_get_info(image, &info);
        half->bypass = info.bypass;
    }
    return 0;
}

static const char *
key_text(struct differ *differ, const struct ref *ref)
{
    char room[64];
    if (!ref->is_prefix)
        return ref->rule->text;
    const char *text = table_rule_text(ref->rule, room);
    return arena_text(differ->arena, text, strlen(text));
}

/* Adds an entry; NULL without memory. `of` gives the text. */
static struct diff_entry *
add_entry(struct differ *differ, enum diff_kind kind, const struct ref *of, const struct terms *old_terms,
          const struct terms *new_terms)
{
    struct diff *diff = differ->diff;
    struct diff_entry *entries =
        arena_grow(differ->arena, diff->entries, &differ->entry_room, diff->entry_count + 1, sizeof *entries);
    const char *text = key_text(differ, of);
    if (entries == NULL || text == NULL)
        return NULL;
    diff->entries = entries;
    struct diff_entry *entry = &entries[diff->entry_count++];
    *entry = (struct diff_entry){
        .kind = kind, .is_prefix = of->is_prefix, .text = text, .old_terms = old_terms, .new_terms = new_terms};
    return entry;
}

/* The rules of one side that have the same key. */
struct span {
    struct ref *refs;
    size_t count;
};

static enum diff_kind
change_of_verb(const struct terms *old_terms, const struct terms *new_terms)
{
    if (old_terms->verb == VERB_INSPECT || new_terms->verb == VERB_INSPECT)
        return DIFF_LOCAL;
    return new_terms->verb > old_terms->verb ? DIFF_RAISED : DIFF_LOWERED;
}

/* The same endpoint set has the pattern on both sides. */
static void
compare_pair(struct differ *differ, const struct ref *was, const struct ref *is)
{
    const struct terms *a = was->terms;
    const struct terms *b = is->terms;
    if (a->verb != b->verb)
        add_entry(differ, change_of_verb(a, b), is, a, b);
    if (ports_compare(&a->tcp, &b->tcp) != 0 || ports_compare(&a->udp, &b->udp) != 0)
        add_entry(differ, DIFF_PORTS, is, a, b);
    if (compare_attributes(a, b) != 0)
        add_entry(differ, DIFF_ATTRIBUTE, is, a, b);
}

/* Pairs the refs that are equal for `compare`. Both spans are in its order. */
static void
pair_equals(struct differ *differ, struct span old_refs, struct span new_refs,
            int (*compare)(const struct ref *a, const struct ref *b))
{
    for (size_t i = 0, j = 0; i < old_refs.count && j < new_refs.count;) {
        struct ref *was = &old_refs.refs[i];
        struct ref *is = &new_refs.refs[j];
        int order = was->paired ? -1 : is->paired ? 1 : compare(was, is);
        if (order == 0) {
            was->paired = is->paired = true;
            compare_pair(differ, was, is);
        }
        i += order <= 0;
        j += order >= 0;
    }
}

/* The next one that is published and not paired, from *at on; only of this verb unless `any`. */
static struct ref *
next_left(const struct span *span, size_t *at, bool any, enum verb verb)
{
    for (; *at < span->count; ++*at) {
        struct ref *ref = &span->refs[*at];
        if (!ref->paired && !ref->local && (any || ref->terms->verb == verb))
            return ref;
    }
    return NULL;
}

static void
pair_leftovers(struct differ *differ, struct span old_refs, struct span new_refs, bool any, enum verb verb)
{
    size_t i = 0, j = 0;
    struct ref *was, *is;
    while ((was = next_left(&old_refs, &i, any, verb)) != NULL && (is = next_left(&new_refs, &j, any, verb)) != NULL) {
        was->paired = is->paired = true;
        add_entry(differ, any ? change_of_verb(was->terms, is->terms) : DIFF_MOVED, is, was->terms, is->terms);
        if (ports_compare(&was->terms->tcp, &is->terms->tcp) != 0 ||
            ports_compare(&was->terms->udp, &is->terms->udp) != 0)
            add_entry(differ, DIFF_PORTS, is, was->terms, is->terms);
    }
}

/* The set of the strongest category among the published ones; NULL if there is none. */
static const struct terms *
strongest(struct span span)
{
    const struct terms *best = NULL;
    for (size_t i = 0; i < span.count; i++) {
        if (!span.refs[i].local && (best == NULL || span.refs[i].terms->verb > best->verb))
            best = span.refs[i].terms;
    }
    return best;
}

/* Adds what has no partner. `others` are the sets of this key on the other side. */
static void
add_lone(struct differ *differ, struct span span, struct span others, bool is_new)
{
    const struct terms *best = strongest(others);
    for (size_t i = 0; i < span.count; i++) {
        const struct ref *ref = &span.refs[i];
        if (ref->paired)
            continue;
        bool stronger = best != NULL && ref->terms->verb > best->verb;
        enum diff_kind kind = ref->local ? DIFF_LOCAL
                              : stronger ? (is_new ? DIFF_RAISED : DIFF_LOWERED)
                                         : (is_new ? DIFF_ADDED : DIFF_REMOVED);
        const struct terms *other = stronger && !ref->local ? best : NULL;
        struct diff_entry *entry =
            add_entry(differ, kind, ref, is_new ? other : ref->terms, is_new ? ref->terms : other);
        if (entry != NULL)
            entry->elsewhere = !ref->local && best != NULL;
    }
}

static void
match_key(struct differ *differ, struct span old_refs, struct span new_refs)
{
    static const enum verb verbs[] = {VERB_OPTIMIZE, VERB_ALLOW, VERB_DEFAULT};
    pair_equals(differ, old_refs, new_refs, compare_terms);
    pair_equals(differ, old_refs, new_refs, compare_groups);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        pair_leftovers(differ, old_refs, new_refs, false, verbs[i]);
    pair_leftovers(differ, old_refs, new_refs, true, VERB_DEFAULT);
    add_lone(differ, old_refs, new_refs, false);
    add_lone(differ, new_refs, old_refs, true);
}

static struct span
take_span(const struct half *half, size_t *at, const struct ref *key)
{
    struct span span = {half->refs + *at, 0};
    while (*at < half->count && diff_compare_keys(&half->refs[*at], key) == 0) {
        ++*at;
        span.count++;
    }
    return span;
}

/* The first key of both sides that was not taken yet; NULL at the end. */
static const struct ref *
next_key(const struct half *was, size_t i, const struct half *is, size_t j)
{
    const struct ref *old_key = i < was->count ? &was->refs[i] : NULL;
    const struct ref *new_key = j < is->count ? &is->refs[j] : NULL;
    if (old_key == NULL || new_key == NULL)
        return old_key != NULL ? old_key : new_key;
    return diff_compare_keys(new_key, old_key) < 0 ? new_key : old_key;
}

static void
count_regexes(struct differ *differ)
{
    const struct half *was = &differ->old_half, *is = &differ->new_half;
    const struct ref *key;
    for (size_t i = 0, j = 0; (key = next_key(was, i, is, j)) != NULL;) {
        differ->diff->regex_count += !key->is_prefix && key->rule->kind == PATTERN_REGEX;
        take_span(was, &i, key);
        take_span(is, &j, key);
    }
}

static void
walk(struct differ *differ)
{
    const struct half *was = &differ->old_half, *is = &differ->new_half;
    const struct ref *key;
    for (size_t i = 0, j = 0; (key = next_key(was, i, is, j)) != NULL;) {
        struct span old_refs = take_span(was, &i, key);
        struct span new_refs = take_span(is, &j, key);
        size_t before = differ->diff->entry_count;
        match_key(differ, old_refs, new_refs);
        if (!key->is_prefix)
            diff_ask_pattern(differ, key, differ->diff->entry_count > before);
    }
}

/* The order of terms of one table, which are in one array in normal order; NULL is first. */
static int
compare_places(const struct terms *a, const struct terms *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return (a > b) - (a < b);
}

/* New terms first. Each side is compared within its own table. */
static int
compare_sides(const struct diff_entry *a, const struct diff_entry *b)
{
    int order = compare_places(a->new_terms, b->new_terms);
    return order != 0 ? order : compare_places(a->old_terms, b->old_terms);
}

static int
compare_entries(const void *left, const void *right)
{
    const struct diff_entry *a = left;
    const struct diff_entry *b = right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    int order = a->kind == DIFF_PORTS || a->kind == DIFF_ATTRIBUTE ? compare_sides(a, b) : 0;
    if (order != 0)
        return order;
    if (a->is_prefix != b->is_prefix)
        return a->is_prefix ? 1 : -1;
    order = strcmp(a->text, b->text);
    if (order == 0)
        order = order_texts(a->other, b->other);
    const struct terms *x = a->new_terms != NULL ? a->new_terms : a->old_terms;
    const struct terms *y = b->new_terms != NULL ? b->new_terms : b->old_terms;
    if (order == 0)
        order = order_numbers(x->set.id, y->set.id);
    if (order == 0)
        order = order_numbers(x->set.source, y->set.source);
    if (order == 0)
        order = order_numbers(x->verb, y->verb);
    if (order == 0)
        order = order_numbers(a->new_terms != NULL, b->new_terms != NULL);
    return order != 0 ? order : compare_sides(a, b);
}

static int
compare_verdicts(const void *left, const void *right)
{
    const struct diff_verdict *a = left;
    const struct diff_verdict *b = right;
    if (a->answer.opened != b->answer.opened)
        return a->answer.opened ? -1 : 1;
    int order = strcmp(a->pattern, b->pattern);
    if (order == 0)
        order = strcmp(a->name, b->name);
    return order != 0 ? order : order_numbers(a->answer.ports.range[0].low, b->answer.ports.range[0].low);
}

static int
compare_ranges(const void *left, const void *right)
{
    const struct diff_range *a = left;
    const struct diff_range *b = right;
    if (a->answer.opened != b->answer.opened)
        return a->answer.opened ? -1 : 1;
    if (a->first.v6 != b->first.v6)
        return a->first.v6 ? 1 : -1;
    int order = memcmp(a->first.bytes, b->first.bytes, sizeof a->first.bytes);
    return order != 0 ? order : order_numbers(a->answer.ports.range[0].low, b->answer.ports.range[0].low);
}

static void
put_in_order(struct diff *diff)
{
    if (diff->entry_count > 0)
        qsort(diff->entries, diff->entry_count, sizeof *diff->entries, compare_entries);
    if (diff->verdict_count > 0)
        qsort(diff->verdicts, diff->verdict_count, sizeof *diff->verdicts, compare_verdicts);
    if (diff->range_count > 0)
        qsort(diff->ranges, diff->range_count, sizeof *diff->ranges, compare_ranges);
    for (size_t i = 0; i < diff->entry_count; i++)
        diff->counts[diff->entries[i].kind]++;
    for (size_t i = 0; i < diff->verdict_count; i++)
        diff->opened += diff->verdicts[i].answer.opened;
    for (size_t i = 0; i < diff->range_count; i++)
        diff->ranges_opened += diff->ranges[i].answer.opened;
}

static int
compare(struct differ *differ, const struct diff_input *input)
{
    if (fill_half(differ, &differ->old_half, input->old_table, input->old_image) != 0 ||
        fill_half(differ, &differ->new_half, input->new_table, input->new_image) != 0 ||
        diff_prepare_asking(differ) != 0 || diff_prepare_work(differ) != 0 || diff_prepare_regexes(differ) != 0 ||
        opening_prepare(differ->opener, differ) != 0)
        return -1;
    count_regexes(differ);
    walk(differ);
    diff_ask_crossings(differ);
    diff_ask_regexes(differ);
    diff_ask_addresses(differ);
    diff_pair_entries(differ);
    diff_annotate(differ, input->changes, input->change_count);
    if (!arena_ok(differ->arena) || !arena_ok(differ->scratch))
        return -1;
    differ->diff->old_bypass = differ->old_half.bypass;
    differ->diff->new_bypass = differ->new_half.bypass;
    put_in_order(differ->diff);
    opening_collect(differ->opener);
    return arena_ok(differ->arena) && arena_ok(differ->scratch) ? 0 : -1;
}

int
diff_tables(struct diff **ret, const struct diff_input *input, struct err *err)
{
    struct opener opener = {.hold_joins = input->hold_joins};
    struct differ differ = {.arena = arena_new(DIFF_MEMORY_MAX),
                            .scratch = arena_new(DIFF_MEMORY_MAX),
                            .today = input->today,
                            .opener = &opener};
    struct diff *diff = differ.arena == NULL ? NULL : arena_alloc(differ.arena, sizeof *diff);
    int result = -1;
    if (diff != NULL && differ.scratch != NULL) {
        *diff = (struct diff){
            .arena = differ.arena,
            .old_table = input->old_table,
            .new_table = input->new_table,
            .old_image = input->old_image,
            .new_image = input->new_image,
            .today = input->today,
            .old_rules = input->old_table->rule_count,
            .new_rules = input->new_table->rule_count,
            .hold_joins = input->hold_joins,
        };
        differ.diff = diff;
        result = compare(&differ, input);
    }
    arena_free(differ.scratch);
    if (result == 0) {
        *ret = diff;
        return 0;
    }
    arena_free(differ.arena);
    return err_set(err, ERR_MEM, "comparing two tables needs more memory than there is, or than its limit");
}

void
diff_free(struct diff *diff)
{
    if (diff == NULL)
        return;
    if (diff->seen != NULL)
        arena_free(diff->seen->arena);
    arena_free(diff->arena);
}

bool
diff_is_empty(const struct diff *diff)
{
    return diff->entry_count == 0 && diff->verdict_count == 0 && diff->range_count == 0 && diff->options == NULL;
}
