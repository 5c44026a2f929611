// SPDX-License-Identifier: GPL-2.0-or-later
/* format_markdown.c - the format `markdown`: the page for people as a table for each section, for a wiki. */
#include <string.h>

#include "base/utf8.h"
#include "export/export_build.h"
#include "format_page.h"
#include "format_write.h"
#include "name/verb.h"
#include "table/table.h"

/* Text of a table's cell: what Markdown or HTML would take for markup is escaped. */
static void
add_text(struct buf *out, const char *text)
{
    for (size_t len = strlen(text); len > 0;) {
        size_t n = utf8_printable(text, len);
        if (n == 1 && strchr("\\`*_{}[]<>()#+!|~&", text[0]) != NULL)
            buf_add_char(out, '\\');
        if (n == 0)
            buf_add_char(out, '?');
        else
            buf_add(out, text, n);
        text += n == 0 ? 1 : n;
        len -= n == 0 ? 1 : n;
    }
}

/* Inside backquotes everything stands for itself, but a bar would end the cell. */
static void
add_pattern(struct buf *out, const char *text)
{
    if (strpbrk(text, "`|\\") != NULL) {
        add_text(out, text);
        return;
    }
    buf_add_fmt(out, "`%s`", text);
}

static void
add_rules(struct buf *out, const struct export_job *job, const struct export_set *set, bool prefixes)
{
    const struct rule *rule;
    const char *between = "";
    char room[64];
    for (size_t at = 0; (rule = format_page_next(job, set, &at, prefixes)) != NULL; between = "<br>") {
        buf_add_text(out, between);
        add_pattern(out, table_rule_text(rule, room));
    }
}

static void
add_set(struct buf *out, const struct export_job *job, const struct export_set *set)
{
    const struct terms *terms = set->terms;
    buf_add_text(out, "| ");
    if (terms->set.has_id)
        buf_add_fmt(out, "%u", terms->set.id);
    buf_add_fmt(out, " | %s%s | ", verb_title(terms->verb), terms->held ? " (held)" : "");
    buf_add_text(out, !terms->set.has_id ? "" : terms->required ? "required" : "optional");
    buf_add_text(out, terms->expressroute ? ", ExpressRoute | " : " | ");
    format_page_add_ports(out, set);
    buf_add_text(out, " | ");
    add_rules(out, job, set, false);
    buf_add_text(out, " | ");
    add_rules(out, job, set, true);
    buf_add_text(out, " | ");
    if (terms->note != NULL)
        add_text(out, terms->note);
    buf_add_text(out, " |\n");
}

int
format_write_markdown(struct export_job *job, struct buf *out, struct err *err)
{
    struct format_page page;
    const char *section = NULL;
    if (format_page(&page, job, err) != 0)
        return -1;
    buf_add_text(out, "\n# Microsoft 365 and the proxy\n\n");
    format_page_add_lead(out, job);
    buf_add_char(out, '\n');
    for (size_t i = 0; i < page.count; i++) {
        const char *title = format_page_section(job, &page.sets[i]);
        if (section == NULL || strcmp(section, title) != 0) {
            buf_add_fmt(out, page.sets[i].terms->set.has_id ? "\n## %s\n\n" : "\n## Local lines: %s\n\n", title);
            buf_add_text(out, "| Set | Category | Kind | Ports | Names | Addresses | Notes |\n"
                              "|---|---|---|---|---|---|---|\n");
        }
        section = title;
        add_set(out, job, &page.sets[i]);
    }
    return 0;
}
