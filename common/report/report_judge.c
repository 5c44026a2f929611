// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report_judge.c - the verdicts of the destinations of a log. See report_judge.h.
 *
 * The days of one destination follow each other, so they are added up first; then as many destinations as fit are
 * judged at once.
 */
#include "report_judge.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "replay/replay.h"

/* Destinations that wait for their verdicts. */
struct waiting {
    const struct judge *judge;
    struct arena *arena;
    size_t count;
    struct subject subjects[VERDICT_BATCH_MAX];
    struct request requests[VERDICT_BATCH_MAX];
};

static void
make_request(struct request *ret, const struct subject *subject)
{
    const struct squid_word *part = subject->key.part;
    request_init(ret);
    request_set_dst(ret, part[0].text, part[0].len);
    request_set_sni(ret, part[1].text, part[1].len);
    request_set_la(ret, part[2].text, part[2].len);
    ret->port = subject->key.port;
}

static void
decide(struct waiting *waiting)
{
    struct verdict verdicts[VERDICT_BATCH_MAX] = {0}, others[VERDICT_BATCH_MAX] = {0};
    const struct judge *judge = waiting->judge;
    verdict_decide_all(judge->image, waiting->requests, waiting->count, judge->today, verdicts);
    if (judge->compares)
        verdict_decide_all(judge->other, waiting->requests, waiting->count, judge->today, others);
    for (size_t i = 0; i < waiting->count; i++) {
        const struct judged judged = {.subject = &waiting->subjects[i],
                                      .request = &waiting->requests[i],
                                      .verdict = &verdicts[i],
                                      .other = judge->compares ? &others[i] : NULL};
        judge->destination(judge->arg, &judged);
    }
    waiting->count = 0;
}

/* Starts a subject with the key of an entry. */
static void
begin(struct subject *subject, const struct ledger_entry *entry)
{
    subject->key = (struct ledger_key){.kind = (enum ledger_kind)entry->kind, .port = entry->port};
    size_t at = 0;
    for (size_t i = 0; i < LEDGER_PARTS; i++) {
        memcpy(subject->text + at, entry->text + at, entry->len[i]);
        subject->key.part[i] = (struct squid_word){subject->text + at, entry->len[i]};
        at += entry->len[i];
    }
    struct clients clients = subject->sum.clients; /* keeps its memory */
    clients_reset(&clients);
    subject->sum = (struct report_sum){.clients = clients};
    subject->day_count = 0;
}

static bool
is_same(const struct subject *subject, const struct ledger_entry *entry)
{
    if (subject->key.kind != entry->kind || subject->key.port != entry->port)
        return false;
    const char *text = entry->text;
    for (size_t i = 0; i < LEDGER_PARTS; text += entry->len[i++]) {
        if (subject->key.part[i].len != entry->len[i] || memcmp(subject->key.part[i].text, text, entry->len[i]) != 0)
            return false;
    }
    return true;
}

/* Adds one day of a subject. */
static bool
add_entry(struct arena *arena, struct subject *subject, const struct ledger_entry *entry)
{
    struct report_sum sum = {.first = entry->first, .last = entry->last, .clients = entry->clients};
    memcpy(sum.count, entry->count, sizeof sum.count);
    report_sum_add(&subject->sum, arena, &sum);
    struct report_day *days =
        arena_grow(arena, subject->days, &subject->day_room, subject->day_count + 1, sizeof *days);
    if (days == NULL)
        return false;
    subject->days = days;
    days[subject->day_count++] =
        (struct report_day){entry->day, entry->count[LEDGER_REQUESTS], 0, entry->count[LEDGER_BYTES], 0};
    return true;
}

/* The subject is complete: a destination waits for its verdict. */
static void
end(struct waiting *waiting)
{
    struct subject *subject = &waiting->subjects[waiting->count];
    if (subject->key.kind == LEDGER_CLIENT) {
        if (waiting->judge->client != NULL)
            waiting->judge->client(waiting->judge->arg, subject);
        return;
    }
    make_request(&waiting->requests[waiting->count++], subject);
    if (waiting->count == VERDICT_BATCH_MAX)
        decide(waiting);
}

static int
judge_all(struct waiting *waiting, struct replay *replay, struct err *err)
{
    const struct ledger_entry *entry;
    bool has = false;
    int more;
    while ((more = replay_next(replay, &entry, err)) == 1) {
        if (has && !is_same(&waiting->subjects[waiting->count], entry)) {
            end(waiting);
            has = false;
        }
        if (!has)
            begin(&waiting->subjects[waiting->count], entry);
        has = true;
        if (!add_entry(waiting->arena, &waiting->subjects[waiting->count], entry))
            break;
    }
    if (has)
        end(waiting);
    decide(waiting);
    return more < 0 ? -1 : 0;
}

int
report_judge(const struct judge *judge, struct arena *arena, struct replay *replay, struct err *err)
{
    struct waiting *waiting = arena_alloc(arena, sizeof *waiting);
    if (waiting == NULL)
        return err_set(err, ERR_MEM, "no memory to judge a log");
    waiting->judge = judge;
    waiting->arena = arena;
    if (judge_all(waiting, replay, err) != 0)
        return -1;
    return arena_ok(arena) ? 0 : err_set(err, ERR_MEM, "no memory to judge a log");
}
