// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * opening_random_test.c - opening.h on random tables: nothing opens unseen, and nothing is called an opening that is
 * none.
 *
 *     a request that opens      some opening is told, at its port, with a pattern that matches its destination or SNI,
 * or the range of its address an opening that is told   its own request opens, unless it only stands for others because
 * of regexes
 *
 * What opens is asked of opening_oracle.h. M365_ROUNDS=N runs more pairs, M365_FIRST=N begins at another one. A pair
 * that fails is made as small as possible before it is printed.
 */
#include "change/opening.h"

#include <string.h>

#include "change/diff.h"
#include "diff_stage.h"
#include "name/addr.h"
#include "opening_oracle.h"
#include "unit.h"

#define ROUNDS 2000

/* One comparison and what is wrong with it. */
struct trial {
    struct stage stage;
    struct oracle oracle;
    struct buf *fault; /* empty: nothing */
};

/* False for NULL. */
static bool
matches(const char *pattern, const struct identifier *of)
{
    return pattern != NULL && oracle_matches(pattern, strlen(pattern), of);
}

static bool
is_in_range(const struct opening *opening, const struct addr *addr)
{
    return opening->kind == OPENING_ADDRESS && opening->first.v6 == addr->v6 &&
           addr_compare(&opening->first, addr) <= 0 && addr_compare(addr, &opening->last) <= 0;
}

/* Whether an opening is about the port and an identifier of a request. An address that passes with an original address
 * is told by the first one of its class, which is not known here. */
static bool
is_about(const struct opening *opening, const struct request *request)
{
    if (!ports_hold(&opening->ports, request->port))
        return false;
    if (request->dst.given == GIVEN_ADDR && request->sni.given == GIVEN_NONE)
        return is_in_range(opening, &request->dst.addr) ||
               (opening->kind == OPENING_WITH && request->la.given == GIVEN_ADDR);
    return matches(opening->pattern, &request->dst) || matches(opening->pattern, &request->sni) ||
           matches(opening->sni_pattern, &request->dst) || matches(opening->sni_pattern, &request->sni);
}

static bool
is_told(void *arg, const struct request *request)
{
    struct trial *trial = arg;
    const struct diff *diff = trial->stage.diff;
    bool told = false;
    for (size_t i = 0; i < diff->opening_count && !told; i++)
        told = is_about(&diff->openings[i], request);
    if (told)
        return true;
    buf_add_text(trial->fault, "opens and is not told: ");
    oracle_print(trial->fault, request);
    return false;
}

static void
ask_told(struct trial *trial)
{
    const struct diff *diff = trial->stage.diff;
    struct buf text;
    buf_init(&text, 2000);
    for (size_t i = 0; i < diff->opening_count && trial->fault->len == 0; i++) {
        struct request request;
        buf_reset(&text);
        opening_print_request(&text, &diff->openings[i]);
        buf_add_char(&text, '\0');
        oracle_read(&request, text.data);
        if (!diff->openings[i].stands_in && !oracle_may_be_told(&trial->oracle, &request))
            buf_add_fmt(trial->fault, "told and does not open: %s (kind %d)", text.data, (int)diff->openings[i].kind);
    }
    buf_clear(&text);
}

/* Compares one pair. What is wrong goes to `fault`. */
static void
try_pair(const struct pair *pair, struct buf *fault)
{
    struct trial trial = {.fault = fault};
    buf_reset(fault);
    stage_diff_with(&trial.stage, &(struct stage_input){.was = pair->was.data,
                                                        .is = pair->is.data,
                                                        .was_policy = &pair->was_policy,
                                                        .is_policy = &pair->is_policy,
                                                        .hold_joins = pair->hold_joins});
    oracle_init(&trial.oracle, pair, trial.stage.was_image, trial.stage.is_image);
    CHECK("all was asked", !trial.stage.diff->partial);
    ask_told(&trial);
    if (fault->len == 0 && !stage_regex_opens(&trial.stage))
        oracle_ask_all(&trial.oracle, is_told, &trial);
    oracle_clear(&trial.oracle);
    stage_clear(&trial.stage);
}

static void
truth(void **state)
{
    (void)state;
    pairs_try(ROUNDS, try_pair);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(truth)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
