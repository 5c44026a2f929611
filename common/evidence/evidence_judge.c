// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * evidence_judge.c - which requests of a log a comparison concerns, and the row that each belongs to. See evidence.h.
 *
 * A request has several identifiers, and rows are about one of them. If one of them alone is decided otherwise by the
 * new table, the request belongs to its row: a name as destination or as SNI, an address as destination or as the
 * original one. Otherwise only the combination changed.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/day.h"
#include "base/err.h"
#include "change/diff.h"
#include "evidence.h"
#include "evidence_row.h"
#include "replay/replay.h"
#include "report/report_judge.h"
#include "verdict/request.h"

#define SEEN_MEMORY ((size_t)256 << 20)
#define EXAMPLE_MAX (LEDGER_PART_MAX + 16)

/* A request that belongs to no row. */
struct example {
    uint64_t requests;
    char text[EXAMPLE_MAX];
};

struct judging {
    const struct diff *diff;
    const struct row_index *index;
    struct seen_rows *seen;
    int64_t first, last; /* of all requests */
    struct example examples[SEEN_EXAMPLES];
};

/* Whether this identifier as a destination is decided as the whole request is, by both tables. */
static bool
changes_alone(const struct judging *judging, const struct identifier *identifier, uint16_t port, bool opens)
{
    struct request request;
    struct verdict was, is;
    if (identifier->given != GIVEN_NAME && identifier->given != GIVEN_ADDR)
        return false;
    request_init(&request);
    request.dst = *identifier;
    request.port = port;
    verdict_decide(judging->diff->old_image, &request, judging->diff->today, &was);
    verdict_decide(judging->diff->new_image, &request, judging->diff->today, &is);
    return was.bypass != is.bypass && is.bypass == opens;
}

static bool
find_row(struct row_place *ret, const struct judging *judging, enum row_kind kind, const struct identifier *identifier,
         uint16_t port)
{
    switch (identifier->given) {
    case GIVEN_NAME: return row_find_name(ret, judging->index, kind, &identifier->name, port);
    case GIVEN_ADDR: return row_find_address(ret, judging->index, kind, &identifier->addr, port);
    case GIVEN_NONE:
    case GIVEN_BAD:
    default: return false;
    }
}

static void
add_to(struct judging *judging, const struct row_place *place, const struct seen *one)
{
    struct seen_rows *seen = judging->seen;
    seen_add(&seen->list[place->list][place->at], seen->arena, one);
    if (place->list == SEEN_RANGES && place->at >= judging->diff->ranges_opened)
        seen_add(&seen->ranges_closed, seen->arena, one);
}

/* The identifier that is decided otherwise by itself: destination, SNI or original address. NULL: only together with
 * others. */
static const struct identifier *
find_alone(const struct judging *judging, const struct request *request, bool opens)
{
    const struct identifier *const all[] = {&request->dst, &request->sni, &request->la};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (changes_alone(judging, all[i], request->port, opens))
            return all[i];
    }
    return NULL;
}

/* An original address decides about an opening only if no name does: a name may pass with more addresses than before.
 */
static bool
find_opening(struct row_place *ret, const struct judging *judging, const struct request *request,
             const struct identifier *alone)
{
    uint16_t port = request->port;
    if (alone != NULL && alone != &request->la)
        return find_row(ret, judging, ROW_OPENING, alone, port);
    return find_row(ret, judging, ROW_OPENING_WITH, &request->dst, port) ||
           find_row(ret, judging, ROW_OPENING_WITH, &request->sni, port) ||
           (alone != NULL && find_row(ret, judging, ROW_OPENING, alone, port));
}

/* Adds to the rows that the request belongs to. False: there is none. */
static bool
add_to_rows(struct judging *judging, const struct request *request, bool opens, const struct seen *one)
{
    const struct identifier *alone = find_alone(judging, request, opens);
    struct row_place place;
    bool found = alone != NULL && find_row(&place, judging, opens ? ROW_OPENED : ROW_CLOSED, alone, request->port);
    if (found)
        add_to(judging, &place, one);
    if (!opens || !find_opening(&place, judging, request, alone))
        return found;
    add_to(judging, &place, one);
    return true;
}

/* Keeps those with the most requests. */
static void
add_example(struct judging *judging, const struct subject *subject)
{
    struct example one = {.requests = subject->sum.count[LEDGER_REQUESTS]};
    const struct squid_word *host = &subject->key.part[0];
    snprintf(one.text, sizeof one.text, "%.*s:%u", (int)host->len, host->text, subject->key.port);
    for (size_t i = 0; i < SEEN_EXAMPLES; i++) {
        if (strcmp(judging->examples[i].text, one.text) == 0) {
            judging->examples[i].requests += one.requests;
            return;
        }
    }
    for (size_t i = 0; i < SEEN_EXAMPLES; i++) {
        struct example *kept = &judging->examples[i];
        if (one.requests > kept->requests) {
            const struct example less = *kept;
            *kept = one;
            one = less;
        }
    }
}

static void
note(void *arg, const struct judged *judged)
{
    struct judging *judging = arg;
    const struct report_sum *sum = &judged->subject->sum;
    bool opens = judged->other->bypass;
    judging->seen->requests = ledger_sum(judging->seen->requests, sum->count[LEDGER_REQUESTS]);
    if (sum->first > 0 && (judging->first == 0 || sum->first < judging->first))
        judging->first = sum->first;
    judging->last = sum->last > judging->last ? sum->last : judging->last;
    if (judged->verdict->bypass == opens)
        return;
    const struct seen one = {sum->count[LEDGER_REQUESTS], sum->last, sum->clients};
    struct seen_rows *seen = judging->seen;
    seen_add(opens ? &seen->opened : &seen->closed, seen->arena, &one);
    if (add_to_rows(judging, judged->request, opens, &one))
        return;
    seen_add(&seen->other, seen->arena, &one);
    add_example(judging, judged->subject);
}

static struct seen_rows *
new_rows(const struct diff *diff)
{
    struct arena *arena = arena_new(SEEN_MEMORY);
    struct seen_rows *seen = arena == NULL ? NULL : arena_alloc(arena, sizeof *seen);
    if (seen == NULL) {
        arena_free(arena);
        return NULL;
    }
    seen->arena = arena;
    seen->list[SEEN_OPENINGS] = arena_array(arena, diff->opening_count + 1, sizeof(struct seen));
    seen->list[SEEN_VERDICTS] = arena_array(arena, diff->verdict_count + 1, sizeof(struct seen));
    seen->list[SEEN_RANGES] = arena_array(arena, diff->range_count + 1, sizeof(struct seen));
    return seen;
}

static void
finish(const struct judging *judging, const struct replay *replay, const struct evidence_days *days)
{
    struct seen_rows *seen = judging->seen;
    bool given = days != NULL && days->last > 0;
    seen->first_day = given ? days->first : day_of(judging->first);
    seen->last_day = given ? days->last : day_of(judging->last);
    seen->days_without = given ? days->without : 0;
    seen->days_unread = days != NULL ? days->unread : 0;
    seen->lines_unread = replay_total(replay, REPLAY_OTHER) + replay_total(replay, REPLAY_TOO_LONG);
    seen->logs_unread = replay_total(replay, REPLAY_DAMAGED);
    for (size_t i = 0; i < SEEN_EXAMPLES && judging->examples[i].requests > 0; i++)
        seen->examples[i] = arena_text(seen->arena, judging->examples[i].text, strlen(judging->examples[i].text));
}

static int
judge(struct judging *judging, struct replay *replay, struct err *err)
{
    const struct diff *diff = judging->diff;
    struct arena *arena = arena_new(REPORT_MEMORY);
    const struct judge judge = {.image = diff->old_image,
                                .other = diff->new_image,
                                .compares = true,
                                .today = diff->today,
                                .destination = note,
                                .arg = judging};
    if (arena == NULL)
        return err_set(err, ERR_MEM, "no memory to judge a log");
    int result = report_judge(&judge, arena, replay, err);
    arena_free(arena);
    return result;
}

int
evidence_judge(struct diff *diff, struct replay *replay, const struct evidence_days *days, struct err *err)
{
    if (diff_is_empty(diff))
        return 0;
    struct judging judging = {.diff = diff, .seen = new_rows(diff)};
    if (judging.seen == NULL)
        return err_set(err, ERR_MEM, "no memory for what the log had");
    struct arena *arena = judging.seen->arena;
    judging.index = row_index_new(arena, diff);
    int result =
        judging.index == NULL ? err_set(err, ERR_MEM, "no memory for what the log had") : judge(&judging, replay, err);
    if (result == 0)
        finish(&judging, replay, days);
    if (result == 0 && !arena_ok(arena))
        result = err_set(err, ERR_MEM, "what the log had needs more memory than its limit");
    if (result == 0)
        diff->seen = judging.seen;
    else
        arena_free(arena);
    return result;
}
