// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report_html.c - a report as a page. See report_print.h, report_part.h and page.h.
 *
 * Everything can be read without scripts. The one script, in the page itself, sorts a table by the column whose head is
 * clicked. The charts are SVG, with the numbers written beside them.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "page/page.h"
#include "report_part.h"

#define BARS 12     /* of a chart of groups */
#define DAYS_MAX 92 /* of the chart over time; the last ones are drawn */

static const char styles[] =
    "main { max-width: 75rem; }\n"
    ".scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .4rem; }\n"
    "table { border-collapse: collapse; width: 100%; font-size: .9rem; }\n"
    "th, td { text-align: left; padding: .35rem .75rem; border-bottom: 1px solid var(--line); white-space: nowrap; }\n"
    "td:first-child { white-space: normal; overflow-wrap: anywhere; min-width: 10rem; }\n"
    "th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; }\n"
    "tr:last-child td { border-bottom: 0; }\n"
    "th button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }\n"
    "th button:focus-visible { outline: 2px solid var(--allow); outline-offset: 2px; }\n"
    "th[aria-sort] button::after { content: \" \\25be\"; } th[aria-sort=ascending] button::after { content: \" "
    "\\25b4\"; }\n"
    "figure { margin: 0 0 1rem; } figcaption { color: var(--soft); font-size: .9rem; }\n"
    "svg { display: block; width: 100%; height: 11rem; } .axis { stroke: var(--line); }\n"
    ".ends { display: flex; justify-content: space-between; font-size: .85rem; }\n"
    ".bars { list-style: none; margin: 0; padding: 0; display: grid; gap: .35rem; font-size: .9rem; }\n"
    ".bars li { display: grid; grid-template-columns: minmax(7rem, 14rem) 1fr 5rem; gap: .75rem; align-items: center; "
    "}\n"
    "@media (max-width: 40rem) { .bars li { grid-template-columns: 9rem 1fr 3.5rem; } }\n"
    ".bars span:first-child { overflow-wrap: anywhere; } .bars svg { height: 1rem; }\n"
    ".a { fill: var(--optimize); } .b { fill: var(--default); } .c { fill: var(--allow); }\n"
    "ul.notes { padding-left: 1.2rem; }\n"
    "@media print { .scroll { overflow: visible; border: 0; } section { break-inside: auto; } tr { break-inside: "
    "avoid; }\n"
    "  td, th { white-space: normal; } }\n";

static const char script[] =
    "<script>\n"
    "for (const head of document.querySelectorAll('th[data-sort]')) {\n"
    "  const button = document.createElement('button');\n"
    "  button.type = 'button';\n"
    "  button.append(...head.childNodes);\n"
    "  head.append(button);\n"
    "  button.addEventListener('click', () => {\n"
    "    const table = head.closest('table'), body = table.tBodies[0], at = head.cellIndex;\n"
    "    const up = head.getAttribute('aria-sort') === 'descending';\n"
    "    for (const other of table.querySelectorAll('th')) other.removeAttribute('aria-sort');\n"
    "    head.setAttribute('aria-sort', up ? 'ascending' : 'descending');\n"
    "    const value = row => row.cells[at].dataset.v ?? row.cells[at].textContent;\n"
    "    const number = head.dataset.sort === 'n';\n"
    "    const rows = [...body.rows].sort((a, b) => number ? value(a) - value(b) : value(a).localeCompare(value(b)));\n"
    "    body.append(...(up ? rows : rows.reverse()));\n"
    "  });\n"
    "}\n"
    "</script>\n";

/* ---- tables ---- */

/* The head of a table; the first column and `why` are sorted as text, the others as numbers. */
static void
start_table(struct buf *out, const struct report_part *part)
{
    buf_add_fmt(out, "<div class=\"scroll\"><table>\n<thead><tr><th data-sort=\"t\">%s</th>", part->subject);
    for (unsigned i = 0; i < COLUMNS; i++) {
        const char *head = report_column_head(part, (enum report_column)i);
        bool is_text = i == COLUMN_DETAIL && part->kind == REPORT_PART_ROWS && !part->are_clients;
        buf_add_fmt(out, "<th%s data-sort=\"%s\">%s</th>", i < COLUMN_DETAIL ? " class=\"n\"" : "", is_text ? "t" : "n",
                    head);
    }
    buf_add_text(out, "</tr></thead>\n<tbody>\n");
}

static void
end_table(struct buf *out)
{
    buf_add_text(out, "</tbody></table></div>\n");
}

static void
add_name(struct buf *out, const char *name)
{
    buf_add_text(out, "<tr><td><code>");
    page_add_text(out, name);
    buf_add_text(out, "</code></td>");
}

static void
add_cells(struct buf *out, const struct report_cell *cells, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++)
        buf_add_fmt(out, "<td%s data-v=\"%" PRIu64 "\">%s</td>", i < COLUMN_DETAIL ? " class=\"n\"" : "",
                    cells[i].value, cells[i].text);
}

static void
add_groups(struct buf *out, const struct report *report, const struct report_part *part)
{
    struct report_cell cells[COLUMNS];
    buf_add_fmt(out, "<h2>%s</h2>\n", part->title);
    start_table(out, part);
    for (size_t i = 0; i < part->all; i++) {
        report_group_cells(cells, report, part->groups[i]);
        add_name(out, part->groups[i]->name);
        add_cells(out, cells, 0, COLUMNS);
        buf_add_text(out, "</tr>\n");
    }
    end_table(out);
}

static void
add_why(struct buf *out, enum why why, const char *rule)
{
    buf_add_text(out, why_word(why));
    if (rule[0] != '\0') {
        buf_add_text(out, " <code>");
        page_add_text(out, rule);
        buf_add_text(out, "</code>");
    }
}

static void
add_detail(struct buf *out, const struct report_row *row, bool is_client)
{
    uint64_t asked = row->count[LEDGER_ASKED];
    if (is_client) {
        buf_add_fmt(out, "<td class=\"n\" data-v=\"%" PRIu64 "\">%" PRIu64 "</td>", asked, asked);
        return;
    }
    buf_add_text(out, "<td>");
    add_why(out, row->why, row->rule);
    if (row->other < WHY_COUNT) {
        buf_add_text(out, " &rarr; ");
        add_why(out, row->other, row->other_rule);
    }
    buf_add_text(out, "</td>");
}

static void
add_rows(struct buf *out, const struct report *report, const struct report_part *part)
{
    char name[REPORT_NAME_MAX];
    struct report_cell cells[COLUMNS];
    buf_add_text(out, "<h2>");
    page_add_text(out, part->title);
    buf_add_fmt(out, ": %" PRIu64 "</h2>\n", part->all);
    start_table(out, part);
    for (size_t i = 0; i < part->rows->count; i++) {
        const struct report_row *row = &part->rows->rows[i];
        report_row_name(name, row, part->are_clients);
        report_row_cells(cells, report, row);
        add_name(out, name);
        add_cells(out, cells, 0, COLUMN_DETAIL);
        add_detail(out, row, part->are_clients);
        add_cells(out, cells, COLUMN_LAST, COLUMNS);
        buf_add_text(out, "</tr>\n");
    }
    end_table(out);
    if (part->all > part->rows->count)
        buf_add_fmt(out, "<p class=\"soft\">and %" PRIu64 " more</p>\n", part->all - part->rows->count);
}

static void
add_names(struct buf *out, const struct report_part *part)
{
    const struct report_names *names = part->names;
    buf_add_fmt(out, "<h2>%s: %" PRIu64 "</h2>\n<details><summary>the rules</summary><p>", part->title, part->all);
    for (size_t i = 0; i < names->count; i++) {
        buf_add_text(out, i == 0 ? "<code>" : "<br><code>");
        page_add_text(out, names->names[i]);
        buf_add_text(out, "</code>");
    }
    if (names->all > names->count)
        buf_add_fmt(out, "<br>and %" PRIu64 " more", names->all - names->count);
    buf_add_text(out, "</p></details>\n");
}

static void
add_parts(struct buf *out, const struct report *report)
{
    struct report_part part;
    for (unsigned i = 0; report_part(&part, report, i); i++) {
        switch (part.kind) {
        case REPORT_PART_GROUPS: add_groups(out, report, &part); break;
        case REPORT_PART_ROWS: add_rows(out, report, &part); break;
        case REPORT_PART_NAMES: add_names(out, &part); break;
        case REPORT_PART_NOTHING:
            buf_add_fmt(out, "<p>%c%s.</p>\n", toupper((unsigned char)part.title[0]), part.title + 1);
            break;
        }
    }
}

/* ---- charts ---- */

static void
add_course(struct buf *out, const struct report *report)
{
    size_t from = report->day_count > DAYS_MAX ? report->day_count - DAYS_MAX : 0, count = report->day_count - from;
    uint64_t most = 0;
    for (size_t i = from; i < report->day_count; i++) {
        uint64_t sum = report->days[i].bypassed + report->days[i].inspected;
        most = sum > most ? sum : most;
    }
    if (count < 2 || most == 0)
        return;
    const double width = 720.0 / (double)count, height = 180;
    char first[DAY_TEXT_MAX], last[DAY_TEXT_MAX];
    day_format(first, report->days[from].day);
    day_format(last, report->days[report->day_count - 1].day);
    buf_add_fmt(out,
                "<figure><svg viewBox=\"0 0 720 181\" preserveAspectRatio=\"none\" role=\"img\" "
                "aria-label=\"Requests a day, bypassed and inspected, %s to %s\">\n"
                "<line class=\"axis\" x1=\"0\" y1=\"180\" x2=\"720\" y2=\"180\"/>\n",
                first, last);
    for (size_t i = from; i < report->day_count; i++) {
        const struct report_day *day = &report->days[i];
        double a = height * (double)day->bypassed / (double)most, b = height * (double)day->inspected / (double)most;
        double x = width * (double)(i - from);
        buf_add_fmt(out,
                    "<rect class=\"a\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>"
                    "<rect class=\"b\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
                    x, height - a, width * 0.8, a, x, height - a - b, width * 0.8, b);
    }
    buf_add_fmt(out,
                "</svg>\n<div class=\"ends\"><span>%s</span><span>%s</span></div>\n<figcaption>Requests a day: below "
                "bypassed, above inspected; the highest day has %" PRIu64 ".</figcaption></figure>\n",
                first, last, most);
}

/* One bar of a chart, with its name before it and its amount after it. */
static void
add_bar(struct buf *out, const char *colour, const char *name, double part, const char *amount)
{
    buf_add_text(out, "<li><span>");
    page_add_text(out, name);
    buf_add_fmt(
        out,
        "</span><svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"%s\" "
        "width=\"%.1f\" height=\"10\"/></svg><span>%s</span></li>\n",
        colour, 100 * part, amount);
}

static void
end_bars(struct buf *out, const char *caption)
{
    buf_add_fmt(out, "</ul>\n<figcaption>%s</figcaption></figure>\n", caption);
}

/* One bar for each of the largest groups of a kind. */
static void
add_bars(struct buf *out, const struct report *report, enum report_by by, const char *caption)
{
    size_t from = 0, count = 0;
    while (from < report->group_count && report->groups[from]->by != by)
        from++;
    while (from + count < report->group_count && count < BARS && report->groups[from + count]->by == by)
        count++;
    if (count == 0)
        return;
    buf_add_text(out, "<figure><ul class=\"bars\">\n");
    uint64_t most = report->groups[from]->sum.count[LEDGER_REQUESTS];
    for (size_t i = from; i < from + count; i++) {
        char share[REPORT_AMOUNT_MAX];
        uint64_t requests = report->groups[i]->sum.count[LEDGER_REQUESTS];
        report_share(share, requests, report->all.count[LEDGER_REQUESTS]);
        add_bar(out, "c", report->groups[i]->name, (double)requests / (double)most, share);
    }
    end_bars(out, caption);
}

/* What would open and close, as two bars. */
static void
add_changes(struct buf *out, const struct report *report)
{
    uint64_t opens = report->lists[REPORT_OPENS].worth, closes = report->lists[REPORT_CLOSES].worth;
    uint64_t most = opens > closes ? opens : closes;
    char amount[REPORT_AMOUNT_MAX];
    if (most == 0)
        return;
    buf_add_text(out, "<figure><ul class=\"bars\">\n");
    snprintf(amount, sizeof amount, "%" PRIu64, opens);
    add_bar(out, "a", "would open", (double)opens / (double)most, amount);
    snprintf(amount, sizeof amount, "%" PRIu64, closes);
    add_bar(out, "b", "would close", (double)closes / (double)most, amount);
    end_bars(out, "Requests of these logs that the other table would decide otherwise");
}

/* ---- the page ---- */

static void
add_head(struct buf *out, const struct report *report, const struct report_head *head)
{
    char note[REPORT_NOTE_MAX], first[DAY_TEXT_MAX], last[DAY_TEXT_MAX];
    report_day_text(first, report->all.first);
    report_day_text(last, report->all.last);
    buf_add_text(out, "<p>");
    report_add_amounts(out, report);
    buf_add_text(out, " in ");
    page_add_text(out, head->logs);
    buf_add_fmt(out, ", %s to %s, judged by table ", first, last);
    page_add_text(out, head->table);
    if (head->other != NULL) {
        buf_add_text(out, " and compared with table ");
        page_add_text(out, head->other);
    }
    buf_add_text(out, ".</p>\n");
    if (head->client != NULL) {
        buf_add_text(out, "<p>Only client ");
        page_add_text(out, head->client);
        buf_add_text(out, ".</p>\n");
    }
    if (!report_note(note, report, head, 0))
        return;
    buf_add_text(out, "<ul class=\"notes soft\">\n");
    for (unsigned i = 0; report_note(note, report, head, i); i++) {
        buf_add_text(out, "<li>");
        page_add_text(out, note);
        buf_add_text(out, "</li>\n");
    }
    buf_add_text(out, "</ul>\n");
}

void
report_print_html(struct buf *out, const struct report *report, const struct report_head *head)
{
    buf_add_text(out, "<!DOCTYPE html>\n");
    page_start(out, "Microsoft 365 in the access log", styles);
    add_head(out, report, head);
    if (report->other != NULL) {
        add_changes(out, report);
    } else {
        add_course(out, report);
        add_bars(out, report, REPORT_SET, "The largest endpoint sets, by requests");
    }
    add_parts(out, report);
    buf_add_text(out, script);
    page_end(out);
}
