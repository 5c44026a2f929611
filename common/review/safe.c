// SPDX-License-Identifier: GPL-2.0-or-later
/* safe.c - see safe.h. */
#include "safe.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/day.h"
#include "base/err.h"
#include "change/diff.h"
#include "change/later.h"
#include "change/opening.h"
#include "conf/conf.h"
#include "review_build.h"
#include "review_growth.h"
#include "safe_build.h"
#include "store/candidate.h"
#include "table/table_copy.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define SAFE_MEMORY ((size_t)1 << 30)
#define SAFE_CHECKS_MAX 600             /* tables that are built and compared */
#define SAFE_WORK_MAX ((size_t)8 << 20) /* rules of all of them together */
#define SAFE_DAYS_MAX 1500              /* later days as of which they are compared again */

struct search {
    const struct safe_input *input;
    struct arena *arena;
    struct units units;
    struct both both;
    struct conf conf; /* of the proposal, under review widening */
    size_t checks, work, days;
    bool hold_joins;
    bool trying; /* nobody will ask what is wrong with the table */
    /* The table that was built last, and what is wrong with it. */
    struct candidate candidate;
    struct diff *diff;
    struct review review;
    struct proposal proposal;
    struct arena *said; /* owns the reasons */
};

static void
clear_check(struct search *search)
{
    diff_free(search->diff);
    candidate_clear(&search->candidate);
    arena_free(search->said);
    search->diff = NULL;
    search->said = NULL;
}

static bool
is_over(const struct search *search)
{
    return search->checks > SAFE_CHECKS_MAX || search->work > SAFE_WORK_MAX || search->days > SAFE_DAYS_MAX ||
           patience_is_over(&search->both.patience);
}

/* Whether one more check would be too much. */
static bool
is_spent(struct search *search)
{
    search->work += search->units.count;
    return ++search->checks > SAFE_CHECKS_MAX || is_over(search);
}

static int
compare(struct search *search, struct err *err)
{
    const struct proposal *whole = search->input->proposal;
    const struct candidate *old = search->input->old;
    const struct diff_input sides = {
        .old_table = old->table,
        .old_image = old->image,
        .new_table = search->candidate.table,
        .new_image = search->candidate.image,
        .today = day_of(whole->now),
        .hold_joins = search->hold_joins,
    };
    if (diff_tables(&search->diff, &sides, err) != 0)
        return -1;
    search->proposal = *whole;
    search->proposal.conf = &search->conf;
    search->proposal.candidate = &search->candidate;
    search->proposal.diff = search->diff;
    search->proposal.one_reason = true;
    search->said = arena_new(SAFE_MEMORY);
    if (search->said == NULL)
        return err_set(err, ERR_MEM, "no memory for the review");
    int result = review_decide(&search->review, search->said, &search->proposal, err);
    search->days += search->review.days;
    return result;
}

/* Builds the table of all units and reviews it. 1: nothing is against it; 0: something is, or it would inspect what
 * both tables bypass. */
static int
check(struct search *search, struct err *err)
{
    clear_check(search);
    struct table *table = units_table(&search->units, err);
    if (table == NULL || candidate_to_compare(&search->candidate, table, search->input->proposal->conf,
                                              search->input->proposal->documents, err) != 0)
        return -1;
    bool lost = both_is_lost(&search->both, search->candidate.image);
    if (lost && search->trying)
        return 0;
    if (compare(search, err) != 0)
        return -1;
    return search->review.publish && !lost;
}

static struct request
request_of(const char *text)
{
    struct request request;
    request_init(&request);
    request_set_dst(&request, text, strlen(text));
    return request;
}

static size_t
take_identifier(struct units *units, const struct identifier *asked)
{
    return asked->given == GIVEN_NAME   ? units_take_name(units, &asked->name)
           : asked->given == GIVEN_ADDR ? units_take_addr(units, &asked->addr)
                                        : 0;
}

static size_t
take_text(struct units *units, const char *text)
{
    if (text == NULL)
        return 0;
    const struct request request = request_of(text);
    return take_identifier(units, &request.dst);
}

/* Takes back what is next to the cause, where nothing that matches did it. */
static size_t
take_around(struct search *search, const struct opening *opening)
{
    struct units *units = &search->units;
    size_t count = 0;
    if (opening->old_why == WHY_LOCAL_INSPECT || opening->old_why == WHY_FOREIGN_TENANT)
        count += units_take_inspect(units);
    if (opening->old_terms != NULL) {
        count += units_take_set(units, search->diff->old_table, &opening->old_terms->set, false);
        count += units_take_set(units, search->diff->old_table, &opening->old_terms->set, true);
    }
    if (opening->new_terms != NULL) {
        count += units_take_set(units, search->diff->new_table, &opening->new_terms->set, false);
        count += units_take_set(units, search->diff->new_table, &opening->new_terms->set, true);
    }
    return count;
}

static size_t
take_opening(struct search *search, const struct opening *opening)
{
    struct units *units = &search->units;
    bool is_with = opening->kind == OPENING_WITH || opening->kind == OPENING_WITH_SNI;
    size_t count = take_text(units, opening->dst) + take_text(units, opening->sni);
    if (is_with && opening->any && count == 0 && opening->old_terms != NULL)
        count = units_take_set(units, search->diff->old_table, &opening->old_terms->set, true);
    if (is_with && (!opening->any || count == 0))
        count += units_take_addr(units, &opening->first);
    return count;
}

static size_t
take_openings(struct search *search)
{
    const struct diff *diff = search->diff;
    size_t count = 0;
    for (size_t i = 0; i < diff->opening_count && !patience_is_over(&search->both.patience); i++)
        count += take_opening(search, &diff->openings[i]);
    for (size_t i = 0; i < diff->opening_count && count == 0 && !patience_is_over(&search->both.patience); i++)
        count += take_around(search, &diff->openings[i]);
    return count;
}

struct objection {
    struct search *search;
    size_t count;
};

static void
take_objected(void *arg, const struct rule *rule)
{
    struct objection *objection = arg;
    struct search *search = objection->search;
    objection->count += units_take_rule(&search->units, search->candidate.table, rule);
}

static void
take_objected_whole(void *arg, const struct rule *rule)
{
    struct objection *objection = arg;
    struct search *search = objection->search;
    objection->count += units_take_rule(&search->units, search->input->proposal->candidate->table, rule);
}

static size_t
take_must_not_bypass(struct search *search)
{
    size_t count = 0;
    for (size_t i = 0; i < search->conf.must_not_bypass_count; i++) {
        const char *query = search->conf.must_not_bypass[i];
        struct request request;
        struct verdict verdict;
        request_init(&request);
        request_set_url(&request, query, strlen(query));
        verdict_decide(search->candidate.image, &request, day_of(search->proposal.now), &verdict);
        if (verdict.bypass)
            count += take_identifier(&search->units, &request.dst);
    }
    return count;
}

static void
take_later(void *arg, const struct opening *opening, uint32_t day)
{
    struct objection *objection = arg;
    (void)day;
    objection->count += take_opening(objection->search, opening);
}

/* Takes back whatever may be the cause of what is wrong. Counts the units. */
static int
take_causes(size_t *ret, struct search *search, struct err *err)
{
    struct objection objection = {search, 0};
    review_each_objection(search->said, &search->proposal, take_objected, &objection);
    size_t count = objection.count + take_openings(search) + take_must_not_bypass(search);
    count += both_take_lost(&search->both, search->candidate.image, &search->units);
    if (count == 0) {
        struct later later = {.fn = take_later, .arg = &objection};
        objection.count = 0;
        if (later_each(&later, search->said, search->diff, err) != 0)
            return -1;
        units_settle_ending(&search->units);
        count = objection.count;
        search->days += later.days;
    }
    if (count == 0)
        count = units_take_regexes(&search->units) + units_take_ending(&search->units);
    /* A name of several sets is told with one of them, but it may be another one that lost its addresses. */
    if (count == 0)
        count = units_take_leaving(&search->units);
    *ret = count;
    return 0;
}

/* Whether a reason would stay if every row were as it is in use, as those about the whole table do. */
static int
is_hopeless(bool *ret, struct search *search, struct err *err)
{
    units_take_all(&search->units);
    int result = check(search, err);
    if (result >= 0)
        both_forget_lost(&search->both, search->candidate.image);
    *ret = !search->review.publish;
    for (size_t i = 0; i < search->units.count; i++)
        search->units.of[i].taken = search->units.of[i].whole = false;
    return result < 0 ? -1 : 0;
}

/* 1: a table was found that nothing is against; 0: none within the bound. */
static int
take_back(struct search *search, struct err *err)
{
    size_t count;
    while (!is_spent(search)) {
        int good = check(search, err);
        if (good < 0)
            return -1;
        if (good > 0 && units_keep_regexes(&search->units, search->input->proposal->diff->old_bypass) > 0)
            continue;
        if (good > 0 || search->diff->partial)
            return good;
        if (take_causes(&count, search, err) != 0)
            return -1;
        if (count == 0)
            return 0;
    }
    return 0;
}

/* Tries each unit of a list again, many at once where that works. */
static int
try_again(struct search *search, struct unit **list, size_t count, struct err *err)
{
    if (count == 0 || is_spent(search))
        return 0;
    for (size_t i = 0; i < count; i++)
        list[i]->taken = false;
    int good = check(search, err);
    if (good != 0)
        return good < 0 ? -1 : 0;
    for (size_t i = 0; i < count; i++)
        list[i]->taken = true;
    if (count == 1)
        return 0;
    return try_again(search, list, count / 2, err) != 0 ||
                   try_again(search, list + count / 2, count - count / 2, err) != 0
               ? -1
               : 0;
}

/* The taken units that may be tried by themselves. Returns how many. */
static size_t
list_taken(struct search *search, struct unit **list)
{
    size_t count = 0;
    for (size_t i = 0; i < search->units.count; i++) {
        struct unit *unit = &search->units.of[i];
        if (unit->taken && !unit->whole)
            list[count++] = unit;
    }
    return count;
}

/* What cannot be tried by itself may fit once another unit is in. So this ends when a whole turn changes nothing. */
static int
try_all_again(struct search *search, struct err *err)
{
    struct unit **list = arena_array(search->arena, search->units.count, sizeof(struct unit *));
    if (list == NULL)
        return err_set(err, ERR_MEM, "comparing two tables needs more memory than there is, or than its limit");
    search->trying = true;
    for (size_t before = SIZE_MAX, count = list_taken(search, list); count > 0 && count < before;) {
        before = count;
        if (count == 1 ? try_again(search, list, 1, err) != 0
                       : try_again(search, list, count / 2, err) != 0 ||
                             try_again(search, list + count / 2, count - count / 2, err) != 0)
            return -1;
        count = list_taken(search, list);
    }
    return 0;
}

static struct rejection
rejection_of(const struct safe_input *input)
{
    return (struct rejection){&input->proposal->conf->policy, input->is_rejected, input->arg};
}

static int
hold_unit(struct safe *ret, const struct search *search, const struct unit *unit, struct err *err)
{
    char room[64];
    const struct safe_input *input = search->input;
    const struct row *row = unit_row(unit);
    struct held_key key = {.source = row->source, .pattern = table_rule_text(row->rule, room)};
    const struct held_key *known =
        input->old_held == NULL ? NULL : held_find_text(input->old_held, key.source, key.pattern);
    day_format(key.since, day_of(input->proposal->now));
    if (known != NULL)
        memcpy(key.since, known->since, sizeof key.since);
    const struct rejection rejection = rejection_of(input);
    key.rejected = units_is_rejected(&search->units, unit, &rejection);
    if (held_add(&ret->held, &key, err) != 0)
        return -1;
    for (size_t i = 0; i < unit->was_count; i++) {
        if (table_copy_rule(ret->held.was, search->units.was, unit->was[i].rule, true, err) != 0)
            return -1;
    }
    for (size_t i = 0; i < unit->is_count; i++) {
        if (table_copy_rule(ret->held.is, search->units.is, unit->is[i].rule, false, err) != 0)
            return -1;
    }
    return 0;
}

static int
finish(struct safe *ret, struct search *search, struct err *err)
{
    if (held_init(&ret->held, search->units.was, search->units.is, err) != 0)
        return -1;
    for (size_t i = 0; i < search->units.count; i++) {
        if (search->units.of[i].taken && hold_unit(ret, search, &search->units.of[i], err) != 0)
            return -1;
    }
    held_finish(&ret->held);
    ret->table = units_table(&search->units, err);
    ret->found = ret->table != NULL && ret->held.count > 0;
    return ret->table == NULL ? -1 : 0;
}

/* If the bypassed addresses grow too much as a whole, none of them is let in, not as many as fit. Prefixes that a gate
 * holds by themselves, such as special-use space, do not count: one of them must not hold the others. */
static int
measure_growth(struct search *search, struct err *err)
{
    const struct proposal *whole = search->input->proposal;
    struct objection objection = {search, 0};
    struct growth growth;
    review_each_objection(search->arena, whole, take_objected_whole, &objection);
    struct table *table = units_table(&search->units, err);
    if (table == NULL)
        return -1;
    const struct growth_side was = {search->input->old->table, whole->diff->old_bypass};
    const struct growth_side is = {table, whole->diff->new_bypass};
    search->hold_joins = review_grows_too_much(&growth, &was, &is, whole->conf->growth_percent);
    table_free(table);
    return 0;
}

static int
run(struct safe *ret, struct search *search, struct err *err)
{
    const struct safe_input *input = search->input;
    bool hopeless;
    if (units_find(&search->units, search->arena, input->old->table, input->proposal->candidate->table, err) != 0)
        return -1;
    if (search->units.changed == 0 || review_has_shrunk(search->arena, input->proposal))
        return 0;
    if (both_find(&search->both, search->arena, &search->units, input->proposal->diff, &search->conf.policy, err) !=
            0 ||
        is_hopeless(&hopeless, search, err) != 0)
        return -1;
    if (hopeless)
        return 0;
    if (input->undecided != NULL && units_take_undecided(&search->units, search->arena, input->undecided, err) != 0)
        return -1;
    const struct rejection rejection = rejection_of(input);
    units_take_dropped(&search->units, &rejection);
    if (measure_growth(search, err) != 0)
        return -1;
    if (search->hold_joins)
        units_take_joining(&search->units, input->proposal->diff->new_bypass);
    int good = take_back(search, err);
    if (good <= 0)
        return good;
    return try_all_again(search, err) == 0 ? finish(ret, search, err) : -1;
}

int
safe_reject(struct safe *ret, const struct safe_input *input, struct err *err)
{
    struct search search = {.input = input, .arena = arena_new(SAFE_MEMORY), .conf = *input->proposal->conf};
    const struct rejection rejection = rejection_of(input);
    *ret = (struct safe){0};
    int result = search.arena == NULL ? err_set(err, ERR_MEM, "no memory for the review")
                                      : units_find(&search.units, search.arena, input->old->table,
                                                   input->proposal->candidate->table, err);
    if (result == 0 && units_take_rejected(&search.units, &rejection) > 0)
        result = finish(ret, &search, err);
    arena_free(search.arena);
    if (result != 0)
        safe_clear(ret);
    return result;
}

int
safe_find(struct safe *ret, const struct safe_input *input, struct err *err)
{
    struct search search = {.input = input, .arena = arena_new(SAFE_MEMORY), .conf = *input->proposal->conf};
    *ret = (struct safe){0};
    search.conf.review = REVIEW_WIDENING;
    int result = search.arena == NULL ? err_set(err, ERR_MEM, "no memory for the review") : run(ret, &search, err);
    ret->ended = is_over(&search);
    clear_check(&search);
    arena_free(search.arena);
    if (result != 0)
        safe_clear(ret);
    return result;
}

int
safe_is_undecided(bool *ret, const struct safe_input *input, struct err *err)
{
    struct units units;
    const struct rejection rejection = rejection_of(input);
    struct arena *arena = arena_new(SAFE_MEMORY);
    *ret = false;
    if (arena == NULL)
        return err_set(err, ERR_MEM, "no memory for the review");
    int result = units_find(&units, arena, input->old->table, input->proposal->candidate->table, err);
    if (result == 0 && input->undecided != NULL)
        result = units_take_undecided(&units, arena, input->undecided, err);
    if (result == 0)
        units_take_dropped(&units, &rejection);
    for (size_t i = 0; result == 0 && !*ret && i < units.count; i++)
        *ret = units.of[i].taken;
    arena_free(arena);
    return result;
}

void
safe_clear(struct safe *safe)
{
    table_free(safe->table);
    held_clear(&safe->held);
    *safe = (struct safe){0};
}
