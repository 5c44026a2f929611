// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdict.c - see verdict.h. Combines the opinions on destination, SNI and original address into one verdict.
 *
 *     dst a name       its own opinion; then the SNI must be bypassed too; then la must fit the deciding set
 *     dst an address   an inspect prefix decides. Otherwise with an SNI: the SNI's opinion, and dst must fit its set;
 *                      without one: its own opinion, unless a name of its sets is inspected or foreign. Then la
 *
 * An address fits if it is inside a prefix of the deciding endpoint set, or of one tied with it. A client chooses host
 * names freely, but the address is where its bytes go.
 */
#include "verdict.h"

#include <string.h>

#include "verdict_judge.h"

static const char *const why_words[] = {
    [WHY_RULE] = "rule",
    [WHY_NO_RULE] = "no-rule",
    [WHY_PORT] = "port",
    [WHY_CATEGORY] = "category",
    [WHY_LOCAL_INSPECT] = "local-inspect",
    [WHY_FOREIGN_TENANT] = "foreign-tenant",
    [WHY_SNI_MISMATCH] = "sni-mismatch",
    [WHY_ADDRESS_MISMATCH] = "address-mismatch",
    [WHY_BAD_NAME] = "bad-name",
    [WHY_BAD_PORT] = "bad-port",
    [WHY_BAD_LINE] = "bad-line",
    [WHY_NO_TABLE] = "no-table",
};

const char *
why_word(enum why why)
{
    return why_words[why];
}

/* True if an unexpired prefix of this endpoint set contains the address. */
static bool
group_holds(const struct judge *judge, uint32_t group, const struct identifier *address)
{
    struct image_cursor cursor;
    struct matched matched;
    judge_find(judge, address, &cursor);
    while (judge_next(judge, &cursor, &matched)) {
        struct image_set set;
        image_get_set(judge->image, matched.hit.set, &set);
        if (set.has_id && set.group == group && matched.lost != LOST_EXPIRED)
            return true;
    }
    return false;
}

enum fit { FIT_YES, FIT_NO, FIT_NOTHING_PUBLISHED };

/* Walks over the sets of the rules tied with the deciding one. The number of the set is in *ret_number. */
static bool
next_tied(const struct judge *judge, const struct opinion *opinion, struct image_cursor *cursor, struct image_set *ret,
          uint32_t *ret_number)
{
    const struct claim best = judge_claim(opinion->best);
    struct matched matched;
    while (judge_next(judge, cursor, &matched)) {
        const struct claim claim = judge_claim(&matched);
        if (matched.lost == LOST_NOT && precedence_level(&claim, &best, false) == LEVEL_TIE) {
            *ret_number = matched.hit.set;
            image_get_set(judge->image, matched.hit.set, ret);
            return true;
        }
    }
    return false;
}

/* Whether an address fits the sets that decided an opinion. */
static enum fit
fits(const struct judge *judge, const struct opinion *opinion, const struct identifier *address)
{
    struct image_cursor cursor;
    struct image_set set;
    uint32_t number;
    enum fit fit = FIT_NOTHING_PUBLISHED;
    judge_find(judge, opinion->asked, &cursor);
    while (next_tied(judge, opinion, &cursor, &set, &number)) {
        if (!set.has_id || !set.group_has_addrs)
            continue;
        if (group_holds(judge, set.group, address))
            return FIT_YES;
        fit = FIT_NO;
    }
    return fit;
}

static void
set_why(struct verdict *ret, enum why why)
{
    *ret = (struct verdict){.why = why};
}

static void
take_opinion(struct verdict *ret, const struct opinion *opinion)
{
    *ret = (struct verdict){.bypass = opinion->bypass, .why = opinion->why, .has_rule = opinion->best != NULL};
    if (opinion->best != NULL) {
        ret->rule.number = opinion->best->hit.rule.number;
        ret->rule.addr = opinion->best->hit.rule.addr;
        ret->set = opinion->best->hit.set;
        ret->verb = opinion->best->verb;
    }
}

/* Bypassing by address alone must not override a policy about names in the deciding sets. */
static void
check_names(const struct judge *judge, const struct opinion *opinion, struct verdict *ret)
{
    struct image_cursor cursor;
    struct image_set set;
    uint32_t number;
    bool foreign = false;
    judge_find(judge, opinion->asked, &cursor);
    while (next_tied(judge, opinion, &cursor, &set, &number)) {
        if (set.has_id && image_ports_hold(judge->image, set.inspected, judge->port)) {
            set_why(ret, WHY_LOCAL_INSPECT);
            return;
        }
        foreign = foreign || (set.has_id && set.foreign);
    }
    if (foreign)
        set_why(ret, WHY_FOREIGN_TENANT);
}

static bool
same_address(const struct identifier *a, const struct identifier *b)
{
    return a->given == GIVEN_ADDR && b->given == GIVEN_ADDR && a->addr.v6 == b->addr.v6 &&
           memcmp(a->addr.bytes, b->addr.bytes, sizeof a->addr.bytes) == 0;
}

/* What a request has come to before its original destination is asked. `deciding` is one of the two opinions. */
struct draft {
    const struct request *request;
    struct judge judge;
    struct opinion dst, sni;
    const struct opinion *deciding;
};

/* The original destination of an intercepted connection: the bytes go there, whatever the names say. `found` is its
 * walk if that was started already, or NULL. */
static void
check_la(const struct draft *draft, struct image_cursor *found, struct verdict *ret)
{
    const struct request *request = draft->request;
    const struct judge *judge = &draft->judge;
    const struct identifier *la = &request->la;
    if (la->given != GIVEN_ADDR) {
        set_why(ret, WHY_ADDRESS_MISMATCH);
        return;
    }
    struct opinion own;
    judge_identifier(judge, la, found, &own);
    if (own.why == WHY_LOCAL_INSPECT) {
        take_opinion(ret, &own);
        return;
    }
    if (same_address(&request->dst, la))
        return;
    enum fit fit = fits(judge, draft->deciding, la);
    if (fit == FIT_NO || (fit == FIT_NOTHING_PUBLISHED && request->sni.given == GIVEN_NONE))
        set_why(ret, WHY_ADDRESS_MISMATCH);
}

/* True if both are the same name: an SNI that repeats the destination has the same opinion. */
static bool
same_name(const struct identifier *a, const struct identifier *b)
{
    return a->given == GIVEN_NAME && b->given == GIVEN_NAME && a->name.len == b->name.len &&
           memcmp(a->name.text, b->name.text, a->name.len) == 0;
}

/* The walk already started for one side; NULL if none was. */
static struct image_cursor *
found_by(struct image_cursor *found, enum side side)
{
    return found == NULL ? NULL : &found[side];
}

static void
decide_name(struct draft *draft, struct image_cursor *found, struct verdict *ret)
{
    const struct request *request = draft->request;
    draft->deciding = &draft->dst;
    judge_identifier(&draft->judge, &request->dst, found_by(found, SIDE_DST), &draft->dst);
    take_opinion(ret, &draft->dst);
    if (!ret->bypass || request->sni.given == GIVEN_NONE || same_name(&request->dst, &request->sni))
        return;
    judge_identifier(&draft->judge, &request->sni, found_by(found, SIDE_SNI), &draft->sni);
    if (!draft->sni.bypass) {
        set_why(ret, WHY_SNI_MISMATCH);
        return;
    }
    if (draft->sni.best->verb < draft->dst.best->verb)
        draft->deciding = &draft->sni;
    take_opinion(ret, draft->deciding);
}

static void
decide_addr(struct draft *draft, struct image_cursor *found, struct verdict *ret)
{
    const struct request *request = draft->request;
    draft->deciding = &draft->dst;
    judge_identifier(&draft->judge, &request->dst, found_by(found, SIDE_DST), &draft->dst);
    take_opinion(ret, &draft->dst);
    if (draft->dst.why == WHY_LOCAL_INSPECT)
        return;
    if (request->sni.given == GIVEN_NONE) {
        if (draft->dst.bypass)
            check_names(&draft->judge, &draft->dst, ret);
        return;
    }
    draft->deciding = &draft->sni;
    judge_identifier(&draft->judge, &request->sni, found_by(found, SIDE_SNI), &draft->sni);
    take_opinion(ret, &draft->sni);
    if (draft->sni.bypass && fits(&draft->judge, &draft->sni, &request->dst) == FIT_NO)
        set_why(ret, WHY_ADDRESS_MISMATCH);
}

/* Decides all but the original destination. True if that must be asked, too: only if everything else is bypassed. */
static inline bool
decide_judged(struct draft *draft, struct image_cursor *found, struct verdict *ret)
{
    if (draft->request->dst.given == GIVEN_NAME)
        decide_name(draft, found, ret);
    else if (draft->request->dst.given == GIVEN_ADDR)
        decide_addr(draft, found, ret);
    else
        set_why(ret, WHY_BAD_NAME);
    return ret->bypass && draft->request->la.given != GIVEN_NONE;
}

/* Part of the loop over a batch: a call for each request is measurable. */
__attribute__((always_inline)) static inline bool
decide(const struct image *image, const struct request *request, uint32_t today, struct image_cursor *found,
       struct draft *draft, struct verdict *ret)
{
    if (image == NULL) {
        set_why(ret, WHY_NO_TABLE);
    } else if (!request->line_ok) {
        set_why(ret, WHY_BAD_LINE);
    } else if (request->port == 0) {
        set_why(ret, WHY_BAD_PORT);
    } else {
        draft->request = request;
        judge_init(&draft->judge, image, request, today);
        return decide_judged(draft, found, ret);
    }
    return false;
}

void
verdict_decide(const struct image *image, const struct request *request, uint32_t today, struct verdict *ret)
{
    struct draft draft;
    if (decide(image, request, today, NULL, &draft, ret))
        check_la(&draft, NULL, ret);
}

static void
add_tied(const struct judge *judge, const struct opinion *opinion, struct standing *ret)
{
    struct image_cursor cursor;
    struct image_set set;
    uint32_t number;
    ret->verb = (enum verb)opinion->best->verb;
    judge_find(judge, opinion->asked, &cursor);
    while (next_tied(judge, opinion, &cursor, &set, &number)) {
        if (!set.has_id)
            continue;
        if (ret->set_count == STANDING_SETS_MAX)
            ret->many = true;
        else
            ret->sets[ret->set_count++] = number;
    }
}

static void
find_standing(const struct image *image, const struct request *request, uint32_t today, bool without_regexes,
              struct standing *ret)
{
    struct judge judge;
    struct opinion own;
    const struct identifier *dst = &request->dst;
    ret->many = false;
    ret->set_count = 0;
    ret->verb = VERB_DEFAULT;
    if (image == NULL || request->port == 0 || (dst->given != GIVEN_NAME && dst->given != GIVEN_ADDR)) {
        verdict_decide(image, request, today, &ret->verdict);
        return;
    }
    judge_init(&judge, image, request, today);
    judge.without_regexes = without_regexes;
    judge_identifier(&judge, dst, NULL, &own);
    take_opinion(&ret->verdict, &own);
    if (own.bypass && dst->given == GIVEN_ADDR)
        check_names(&judge, &own, &ret->verdict);
    if (ret->verdict.bypass)
        add_tied(&judge, &own, ret);
}

void
verdict_standing(const struct image *image, const struct request *request, uint32_t today, struct standing *ret)
{
    find_standing(image, request, today, false, ret);
}

void
verdict_standing_without_regexes(const struct image *image, const struct request *request, uint32_t today,
                                 struct standing *ret)
{
    find_standing(image, request, today, true, ret);
}

bool
verdict_agrees(const struct image *image, const struct request *request, uint32_t today, uint32_t also)
{
    struct draft draft = {.request = request};
    struct verdict verdict;
    if (image == NULL || !request->line_ok || request->port == 0)
        return false;
    judge_init(&draft.judge, image, request, today);
    draft.judge.bypass |= also;
    if (decide_judged(&draft, NULL, &verdict))
        check_la(&draft, NULL, &verdict);
    return verdict.bypass;
}

/* The name on one side; NULL if there is none, or if the SNI repeats the destination. */
static const struct host *
name_of(const struct request *request, enum side side)
{
    const struct identifier *asked = side == SIDE_DST ? &request->dst : &request->sni;
    if (!request->line_ok || asked->given != GIVEN_NAME || (side == SIDE_SNI && same_name(&request->dst, asked)))
        return NULL;
    return &asked->name;
}

/* Starts the walks of destinations that are addresses. */
static void
find_addrs(const struct image *image, const struct request *requests, size_t count, struct image_cursor *ret)
{
    const struct addr *addrs[2 * VERDICT_BATCH_MAX] = {NULL};
    for (size_t i = 0; i < count; i++) {
        if (requests[i].line_ok && requests[i].dst.given == GIVEN_ADDR)
            addrs[2 * i + SIDE_DST] = &requests[i].dst.addr;
    }
    image_find_addrs(image, addrs, 2 * count, ret);
}

/* Starts the walks of destinations and SNIs. */
__attribute__((noinline)) static void
find_all(const struct image *image, const struct request *requests, size_t count, struct image_cursor *ret)
{
    const struct host *names[2 * VERDICT_BATCH_MAX] = {NULL};
    bool any_addr = false;
    for (size_t i = 0; i < count; i++) {
        names[2 * i + SIDE_DST] = name_of(&requests[i], SIDE_DST);
        names[2 * i + SIDE_SNI] = name_of(&requests[i], SIDE_SNI);
        any_addr |= requests[i].dst.given == GIVEN_ADDR;
    }
    image_find_names(image, names, 2 * count, ret);
    if (any_addr)
        find_addrs(image, requests, count, ret);
}

/* Asks the original destinations of the requests that depend on them. */
__attribute__((noinline)) static void
check_all_la(const struct image *image, const struct draft *drafts, size_t count, struct verdict *const *verdicts)
{
    struct image_cursor found[VERDICT_BATCH_MAX];
    const struct addr *addrs[VERDICT_BATCH_MAX] = {NULL};
    for (size_t i = 0; i < count; i++) {
        if (drafts[i].request->la.given == GIVEN_ADDR)
            addrs[i] = &drafts[i].request->la.addr;
    }
    image_find_addrs(image, addrs, count, found);
    for (size_t i = 0; i < count; i++)
        check_la(&drafts[i], &found[i], verdicts[i]);
}

static void
decide_together(const struct image *image, const struct request *requests, size_t count, uint32_t today,
                struct verdict *ret)
{
    struct image_cursor found[2 * VERDICT_BATCH_MAX];
    struct draft drafts[VERDICT_BATCH_MAX], *draft = drafts;
    struct verdict *verdicts[VERDICT_BATCH_MAX], **verdict = verdicts;
    find_all(image, requests, count, found);
    for (size_t i = 0; i < count; i++) {
        if (!decide(image, &requests[i], today, &found[2 * i], draft, &ret[i]))
            continue;
        draft++;
        *verdict++ = &ret[i];
    }
    if (draft > drafts)
        check_all_la(image, drafts, (size_t)(draft - drafts), verdicts);
}

void
verdict_decide_all(const struct image *image, const struct request *requests, size_t count, uint32_t today,
                   struct verdict *ret)
{
    if (image != NULL && count > 1 && image_is_large(image)) {
        decide_together(image, requests, count, today, ret);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct draft draft;
        if (decide(image, &requests[i], today, NULL, &draft, &ret[i]))
            check_la(&draft, NULL, &ret[i]);
    }
}
