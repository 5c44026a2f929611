// SPDX-License-Identifier: GPL-2.0-or-later
/* report_json.c - a report as one JSON object. See report_print.h; m365ctl(8) describes it. */
#include "base/buf.h"
#include "base/day.h"
#include "base/json_write.h"
#include "replay/replay.h"
#include "report_print.h"

static void
write_moment(struct json_writer *json, const char *key, int64_t when)
{
    char text[DAY_TIME_MAX];
    day_format_time(text, when);
    json_write_text(json, key, when > 0 ? text : NULL);
}

static void
write_counts(struct json_writer *json, const uint64_t count[LEDGER_COUNTS])
{
    static const char *const names[LEDGER_COUNTS] = {"requests", "bytes",  "asked", "denied",
                                                     "tunnels",  "bumped", "inner", "givenUp"};
    for (size_t i = 0; i < LEDGER_COUNTS; i++)
        json_write_number(json, names[i], count[i]);
}

static void
write_sum(struct json_writer *json, const struct report_sum *sum)
{
    bool exact;
    uint64_t clients = clients_count(&sum->clients, &exact);
    write_counts(json, sum->count);
    json_write_number(json, "clients", clients);
    json_write_bool(json, "clientsExact", exact);
    write_moment(json, "first", sum->first);
    write_moment(json, "last", sum->last);
}

static void
write_groups(struct json_writer *json, const struct report *report)
{
    size_t i = 0;
    for (int by = 0; by < REPORT_BYS; by++) {
        json_write_array(json, report_by_word((enum report_by)by));
        for (; i < report->group_count && report->groups[i]->by == (enum report_by)by; i++) {
            json_write_object(json, NULL);
            json_write_text(json, "name", report->groups[i]->name);
            write_sum(json, &report->groups[i]->sum);
            json_write_end(json);
        }
        json_write_end(json);
    }
}

static void
write_part(struct json_writer *json, const char *key, const char *part)
{
    json_write_text(json, key, part[0] == '-' && part[1] == '\0' ? NULL : part);
}

static void
write_verdict(struct json_writer *json, const char *key, enum why why, const char *rule)
{
    json_write_object(json, key);
    json_write_text(json, "why", why_word(why));
    json_write_text(json, "rule", rule[0] == '\0' ? NULL : rule);
    json_write_end(json);
}

static void
write_rows(struct json_writer *json, const char *key, const struct report_rows *list)
{
    json_write_object(json, key);
    json_write_number(json, "count", list->all);
    json_write_number(json, "worth", list->worth);
    json_write_array(json, "largest");
    for (size_t i = 0; i < list->count; i++) {
        const struct report_row *row = &list->rows[i];
        json_write_object(json, NULL);
        json_write_text(json, "name", row->name);
        if (row->port > 0)
            json_write_number(json, "port", row->port);
        write_part(json, "sni", row->sni);
        write_part(json, "address", row->address);
        if (row->why < WHY_COUNT)
            write_verdict(json, "verdict", row->why, row->rule);
        if (row->other < WHY_COUNT)
            write_verdict(json, "other", row->other, row->other_rule);
        write_counts(json, row->count);
        json_write_number(json, "clients", row->clients);
        json_write_bool(json, "clientsExact", row->exact);
        write_moment(json, "last", row->last);
        json_write_end(json);
    }
    json_write_end(json);
    json_write_end(json);
}

static void
write_names(struct json_writer *json, const char *key, const struct report_names *names)
{
    json_write_object(json, key);
    json_write_number(json, "count", names->all);
    json_write_array(json, "rules");
    for (size_t i = 0; i < names->count; i++)
        json_write_text(json, NULL, names->names[i]);
    json_write_end(json);
    json_write_end(json);
}

static void
write_days(struct json_writer *json, const struct report *report)
{
    json_write_array(json, "days");
    for (size_t i = 0; i < report->day_count; i++) {
        const struct report_day *day = &report->days[i];
        char text[DAY_TEXT_MAX];
        day_format(text, day->day);
        json_write_object(json, NULL);
        json_write_text(json, "day", day->day > 0 ? text : NULL);
        json_write_number(json, "bypassed", day->bypassed);
        json_write_number(json, "inspected", day->inspected);
        json_write_number(json, "bypassedBytes", day->bypassed_bytes);
        json_write_number(json, "inspectedBytes", day->inspected_bytes);
        json_write_end(json);
    }
    json_write_end(json);
}

void
report_print_json(struct buf *out, const struct report *report, const struct report_head *head)
{
    struct json_writer json = {.buf = out};
    char note[REPORT_NOTE_MAX];
    json_write_object(&json, NULL);
    json_write_text(&json, "table", head->table);
    json_write_text(&json, "against", head->other);
    json_write_text(&json, "client", head->client);
    json_write_number(&json, "lines", replay_total(head->replay, REPLAY_LINES));
    json_write_number(&json, "destinations", report->destinations);
    json_write_array(&json, "notes");
    for (unsigned i = 0; report_note(note, report, head, i); i++)
        json_write_text(&json, NULL, note);
    json_write_end(&json);
    json_write_object(&json, "all");
    write_sum(&json, &report->all);
    json_write_end(&json);
    write_groups(&json, report);
    json_write_object(&json, "lists");
    for (int list = 0; list < REPORT_WHYS; list++)
        write_rows(&json, report_list_word((enum report_list)list), &report->lists[list]);
    json_write_object(&json, "why");
    for (int why = 0; why < WHY_COUNT; why++)
        write_rows(&json, why_word((enum why)why), &report->lists[REPORT_WHYS + why]);
    json_write_end(&json);
    json_write_end(&json);
    if (report->has_unused) {
        write_names(&json, "unusedLocal", &report->unused_local);
        write_names(&json, "unusedPublished", &report->unused_published);
    }
    write_days(&json, report);
    json_write_end(&json);
    buf_add_char(out, '\n');
}
