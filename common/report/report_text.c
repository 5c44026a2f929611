// SPDX-License-Identifier: GPL-2.0-or-later
/* report_text.c - a report for a terminal. See report_print.h and report_part.h. */
#include <inttypes.h>

#include "base/buf.h"
#include "report_part.h"

#define NAME_COLUMNS 44
#define SHOWN 20 /* groups of one kind, and rules */

static void
add_head(struct buf *out, const struct report *report, const struct report_head *head)
{
    char note[REPORT_NOTE_MAX], first[DAY_TEXT_MAX], last[DAY_TEXT_MAX];
    report_day_text(first, report->all.first);
    report_day_text(last, report->all.last);
    report_add_amounts(out, report);
    buf_add_fmt(out, " in %s, %s to %s; table %s\n", head->logs, first, last, head->table);
    if (head->client != NULL)
        buf_add_fmt(out, "only client %s\n", head->client);
    for (unsigned i = 0; report_note(note, report, head, i); i++)
        buf_add_fmt(out, "note: %s\n", note);
    if (report->other != NULL)
        buf_add_fmt(out, "\nunder table %s:\n", head->other);
}

static void
add_left(struct buf *out, uint64_t all, uint64_t shown)
{
    if (all > shown)
        buf_add_fmt(out, "... and %" PRIu64 " more\n", all - shown);
}

/* One line of a table; `text` are its columns. */
static void
add_line(struct buf *out, const char *name, const char *const text[COLUMNS], int day_width)
{
    buf_add_fmt(out, "%-*s %12s %7s %10s %8s  %-*s  %s\n", NAME_COLUMNS, name, text[COLUMN_REQUESTS],
                text[COLUMN_SHARE], text[COLUMN_BYTES], text[COLUMN_CLIENTS], day_width, text[COLUMN_DETAIL],
                text[COLUMN_LAST]);
}

static void
add_groups(struct buf *out, const struct report *report, const struct report_part *part)
{
    struct report_cell cells[COLUMNS] = {0};
    const char *text[COLUMNS];
    for (unsigned i = 0; i < COLUMNS; i++)
        text[i] = report_column_head(part, (enum report_column)i);
    buf_add_char(out, '\n');
    add_line(out, part->subject, text, DAY_TEXT_MAX - 1);
    for (unsigned i = 0; i < COLUMNS; i++)
        text[i] = cells[i].text;
    for (size_t i = 0; i < part->all && i < SHOWN; i++) {
        report_group_cells(cells, report, part->groups[i]);
        add_line(out, part->groups[i]->name, text, 0);
    }
    add_left(out, part->all, SHOWN);
}

static void
add_why(struct buf *out, enum why why, const char *rule)
{
    buf_add_text(out, why_word(why));
    if (rule[0] != '\0')
        buf_add_fmt(out, " %s", rule);
}

/* What a row says besides its amounts. */
static void
add_detail(struct buf *out, const struct report_row *row, const char *clients, bool is_client)
{
    if (is_client) {
        buf_add_fmt(out, "%" PRIu64 " x 407, %" PRIu64 " given up", row->count[LEDGER_ASKED],
                    row->count[LEDGER_BROKEN]);
        return;
    }
    buf_add_fmt(out, "%s client%s, ", clients, row->clients == 1 ? "" : "s");
    add_why(out, row->why, row->rule);
    if (row->other < WHY_COUNT) {
        buf_add_text(out, " -> ");
        add_why(out, row->other, row->other_rule);
    }
}

static void
add_rows(struct buf *out, const struct report *report, const struct report_part *part)
{
    char name[REPORT_NAME_MAX];
    struct report_cell cells[COLUMNS];
    buf_add_fmt(out, "\n%s: %" PRIu64 "\n", part->title, part->all);
    for (size_t i = 0; i < part->rows->count; i++) {
        const struct report_row *row = &part->rows->rows[i];
        report_row_name(name, row, part->are_clients);
        report_row_cells(cells, report, row);
        buf_add_fmt(out, "%-*s %12s %10s ", NAME_COLUMNS, name, cells[COLUMN_REQUESTS].text, cells[COLUMN_BYTES].text);
        add_detail(out, row, cells[COLUMN_CLIENTS].text, part->are_clients);
        buf_add_fmt(out, ", last %s\n", cells[COLUMN_LAST].text);
    }
    add_left(out, part->all, part->rows->count);
}

static void
add_names(struct buf *out, const struct report_part *part)
{
    buf_add_fmt(out, "\n%s: %" PRIu64 "\n", part->title, part->all);
    for (size_t i = 0; i < part->names->count && i < SHOWN; i++)
        buf_add_fmt(out, "%s\n", part->names->names[i]);
    add_left(out, part->all, SHOWN);
}

void
report_print_text(struct buf *out, const struct report *report, const struct report_head *head)
{
    struct report_part part;
    add_head(out, report, head);
    for (unsigned i = 0; report_part(&part, report, i); i++) {
        switch (part.kind) {
        case REPORT_PART_GROUPS: add_groups(out, report, &part); break;
        case REPORT_PART_ROWS: add_rows(out, report, &part); break;
        case REPORT_PART_NAMES: add_names(out, &part); break;
        case REPORT_PART_NOTHING: buf_add_fmt(out, "%s\n", part.title); break;
        }
    }
}
