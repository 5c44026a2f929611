// SPDX-License-Identifier: GPL-2.0-or-later
/* report_text.c - a report for a terminal. See report_print.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "replay/replay.h"
#include "report_print.h"

#define NAME_COLUMNS 44
#define SECTION_ROWS 20 /* groups of one kind */

static void
add_day(struct buf *out, int64_t when)
{
    char day[DAY_TEXT_MAX] = "-";
    if (when > 0)
        day_format(day, day_of(when));
    buf_add_text(out, day);
}

static void
add_head(struct buf *out, const struct report *report, const struct report_head *head)
{
    char note[REPORT_NOTE_MAX];
    buf_add_fmt(out, "%" PRIu64 " requests to %" PRIu64 " destinations in %s, ", report->all.count[LEDGER_REQUESTS],
                report->destinations, head->logs);
    add_day(out, report->all.first);
    buf_add_text(out, " to ");
    add_day(out, report->all.last);
    buf_add_fmt(out, "; table %s\n", head->table);
    if (head->client != NULL)
        buf_add_fmt(out, "only client %s\n", head->client);
    for (unsigned i = 0; report_note(note, report, head, i); i++)
        buf_add_fmt(out, "note: %s\n", note);
}

static void
add_sum(struct buf *out, const char *name, const struct report_sum *sum, uint64_t all)
{
    char share[REPORT_AMOUNT_MAX], bytes[REPORT_AMOUNT_MAX], clients[REPORT_AMOUNT_MAX];
    bool exact;
    uint64_t count = clients_count(&sum->clients, &exact);
    report_share(share, sum->count[LEDGER_REQUESTS], all);
    report_bytes(bytes, sum->count[LEDGER_BYTES]);
    report_clients(clients, count, exact);
    buf_add_fmt(out, "%-*s %12" PRIu64 " %7s %10s %8s  ", NAME_COLUMNS, name, sum->count[LEDGER_REQUESTS], share, bytes,
                clients);
    add_day(out, sum->first);
    buf_add_text(out, "  ");
    add_day(out, sum->last);
    buf_add_char(out, '\n');
}

static void
add_left(struct buf *out, unsigned left)
{
    if (left > 0)
        buf_add_fmt(out, "... and %u more\n", left);
}

static void
add_groups(struct buf *out, const struct report *report)
{
    enum report_by by = REPORT_BYS;
    unsigned rows = 0, left = 0;
    for (size_t i = 0; i < report->group_count; i++) {
        const struct report_group *group = report->groups[i];
        if (group->by != by) {
            add_left(out, left);
            by = group->by;
            rows = left = 0;
            buf_add_fmt(out, "\n%-*s %12s %7s %10s %8s  %-10s  %s\n", NAME_COLUMNS, report_by_word(by), "requests",
                        "share", "bytes", "clients", "first", "last");
        }
        if (rows++ < SECTION_ROWS)
            add_sum(out, group->name, &group->sum, report->all.count[LEDGER_REQUESTS]);
        else
            left++;
    }
    add_left(out, left);
}

/* `host:port`, with the SNI and the original address if they are others. */
static void
add_name(struct buf *out, const struct report_row *row, bool is_client)
{
    size_t start = out->len;
    bool brackets = strchr(row->name, ':') != NULL && !is_client;
    buf_add_fmt(out, "%s%s%s", brackets ? "[" : "", row->name, brackets ? "]" : "");
    if (!is_client && row->port != 443)
        buf_add_fmt(out, ":%u", row->port);
    if (strcmp(row->sni, "-") != 0 && strcmp(row->sni, row->name) != 0)
        buf_add_fmt(out, " sni=%s", row->sni);
    if (strcmp(row->address, "-") != 0 && strcmp(row->address, row->name) != 0)
        buf_add_fmt(out, " at %s", row->address);
    size_t used = out->len - start;
    buf_add_fill(out, ' ', used < NAME_COLUMNS ? NAME_COLUMNS - used : 0);
}

static void
add_why(struct buf *out, enum why why, const char *rule)
{
    buf_add_text(out, why_word(why));
    if (rule[0] != '\0')
        buf_add_fmt(out, " %s", rule);
}

static void
add_rows(struct buf *out, const struct report_rows *list, const char *title, bool is_client, bool has_other)
{
    if (list->count == 0)
        return;
    buf_add_fmt(out, "\n%s: %" PRIu64 "\n", title, list->all);
    for (size_t i = 0; i < list->count; i++) {
        const struct report_row *row = &list->rows[i];
        char bytes[REPORT_AMOUNT_MAX], clients[REPORT_AMOUNT_MAX];
        report_bytes(bytes, row->count[LEDGER_BYTES]);
        report_clients(clients, row->clients, row->exact);
        add_name(out, row, is_client);
        buf_add_fmt(out, " %12" PRIu64 " %10s ", row->count[LEDGER_REQUESTS], bytes);
        if (is_client)
            buf_add_fmt(out, "%" PRIu64 " x 407, %" PRIu64 " given up", row->count[LEDGER_ASKED],
                        row->count[LEDGER_BROKEN]);
        else
            buf_add_fmt(out, "%s client%s, ", clients, row->clients == 1 ? "" : "s");
        if (!is_client)
            add_why(out, row->why, row->rule);
        if (!is_client && has_other) {
            buf_add_text(out, " -> ");
            add_why(out, row->other, row->other_rule);
        }
        buf_add_text(out, ", last ");
        add_day(out, row->last);
        buf_add_char(out, '\n');
    }
    if (list->all > list->count)
        buf_add_fmt(out, "... and %" PRIu64 " more\n", list->all - list->count);
}

/* Rules that decided nothing, as many in a line as fit. */
static void
add_unused(struct buf *out, const char *title, const struct report_names *names)
{
    if (names->all == 0)
        return;
    buf_add_fmt(out, "\n%s: %" PRIu64 "\n", title, names->all);
    for (size_t i = 0; i < names->count && i < SECTION_ROWS; i++)
        buf_add_fmt(out, "%s\n", names->names[i]);
    if (names->all > SECTION_ROWS)
        buf_add_fmt(out, "... and %" PRIu64 " more\n", names->all - SECTION_ROWS);
}

void
report_print_text(struct buf *out, const struct report *report, const struct report_head *head)
{
    add_head(out, report, head);
    if (report->other != NULL) {
        buf_add_fmt(out, "\nunder table %s:\n", head->other);
        for (int list = REPORT_OPENS; list <= REPORT_CLOSES; list++)
            add_rows(out, &report->lists[list], report_list_title((enum report_list)list), false, true);
        if (report->lists[REPORT_OPENS].all + report->lists[REPORT_CLOSES].all == 0)
            buf_add_text(out, "nothing in these logs would be bypassed or inspected otherwise\n");
        return;
    }
    add_groups(out, report);
    for (int list = 0; list < REPORT_WHYS; list++)
        add_rows(out, &report->lists[list], report_list_title((enum report_list)list), list == REPORT_CLIENTS, false);
    if (report->has_unused) {
        add_unused(out, "Local rules that decided nothing in these logs", &report->unused_local);
        add_unused(out, "Published rules that decided nothing in these logs", &report->unused_published);
    }
    for (int why = 0; why < WHY_COUNT; why++) {
        char title[64];
        snprintf(title, sizeof title, "Largest with why %s", why_word((enum why)why));
        add_rows(out, &report->lists[REPORT_WHYS + why], title, false, false);
    }
}
