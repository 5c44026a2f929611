// SPDX-License-Identifier: GPL-2.0-or-later
/* report_part.c - the parts of a report for people, and what stands in their columns. See report_part.h. */
#include "report_part.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- parts ---- */

/* Some parts of one kind, by number. */
struct stretch {
    enum report_part_kind kind;
    unsigned from, count;
};

static const struct stretch alone[] = {
    {REPORT_PART_GROUPS, 0, REPORT_BYS},
    {REPORT_PART_ROWS, 0, REPORT_WHYS},
    {REPORT_PART_NAMES, 0, 2},
    {REPORT_PART_ROWS, REPORT_WHYS, WHY_COUNT},
};

static const struct stretch compared[] = {
    {REPORT_PART_ROWS, REPORT_OPENS, 2},
    {REPORT_PART_NOTHING, 0, 1},
};

static void
take_groups(struct report_part *part, const struct report *report, enum report_by by)
{
    size_t from = 0, to;
    while (from < report->group_count && report->groups[from]->by != by)
        from++;
    for (to = from; to < report->group_count && report->groups[to]->by == by; to++)
        part->all++;
    part->groups = report->groups + from;
    part->subject = report_by_word(by);
    part->detail = "first";
    snprintf(part->title, sizeof part->title, "By %s", part->subject);
}

static void
take_rows(struct report_part *part, const struct report *report, enum report_list list)
{
    part->rows = &report->lists[list];
    part->all = part->rows->all;
    part->are_clients = list == REPORT_CLIENTS;
    part->subject = part->are_clients ? "client" : "host";
    part->detail = part->are_clients ? "407" : "why";
    if (list < REPORT_WHYS)
        snprintf(part->title, sizeof part->title, "%s", report_list_title(list));
    else
        snprintf(part->title, sizeof part->title, "Largest with why %s", why_word((enum why)(list - REPORT_WHYS)));
}

static void
take_names(struct report_part *part, const struct report *report, bool published)
{
    part->names = published ? &report->unused_published : &report->unused_local;
    part->all = report->has_unused ? part->names->all : 0;
    snprintf(part->title, sizeof part->title, "%s rules that decided nothing in these logs",
             published ? "Published" : "Local");
}

static void
take(struct report_part *part, const struct report *report, enum report_part_kind kind, unsigned which)
{
    *part = (struct report_part){.kind = kind};
    switch (kind) {
    case REPORT_PART_GROUPS: take_groups(part, report, (enum report_by)which); break;
    case REPORT_PART_ROWS: take_rows(part, report, (enum report_list)which); break;
    case REPORT_PART_NAMES: take_names(part, report, which == 1); break;
    case REPORT_PART_NOTHING:
        part->all = report->lists[REPORT_OPENS].all + report->lists[REPORT_CLOSES].all == 0;
        snprintf(part->title, sizeof part->title, "nothing in these logs would be bypassed or inspected otherwise");
        break;
    }
}

bool
report_part(struct report_part *ret, const struct report *report, unsigned at)
{
    const struct stretch *stretch = report->other != NULL ? compared : alone;
    size_t count = report->other != NULL ? sizeof compared / sizeof *compared : sizeof alone / sizeof *alone;
    for (const struct stretch *end = stretch + count; stretch < end; stretch++) {
        for (unsigned i = 0; i < stretch->count; i++) {
            take(ret, report, stretch->kind, stretch->from + i);
            if (ret->all > 0 && at-- == 0)
                return true;
        }
    }
    return false;
}

/* ---- columns ---- */

const char *
report_column_head(const struct report_part *part, enum report_column column)
{
    static const char *const heads[COLUMNS] = {"requests", "share", "bytes", "clients", NULL, "last"};
    return column == COLUMN_DETAIL ? part->detail : heads[column];
}

void
report_day_text(char ret[DAY_TEXT_MAX], int64_t when)
{
    if (when > 0)
        day_format(ret, day_of(when));
    else
        memcpy(ret, "-", 2);
}

static void
set_day(struct report_cell *cell, int64_t when)
{
    cell->value = (uint64_t)when;
    report_day_text(cell->text, when);
}

static void
set_counts(struct report_cell ret[COLUMNS], const struct report *report, const uint64_t *count)
{
    uint64_t requests = count[LEDGER_REQUESTS];
    memset(ret, 0, COLUMNS * sizeof *ret);
    ret[COLUMN_REQUESTS].value = ret[COLUMN_SHARE].value = requests;
    ret[COLUMN_BYTES].value = count[LEDGER_BYTES];
    snprintf(ret[COLUMN_REQUESTS].text, REPORT_AMOUNT_MAX, "%" PRIu64, requests);
    report_share(ret[COLUMN_SHARE].text, requests, report->all.count[LEDGER_REQUESTS]);
    report_bytes(ret[COLUMN_BYTES].text, count[LEDGER_BYTES]);
}

static void
set_clients(struct report_cell *cell, uint64_t clients, bool exact)
{
    cell->value = clients;
    report_clients(cell->text, clients, exact);
}

void
report_group_cells(struct report_cell ret[COLUMNS], const struct report *report, const struct report_group *group)
{
    bool exact;
    uint64_t clients = clients_count(&group->sum.clients, &exact);
    set_counts(ret, report, group->sum.count);
    set_clients(&ret[COLUMN_CLIENTS], clients, exact);
    set_day(&ret[COLUMN_DETAIL], group->sum.first);
    set_day(&ret[COLUMN_LAST], group->sum.last);
}

void
report_row_cells(struct report_cell ret[COLUMNS], const struct report *report, const struct report_row *row)
{
    set_counts(ret, report, row->count);
    set_clients(&ret[COLUMN_CLIENTS], row->clients, row->exact);
    set_day(&ret[COLUMN_LAST], row->last);
}

/* ` sni=NAME`; nothing if the log has none, or if it is the host itself. */
static size_t
add_part(char ret[REPORT_NAME_MAX], size_t at, const char *before, const char *part, const char *host)
{
    bool other = strcmp(part, "-") != 0 && strcmp(part, host) != 0;
    return other ? at + (size_t)snprintf(ret + at, REPORT_NAME_MAX - at, "%s%s", before, part) : at;
}

void
report_row_name(char ret[REPORT_NAME_MAX], const struct report_row *row, bool is_client)
{
    bool brackets = strchr(row->name, ':') != NULL && !is_client;
    size_t at = (size_t)snprintf(ret, REPORT_NAME_MAX, brackets ? "[%s]" : "%s", row->name);
    if (!is_client && row->port != 443)
        at += (size_t)snprintf(ret + at, REPORT_NAME_MAX - at, ":%u", row->port);
    at = add_part(ret, at, " sni=", row->sni, row->name);
    (void)add_part(ret, at, " at ", row->address, row->name);
}
