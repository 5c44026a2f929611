// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * format_csv.c - the format `csv` (RFC 4180, with line feeds): a line of the table is a row, with everything it says.
 *
 * Spreadsheets take a cell that begins with `=`, `+`, `-` or `@` for a formula; such a text gets an apostrophe first.
 */
#include <string.h>

#include "base/day.h"
#include "base/utf8.h"
#include "export/export_build.h"
#include "format_write.h"
#include "name/pattern.h"
#include "name/verb.h"
#include "table/table.h"

static void
add_cell(struct buf *out, const char *text)
{
    buf_add_char(out, ',');
    if (text == NULL || text[0] == '\0')
        return;
    buf_add_char(out, '"');
    if (strchr("=+-@", text[0]) != NULL)
        buf_add_char(out, '\'');
    for (size_t len = strlen(text); len > 0;) {
        size_t n = utf8_printable(text, len);
        if (n == 0)
            buf_add_char(out, '?');
        else
            buf_add(out, text, n);
        if (text[0] == '"')
            buf_add_char(out, '"');
        text += n == 0 ? 1 : n;
        len -= n == 0 ? 1 : n;
    }
    buf_add_char(out, '"');
}

static void
add_ports(struct buf *out, const struct ports *ports)
{
    buf_add_text(out, ports->count == 0 ? "," : ",\"");
    ports_print(out, ports);
    buf_add_text(out, ports->count == 0 ? "" : "\"");
}

static void
add_row(struct buf *out, const struct table *table, const struct rule *rule)
{
    const struct terms *terms = &table->terms[rule->terms];
    char room[64], day[DAY_TEXT_MAX] = "";
    buf_add_text(out, verb_word(terms->verb));
    add_cell(out, table_rule_text(rule, room));
    buf_add_text(out, rule->kind == PATTERN_PREFIX ? ",address" : ",name");
    buf_add_char(out, ',');
    if (terms->set.has_id)
        buf_add_fmt(out, "%u", terms->set.id);
    add_cell(out, terms->area);
    add_ports(out, &terms->tcp);
    add_ports(out, &terms->udp);
    buf_add_fmt(out, ",%s,%s,%s", terms->required ? "yes" : "no", terms->expressroute ? "yes" : "no",
                terms->held ? "yes" : "no");
    if (terms->expires != 0)
        day_format(day, terms->expires);
    buf_add_fmt(out, ",%s", day);
    add_cell(out, table->sources[terms->set.source]);
    add_cell(out, terms->owner);
    add_cell(out, terms->ticket);
    add_cell(out, terms->note);
    buf_add_text(out, "\n");
}

int
format_write_csv(struct export_job *job, struct buf *out, struct err *err)
{
    const struct table *table = job->source->table;
    (void)err;
    buf_add_text(out,
                 "verb,pattern,kind,id,area,tcp,udp,required,expressroute,held,expires,source,owner,ticket,note\n");
    for (size_t i = 0; i < table->rule_count; i++) {
        if (export_wants_rule(job, &table->rules[i], true))
            add_row(out, table, &table->rules[i]);
    }
    return 0;
}
