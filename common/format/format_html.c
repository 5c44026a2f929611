// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * format_html.c - the format `html`: the page for people, in one file without scripts, for light and dark screens of
 * any width. Colours never carry a meaning alone: each category is written out.
 */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "export/export_build.h"
#include "format_page.h"
#include "format_write.h"
#include "image/image.h"
#include "name/verb.h"
#include "table/table.h"

static const char page_start[] =
    "<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>Microsoft 365 and the proxy</title>\n<style>\n"
    ":root { color-scheme: light dark; --ink: #1d2733; --soft: #566273; --page: #f5f7fa; --card: #ffffff; --line: "
    "#d7dde5;\n"
    "  --optimize: #0b6b3a; --allow: #0b5394; --default: #5f6368; --inspect: #a61b1b; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  :root { --ink: #e6eaf0; --soft: #a3aebd; --page: #12161c; --card: #1b2129; --line: #333c48;\n"
    "    --optimize: #6fd39b; --allow: #7db8f0; --default: #b6bcc5; --inspect: #ff9a8f; } }\n"
    "* { box-sizing: border-box; }\n"
    "body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }\n"
    "main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }\n"
    "h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .5rem; }\n"
    "h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; }\n"
    "p { margin: .5rem 0; max-width: 45rem; }\n"
    ".soft { color: var(--soft); font-size: .9rem; }\n"
    "nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; margin: 1rem 0; padding: 0; }\n"
    "a { color: var(--allow); }\n"
    "article { background: var(--card); border: 1px solid var(--line); border-left: .35rem solid var(--kind);\n"
    "  border-radius: .4rem; padding: .75rem 1rem; margin: 0 0 .75rem; }\n"
    ".optimize { --kind: var(--optimize); } .allow { --kind: var(--allow); }\n"
    ".default { --kind: var(--default); } .inspect { --kind: var(--inspect); }\n"
    "h3 { font-size: 1rem; margin: 0; display: flex; flex-wrap: wrap; gap: .1rem .8rem; align-items: baseline; }\n"
    "h3 b { color: var(--kind); }\n"
    "h3 span { font-weight: normal; color: var(--soft); font-size: .9rem; }\n"
    "code, summary { font-size: .9rem; overflow-wrap: anywhere; }\n"
    "code { font-family: ui-monospace, monospace; }\n"
    "article ul { list-style: none; margin: .5rem 0 0; padding: 0; display: grid; gap: .1rem 1.5rem;\n"
    "  grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); }\n"
    "details { margin-top: .5rem; } summary { cursor: pointer; color: var(--soft); }\n"
    "@media print { article { break-inside: avoid; } }\n"
    "</style>\n</head>\n<body>\n<main>\n<h1>Microsoft 365 and the proxy</h1>\n";

static void
add_text(struct buf *out, const char *text)
{
    for (size_t len = strlen(text); len > 0;) {
        size_t n = utf8_printable(text, len);
        switch (n == 1 ? text[0] : 0) {
        case '&': buf_add_text(out, "&amp;"); break;
        case '<': buf_add_text(out, "&lt;"); break;
        case '>': buf_add_text(out, "&gt;"); break;
        case '"': buf_add_text(out, "&quot;"); break;
        default:
            if (n == 0)
                buf_add_char(out, '?');
            else
                buf_add(out, text, n);
        }
        text += n == 0 ? 1 : n;
        len -= n == 0 ? 1 : n;
    }
}

static size_t
add_rules(struct buf *out, const struct export_job *job, const struct export_set *set, bool prefixes)
{
    const struct rule *rule;
    size_t count = 0;
    char room[64];
    for (size_t at = 0; (rule = format_page_next(job, set, &at, prefixes)) != NULL; count++) {
        buf_add_text(out, count == 0 ? "<ul>\n" : "");
        buf_add_text(out, "<li><code>");
        add_text(out, table_rule_text(rule, room));
        buf_add_text(out, "</code></li>\n");
    }
    buf_add_text(out, count > 0 ? "</ul>\n" : "");
    return count;
}

static void
add_prefixes(struct buf *out, const struct export_job *job, const struct export_set *set)
{
    struct buf list;
    buf_init(&list, EXPORT_TEXT_MAX);
    size_t count = add_rules(&list, job, set, true);
    if (count > 0) {
        buf_add_fmt(out, "<details><summary>%zu address range%s</summary>\n", count, count == 1 ? "" : "s");
        buf_add(out, list.data, list.len);
        buf_add_text(out, "</details>\n");
    }
    out->failed = out->failed || !buf_ok(&list);
    buf_clear(&list);
}

static void
add_set(struct buf *out, const struct export_job *job, const struct export_set *set)
{
    const struct terms *terms = set->terms;
    buf_add_fmt(out, "<article class=\"%s\">\n<h3><b>%s</b>", verb_word(terms->verb), verb_title(terms->verb));
    if (terms->set.has_id)
        buf_add_fmt(out, " <span>set %u</span> <span>%s</span>", terms->set.id,
                    terms->required ? "required" : "optional");
    buf_add_text(out, " <span>");
    format_page_add_ports(out, set);
    buf_add_text(out, "</span>");
    buf_add_text(out, terms->expressroute ? " <span>ExpressRoute</span>" : "");
    buf_add_text(out, terms->held ? " <span>held: a newer form waits for approval</span>" : "");
    buf_add_text(out, "</h3>\n");
    if (terms->note != NULL && terms->note[0] != '\0') {
        buf_add_text(out, "<p class=\"soft\">");
        add_text(out, terms->note);
        buf_add_text(out, "</p>\n");
    }
    add_rules(out, job, set, false);
    add_prefixes(out, job, set);
    buf_add_text(out, "</article>\n");
}

static bool
starts_section(const struct export_job *job, const struct format_page *page, size_t i)
{
    return i == 0 ||
           strcmp(format_page_section(job, &page->sets[i - 1]), format_page_section(job, &page->sets[i])) != 0;
}

static void
add_title(struct buf *out, const struct export_job *job, const struct export_set *set)
{
    buf_add_text(out, set->terms->set.has_id ? "" : "Local lines: ");
    add_text(out, format_page_section(job, set));
}

static void
add_contents(struct buf *out, const struct export_job *job, const struct format_page *page)
{
    buf_add_text(out, "<nav aria-label=\"Service areas\"><ul>\n");
    for (size_t i = 0; i < page->count; i++) {
        if (!starts_section(job, page, i))
            continue;
        buf_add_fmt(out, "<li><a href=\"#s%zu\">", i);
        add_title(out, job, &page->sets[i]);
        buf_add_text(out, "</a></li>\n");
    }
    buf_add_text(out, "</ul></nav>\n");
}

int
format_write_html(struct export_job *job, struct buf *out, struct err *err)
{
    const struct image_info *info = image_info(job->image);
    struct format_page page;
    if (format_page(&page, job, err) != 0)
        return -1;
    buf_add_text(out, page_start);
    buf_add_text(out, "<p>");
    format_page_add_lead(out, job);
    buf_add_text(out, "</p>\n");
    if (info->label.len > 0)
        buf_add_fmt(out, "<p class=\"soft\">Table %.*s</p>\n", (int)info->label.len, info->label.text);
    add_contents(out, job, &page);
    for (size_t i = 0; i < page.count; i++) {
        if (starts_section(job, &page, i)) {
            buf_add_fmt(out, "%s<section>\n<h2 id=\"s%zu\">", i == 0 ? "" : "</section>\n", i);
            add_title(out, job, &page.sets[i]);
            buf_add_text(out, "</h2>\n");
        }
        add_set(out, job, &page.sets[i]);
    }
    buf_add_text(out, page.count > 0 ? "</section>\n" : "<p>The table has no such lines.</p>\n");
    buf_add_text(out, "</main>\n</body>\n</html>\n");
    return 0;
}
