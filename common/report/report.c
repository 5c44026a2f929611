// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report.c - judges the destinations of a log. See report.h and report_build.h.
 */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "name/verb.h"
#include "report_build.h"
#include "report_judge.h"

#define RULES_MEMORY ((size_t)16 << 20)
#define AGAIN 3 /* times: less may be chance */

/* ---- one destination ---- */

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
    uint64_t *requests = bypass ? &to->bypassed : &to->inspected;
    uint64_t *bytes = bypass ? &to->bypassed_bytes : &to->inspected_bytes;
    *requests = ledger_sum(*requests, day->bypassed);
    *bytes = ledger_sum(*bytes, day->bypassed_bytes);
}

/* ---- all of them ---- */

static void
add_destination(void *arg, const struct judged *judged)
{
    struct making *making = arg;
    struct report *report = making->report;
    const struct subject *subject = judged->subject;
    report->destinations++;
    report_sum_add(&report->all, making->arena, &subject->sum);
    add_groups(making, judged->verdict, subject);
    add_lists(making, judged->verdict, judged->other, subject);
    for (size_t i = 0; i < subject->day_count; i++)
        add_day(report, &subject->days[i], judged->verdict->bypass);
}

/* A client is worth a row if it was asked for a password, or gave up connections. */
static void
add_client(void *arg, const struct subject *subject)
{
    const struct making *making = arg;
    uint64_t worth = subject->sum.count[LEDGER_ASKED] + subject->sum.count[LEDGER_BROKEN];
    if (worth > 0)
        report_list_add(making->report, REPORT_CLIENTS, worth, subject, NULL, NULL);
}

static int
judge(struct making *making, struct replay *replay, const struct report_tables *tables, struct err *err)
{
    const struct judge judge = {.image = tables->image,
                                .other = tables->other,
                                .compares = tables->other != NULL,
                                .today = tables->today,
                                .destination = add_destination,
                                .client = add_client,
                                .arg = making};
    return report_judge(&judge, making->arena, replay, err);
}

int
report_make(struct report **ret, struct arena *arena, struct replay *replay, const struct report_tables *tables,
            struct err *err)
{
    struct report *report = arena_alloc(arena, sizeof *report);
    struct report_day *days = arena_array(arena, REPORT_DAYS, sizeof *days);
    if (report == NULL || days == NULL)
        return err_set(err, ERR_MEM, "no memory for a report");
    *report = (struct report){.image = tables->image, .other = tables->other, .days = days};
    struct making making = {.report = report,
                            .arena = arena,
                            .rules = arena_new(RULES_MEMORY),
                            .domains = report_domains(arena, tables->table)};
    int result = -1;
    if (making.rules == NULL || making.domains == NULL || !report_list_begin(&making))
        err_set(err, ERR_MEM, "no memory for a report");
    else if (judge(&making, replay, tables, err) == 0)
        result = report_group_end(&making) && arena_ok(arena) ? 0 : err_set(err, ERR_MEM, "no memory for a report");
    report->rules = making.rules;
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
