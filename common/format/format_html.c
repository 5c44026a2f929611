// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * format_html.c - the format `html`: the page for people, in one file without scripts, for light and dark screens of
 * any width. Colours never carry a meaning alone: each category is written out.
 */
#include <stdio.h>
#include <string.h>

#include "export/export_build.h"
#include "format_page.h"
#include "format_write.h"
#include "image/image.h"
#include "name/verb.h"
#include "page/page.h"
#include "table/table.h"

static const char styles[] =
    "nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; margin: 1rem 0; padding: 0; }\n"
    "article { background: var(--card); border: 1px solid var(--line); border-left: .35rem solid var(--kind);\n"
    "  border-radius: .4rem; padding: .75rem 1rem; margin: 0 0 .75rem; }\n"
    ".optimize { --kind: var(--optimize); } .allow { --kind: var(--allow); }\n"
    ".default { --kind: var(--default); } .inspect { --kind: var(--inspect); }\n"
    "h3 { font-size: 1rem; margin: 0; display: flex; flex-wrap: wrap; gap: .1rem .8rem; align-items: baseline; }\n"
    "h3 b { color: var(--kind); }\n"
    "h3 span { font-weight: normal; color: var(--soft); font-size: .9rem; }\n"
    "summary { font-size: .9rem; overflow-wrap: anywhere; }\n"
    "article ul { list-style: none; margin: .5rem 0 0; padding: 0; display: grid; gap: .1rem 1.5rem;\n"
    "  grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); }\n"
    "details { margin-top: .5rem; } summary { cursor: pointer; color: var(--soft); }\n"
    "@media print { article { break-inside: avoid; } }\n";

static size_t
add_rules(struct buf *out, const struct export_job *job, const struct export_set *set, bool prefixes)
{
    const struct rule *rule;
    size_t count = 0;
    char room[64];
    for (size_t at = 0; (rule = format_page_next(job, set, &at, prefixes)) != NULL; count++) {
        buf_add_text(out, count == 0 ? "<ul>\n" : "");
        buf_add_text(out, "<li><code>");
        page_add_text(out, table_rule_text(rule, room));
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
        page_add_text(out, terms->note);
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
    page_add_text(out, format_page_section(job, set));
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
    page_start(out, "Microsoft 365 and the proxy", styles);
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
    page_end(out);
    return 0;
}
