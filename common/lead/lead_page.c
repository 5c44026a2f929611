// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lead_page.c - a comparison as a page for those who agree to changes. Part of lead.h; the frame is page.h.
 *
 * It has no scripts. Commands are selected as a whole by one click, so that they can be copied.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/order.h"
#include "base/place.h"
#include "image/image.h"
#include "lead.h"
#include "lead_build.h"
#include "name/verb.h"
#include "page/page.h"

#define TEXT_MAX ((size_t)64 << 20)
#define CLOSED_SHOWN 1000 /* closings; the rest is counted */
#define OPENED_SHOWN 1000

static const char styles[] =
    "dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 1rem 0; }\n"
    "dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }\n"
    "pre { margin: .5rem 0; padding: .75rem 1rem; background: var(--card); border: 1px solid var(--line);\n"
    "  border-radius: .4rem; overflow-x: auto; font: .85rem/1.5 ui-monospace, monospace; }\n"
    "pre.command { user-select: all; cursor: copy; white-space: pre-wrap; overflow-wrap: anywhere; }\n"
    "ul.rows { list-style: none; margin: 0; padding: 0; display: grid; gap: .6rem; }\n"
    "ul.rows li { padding: .6rem .9rem; background: var(--card); border: 1px solid var(--line);\n"
    "  border-left: .3rem solid var(--default); border-radius: .4rem; min-width: 0; }\n"
    "ul.rows li.opens { border-left-color: var(--inspect); }\n"
    "ul.rows p { margin: .15rem 0; max-width: none; overflow-wrap: anywhere; }\n"
    "ul.rows .what { font-weight: 600; } ul.rows .seen { font-variant-numeric: tabular-nums; }\n"
    "@media (max-width: 40rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin: 0 0 .5rem; } }\n"
    "@media print { pre { white-space: pre-wrap; } ul.rows li { break-inside: avoid; } }\n";

/* ---- pieces ---- */

/* Escapes what was written as text, and empties it. */
static void
move_text(struct buf *out, struct buf *text)
{
    page_add_bytes(out, text->data, text->len);
    out->failed = out->failed || text->failed;
    buf_reset(text);
}

static void
add_fact(struct buf *out, const char *name, struct buf *text)
{
    buf_add_fmt(out, "<dt>%s</dt><dd>", name);
    move_text(out, text);
    buf_add_text(out, "</dd>\n");
}

/* Each line of a text as an item or a paragraph; `skip` bytes of it are left out. */
static void
add_lines(struct buf *out, const struct buf *text, const char *before, const char *after, const char *skip)
{
    size_t skipped = strlen(skip);
    for (size_t at = 0; at < text->len;) {
        const char *line = text->data + at, *end = memchr(line, '\n', text->len - at);
        size_t len = end == NULL ? text->len - at : (size_t)(end - line);
        bool starts = len >= skipped && memcmp(line, skip, skipped) == 0;
        buf_add_text(out, before);
        page_add_bytes(out, line + (starts ? skipped : 0), len - (starts ? skipped : 0));
        buf_add_text(out, after);
        at += len + 1;
    }
    out->failed = out->failed || text->failed;
}

static void
start_row(struct buf *out, bool opens, struct buf *what)
{
    buf_add_fmt(out, "<li%s><p class=\"what\"><code>", opens ? " class=\"opens\"" : "");
    move_text(out, what);
    buf_add_text(out, "</code></p>\n");
}

static void
add_row_seen(struct buf *out, struct lead *lead, const struct seen *seen, struct buf *text)
{
    if (lead->diff->seen == NULL)
        return;
    seen_print(text, seen);
    buf_add_text(out, "<p class=\"seen\">");
    move_text(out, text);
    buf_add_text(out, "</p>\n");
}

static void
add_more(struct buf *out, size_t count, size_t shown)
{
    if (count > shown)
        buf_add_fmt(out, "<p class=\"soft\">and %zu more</p>\n", count - shown);
}

/* ---- what opens ---- */

static void
add_opening(struct buf *out, struct lead *lead, const struct lead_line *line, struct buf *text)
{
    lead_add_subject(text, line);
    start_row(out, true, text);
    add_row_seen(out, lead, &line->seen, text);
    lead_add_cause(text, lead, line);
    buf_add_text(out, "<p>");
    move_text(out, text);
    buf_add_text(out, "</p>\n");
    lead_print_closing(lead, line, text);
    add_lines(out, text, "<p class=\"soft\">keep closed: <code>", "</code></p>\n", "  keep closed: ");
    buf_reset(text);
    buf_add_text(out, "</li>\n");
}

static void
add_openings(struct buf *out, struct lead *lead, struct buf *text)
{
    buf_add_text(out, "<h2>What opens, the riskiest first</h2>\n");
    if (lead->line_count + lead->later.count == 0) {
        buf_add_text(out, "<p>No name and no address that was found.</p>\n");
        return;
    }
    buf_add_text(out, "<ul class=\"rows\">\n");
    for (size_t i = 0; i < lead->line_count && i < OPENED_SHOWN; i++)
        add_opening(out, lead, &lead->lines[i], text);
    buf_add_text(out, "</ul>\n");
    add_more(out, lead->line_count, OPENED_SHOWN);
    lead_print_later(lead, OPENED_SHOWN, text);
    add_lines(out, text, "<p>Later: <code>", "</code></p>\n", "OPENS ");
    buf_reset(text);
}

/* ---- what closes ---- */

struct closed_row {
    enum seen_list list;
    size_t at;
    uint64_t requests;
};

static int
compare_closed(const void *left, const void *right)
{
    const struct closed_row *a = left, *b = right;
    int order = order_numbers(b->requests, a->requests);
    if (order == 0)
        order = order_numbers(a->list, b->list);
    return order != 0 ? order : order_numbers(a->at, b->at);
}

static size_t
list_closed(struct closed_row *rows, const struct diff *diff)
{
    size_t count = 0;
    for (size_t i = diff->opened; i < diff->verdict_count; i++)
        rows[count++] = (struct closed_row){.list = SEEN_VERDICTS, .at = i};
    for (size_t i = diff->ranges_opened; i < diff->range_count; i++)
        rows[count++] = (struct closed_row){.list = SEEN_RANGES, .at = i};
    for (size_t i = 0; diff->seen != NULL && i < count; i++)
        rows[i].requests = diff->seen->list[rows[i].list][rows[i].at].requests;
    if (count > 0)
        qsort(rows, count, sizeof *rows, compare_closed);
    return count;
}

static void
add_closed_row(struct buf *out, struct lead *lead, const struct closed_row *row, struct buf *text)
{
    const struct diff *diff = lead->diff;
    char range[DIFF_RANGE_TEXT_MAX];
    bool named = row->list == SEEN_VERDICTS;
    const struct diff_verdict *verdict = named ? &diff->verdicts[row->at] : NULL;
    const struct diff_answer *answer = named ? &verdict->answer : &diff->ranges[row->at].answer;
    if (!named)
        diff_range_text(range, &diff->ranges[row->at]);
    buf_add_fmt(text, "%s port ", named ? verdict->pattern : range);
    ports_print(text, &answer->ports);
    if (named && verdict->some)
        buf_add_fmt(text, " (such as %s)", verdict->name);
    start_row(out, false, text);
    if (diff->seen != NULL)
        add_row_seen(out, lead, &diff->seen->list[row->list][row->at], text);
    if (answer->terms != NULL) {
        buf_add_fmt(text, "was %s (", verb_title(answer->terms->verb));
        lead_add_set(text, diff->old_table, answer->terms);
        buf_add_text(text, "), ");
    }
    buf_add_fmt(text, "now inspected (%s)", why_word(answer->new_why));
    buf_add_text(out, "<p>");
    move_text(out, text);
    buf_add_text(out, "</p></li>\n");
}

static void
add_closings(struct buf *out, struct lead *lead, struct buf *text)
{
    const struct diff *diff = lead->diff;
    struct closed_row *rows =
        arena_array(lead->arena, diff->verdict_count + diff->range_count + 1, sizeof(struct closed_row));
    size_t count = rows == NULL ? 0 : list_closed(rows, diff);
    buf_add_fmt(out, "<h2>What closes%s</h2>\n", diff->seen != NULL ? ", the most used first" : "");
    if (count == 0) {
        buf_add_text(out, "<p>No name and no address by itself.</p>\n");
        return;
    }
    buf_add_text(out, "<ul class=\"rows\">\n");
    for (size_t i = 0; i < count && i < CLOSED_SHOWN; i++)
        add_closed_row(out, lead, &rows[i], text);
    buf_add_text(out, "</ul>\n");
    add_more(out, count, CLOSED_SHOWN);
}

/* ---- the page ---- */

static void
add_command(struct buf *out, const char *command, const char *digest, struct buf *text)
{
    buf_add_fmt(text, "m365ctl %s%s %.*s", command, place_option(), LEAD_DIGEST_SHOWN, digest);
    buf_add_text(out, "<pre class=\"command\">");
    move_text(out, text);
    buf_add_text(out, "</pre>\n");
}

static void
add_decision(struct buf *out, const struct lead_page *page, struct buf *text)
{
    if (page->reasons->len > 0) {
        buf_add_text(out, "<h2>Why it waits</h2>\n<ul>\n");
        add_lines(out, page->reasons, "<li>", "</li>\n", "held: ");
        buf_add_text(out, "</ul>\n");
    }
    if (page->digest == NULL)
        return;
    buf_add_text(out, "<h2>How to decide</h2>\n<p>Run one of these on the proxy. The command is for exactly what this "
                      "page shows: it is refused if anything else waits by then.</p>\n");
    add_command(out, "approve", page->digest, text);
    add_command(out, "reject", page->digest, text);
}

/* `generation 42, Worldwide 2025120100; label 2025120100` */
static void
add_side(struct buf *text, const char *name, const struct image *image)
{
    struct image_info info = {0};
    if (image != NULL)
        image_get_info(image, &info);
    buf_add_text(text, name);
    if (info.label.len > 0)
        buf_add_fmt(text, "; label %.*s", (int)info.label.len, info.label.text);
}

static void
add_facts(struct buf *out, struct lead *lead, const struct lead_page *page, struct buf *text)
{
    const struct diff *diff = lead->diff;
    char day[DAY_TEXT_MAX];
    buf_add_text(out, "<dl>\n");
    add_side(text, page->old_name, diff->old_image);
    add_fact(out, "from", text);
    add_side(text, page->new_name, diff->new_image);
    buf_add_text(text, page->digest != NULL ? ", waits for approval" : "");
    add_fact(out, "to", text);
    if (page->digest != NULL) {
        buf_add_text(text, page->digest);
        add_fact(out, "digest", text);
        lead_add_day(text, lead);
        add_fact(out, "decide by", text);
    }
    day_format(day, diff->today);
    buf_add_text(text, day);
    add_fact(out, "as of", text);
    buf_add_fmt(text, "%zu before, %zu after", diff->old_rules, diff->new_rules);
    add_fact(out, "rules", text);
    lead_add_all_opens(text, lead);
    add_fact(out, "opens", text);
    lead_add_all_closes(text, lead);
    add_fact(out, "closes", text);
    seen_add_days(text, diff->seen);
    if (diff->seen != NULL)
        add_fact(out, "log", text);
    buf_add_text(out, "</dl>\n");
}

void
lead_print_page(const struct diff *diff, const struct lead_page *page, struct buf *out)
{
    struct lead lead;
    struct buf text;
    if (!lead_start(&lead, diff)) {
        out->failed = true;
        return;
    }
    buf_init(&text, TEXT_MAX);
    buf_add_text(out, "<!DOCTYPE html>\n");
    page_start(out, "Microsoft 365 bypass table: what changes", styles);
    add_facts(out, &lead, page, &text);
    add_decision(out, page, &text);
    add_openings(out, &lead, &text);
    add_closings(out, &lead, &text);
    buf_add_text(out, "<h2>Other changes</h2>\n");
    diff_print_brief(diff, SIZE_MAX, false, &text);
    if (text.len == 0)
        buf_add_text(&text, "none");
    buf_add_text(out, "<pre>");
    add_lines(out, &text, "", "\n", "");
    buf_add_text(out, "</pre>\n");
    page_end(out);
    lead_end(&lead, out);
    buf_clear(&text);
}
