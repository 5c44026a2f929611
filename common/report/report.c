// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report.c - judges the destinations of a log. See report.h and report_build.h.
 *
 * The days of one destination follow each other, so they are added up first; then as many destinations as fit are
 * judged at once.
 */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "name/verb.h"
#include "replay/replay.h"
#include "report_build.h"
#include "verdict/request.h"

#define RULES_MEMORY ((size_t)16 << 20)
#define AGAIN 3 /* times: less may be chance */

/* Destinations that wait for their verdicts. */
struct waiting {
    struct making making;
    size_t count;
    struct subject subjects[VERDICT_BATCH_MAX];
    struct request requests[VERDICT_BATCH_MAX];
};

/* ---- one destination ---- */

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
add_area(struct making *making, const struct image_set *set, const struct subject *subject)
{
    char name[WORD_MAX + 1];
    snprintf(name, sizeof name, "%.*s", (int)set->area.len, set->area.text);
    report_group_add(making, REPORT_AREA, report_key(name, strlen(name)), name, subject);
}

static void
add_set(struct making *making, const struct image_set *set, const struct subject *subject)
{
    char name[2 * WORD_MAX + 32] = "local lines";
    if (set->has_id)
        snprintf(name, sizeof name, "%u %s %.*s", set->id, verb_title((enum verb)set->verb), (int)set->area.len,
                 set->area.text);
    report_group_add(making, REPORT_SET, set->has_id ? set->group : UINT64_MAX, name, subject);
}

static void
add_rule(struct making *making, const struct verdict *verdict, const struct subject *subject)
{
    char room[IMAGE_RULE_MAX], name[IMAGE_RULE_MAX + 1];
    struct image_text text = image_rule_text(making->report->image, verdict->rule, room);
    snprintf(name, sizeof name, "%.*s", (int)text.len, text.text);
    report_group_add(making, REPORT_RULE, report_key(text.text, text.len), name, subject);
}

static void
add_groups(struct making *making, const struct verdict *verdict, const struct subject *subject)
{
    struct image_set set;
    report_group_add(making, REPORT_VERDICT, verdict->bypass, verdict->bypass ? "bypass" : "inspect", subject);
    report_group_add(making, REPORT_WHY, verdict->why, why_word(verdict->why), subject);
    if (!verdict->has_rule) {
        report_group_add(making, REPORT_CATEGORY, UINT64_MAX, "none", subject);
        return;
    }
    image_get_set(making->report->image, verdict->set, &set);
    report_group_add(making, REPORT_CATEGORY, set.verb, verb_title((enum verb)set.verb), subject);
    add_area(making, &set, subject);
    add_set(making, &set, subject);
    add_rule(making, verdict, subject);
}

static void
add_lists(const struct making *making, const struct verdict *verdict, const struct verdict *other,
          const struct subject *subject)
{
    struct report *report = making->report;
    const uint64_t *count = subject->sum.count;
    uint64_t requests = count[LEDGER_REQUESTS], spared = count[LEDGER_ASKED] + count[LEDGER_BUMPED];
    if (verdict->bypass && spared > 0)
        report_list_add(report, REPORT_SPARED, spared, subject, verdict, other);
    if (verdict->why == WHY_NO_RULE && report_is_microsoft(making->domains, subject->key.part[0]))
        report_list_add(report, REPORT_UNLISTED, requests, subject, verdict, other);
    if (count[LEDGER_BUMPED] >= AGAIN && count[LEDGER_INNER] == 0)
        report_list_add(report, REPORT_BROKEN, count[LEDGER_BUMPED], subject, verdict, other);
    if (count[LEDGER_ASKED] >= AGAIN && count[LEDGER_ASKED] == requests)
        report_list_add(report, REPORT_LOOPS, requests, subject, verdict, other);
    if (other != NULL && other->bypass != verdict->bypass)
        report_list_add(report, other->bypass ? REPORT_OPENS : REPORT_CLOSES, requests, subject, verdict, other);
    report_list_add(report, (enum report_list)(REPORT_WHYS + verdict->why), requests, subject, verdict, other);
}

static void
add_day(struct report *report, const struct report_day *day, bool bypass)
{
    size_t at = report->day_count;
    while (at > 0 && report->days[at - 1].day > day->day)
        at--;
    if (at == 0 || report->days[at - 1].day != day->day) {
        if (report->day_count == REPORT_DAYS)
            return;
        memmove(&report->days[at + 1], &report->days[at], (report->day_count++ - at) * sizeof *report->days);
        report->days[at++] = (struct report_day){.day = day->day};
    }
    struct report_day *to = &report->days[at - 1];
    *(bypass ? &to->bypassed : &to->inspected) += day->bypassed;
    *(bypass ? &to->bypassed_bytes : &to->inspected_bytes) += day->bypassed_bytes;
}

/* ---- all of them ---- */

static void
judge(struct waiting *waiting)
{
    struct verdict verdicts[VERDICT_BATCH_MAX] = {0}, others[VERDICT_BATCH_MAX] = {0};
    struct making *making = &waiting->making;
    struct report *report = making->report;
    verdict_decide_all(report->image, waiting->requests, waiting->count, making->today, verdicts);
    if (report->other != NULL)
        verdict_decide_all(report->other, waiting->requests, waiting->count, making->today, others);
    for (size_t i = 0; i < waiting->count; i++) {
        const struct subject *subject = &waiting->subjects[i];
        report->destinations++;
        report_sum_add(&report->all, making->arena, &subject->sum);
        add_groups(making, &verdicts[i], subject);
        add_lists(making, &verdicts[i], report->other != NULL ? &others[i] : NULL, subject);
        for (size_t j = 0; j < subject->day_count; j++)
            add_day(report, &subject->days[j], verdicts[i].bypass);
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
add_entry(struct making *making, struct subject *subject, const struct ledger_entry *entry)
{
    struct report_sum sum = {.first = entry->first, .last = entry->last, .clients = entry->clients};
    memcpy(sum.count, entry->count, sizeof sum.count);
    report_sum_add(&subject->sum, making->arena, &sum);
    struct report_day *days =
        arena_grow(making->arena, subject->days, &subject->day_room, subject->day_count + 1, sizeof *days);
    if (days == NULL)
        return false;
    subject->days = days;
    days[subject->day_count++] =
        (struct report_day){entry->day, entry->count[LEDGER_REQUESTS], 0, entry->count[LEDGER_BYTES], 0};
    return true;
}

/* A client is worth a row if it was asked for a password, or gave up connections. */
static void
add_client(struct report *report, const struct subject *subject)
{
    uint64_t worth = subject->sum.count[LEDGER_ASKED] + subject->sum.count[LEDGER_BROKEN];
    if (worth > 0)
        report_list_add(report, REPORT_CLIENTS, worth, subject, NULL, NULL);
}

/* The subject is complete: waits for its verdict. */
static void
end(struct waiting *waiting)
{
    struct subject *subject = &waiting->subjects[waiting->count];
    if (subject->key.kind == LEDGER_CLIENT) {
        add_client(waiting->making.report, subject);
        return;
    }
    make_request(&waiting->requests[waiting->count++], subject);
    if (waiting->count == VERDICT_BATCH_MAX)
        judge(waiting);
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
        if (!add_entry(&waiting->making, &waiting->subjects[waiting->count], entry))
            break;
    }
    if (has)
        end(waiting);
    judge(waiting);
    return more < 0 ? -1 : 0;
}

int
report_make(struct report **ret, struct arena *arena, struct replay *replay, const struct report_tables *tables,
            struct err *err)
{
    struct report *report = arena_alloc(arena, sizeof *report);
    struct waiting *waiting = arena_alloc(arena, sizeof *waiting);
    struct report_day *days = arena_array(arena, REPORT_DAYS, sizeof *days);
    if (report == NULL || waiting == NULL || days == NULL)
        return err_set(err, ERR_MEM, "no memory for a report");
    *report = (struct report){.image = tables->image, .other = tables->other, .days = days};
    waiting->making = (struct making){.report = report,
                                      .arena = arena,
                                      .rules = arena_new(RULES_MEMORY),
                                      .domains = report_domains(arena, tables->table),
                                      .today = tables->today};
    int result = -1;
    if (waiting->making.rules == NULL || waiting->making.domains == NULL || !report_list_begin(&waiting->making))
        err_set(err, ERR_MEM, "no memory for a report");
    else if (judge_all(waiting, replay, err) == 0)
        result =
            report_group_end(&waiting->making) && arena_ok(arena) ? 0 : err_set(err, ERR_MEM, "no memory for a report");
    report->rules = waiting->making.rules;
    if (result == 0)
        *ret = report;
    else
        report_free(report);
    return result;
}

void
report_free(struct report *report)
{
    if (report != NULL)
        arena_free(report->rules);
}
