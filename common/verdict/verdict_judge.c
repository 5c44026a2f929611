// SPDX-License-Identifier: GPL-2.0-or-later
/* verdict_judge.c - compares the rules that match one name or address. Part of verdict.h. */
#include "verdict_judge.h"

#include <string.h>

#include "name/tenant.h"

void
judge_init(struct judge *ret, const struct image *image, const struct request *request, uint32_t today)
{
    const struct image_info *info = image_info(image);
    *ret = (struct judge){image, info, info->bypass, today, request->port, false};
}

void
judge_find(const struct judge *judge, const struct identifier *asked, struct image_cursor *ret)
{
    if (asked->given == GIVEN_NAME)
        image_find_name(judge->image, &asked->name, ret);
    else
        image_find_addr(judge->image, &asked->addr, ret);
}

static inline enum lost
take_part(const struct judge *judge, const struct image_hit *hit, const struct image_set_core *set)
{
    bool inspects = set->verb == VERB_INSPECT;
    if (!inspects && set->expires != 0 && judge->today >= set->expires)
        return LOST_EXPIRED;
    if ((!inspects && hit->limit) || (judge->without_regexes && hit->weight == 0))
        return LOST_LIMIT;
    if (image_ports_hold(judge->image, set->tcp, judge->port))
        return LOST_NOT;
    return image_ports_hold(judge->image, set->tcp, 0) ? LOST_PORT : LOST_UDP_ONLY;
}

static inline bool
next_matched(const struct judge *judge, struct image_cursor *cursor, struct matched *ret)
{
    if (!image_next(cursor, &ret->hit))
        return false;
    struct image_set_core set;
    image_get_set_core(judge->image, ret->hit.set, &set);
    ret->verb = set.verb;
    ret->rank = set.rank;
    ret->lost = take_part(judge, &ret->hit, &set);
    return true;
}

bool
judge_next(const struct judge *judge, struct image_cursor *cursor, struct matched *ret)
{
    return next_matched(judge, cursor, ret);
}

static int
order(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

/* Orders rules of one source as the table does: by pattern, then by set, since sets are stored in that order. */
static int
compare_place(const struct image *image, const struct image_hit *a, const struct image_hit *b)
{
    char a_room[IMAGE_RULE_MAX], b_room[IMAGE_RULE_MAX];
    struct image_text x = image_rule_text(image, a->rule, a_room);
    struct image_text y = image_rule_text(image, b->rule, b_room);
    int text = memcmp(x.text, y.text, x.len < y.len ? x.len : y.len);
    if (text != 0)
        return text;
    if (x.len != y.len)
        return x.len < y.len ? -1 : 1;
    int set = order(a->set, b->set);
    return set != 0 ? set : order(a->rule.number, b->rule.number);
}

/* Positive if a beats b (by precedence.h; at a tie the smaller rank, then the earlier place), never 0 for different
 * rules. Both must count. */
static int
compare_matched(const struct judge *judge, const struct matched *a, const struct matched *b)
{
    const struct claim x = judge_claim(a), y = judge_claim(b);
    int precedence = precedence_compare(&x, &y, judge->info->highest);
    if (precedence != 0)
        return precedence;
    if (a->rank != b->rank)
        return order(b->rank, a->rank);
    return compare_place(judge->image, &b->hit, &a->hit);
}

static bool
is_foreign(const struct judge *judge, const struct host *name)
{
    const char *label;
    size_t len;
    if (judge->info->tenants == 0 || !tenant_label(name->text, name->len, &label, &len))
        return false;
    for (uint32_t i = 0; i < judge->info->tenants; i++) {
        struct image_text tenant = image_tenant(judge->image, i);
        if (tenant_owns(tenant.text, tenant.len, label, len))
            return false;
    }
    return true;
}

/* Keeps the best match; the next match overwrites the loser. */
static void
find_best(const struct judge *judge, struct image_cursor *cursor, struct opinion *ret)
{
    struct matched *next = &ret->seen[0];
    while (next_matched(judge, cursor, next)) {
        if (next->lost == LOST_PORT || next->lost == LOST_UDP_ONLY)
            ret->why = WHY_PORT;
        if (next->lost != LOST_NOT || (ret->best != NULL && compare_matched(judge, next, ret->best) < 0))
            continue;
        ret->best = next;
        next = next == &ret->seen[0] ? &ret->seen[1] : &ret->seen[0];
    }
}

void
judge_identifier(const struct judge *judge, const struct identifier *asked, struct image_cursor *found,
                 struct opinion *ret)
{
    ret->asked = asked;
    ret->bypass = false;
    ret->why = WHY_NO_RULE;
    ret->best = NULL;
    if (asked->given != GIVEN_NAME && asked->given != GIVEN_ADDR) {
        ret->why = WHY_BAD_NAME;
        return;
    }
    struct image_cursor begun;
    if (found == NULL) {
        judge_find(judge, asked, &begun);
        found = &begun;
    }
    find_best(judge, found, ret);
    if (ret->best != NULL && ret->best->verb == VERB_INSPECT) {
        ret->why = WHY_LOCAL_INSPECT;
    } else if (asked->given == GIVEN_NAME && is_foreign(judge, &asked->name)) {
        ret->why = WHY_FOREIGN_TENANT;
        ret->best = NULL;
    } else if (ret->best != NULL) {
        ret->bypass = (judge->bypass & 1u << ret->best->verb) != 0;
        ret->why = ret->bypass ? WHY_RULE : WHY_CATEGORY;
    }
}
