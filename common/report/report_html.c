// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report_html.c - a report as a page. See report_print.h and page.h.
 *
 * Everything can be read without scripts. The one script, in the page itself, sorts a table by the column whose head is
 * clicked. The charts are SVG, with the numbers written beside them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "page/page.h"
#include "replay/replay.h"
#include "report_print.h"

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

static void
start_table(struct buf *out, const char *first, const char *last)
{
    buf_add_fmt(out,
                "<div class=\"scroll\"><table>\n<thead><tr><th data-sort=\"t\">%s</th><th class=\"n\" "
                "data-sort=\"n\">requests</th>"
                "<th class=\"n\" data-sort=\"n\">share</th><th class=\"n\" data-sort=\"n\">bytes</th>"
                "<th class=\"n\" data-sort=\"n\">clients</th>%s<th data-sort=\"n\">last</th></tr></thead>\n<tbody>\n",
                first, last);
}

static void
end_table(struct buf *out)
{
    buf_add_text(out, "</tbody></table></div>\n");
}

static void
add_number(struct buf *out, uint64_t value, const char *text)
{
    buf_add_fmt(out, "<td class=\"n\" data-v=\"%" PRIu64 "\">%s</td>", value, text);
}

static void
add_when(struct buf *out, int64_t when)
{
    char day[DAY_TEXT_MAX] = "-";
    if (when > 0)
        day_format(day, day_of(when));
    buf_add_fmt(out, "<td data-v=\"%" PRId64 "\">%s</td>", when, day);
}

/* Requests, share, bytes and clients. */
static void
add_counts(struct buf *out, const uint64_t *count, uint64_t all, uint64_t clients, bool exact)
{
    char text[REPORT_AMOUNT_MAX];
    snprintf(text, sizeof text, "%" PRIu64, count[LEDGER_REQUESTS]);
    add_number(out, count[LEDGER_REQUESTS], text);
    report_share(text, count[LEDGER_REQUESTS], all);
    add_number(out, count[LEDGER_REQUESTS], text);
    report_bytes(text, count[LEDGER_BYTES]);
    add_number(out, count[LEDGER_BYTES], text);
    report_clients(text, clients, exact);
    add_number(out, clients, text);
}

static void
add_groups(struct buf *out, const struct report *report)
{
    enum report_by by = REPORT_BYS;
    for (size_t i = 0; i < report->group_count; i++) {
        const struct report_group *group = report->groups[i];
        if (group->by != by) {
            if (by != REPORT_BYS)
                end_table(out);
            by = group->by;
            buf_add_fmt(out, "<h2>By %s</h2>\n", report_by_word(by));
            start_table(out, report_by_word(by), "<th data-sort=\"n\">first</th>");
        }
        bool exact;
        uint64_t clients = clients_count(&group->sum.clients, &exact);
        buf_add_text(out, "<tr><td><code>");
        page_add_text(out, group->name);
        buf_add_text(out, "</code></td>");
        add_counts(out, group->sum.count, report->all.count[LEDGER_REQUESTS], clients, exact);
        add_when(out, group->sum.first);
        add_when(out, group->sum.last);
        buf_add_text(out, "</tr>\n");
    }
    if (by != REPORT_BYS)
        end_table(out);
}

static void
add_name(struct buf *out, const struct report_row *row, bool is_client)
{
    page_add_text(out, row->name);
    if (!is_client)
        buf_add_fmt(out, ":%u", row->port);
    if (strcmp(row->sni, "-") != 0 && strcmp(row->sni, row->name) != 0) {
        buf_add_text(out, " sni=");
        page_add_text(out, row->sni);
    }
    if (strcmp(row->address, "-") != 0 && strcmp(row->address, row->name) != 0) {
        buf_add_text(out, " at ");
        page_add_text(out, row->address);
    }
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
add_list(struct buf *out, const struct report *report, const char *title, const struct report_rows *list,
         bool is_client)
{
    if (list->count == 0)
        return;
    buf_add_text(out, "<h2>");
    page_add_text(out, title);
    buf_add_fmt(out, ": %" PRIu64 "</h2>\n", list->all);
    start_table(out, is_client ? "client" : "host",
                is_client ? "<th data-sort=\"n\">407</th>" : "<th data-sort=\"t\">why</th>");
    for (size_t i = 0; i < list->count; i++) {
        const struct report_row *row = &list->rows[i];
        buf_add_text(out, "<tr><td><code>");
        add_name(out, row, is_client);
        buf_add_text(out, "</code></td>");
        add_counts(out, row->count, report->all.count[LEDGER_REQUESTS], row->clients, row->exact);
        if (is_client) {
            buf_add_fmt(out, "<td class=\"n\" data-v=\"%" PRIu64 "\">%" PRIu64 "</td>", row->count[LEDGER_ASKED],
                        row->count[LEDGER_ASKED]);
        } else {
            buf_add_text(out, "<td>");
            add_why(out, row->why, row->rule);
            if (row->other < WHY_COUNT) {
                buf_add_text(out, " &rarr; ");
                add_why(out, row->other, row->other_rule);
            }
            buf_add_text(out, "</td>");
        }
        add_when(out, row->last);
        buf_add_text(out, "</tr>\n");
    }
    end_table(out);
    if (list->all > list->count)
        buf_add_fmt(out, "<p class=\"soft\">and %" PRIu64 " more</p>\n", list->all - list->count);
}

static void
add_unused(struct buf *out, const char *title, const struct report_names *names)
{
    if (names->all == 0)
        return;
    buf_add_fmt(out, "<h2>%s: %" PRIu64 "</h2>\n<details><summary>the rules</summary><p>", title, names->all);
    for (size_t i = 0; i < names->count; i++) {
        buf_add_text(out, i == 0 ? "<code>" : "<br><code>");
        page_add_text(out, names->names[i]);
        buf_add_text(out, "</code>");
    }
    if (names->all > names->count)
        buf_add_fmt(out, "<br>and %" PRIu64 " more", names->all - names->count);
    buf_add_text(out, "</p></details>\n");
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
    char note[REPORT_NOTE_MAX], first[DAY_TEXT_MAX] = "-", last[DAY_TEXT_MAX] = "-";
    if (report->all.first > 0)
        day_format(first, day_of(report->all.first));
    if (report->all.last > 0)
        day_format(last, day_of(report->all.last));
    buf_add_fmt(out, "<p>%" PRIu64 " requests to %" PRIu64 " destinations in ", report->all.count[LEDGER_REQUESTS],
                report->destinations);
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
        for (int list = REPORT_OPENS; list <= REPORT_CLOSES; list++)
            add_list(out, report, report_list_title((enum report_list)list), &report->lists[list], false);
        if (report->lists[REPORT_OPENS].all + report->lists[REPORT_CLOSES].all == 0)
            buf_add_text(out, "<p>Nothing in these logs would be bypassed or inspected otherwise.</p>\n");
    } else {
        add_course(out, report);
        add_bars(out, report, REPORT_SET, "The largest endpoint sets, by requests");
        add_groups(out, report);
        for (int list = 0; list < REPORT_WHYS; list++)
            add_list(out, report, report_list_title((enum report_list)list), &report->lists[list],
                     list == REPORT_CLIENTS);
        if (report->has_unused) {
            add_unused(out, "Local rules that decided nothing in these logs", &report->unused_local);
            add_unused(out, "Published rules that decided nothing in these logs", &report->unused_published);
        }
        for (int why = 0; why < WHY_COUNT; why++) {
            char title[64];
            snprintf(title, sizeof title, "Largest with why %s", why_word((enum why)why));
            add_list(out, report, title, &report->lists[REPORT_WHYS + why], false);
        }
    }
    buf_add_text(out, script);
    page_end(out);
}
